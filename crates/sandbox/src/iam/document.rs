//! Policy documents: what IAM takes and what it refuses, in its words.

use std::collections::HashSet;

use serde_json::{Map, Value};

/// Where a document is put decides what it must and must not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// A permission policy of a user or role: resources, no principal.
    Identity,
    /// A trust policy of a role: principals, no resource.
    Trust,
    /// A bucket policy: principals and resources.
    Bucket,
}

/// Checks a document as IAM does when it is put.
///
/// # Errors
/// The message of MalformedPolicyDocument (of MalformedPolicy for buckets).
pub fn check(text: &str, place: Use) -> Result<Value, String> {
    let value: Value = serde_json::from_str(text).map_err(|_| match place {
        Use::Trust => "This policy contains invalid Json".to_owned(),
        Use::Identity => "Syntax errors in policy.".to_owned(),
        Use::Bucket => "Policies must be valid JSON and the first byte must be '{'".to_owned(),
    })?;
    let Some(document) = value.as_object() else {
        return Err("Syntax errors in policy.".to_owned());
    };
    match document.get("Version").map(Value::as_str) {
        None | Some(Some("2012-10-17" | "2008-10-17")) => {}
        Some(_) => return Err("Syntax errors in policy.".to_owned()),
    }
    if document
        .keys()
        .any(|key| !matches!(key.as_str(), "Version" | "Id" | "Statement"))
    {
        return Err("Syntax errors in policy.".to_owned());
    }
    let statements = statements(&value);
    if statements.is_empty() {
        return Err("Syntax errors in policy.".to_owned());
    }
    let mut sids = HashSet::new();
    for statement in statements {
        let statement = statement.as_object().ok_or("Syntax errors in policy.")?;
        check_statement(statement, place)?;
        if let Some(sid) = statement.get("Sid").and_then(Value::as_str)
            && !sid.is_empty()
            && !sids.insert(sid.to_owned())
        {
            return Err("Statement IDs (SID) in a single policy must be unique.".to_owned());
        }
    }
    Ok(value)
}

fn check_statement(statement: &Map<String, Value>, place: Use) -> Result<(), String> {
    const KNOWN: [&str; 9] = [
        "Sid",
        "Effect",
        "Principal",
        "NotPrincipal",
        "Action",
        "NotAction",
        "Resource",
        "NotResource",
        "Condition",
    ];
    if statement.keys().any(|key| !KNOWN.contains(&key.as_str())) {
        return Err("Syntax errors in policy.".to_owned());
    }
    if !matches!(
        statement.get("Effect").and_then(Value::as_str),
        Some("Allow" | "Deny")
    ) {
        return Err("Syntax errors in policy.".to_owned());
    }
    if let Some(sid) = statement.get("Sid") {
        let sid = sid.as_str().ok_or("Syntax errors in policy.")?;
        let strict = place != Use::Bucket;
        if strict && !sid.chars().all(|c| c.is_ascii_alphanumeric()) {
            return Err("Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*".to_owned());
        }
    }
    check_actions(statement)?;
    let principal = statement.contains_key("Principal") || statement.contains_key("NotPrincipal");
    let resource = statement.contains_key("Resource") || statement.contains_key("NotResource");
    match place {
        Use::Identity if principal => {
            return Err("Policy document should not specify a principal.".to_owned());
        }
        Use::Trust if resource => return Err("Has prohibited field Resource".to_owned()),
        Use::Trust if !principal => {
            return Err("Missing required field Principal".to_owned());
        }
        Use::Bucket if !principal => {
            return Err("Missing required field Principal".to_owned());
        }
        Use::Identity if !resource => {
            return Err("Policy statement must contain resources.".to_owned());
        }
        Use::Bucket if !resource => return Err("Missing required field Resource".to_owned()),
        _ => {}
    }
    for name in ["Resource", "NotResource"] {
        for text in texts(statement.get(name))? {
            if text != "*" && (!text.starts_with("arn:") || text.splitn(6, ':').count() < 6) {
                return Err(format!("Resource {text} must be in ARN format or \"*\"."));
            }
        }
    }
    match statement.get("Principal") {
        None => {}
        Some(Value::String(all)) if all == "*" => {}
        Some(Value::Object(kinds)) => {
            for ids in kinds.values() {
                texts(Some(ids))?;
            }
        }
        Some(_) => return Err("Invalid principal in policy".to_owned()),
    }
    match statement.get("Condition") {
        None | Some(Value::Object(_)) => Ok(()),
        Some(_) => Err("Syntax errors in policy.".to_owned()),
    }
}

