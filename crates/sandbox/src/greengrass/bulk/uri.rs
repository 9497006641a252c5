//! The forms in which `InputFileUri` may name an object in S3.

use url::Url;

/// Bucket and key of an `InputFileUri`: `s3://BUCKET/KEY`, virtual-host and path-style addresses of S3, and
/// path-style addresses of any other endpoint. `None` if it is none of these.
pub(super) fn bucket_and_key(uri: &str) -> Option<(String, String)> {
    if let Some(rest) = uri.strip_prefix("s3://") {
        let (bucket, key) = rest.split_once('/')?;
        return named(bucket, key.to_owned());
    }
    let url = Url::parse(uri)
        .ok()
        .filter(|url| matches!(url.scheme(), "https" | "http"))?;
    let path = decoded(url.path().strip_prefix('/')?)?;
    let host = url.host_str()?;
    match bucket_of_host(host) {
        Some(bucket) => named(bucket, path),
        None => {
            let (bucket, key) = path.split_once('/')?;
            named(bucket, key.to_owned())
        }
    }
}

fn named(bucket: &str, key: String) -> Option<(String, String)> {
    (!bucket.is_empty() && !key.is_empty()).then(|| (bucket.to_owned(), key))
}

/// `bucket` of `bucket.s3.eu-west-1.amazonaws.com`; none for path-style hosts such as `s3-eu-west-1.amazonaws.com`.
fn bucket_of_host(host: &str) -> Option<&str> {
    let name = host
        .strip_suffix(".amazonaws.com")
        .or_else(|| host.strip_suffix(".amazonaws.com.cn"))?;
    // Buckets may have dots and even `.s3.` in their names: the last one counts.
    let end = name.strip_suffix(".s3").map(str::len).or_else(|| {
        let dotted = name.rfind(".s3.");
        let dashed = name.rfind(".s3-");
        dotted.max(dashed)
    })?;
    name.get(..end)
}

fn decoded(path: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = [rest.next()?, rest.next()?];
            let mut value = [0];
            hex::decode_to_slice(digits, &mut value).ok()?;
            bytes.extend(value);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::bucket_and_key;

    #[test]
    fn all_forms_of_an_address() {
        for uri in [
            "s3://fleet.files/runs/a b.jsonl",
            "https://s3.amazonaws.com/fleet.files/runs/a%20b.jsonl",
            "https://s3.eu-west-1.amazonaws.com/fleet.files/runs/a%20b.jsonl",
            "https://s3-eu-west-1.amazonaws.com/fleet.files/runs/a%20b.jsonl",
            "https://fleet.files.s3.eu-west-1.amazonaws.com/runs/a%20b.jsonl",
            "https://fleet.files.s3-eu-west-1.amazonaws.com/runs/a%20b.jsonl",
            "https://fleet.files.s3.amazonaws.com/runs/a%20b.jsonl",
            "https://fleet.files.s3.cn-north-1.amazonaws.com.cn/runs/a%20b.jsonl",
            "http://127.0.0.1:4599/fleet.files/runs/a%20b.jsonl",
        ] {
            let expected = ("fleet.files".to_owned(), "runs/a b.jsonl".to_owned());
            assert_eq!(bucket_and_key(uri), Some(expected), "{uri}");
        }
    }

    #[test]
    fn other_texts_are_refused() {
        for uri in [
            "",
            "fleet/a",
            "s3://fleet",
            "s3:///a",
            "s3://fleet/",
            "ftp://h/b/k",
            "https://s3.amazonaws.com/b",
            "file:///b/k",
        ] {
            assert_eq!(bucket_and_key(uri), None, "{uri}");
        }
    }
}
