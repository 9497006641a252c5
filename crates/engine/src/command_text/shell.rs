//! Commands that a POSIX shell takes as they are meant.

use std::fmt::Write as _;

use crate::{Session, connection::ConnectRequest};

/// The connection, as options of the AWS CLI.
#[derive(Debug, Clone)]
pub(super) struct Aws {
    profile: Option<String>,
    region: String,
    endpoint: Option<String>,
    /// Who the commands are meant for, and where the keys of a sandbox are.
    about: Vec<String>,
}

impl Aws {
    pub(super) fn of(session: &Session) -> Self {
        let connection = &session.connection;
        let profile = match &connection.request {
            ConnectRequest::Account { profile, .. } => profile.clone(),
            ConnectRequest::Sandbox { .. } => None,
        };
        let mut about = vec![format!(
            "Account {}, {}, as {}",
            connection.account, connection.region, connection.identity
        )];
        if connection.sandbox.is_some() {
            let keys = session
                .engine
                .data_dir()
                .join("sandbox")
                .join("sandbox.json");
            about.push(format!(
                "The sandbox's keys for AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are in {}",
                keys.display()
            ));
        }
        Self {
            profile,
            region: connection.region.clone(),
            endpoint: connection.endpoint.clone(),
            about,
        }
    }

    /// The lines that stand above the commands.
    pub(super) fn heading(&self) -> String {
        self.about.iter().map(|line| heading_line(line)).collect()
    }

    /// One command: service and operation, then its options with one value each, or none where that is empty.
    pub(super) fn command(&self, call: &str, words: &[(&str, &str)]) -> String {
        let values = |value: &&str| (!value.is_empty()).then(|| (*value).to_owned());
        let words = words
            .iter()
            .map(|(option, value)| (*option, values(value).into_iter().collect::<Vec<_>>()));
        self.command_of(call, words)
    }

    /// The same with any number of values.
    pub(super) fn command_of<'a>(
        &self,
        call: &str,
        words: impl IntoIterator<Item = (&'a str, Vec<String>)>,
    ) -> String {
        let mut text = format!("aws {call}");
        for (name, values) in words {
            match values.as_slice() {
                [value] => {
                    let _ = write!(text, " {}", option(name, &quoted(value)));
                }
                values => {
                    let _ = write!(text, " {name}");
                    for value in values {
                        let _ = write!(text, " {}", quoted(value));
                    }
                }
            }
        }
        text.push_str(&self.options());
        text
    }

    /// `--profile`, `--region` and `--endpoint-url`, with a space before each.
    pub(super) fn options(&self) -> String {
        let mut text = String::new();
        if let Some(profile) = &self.profile {
            let _ = write!(text, " {}", option("--profile", &quoted(profile)));
        }
        let _ = write!(text, " --region {}", quoted(&self.region));
        if let Some(endpoint) = &self.endpoint {
            let _ = write!(text, " --endpoint-url {}", quoted(endpoint));
        }
        text
    }
}

/// A line that a shell passes over, whatever it says.
pub(crate) fn heading_line(text: &str) -> String {
    format!("# {}\n", text.replace(['\n', '\r'], " "))
}

/// An option with its value, a word of the shell. Where the value begins with a dash the AWS CLI would take it for an option
/// of its own: then both are one word.
pub(crate) fn option(name: &str, word: &str) -> String {
    let dash = word.trim_start_matches('\'').starts_with('-');
    format!("{name}{}{word}", if dash { '=' } else { ' ' })
}

/// One word for a POSIX shell, whatever it holds; plain where that is safe.
pub(crate) fn quoted(text: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_./:@=,+%".contains(&b);
    if !text.is_empty() && text.bytes().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stay_single_words() {
        assert_eq!(quoted("s3://bucket/key.jsonl"), "s3://bucket/key.jsonl");
        assert_eq!(quoted("it's $HOME; rm -rf /"), r"'it'\''s $HOME; rm -rf /'");
        assert_eq!(quoted(""), "''");
    }

    #[test]
    fn the_connection_stands_in_each_command() {
        let aws = Aws {
            profile: Some("edge fleet".to_owned()),
            region: "eu-west-1".to_owned(),
            endpoint: Some("http://127.0.0.1:1".to_owned()),
            about: vec!["Account 1\nrm -rf /".to_owned()],
        };
        assert_eq!(
            aws.command("iam get-role", &[("--role-name", "R")]),
            "aws iam get-role --role-name R --profile 'edge fleet' --region eu-west-1 --endpoint-url http://127.0.0.1:1"
        );
        assert_eq!(aws.heading(), "# Account 1 rm -rf /\n");
        // A role may be called so (IAM).
        let dashed = aws.command("iam get-role", &[("--role-name", "-x")]);
        assert!(
            dashed.starts_with("aws iam get-role --role-name=-x --profile"),
            "{dashed}"
        );
    }
}
