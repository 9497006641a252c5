//! Whether a statement of a resource's policy speaks of whoever asks.

use serde_json::{Map, Value};

use super::{Asker, Truth, texts};

/// Reads `Principal` and `NotPrincipal`; a statement without both is for whoever has it.
pub(super) fn meant(fields: &Map<String, Value>, asker: Asker<'_>) -> Truth {
    let denies = fields.get("Effect").and_then(Value::as_str) == Some("Deny");
    if let Some(principal) = fields.get("Principal") {
        return named(principal, asker, denies);
    }
    let Some(excepted) = fields.get("NotPrincipal") else {
        return Truth::Yes;
    };
    // An account among those excepted counts as the role's being named, whatever the effect.
    match (named(excepted, asker, true), asker) {
        (Truth::No, _) => Truth::Yes,
        (Truth::Yes, Asker::Service(_)) => Truth::No,
        // The role, its session and the account have to be named, all three (IAM: "NotPrincipal").
        (_, Asker::Role(_)) | (Truth::Unclear(_), _) => Truth::Unclear(
            "its NotPrincipal excepts the role only if it names the role's session as well"
                .to_owned(),
        ),
    }
}

fn named(principal: &Value, asker: Asker<'_>, denies: bool) -> Truth {
    let Value::Object(kinds) = principal else {
        return if principal.as_str() == Some("*") {
            Truth::Yes
        } else {
            Truth::Unclear("its Principal cannot be read".to_owned())
        };
    };
    let mut found = Truth::No;
    for (kind, ids) in kinds {
        for id in texts(ids.clone()) {
            found = found.or(one(kind, &id, asker, denies));
        }
    }
    found
}

fn one(kind: &str, id: &str, asker: Asker<'_>, denies: bool) -> Truth {
    match (kind, asker) {
        ("AWS", Asker::Role(_)) if id == "*" => Truth::Yes,
        // The same as `"*"` (IAM: "Principal", all principals); whether that lets services in is told nowhere.
        ("AWS", Asker::Service(_)) if id == "*" && denies => Truth::Yes,
        ("AWS", Asker::Service(_)) if id == "*" => {
            Truth::Unclear("its Principal is anyone, which may leave out services".to_owned())
        }
        ("AWS", Asker::Role(role)) => role_is(role, id, denies),
        ("Service", Asker::Service(name)) if id == name => Truth::Yes,
        _ => Truth::No,
    }
}

/// A denied account is denied with all of its roles; an allowed one may only pass the right on, by the role's own policies
/// (IAM: "Principal", AWS account principals).
fn role_is(role: &str, id: &str, denies: bool) -> Truth {
    let account = role.split(':').nth(4).unwrap_or_default();
    let root = id.starts_with("arn:") && id.ends_with(&format!(":iam::{account}:root"));
    if id == role || (denies && (id == account || root)) {
        return Truth::Yes;
    }
    let name = role.rsplit('/').next().unwrap_or(role);
    if id.contains(&format!(":sts::{account}:assumed-role/{name}/")) {
        return Truth::Unclear(format!("it is about the session {id}"));
    }
    Truth::No
}