fn check_actions(statement: &Map<String, Value>) -> Result<(), String> {
    let mut actions = texts(statement.get("Action"))?;
    actions.extend(texts(statement.get("NotAction"))?);
    if actions.is_empty() {
        return Err("Policy statement must contain actions.".to_owned());
    }
    if actions
        .iter()
        .any(|action| *action != "*" && !action.contains(':'))
    {
        return Err(
            "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.".to_owned(),
        );
    }
    Ok(())
}

/// A string or a list of strings, as a list.
fn texts(value: Option<&Value>) -> Result<Vec<&str>, String> {
    match value {
        None => Ok(Vec::new()),
        Some(Value::String(text)) => Ok(vec![text]),
        Some(Value::Array(items)) => items
            .iter()
            .map(|item| {
                item.as_str()
                    .ok_or_else(|| "Syntax errors in policy.".to_owned())
            })
            .collect(),
        Some(_) => Err("Syntax errors in policy.".to_owned()),
    }
}

/// The statements of a document; IAM takes a single one without a list.
#[must_use]
pub fn statements(document: &Value) -> Vec<&Value> {
    match document.get("Statement") {
        Some(Value::Array(items)) => items.iter().collect(),
        Some(single @ Value::Object(_)) => vec![single],
        _ => Vec::new(),
    }
}

/// All principals that a document names, with their kind (`AWS`, `Service`, `Federated`).
#[must_use]
pub fn principals(document: &Value) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    for statement in statements(document) {
        match statement.get("Principal") {
            Some(Value::Object(kinds)) => {
                for (kind, ids) in kinds {
                    let ids = texts(Some(ids)).unwrap_or_default();
                    found.extend(ids.into_iter().map(|id| (kind.as_str(), id)));
                }
            }
            Some(Value::String(all)) => found.push(("AWS", all.as_str())),
            _ => {}
        }
    }
    found
}

/// The size that IAM's quotas count: characters without white space
/// (IAM and AWS STS quotas, "IAM doesn't count white space").
#[must_use]
pub fn size(text: &str) -> usize {
    text.chars().filter(|c| !c.is_whitespace()).count()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    fn statement(fields: &str) -> String {
        format!("{{\"Version\":\"2012-10-17\",\"Statement\":[{{{fields}}}]}}")
    }

    #[test]
    fn a_document_belongs_to_its_place() {
        let identity = statement(r#""Effect":"Allow","Action":"s3:GetObject","Resource":"*""#);
        let trust = statement(
            r#""Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"greengrass.amazonaws.com"}"#,
        );
        assert!(check(&identity, Use::Identity).is_ok());
        assert_eq!(
            check(&identity, Use::Trust).unwrap_err(),
            "Has prohibited field Resource"
        );
        assert!(check(&trust, Use::Trust).is_ok());
        assert_eq!(
            check(&trust, Use::Identity).unwrap_err(),
            "Policy document should not specify a principal."
        );
        assert_eq!(
            check(&trust, Use::Bucket).unwrap_err(),
            "Missing required field Resource"
        );
    }

    #[test]
    fn faults_are_named_as_iam_does() {
        for (fields, message) in [
            (
                r#""Effect":"allow","Action":"s3:*","Resource":"*""#,
                "Syntax errors in policy.",
            ),
            (
                r#""Effect":"Allow","Action":"GetObject","Resource":"*""#,
                "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.",
            ),
            (
                r#""Effect":"Allow","Action":"s3:*","Resource":"bucket""#,
                "Resource bucket must be in ARN format or \"*\".",
            ),
            (
                r#""Effect":"Allow","Resource":"*""#,
                "Policy statement must contain actions.",
            ),
            (
                r#""Effect":"Allow","Action":"s3:*""#,
                "Policy statement must contain resources.",
            ),
        ] {
            assert_eq!(
                check(&statement(fields), Use::Identity).unwrap_err(),
                message
            );
        }
    }

    #[test]
    fn white_space_does_not_count() {
        assert_eq!(size("{ \"a\" :\n 1 }"), 7);
    }
}
