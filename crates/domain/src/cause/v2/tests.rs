#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use proptest::prelude::*;

use super::*;

const REASON: &str = "FAILED_NO_STATE_CHANGE: Failed to download artifact name: 's3://fleet-artifacts/a/run.sh' for component \
    com.example.Oven-1.0.0, because S3 HeadObject returns 403 Access Denied. Ensure the IAM role associated with the core \
    device oven-0042 has a policy granting s3:GetObject";

fn stack(codes: &[&str]) -> Vec<String> {
    codes.iter().map(|code| (*code).to_owned()).collect()
}

fn denied() -> Vec<String> {
    stack(&[
        "DEPLOYMENT_FAILURE",
        "ARTIFACT_DOWNLOAD_ERROR",
        "S3_ERROR",
        "S3_ACCESS_DENIED",
        "S3_HEAD_OBJECT_ACCESS_DENIED",
    ])
}

#[test]
fn the_most_specific_code_is_the_title() {
    let codes = denied();
    let failure = Failure {
        error_stack: &codes,
        reason: Some(REASON),
        ..Failure::default()
    };
    let described = describe(&failure);
    assert_eq!(described.title, "No right to look at the artifact");
    assert!(described.permissions);
    assert_eq!(described.remedies.len(), 2);
    assert_eq!(code(&failure), Some("S3_HEAD_OBJECT_ACCESS_DENIED"));
}

#[test]
fn devices_with_one_cause_share_its_key() {
    let codes = denied();
    let at = |reason: &str| {
        key(&Failure {
            error_stack: &codes,
            reason: Some(reason),
            ..Failure::default()
        })
    };
    let other = REASON
        .replace("oven-0042", "oven-0311")
        .replace("run.sh", "stop.sh");
    assert_eq!(at(REASON), at(&other));
    assert_ne!(
        at(REASON),
        at("FAILED_NO_STATE_CHANGE: the disk is on fire")
    );
    let shorter = stack(&["DEPLOYMENT_FAILURE", "ARTIFACT_DOWNLOAD_ERROR"]);
    let less = Failure {
        error_stack: &shorter,
        reason: Some(REASON),
        ..Failure::default()
    };
    assert_ne!(at(REASON), key(&less));
    insta::assert_snapshot!(at(REASON), @"9414a3f83bedf320");
}

#[test]
fn a_status_alone_is_a_cause_too() {
    let timed_out = Failure {
        status: Some("TIMED_OUT"),
        ..Failure::default()
    };
    let rejected = Failure {
        status: Some("REJECTED"),
        ..Failure::default()
    };
    assert_ne!(key(&timed_out), key(&rejected));
    assert_eq!(describe(&timed_out).title, "TIMED_OUT, no reason");
    assert_eq!(code(&timed_out), Some("TIMED_OUT"));
    assert_eq!(describe(&Failure::default()).title, "No message");
}

#[test]
fn a_heading_alone_leaves_the_title_to_the_words() {
    let codes = stack(&["DEPLOYMENT_FAILURE"]);
    let types = stack(&["NONE", "DEVICE_ERROR"]);
    let failure = Failure {
        error_stack: &codes,
        error_types: &types,
        reason: Some("the valve does not answer"),
        status: Some("FAILED"),
    };
    let described = describe(&failure);
    assert_eq!(described.title, "the valve does not answer");
    let means = described.means.unwrap();
    assert!(
        means.starts_with("A hint, not a finding: Something on the device"),
        "{means}"
    );
    let untyped = Failure {
        error_types: &[],
        ..failure
    };
    assert!(
        describe(&untyped)
            .means
            .unwrap()
            .contains("nothing closer is known")
    );
}

#[test]
fn an_unheard_code_is_shown_as_it_came() {
    let codes = stack(&[
        "DEPLOYMENT_FAILURE",
        "COMPONENT_UPDATE_ERROR",
        "COMPONENT_BROKEN",
        "COMPONENT_MELTED",
    ]);
    let described = describe(&Failure {
        error_stack: &codes,
        ..Failure::default()
    });
    assert_eq!(described.title, "COMPONENT_MELTED");
    assert!(
        described
            .means
            .unwrap()
            .starts_with("A hint, not a finding: It failed again")
    );
    let only = stack(&["ALL_NEW"]);
    let described = describe(&Failure {
        error_stack: &only,
        ..Failure::default()
    });
    assert_eq!(
        (described.title.as_str(), described.means),
        ("ALL_NEW", None)
    );
}

#[test]
fn a_component_status_in_the_words_is_a_hint() {
    let reason = "component com.example.Oven is in STARTUP_TIMEOUT after 120 s";
    let described = describe(&Failure {
        reason: Some(reason),
        ..Failure::default()
    });
    assert_eq!(described.title, reason);
    assert!(
        described
            .means
            .unwrap()
            .contains("startup script did not end")
    );
}

proptest! {
    #[test]
    fn any_failure_has_a_title_and_a_key(
        codes in prop::collection::vec("[A-Z_]{0,12}", 0..4), reason in "\\PC{0,120}", status in prop::option::of("[A-Z_]{1,9}"),
    ) {
        let failure = Failure { error_stack: &codes, error_types: &[], reason: Some(&reason), status: status.as_deref() };
        prop_assert_eq!(key(&failure).len(), 16);
        let described = describe(&failure);
        prop_assert!(described.title.chars().count() <= 91);
    }
}
