//! Takes out of a text what is nobody else's business.

use regex::{Captures, Regex};

use crate::{Error, ErrorCode, Problem};

/// What stands in the place of something taken out.
const OUT: &str = "[taken out]";

/// Takes secrets out of texts.
#[derive(Debug)]
pub(super) struct Redactor {
    rules: Vec<(Regex, &'static str)>,
    run: Regex,
    account: Regex,
    home: Option<String>,
}

impl Redactor {
    /// `home` is the user's folder, whose path may tell their name.
    pub(super) fn new(home: Option<String>) -> Result<Self, Error> {
        let rules = [
            // Headers run to the end of their line or string.
            (
                r#"(?i)((?:proxy-)?authorization|cookie)(["']?\s*[:=]\s*["']?)[^"'\r\n]+"#,
                "${1}${2}[taken out]",
            ),
            (
                r#"(?i)([a-z0-9_.-]*(?:secret|password|passwd|token|signature|credential|private[_-]?key|api[_-]?key)[a-z0-9_-]*)(\\?["']?\s*[:=]\s*\\?["']?)([^\s"'\\&,;)}\]]{6,})"#,
                "${1}${2}[taken out]",
            ),
            // Access key ids (IAM User Guide, unique id prefixes): of users and of sessions.
            (r"\b(AKIA|ASIA)[A-Z0-9]{12,}\b", "${1}[taken out]"),
            (r"://[^\s/@:]+:[^\s/@]+@", "://[taken out]@"),
            (
                r"(?s)-----BEGIN [A-Z ]*PRIVATE KEY-----.*?-----END [A-Z ]*PRIVATE KEY-----",
                OUT,
            ),
        ];
        let rules = rules
            .into_iter()
            .map(|(rule, instead)| Ok((Regex::new(rule).map_err(broken)?, instead)))
            .collect::<Result<_, Error>>()?;
        let run = Regex::new(r"[A-Za-z0-9/+=_-]{40,}").map_err(broken)?;
        // A UUID may end in twelve digits: it is found first and stays.
        let account = Regex::new(
            r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}|\b[0-9]{8}([0-9]{4})\b",
        )
        .map_err(broken)?;
        Ok(Self {
            rules,
            run,
            account,
            home: home.filter(|home| home.len() > 1),
        })
    }

    /// The text without secrets.
    pub(super) fn clean(&self, text: &str) -> String {
        let mut text = text.to_owned();
        if let Some(home) = &self.home {
            text = text.replace(home.as_str(), "~");
        }
        for (rule, instead) in &self.rules {
            text = rule.replace_all(&text, *instead).into_owned();
        }
        // Account ids, but for their last four digits.
        let text = self
            .account
            .replace_all(&text, |found: &Captures<'_>| match found.get(1) {
                Some(last) => format!("********{}", last.as_str()),
                None => found.get(0).map_or("", |uuid| uuid.as_str()).to_owned(),
            });
        let clean = self.run.replace_all(&text, |found: &Captures<'_>| {
            let run = found.get(0).map_or("", |run| run.as_str());
            if looks_secret(run) {
                OUT.to_owned()
            } else {
                run.to_owned()
            }
        });
        clean.into_owned()
    }
}

/// Secret access keys are 40 characters of mixed kinds, session tokens hundreds. Hashes and ids are hexadecimal, paths and
/// ARNs have short words between their slashes.
fn looks_secret(run: &str) -> bool {
    let mixed = |part: &str| {
        part.bytes().any(|b| b.is_ascii_uppercase())
            && part.bytes().any(|b| b.is_ascii_lowercase())
            && part.bytes().any(|b| b.is_ascii_digit())
    };
    if run.len() == 40 || run.len() >= 100 {
        return mixed(run);
    }
    run.split(['/', '-', '_'])
        .any(|part| part.len() >= 32 && mixed(part))
}

fn broken(error: regex::Error) -> Error {
    Problem::new(
        ErrorCode::Internal,
        "A rule that takes out secrets is broken",
    )
    .detail(error)
    .into()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    #[test]
    fn secrets_of_all_kinds_are_taken_out() {
        let redactor = Redactor::new(Some("/home/ann".to_owned())).unwrap();
        let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
        let token = "IQoJb3JpZ2luX2VjEJ7".repeat(12);
        let texts = [
            format!("aws_secret_access_key = {secret}"),
            format!(r#"{{"secretAccessKey":"{secret}"}}"#),
            format!(r#"{{\"secretAccessKey\":\"{secret}\"}}"#),
            format!("a secret on its own: {secret}."),
            format!("AWS_SESSION_TOKEN={token}"),
            format!("x-amz-security-token: {token}"),
            format!("just {token} so"),
            format!(
                "Authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/x, Signature={secret}"
            ),
            format!(
                "https://b.s3.amazonaws.com/k?X-Amz-Credential=AKIAIOSFODNN7EXAMPLE&X-Amz-Signature={secret}"
            ),
            format!("http://ann:{secret}@proxy:3128"),
            "key AKIAIOSFODNN7EXAMPLE and ASIAIOSFODNN7EXAMPLE".to_owned(),
            format!("-----BEGIN PRIVATE KEY-----\n{secret}\n-----END PRIVATE KEY-----"),
        ];
        for text in texts {
            let clean = redactor.clean(&text);
            for planted in [secret, token.as_str(), "IOSFODNN7EXAMPLE"] {
                assert!(!clean.contains(planted), "{text}\n{clean}");
            }
            assert!(clean.contains(OUT), "{clean}");
        }
    }

    #[test]
    fn what_helps_stays() {
        let redactor = Redactor::new(Some("/home/ann".to_owned())).unwrap();
        let texts = [
            "2026-11-21T10:00:00.123Z WARN greengrass:ListGroups: Rate exceeded (ThrottlingException)",
            "request id 3f1c2b7e-aaaa-bbbb-cccc-0123456789ab",
            "sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0ba822cd15d6c15b0f00a08",
            "arn:aws:greengrass:eu-west-1:x:/greengrass/groups/8b0f6f2e-1111-2222-3333-444455556666/versions/9c0f6f2e",
            "s3://bucket/overseed/0b6f2f4e-9d7a-4a57-bb6d-0c2f9a1d2e3f/wave-001.jsonl",
            "listed at 1700000000000",
        ];
        for text in texts {
            assert_eq!(redactor.clean(text), text);
        }
        assert_eq!(
            redactor.clean("account 123456789012"),
            "account ********9012"
        );
        assert_eq!(redactor.clean("/home/ann/.aws/config"), "~/.aws/config");
    }
}
