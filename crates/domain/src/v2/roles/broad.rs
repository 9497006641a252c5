//! Statements of others that allow far more than components need, such as those of the FullAccess policies that tutorials
//! attach. They are told, never taken away.

use serde_json::Value;

use super::document::texts;
use crate::permissions::{Document, Statement};

/// Actions that grants of this app bind to single resources: on everything they are too much.
const BOUND: [&str; 9] = [
    "s3:GetObject",
    "s3:PutObject",
    "s3:DeleteObject",
    "secretsmanager:GetSecretValue",
    "iot:Publish",
    "ecr:BatchGetImage",
    "ecr:GetDownloadUrlForLayer",
    "kinesisvideo:PutMedia",
    "iot:UpdateThingShadow",
];

/// What is too broad in a policy of the devices' role, a sentence for each statement.
#[must_use]
pub fn too_broad(document: &Document) -> Vec<String> {
    document.statements().iter().filter_map(broad).collect()
}

fn broad(statement: &Statement) -> Option<String> {
    if statement.field("Effect").and_then(Value::as_str) != Some("Allow") {
        return None;
    }
    let excepted = statement.field("NotAction").is_some();
    let all_resources = statement.field("NotResource").is_some()
        || texts(statement.field("Resource"))
            .iter()
            .any(|arn| is_everything(arn));
    if !all_resources {
        return None;
    }
    let name = statement
        .sid()
        .filter(|sid| !sid.is_empty())
        .map_or_else(String::new, |sid| format!("{sid}: "));
    let conditions = if statement.field("Condition").is_some() {
        ", under conditions"
    } else {
        ""
    };
    if excepted {
        return Some(format!(
            "{name}it allows all actions but those that it names, on all resources{conditions}."
        ));
    }
    let actions: Vec<String> = texts(statement.field("Action"))
        .into_iter()
        .filter(|action| is_too_much(action))
        .collect();
    (!actions.is_empty()).then(|| {
        format!(
            "{name}it allows {} on all resources{conditions}.",
            actions.join(", ")
        )
    })
}

/// `*`, or all of a service whose ARNs name no more: `arn:aws:s3:::*`, `arn:aws:iot:*:*:*`.
fn is_everything(arn: &str) -> bool {
    let mut parts = arn.splitn(6, ':');
    match (parts.nth(5), arn) {
        (_, "*") => true,
        (Some(resource), _) => {
            matches!(resource, "*" | "*/*" | "topic/*" | "secret:*" | "stream/*")
        }
        (None, _) => arn.ends_with('*') && arn.split(':').count() <= 3,
    }
}

/// All actions, all or many of a service, or one that components need on single resources only. Looking (`Get…`,
/// `List…`, `Describe…`) at what knows no resources is not meant, nor are logs.
fn is_too_much(action: &str) -> bool {
    let action = action.to_ascii_lowercase();
    if action == "*" {
        return true;
    }
    let Some((service, verb)) = action.split_once(':') else {
        return false;
    };
    if service == "logs" {
        return false;
    }
    let looks = ["describe", "list"]
        .iter()
        .any(|word| verb.starts_with(word));
    let known = BOUND
        .iter()
        .any(|bound| bound.eq_ignore_ascii_case(&action));
    known || (verb.contains('*') && !looks)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    fn notes(statement: &str) -> Vec<String> {
        let text = format!(r#"{{"Version":"2012-10-17","Statement":[{statement}]}}"#);
        too_broad(&Document::parse(&text).unwrap())
    }

    #[test]
    fn full_access_is_told_and_single_resources_are_not() {
        for (statement, word) in [
            (
                r#"{"Effect":"Allow","Action":["s3:*","s3-object-lambda:*"],"Resource":"*"}"#,
                "s3:*",
            ),
            (r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#, "*"),
            (
                r#"{"Effect":"Allow","Action":"iot:Publish","Resource":"arn:aws:iot:*:*:topic/*"}"#,
                "iot:Publish",
            ),
            (
                r#"{"Effect":"Allow","Action":"S3:getObject","Resource":"arn:aws:s3:::*"}"#,
                "S3:getObject",
            ),
            (
                r#"{"Sid":"All","Effect":"Allow","NotAction":"iam:*","Resource":"*"}"#,
                "All: ",
            ),
            (
                r#"{"Effect":"Allow","Action":"secretsmanager:GetSecretValue","NotResource":"arn:aws:secretsmanager:*:*:secret:x"}"#,
                "GetSecretValue",
            ),
            (
                r#"{"Effect":"Allow","Action":"kinesisvideo:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"true"}}}"#,
                "under conditions",
            ),
        ] {
            let notes = notes(statement);
            assert!(
                notes.len() == 1 && notes.iter().all(|note| note.contains(word)),
                "{statement}: {notes:?}"
            );
        }
        for statement in [
            r#"{"Effect":"Deny","Action":"s3:*","Resource":"*"}"#,
            r#"{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::plant/*"}"#,
            r#"{"Effect":"Allow","Action":["logs:*","s3:GetBucketLocation","iot:DescribeCertificate","ecr:GetAuthorizationToken"],"Resource":"*"}"#,
            r#"{"Effect":"Allow","Action":"s3:GetObject","Resource":["arn:aws:s3:::plant/a","arn:aws:s3:::plant/b/*"]}"#,
            r#"{"Effect":"Allow","Action":"iot:Publish","Resource":"arn:aws:iot:eu-west-1:1:topic/plant/*"}"#,
        ] {
            assert_eq!(notes(statement), Vec::<String>::new(), "{statement}");
        }
    }
}
