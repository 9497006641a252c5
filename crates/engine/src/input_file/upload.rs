//! Sends input files to S3 and compares what arrived.

use overseed_domain::figures;
use std::{future::Future, path::Path};

use overseed_aws::{Kind, ObjectHead, Put};
use overseed_domain::input_file::FileSummary;

use super::{
    compare::{compare, is_whole, mismatch},
    place::{Passing, no_file},
};
use crate::{
    Error, ErrorCode, Problem, Session, buckets,
    changes::{self, Intent},
    draft::{self, Draft, Upload},
    job::Progress,
    waves,
};

/// The key of a wave's object; the plan's id is in it, so that no plan overwrites another's.
#[must_use]
pub fn object_key(prefix: &str, plan: &str, wave: u32) -> String {
    let slash = if prefix.is_empty() { "" } else { "/" };
    format!("{prefix}{slash}{plan}/wave-{wave:03}.jsonl")
}

/// Uploads the draft's file, or the files of all of its waves, after a check of the bucket, and compares the stored
/// objects with them.
///
/// # Errors
/// [`ErrorCode::NothingSelected`] without a file; [`ErrorCode::FileInvalid`] where it is stale or would be refused;
/// [`ErrorCode::InvalidInput`] without a bucket; the bucket's problems; [`ErrorCode::ObjectMismatch`];
/// [`Error::Cancelled`].
pub async fn file_upload(session: &Session, progress: &Progress) -> Result<Draft, Error> {
    let draft = draft::draft_get(session).await?;
    let file = draft.file.clone().ok_or_else(no_file)?;
    if file.stale {
        return Err(Problem::new(
            ErrorCode::FileInvalid,
            "Groups or versions have changed since the input file was made",
        )
        .hint("Make the input file again, then upload it.")
        .into());
    }
    if file.summary.refusals > 0 {
        return Err(Problem::new(
            ErrorCode::FileInvalid,
            format!("Greengrass would refuse this input file: {} findings say so", file.summary.refusals),
        )
        .hint("Read the findings in the input file step, mend the lines that they name, and open the file again.")
        .into());
    }
    if draft.bucket.is_empty() {
        return Err(Problem::new(
            ErrorCode::InvalidInput,
            "No bucket is chosen for the input file",
        )
        .hint("Choose or create one in the input file step.")
        .into());
    }
    progress.stage("Checking the bucket", None);
    let check = cancellable(progress, buckets::bucket_check(session, &draft.bucket)).await?;
    if let Some(problem) = check.problems.into_iter().next() {
        return Err(problem.into());
    }
    let upload = send_waves(session, &draft, &file.summary, progress).await?;
    let (scope, sandbox, plan) = (
        session.scope,
        session.connection.sandbox.is_some(),
        draft.plan.clone(),
    );
    let waves = draft.waves.clone();
    session
        .store()
        .write(move |tx| {
            let mut draft = draft::load_or_make(tx, scope, sandbox)?;
            // Whatever was changed meanwhile needs an upload of its own.
            let same = draft.plan == plan
                && draft.bucket == upload.bucket
                && object_key(&draft.prefix, &plan, 1) == upload.key
                && draft
                    .file
                    .as_ref()
                    .is_some_and(|now| !now.stale && now.summary.sha256 == file.summary.sha256)
                && draft.waves == waves;
            if same {
                draft.upload = Some(upload);
                draft::save(tx, scope, &draft)?;
            }
            Ok(draft)
        })
        .await
}

/// Sends the file of each wave; answers the first one's upload once all of them have arrived.
async fn send_waves(
    session: &Session,
    draft: &Draft,
    summary: &FileSummary,
    progress: &Progress,
) -> Result<Upload, Error> {
    let (at_work, of, whole) = (session.clone(), draft.clone(), summary.clone());
    let files = tokio::task::spawn_blocking(move || waves::make(&at_work, &of, &whole)).await??;
    let own = draft::file_path(&session.engine, session.scope);
    let mut first = None;
    for (file, passing) in &files {
        let path = passing.as_ref().map_or(own.as_path(), Passing::path);
        let (bucket, key, sha256) = (&draft.bucket, &file.key, &file.sha256);
        let upload =
            put_and_compare(session, &draft.plan, path, bucket, key, sha256, progress).await?;
        first.get_or_insert(upload);
    }
    first.ok_or_else(|| no_file().into())
}

