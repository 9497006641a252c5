//! Lists of objects.

use std::ops::Bound;

use s3s::S3Result;
use s3s::dto::*;

use super::state::Bucket as Stored;
use super::{Store, stamp};

/// A page of keys and of prefixes that a delimiter rolls up.
struct Page {
    objects: Vec<Object>,
    prefixes: Vec<CommonPrefix>,
    /// The last key or prefix of the page, if more follow.
    next: Option<String>,
}

fn page(bucket: &Stored, prefix: &str, delimiter: &str, after: &str, most: usize) -> Page {
    let mut page = Page {
        objects: Vec::new(),
        prefixes: Vec::new(),
        next: None,
    };
    let mut rolled = after.to_owned();
    let mut last = String::new();
    let keys = bucket
        .objects
        .range::<str, _>((Bound::Excluded(after), Bound::Unbounded));
    for (key, object) in keys.filter(|(key, _)| key.starts_with(prefix)) {
        let rest = key.get(prefix.len()..).unwrap_or_default();
        let rolls_up = if delimiter.is_empty() {
            None
        } else {
            rest.find(delimiter)
        };
        let whole = rolls_up.and_then(|at| key.get(..prefix.len() + at + delimiter.len()));
        if whole.is_some_and(|whole| whole == rolled) {
            continue;
        }
        if page.objects.len() + page.prefixes.len() == most {
            page.next = Some(last);
            return page;
        }
        if let Some(whole) = whole {
            whole.clone_into(&mut rolled);
            whole.clone_into(&mut last);
            page.prefixes.push(CommonPrefix {
                prefix: Some(whole.to_owned()),
            });
        } else {
            key.clone_into(&mut last);
            page.objects.push(Object {
                e_tag: Some(ETag::Strong(object.etag.clone())),
                key: Some(key.clone()),
                last_modified: Some(stamp(object.modified_ms)),
                size: i64::try_from(object.size).ok(),
                storage_class: Some(ObjectStorageClass::from_static("STANDARD")),
                ..Object::default()
            });
        }
    }
    page
}

fn most(asked: Option<i32>) -> usize {
    usize::try_from(asked.unwrap_or(1000))
        .unwrap_or(0)
        .min(1000)
}

impl Store {
    pub(super) fn list_v2(&self, input: ListObjectsV2Input) -> S3Result<ListObjectsV2Output> {
        let after = input
            .continuation_token
            .as_deref()
            .or(input.start_after.as_deref());
        let after = after.unwrap_or_default().to_owned();
        let page = self.with_bucket(&input.bucket, |bucket| {
            let prefix = input.prefix.as_deref().unwrap_or_default();
            let delimiter = input.delimiter.as_deref().unwrap_or_default();
            page(bucket, prefix, delimiter, &after, most(input.max_keys))
        })?;
        let count = page.objects.len() + page.prefixes.len();
        Ok(ListObjectsV2Output {
            name: Some(input.bucket),
            prefix: Some(input.prefix.unwrap_or_default()),
            max_keys: Some(input.max_keys.unwrap_or(1000)),
            key_count: i32::try_from(count).ok(),
            continuation_token: input.continuation_token,
            is_truncated: Some(page.next.is_some()),
            next_continuation_token: page.next,
            contents: Some(page.objects),
            common_prefixes: Some(page.prefixes),
            delimiter: input.delimiter,
            start_after: input.start_after,
            ..ListObjectsV2Output::default()
        })
    }

    pub(super) fn list_v1(&self, input: ListObjectsInput) -> S3Result<ListObjectsOutput> {
        let after = input.marker.clone().unwrap_or_default();
        let page = self.with_bucket(&input.bucket, |bucket| {
            let prefix = input.prefix.as_deref().unwrap_or_default();
            let delimiter = input.delimiter.as_deref().unwrap_or_default();
            page(bucket, prefix, delimiter, &after, most(input.max_keys))
        })?;
        Ok(ListObjectsOutput {
            name: Some(input.bucket),
            prefix: Some(input.prefix.unwrap_or_default()),
            marker: Some(after),
            max_keys: Some(input.max_keys.unwrap_or(1000)),
            is_truncated: Some(page.next.is_some()),
            next_marker: page.next,
            contents: Some(page.objects),
            common_prefixes: Some(page.prefixes),
            delimiter: input.delimiter,
            ..ListObjectsOutput::default()
        })
    }
}
