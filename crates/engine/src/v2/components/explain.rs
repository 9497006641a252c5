//! What the words mean with which AWS refuses a component version.

use overseed_aws::{Kind, v2::ComponentState};

use crate::{Error, ErrorCode, Problem};

/// The words that a state comes with: the message, then what is wrong with what.
pub(in crate::v2) fn words(state: &ComponentState) -> Vec<String> {
    let errors = state
        .errors
        .iter()
        .map(|(what, error)| format!("{what}: {error}"));
    let guidance = state.guidance_words.iter().cloned();
    state
        .message
        .iter()
        .cloned()
        .chain(errors)
        .chain(guidance)
        .collect()
}

/// CreateComponentVersion was refused.
pub(super) fn refused(name: &str, version: &str, error: overseed_aws::Error) -> Error {
    let (code, message) = match error.kind {
        Kind::Cancelled => return Error::Cancelled,
        Kind::BadRequest => (
            ErrorCode::BadRequest,
            format!("AWS does not take the recipe of {name} {version}"),
        ),
        Kind::Conflict => (
            ErrorCode::Conflict,
            format!("{name} {version} was made by someone else meanwhile"),
        ),
        Kind::AccessDenied => (
            ErrorCode::AccessDenied,
            format!("{name} {version} may not be made with these rights"),
        ),
        _ => return error.into(),
    };
    let hint = hint(&error.message).unwrap_or(match code {
        ErrorCode::Conflict => "Check it again: versions never change.",
        ErrorCode::AccessDenied => {
            "Who makes a component version needs greengrass:CreateComponentVersion, and s3:GetObject on its artifacts."
        }
        _ => "Check the recipe against its findings, and against the recipe reference.",
    });
    let request_id = error.request_id.clone();
    Problem {
        request_id,
        ..Problem::new(code, message).detail(&error).hint(hint)
    }
    .into()
}

/// A version that was taken, but could not be made deployable.
pub(super) fn failed(name: &str, version: &str, state: &ComponentState) -> Problem {
    let words = words(state).join("\n");
    let hint = hint(&words)
        .unwrap_or("Mend what the words name, then publish it under the next version.")
        .to_owned();
    Problem::new(
        ErrorCode::BadRequest,
        format!("AWS could not make {name} {version} deployable"),
    )
    .detail(if words.is_empty() {
        state.word.clone()
    } else {
        words
    })
    .hint(hint)
}

/// What to do about words that are known.
fn hint(words: &str) -> Option<&'static str> {
    let words = words.to_ascii_lowercase();
    let any = |parts: &[&str]| parts.iter().any(|part| words.contains(part));
    if any(&["not authorized to perform: null"]) {
        return Some(
            "This is how AWS says that a recipe is not valid: look at field names, version and JSON or YAML form.",
        );
    }
    // Artifacts are fetched from the component's own Region, with the rights of who makes the version.
    if any(&["permanentredirect", "different region", "wrong region"]) {
        return Some("The artifacts' bucket has to be in the component's Region.");
    }
    if any(&[
        "nosuchkey",
        "nosuchbucket",
        "not found",
        "does not exist",
        "doesn't exist",
    ]) {
        return Some("An artifact is not where the recipe says: upload it, or correct its URI.");
    }
    if any(&[
        "access denied",
        "accessdenied",
        "forbidden",
        "not authorized",
    ]) {
        return Some(
            "Who makes a component version needs s3:GetObject on its artifacts, and kms:Decrypt where a key encrypts them.",
        );
    }
    if any(&["too large", "exceeds", "maximum size"]) {
        return Some("A recipe has 16 KB at most, all artifacts of a version 2 GB.");
    }
    None
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn a_failure_is_explained_by_its_words() {
        let state = |error: &str| ComponentState {
            word: "FAILED".to_owned(),
            message: Some("Failed to create".to_owned()),
            errors: BTreeMap::from([("s3://b/a.py".to_owned(), error.to_owned())]),
            guidance: None,
            guidance_words: None,
        };
        let problem = failed("a", "1.0.0", &state("Access Denied"));
        assert!(problem.hint.unwrap().contains("s3:GetObject"));
        let detail = problem.detail.unwrap();
        assert_eq!(detail, "Failed to create\ns3://b/a.py: Access Denied");
        let problem = failed("a", "1.0.0", &state("NoSuchKey"));
        assert!(problem.hint.unwrap().contains("upload it"));
    }

    #[test]
    fn the_refusal_of_a_null_right_is_a_recipe_that_is_not_valid() {
        let error = overseed_aws::Error {
            code: Some("AccessDeniedException".to_owned()),
            ..overseed_aws::Error::here(
                "greengrass:CreateComponentVersion",
                Kind::BadRequest,
                "User: arn:aws:iam::1:user/d is not authorized to perform: null on resource: null",
            )
        };
        let problem = refused("a", "1.0.0", error).problem();
        assert_eq!(problem.code, ErrorCode::BadRequest);
        assert!(problem.hint.unwrap().contains("recipe is not valid"));
    }
}
