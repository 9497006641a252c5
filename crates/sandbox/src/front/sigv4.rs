//! Signature Version 4, checked: the signature is calculated again from what arrived and compared.

use std::time::{Duration, UNIX_EPOCH};

use aws_sigv4::sign::v4::{calculate_signature, generate_signing_key};
use http::{HeaderMap, Method};
use sha2::{Digest, Sha256};

/// What a request says about its signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The access key id.
    pub access_key: String,
    /// `20261121`.
    pub day: String,
    pub region: String,
    pub service: String,
    pub signed_headers: Vec<String>,
    pub signature: String,
    /// `20261121T093000Z`.
    pub time: String,
    /// The session token, if any.
    pub token: Option<String>,
    /// For how many seconds a presigned address is good.
    pub expires: Option<i64>,
}

/// The claim of a request, from its `Authorization` header or its query; `None` for an unsigned one.
#[must_use]
pub fn claim(headers: &HeaderMap, query: &[(String, String)]) -> Option<Claim> {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(authorization) = header("authorization") {
        let fields = authorization.strip_prefix("AWS4-HMAC-SHA256")?;
        let field = |name: &str| {
            fields
                .split(',')
                .find_map(|part| part.trim().strip_prefix(name)?.strip_prefix('='))
        };
        return from_parts(
            field("Credential")?,
            field("SignedHeaders")?,
            field("Signature")?,
            header("x-amz-date")?,
            header("x-amz-security-token"),
            None,
        );
    }
    let field = |name: &str| {
        query
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    };
    from_parts(
        field("X-Amz-Credential")?,
        field("X-Amz-SignedHeaders")?,
        field("X-Amz-Signature")?,
        field("X-Amz-Date")?,
        field("X-Amz-Security-Token"),
        Some(field("X-Amz-Expires")?.parse().ok()?),
    )
}

fn from_parts(
    credential: &str,
    signed_headers: &str,
    signature: &str,
    time: &str,
    token: Option<&str>,
    expires: Option<i64>,
) -> Option<Claim> {
    let mut scope = credential.splitn(5, '/');
    let claim = Claim {
        access_key: scope.next()?.to_owned(),
        day: scope.next()?.to_owned(),
        region: scope.next()?.to_owned(),
        service: scope.next()?.to_owned(),
        signed_headers: signed_headers
            .split(';')
            .map(str::to_ascii_lowercase)
            .collect(),
        signature: signature.to_owned(),
        time: time.to_owned(),
        token: token.map(str::to_owned),
        expires,
    };
    (scope.next() == Some("aws4_request")).then_some(claim)
}

impl Claim {
    /// When the request was signed, in Unix milliseconds; `None` if the time is not one.
    #[must_use]
    pub fn signed_ms(&self) -> Option<i64> {
        let time = jiff::civil::DateTime::strptime("%Y%m%dT%H%M%SZ", &self.time).ok()?;
        let zoned = time.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
        Some(zoned.timestamp().as_millisecond())
    }

    /// Whether the signature is that of the secret over this request. For every service but S3, whose
    /// paths are signed as they are; the others' are encoded once more.
    #[must_use]
    pub fn fits(
        &self,
        secret: &str,
        method: &Method,
        raw_path: &str,
        query: &[(String, String)],
        headers: &HeaderMap,
        body: &[u8],
    ) -> bool {
        if !self.time.starts_with(&self.day) {
            return false;
        }
        let Some(signed_ms) = self.signed_ms().and_then(|ms| u64::try_from(ms).ok()) else {
            return false;
        };
        let actual = hex::encode(Sha256::digest(body));
        let payload = match headers
            .get("x-amz-content-sha256")
            .and_then(|value| value.to_str().ok())
        {
            Some(claimed) if claimed == actual || claimed == "UNSIGNED-PAYLOAD" => {
                claimed.to_owned()
            }
            Some(_) => return false,
            None => actual,
        };
        let canonical = format!(
            "{method}\n{path}\n{query}\n{headers}\n{signed}\n{payload}",
            path = encode(raw_path, true),
            query = canonical_query(query),
            headers = canonical_headers(&self.signed_headers, headers),
            signed = self.signed_headers.join(";"),
        );
        let Claim {
            day,
            region,
            service,
            time,
            ..
        } = self;
        let hash = hex::encode(Sha256::digest(canonical.as_bytes()));
        let to_sign =
            format!("AWS4-HMAC-SHA256\n{time}\n{day}/{region}/{service}/aws4_request\n{hash}");
        let at = UNIX_EPOCH + Duration::from_millis(signed_ms);
        let key = generate_signing_key(secret, at, region, service);
        let expected = calculate_signature(key, to_sign.as_bytes());
        same(expected.as_bytes(), self.signature.as_bytes())
    }
}

/// Compares in a time that does not tell where the first difference is.
fn same(left: &[u8], right: &[u8]) -> bool {
    left.len() == right.len()
        && left
            .iter()
            .zip(right)
            .fold(0u8, |difference, (a, b)| difference | (a ^ b))
            == 0
}

/// Percent-encodes all but RFC 3986's unreserved characters (and slashes of a path).
fn encode(text: &str, is_path: bool) -> String {
    use std::fmt::Write;
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) || (is_path && byte == b'/') {
            encoded.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

fn canonical_query(query: &[(String, String)]) -> String {
    let mut pairs: Vec<String> = query
        .iter()
        .filter(|(key, _)| key != "X-Amz-Signature")
        .map(|(key, value)| format!("{}={}", encode(key, false), encode(value, false)))
        .collect();
    pairs.sort_unstable();
    pairs.join("&")
}

fn canonical_headers(names: &[String], headers: &HeaderMap) -> String {
    let mut text = String::new();
    for name in names {
        let values: Vec<String> = headers
            .get_all(name)
            .iter()
            .map(|value| {
                let value = String::from_utf8_lossy(value.as_bytes());
                value.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
            })
            .collect();
        text.push_str(name);
        text.push(':');
        text.push_str(&values.join(","));
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    /// The example of the AWS documentation "Create a signed AWS API request": ListUsers.
    fn example() -> (HeaderMap, Vec<(String, String)>) {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            (
                "content-type",
                "application/x-www-form-urlencoded; charset=utf-8",
            ),
            ("host", "iam.amazonaws.com"),
            ("x-amz-date", "20150830T123600Z"),
            (
                "authorization",
                "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, \
                 SignedHeaders=content-type;host;x-amz-date, \
                 Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7",
            ),
        ] {
            headers.insert(name, value.parse().unwrap());
        }
        let query = [("Action", "ListUsers"), ("Version", "2010-05-08")];
        (
            headers,
            query
                .map(|(key, value)| (key.to_owned(), value.to_owned()))
                .to_vec(),
        )
    }

    #[test]
    fn the_documented_example_fits_and_nothing_near_it_does() {
        const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
        let (headers, mut query) = example();
        let claim = claim(&headers, &query).unwrap();
        assert_eq!(claim.signed_ms(), Some(1_440_938_160_000));
        assert!(claim.fits(SECRET, &Method::GET, "/", &query, &headers, b""));
        assert!(!claim.fits("other", &Method::GET, "/", &query, &headers, b""));
        assert!(!claim.fits(SECRET, &Method::POST, "/", &query, &headers, b""));
        assert!(!claim.fits(SECRET, &Method::GET, "/", &query, &headers, b"x"));
        query.swap(0, 1);
        assert!(
            claim.fits(SECRET, &Method::GET, "/", &query, &headers, b""),
            "order is canonical"
        );
        query.pop();
        assert!(!claim.fits(SECRET, &Method::GET, "/", &query, &headers, b""));
    }
}