/// Puts a file where Greengrass will read it and compares size and checksum of what is stored with what was sent.
/// An object that is there already as it should be is left alone. `sha256` is what the file is known to have, in
/// hexadecimal; `plan` is whose change it is.
///
/// # Errors
/// [`ErrorCode::FileInvalid`] where the file has changed on disk; [`ErrorCode::ObjectMismatch`] where another object
/// is stored than was sent; [`ErrorCode::BucketKms`], [`ErrorCode::BucketDenied`], [`ErrorCode::BucketMissing`];
/// those of the calls; [`Error::File`], [`Error::Cancelled`].
pub async fn put_and_compare(
    session: &Session,
    plan: &str,
    path: &Path,
    bucket: &str,
    key: &str,
    sha256: &str,
    progress: &Progress,
) -> Result<Upload, Error> {
    let bytes = tokio::fs::metadata(path)
        .await
        .map_err(Error::file(path))?
        .len();
    let upload = |session: &Session| Upload {
        bucket: bucket.to_owned(),
        key: key.to_owned(),
        bytes,
        sha256: sha256.to_owned(),
        checked_at: session.clock().now(),
    };
    progress.stage("Looking for the object", None);
    let there = match head(session, bucket, key, progress).await {
        Ok(there) => there,
        // Not allowed to look (yet): the upload itself will tell.
        Err(Error::Aws(error)) if error.kind == Kind::AccessDenied => None,
        Err(error) => return Err(denied_or(error, bucket)),
    };
    if there.is_some_and(|there| there.bytes == bytes && is_whole(there.checksum.as_ref(), sha256))
    {
        return Ok(upload(session));
    }
    let put = send(session, plan, path, bucket, key, bytes, progress).await?;
    if put.sha256 != sha256 {
        return Err(Problem::new(
            ErrorCode::FileInvalid,
            "The input file on this computer was changed after it had been checked",
        )
        .detail(format!("checked {sha256}, sent {}", put.sha256))
        .hint("Make or open the input file again.")
        .into());
    }
    if put.encryption.is_kms() {
        return Err(buckets::kms(bucket).into());
    }
    progress.stage("Comparing what arrived", None);
    let stored = head(session, bucket, key, progress)
        .await
        .map_err(|error| denied_or(error, bucket))?
        .ok_or_else(|| mismatch(bucket, key, "it is not there"))?;
    if stored.encryption.is_kms() {
        return Err(buckets::kms(bucket).into());
    }
    compare(session, bucket, key, &put, &stored, progress).await?;
    Ok(upload(session))
}

pub(crate) async fn head(
    session: &Session,
    bucket: &str,
    key: &str,
    progress: &Progress,
) -> Result<Option<ObjectHead>, Error> {
    cancellable(progress, async {
        Ok(session.clients.head_object(bucket, key).await?)
    })
    .await
}

async fn send(
    session: &Session,
    plan: &str,
    path: &Path,
    bucket: &str,
    key: &str,
    bytes: u64,
    progress: &Progress,
) -> Result<Put, Error> {
    let intended = changes::intend(
        session,
        Intent {
            plan: plan.to_owned(),
            operation: "s3:PutObject",
            summary: format!("Upload {} to s3://{bucket}/{key}", figures::bytes(bytes)),
            ..Intent::default()
        },
    )
    .await?;
    progress.stage("Uploading", Some(bytes));
    let put = session
        .clients
        .put_file(
            bucket,
            key,
            path,
            |done| progress.done(done),
            progress.cancel(),
        )
        .await;
    let outcome = put.as_ref().map(|put| put.request_id.clone());
    changes::ended(session, intended, outcome).await?;
    put.map_err(|error| match error.kind {
        Kind::Cancelled => Error::Cancelled,
        _ => denied_or(error.into(), bucket),
    })
}

/// The bucket's own words for what S3 refuses.
pub(crate) fn denied_or(error: Error, bucket: &str) -> Error {
    match &error {
        Error::Aws(aws) => match buckets::refused(bucket, aws) {
            Some(problem) => problem.into(),
            None => error,
        },
        _ => error,
    }
}

/// Ends with [`Error::Cancelled`] as soon as the work is cancelled.
pub(super) async fn cancellable<T>(
    progress: &Progress,
    work: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    tokio::select! {
        biased;
        () = progress.cancel().cancelled() => Err(Error::Cancelled),
        result = work => result,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_the_plan_and_the_wave() {
        assert_eq!(object_key("a/b", "p", 1), "a/b/p/wave-001.jsonl");
        assert_eq!(object_key("", "p", 12), "p/wave-012.jsonl");
    }
}
