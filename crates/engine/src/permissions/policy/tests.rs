#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use overseed_domain::{
    Partition,
    permissions::{Objects, Pack, Packing, trust},
};

use super::*;
use crate::permissions::found::{Boundary, Limits, PolicyFound, RoleFound};
use overseed_domain::Millis;

const ROLE: &str = "arn:aws:iam::123456789012:role/Bulk";

fn place() -> Place {
    Place {
        partition: Partition::Aws,
        region: "eu-west-1".into(),
        account: "123456789012".into(),
    }
}

fn needs(prefix: &str) -> Needs {
    Needs {
        role: "Bulk".into(),
        bucket: "files".into(),
        objects: Objects::Prefix(prefix.into()),
        read_by: ReadBy::Role,
        groups: ["a", "b"].into_iter().collect(),
        pack: Pack::Auto,
        waves: 1,
    }
}

fn known() -> Known {
    Known {
        keys: vec!["in/plan/wave-001.jsonl".into()],
        now: Millis(1_795_284_000_000),
    }
}

fn document(statements: &str) -> Document {
    Document::parse(&format!(
        r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#
    ))
    .unwrap()
}

const DEPLOYS: &str = r#"{"Effect":"Allow","Action":"greengrass:CreateDeployment","Resource":"*"}"#;

const READS: &str =
    r#"{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::files/*"}"#;

/// A role with these statements in an inline policy of someone else.
fn found(statements: &str) -> Found {
    let theirs = PolicyFound {
        name: "theirs".to_owned(),
        arn: None,
        document: document(statements),
    };
    Found {
        role: Reading::Read(Some(RoleFound {
            arn: ROLE.into(),
            trust: trust(&place()),
            boundary: None,
        })),
        policies: Reading::Read(Policies {
            others: vec![theirs],
            ..Policies::default()
        }),
        bucket_policy: Reading::Read(None),
        limits: Limits {
            inline: 10_240,
            managed: 6_144,
            attached: 10,
            trust: 2_048,
        },
    }
}

fn judge(found: &Found) -> Policy {
    policy_of(&place(), ROLE, "Bulk", found, &needs("in"), &known())
}

/// A bucket policy for some principals.
fn of_bucket(effect: &str, principal: &str) -> Reading<Option<String>> {
    let document = document(&format!(
        r#"{{"Effect":"{effect}","Principal":{principal},"Action":"s3:GetObject","Resource":"arn:aws:s3:::files/*"}}"#
    ));
    Reading::Read(Some(document.compact()))
}

#[test]
fn the_bucket_policy_may_grant_reading() {
    let mut found = found(DEPLOYS);
    assert_eq!(judge(&found).read.0, RequirementState::NotYet);
    found.bucket_policy = of_bucket("Allow", &format!(r#"{{"AWS":["{ROLE}"]}}"#));
    let judged = judge(&found);
    assert_eq!(
        (judged.deploy.0, judged.read.0),
        (RequirementState::Yes, RequirementState::Yes)
    );
    assert!(judged.calls.is_empty());
    // The account as principal leaves it to the account's own policies (IAM).
    found.bucket_policy = of_bucket("Allow", r#"{"AWS":"123456789012"}"#);
    assert_eq!(judge(&found).read.0, RequirementState::NotYet);
}

#[test]
fn what_others_allow_is_not_allowed_once_more() {
    let found = found(DEPLOYS);
    let [Call::PutInline { after, .. }] = &judge(&found).calls[..] else {
        panic!("one policy is put");
    };
    let text = after.compact();
    assert!(text.contains("s3:GetObject"), "{text}");
    assert!(!text.contains("greengrass:CreateDeployment"), "{text}");
    let needs = Needs {
        read_by: ReadBy::Bucket,
        ..needs("in")
    };
    let judged = policy_of(&place(), ROLE, "Bulk", &found, &needs, &known());
    assert!(
        matches!(&judged.calls[..], [Call::PutBucketPolicy { .. }]),
        "{:?}",
        judged.calls
    );
}

#[test]
fn what_the_bucket_denies_no_role_policy_mends() {
    let mut found = found(&format!("{DEPLOYS},{READS}"));
    found.bucket_policy = of_bucket("Deny", r#""*""#);
    let judged = judge(&found);
    assert_eq!(judged.read.0, RequirementState::No);
    assert!(
        judged.read.1.contains("bucket's policy denies"),
        "{}",
        judged.read.1
    );
    assert!(judged.calls.is_empty());
}

#[test]
fn a_bucket_policy_that_may_not_be_read_is_told() {
    let mut found = found(&format!("{DEPLOYS},{READS}"));
    found.bucket_policy = Reading::Unreadable("AccessDenied".into());
    let judged = judge(&found);
    assert_eq!(judged.read.0, RequirementState::Yes);
    assert!(
        judged.read.1.contains("could not be looked at"),
        "{}",
        judged.read.1
    );
}

#[test]
fn a_boundary_is_not_passed_over() {
    let mut found = found(&format!("{DEPLOYS},{READS}"));
    if let Reading::Read(Some(role)) = &mut found.role {
        role.boundary = Some(Boundary {
            arn: "arn:aws:iam::123456789012:policy/Fence".into(),
            document: Reading::Unreadable("AccessDenied".into()),
        });
    }
    let judged = judge(&found);
    assert_eq!(judged.deploy.0, RequirementState::NotChecked);
    assert!(judged.deploy.1.contains("policy/Fence"));
}

#[test]
fn a_boundary_that_can_be_read_is_evaluated() {
    let bounded = |statements: &str| {
        let mut found = found(&format!("{DEPLOYS},{READS}"));
        if let Reading::Read(Some(role)) = &mut found.role {
            role.boundary = Some(Boundary {
                arn: "arn:aws:iam::123456789012:policy/Fence".into(),
                document: Reading::Read(document(statements)),
            });
        }
        let judged = judge(&found);
        assert!(judged.calls.is_empty(), "no policy of ours passes a fence");
        (judged.deploy, judged.read)
    };
    let (deploy, read) =
        bounded(r#"{"Effect":"Allow","Action":["s3:*","greengrass:*"],"Resource":"*"}"#);
    assert_eq!(
        (deploy.0, read.0),
        (RequirementState::Yes, RequirementState::Yes)
    );
    let (deploy, read) = bounded(r#"{"Effect":"Allow","NotAction":"s3:*","Resource":"*"}"#);
    assert_eq!(
        (deploy.0, read.0),
        (RequirementState::Yes, RequirementState::No)
    );
    assert!(read.1.contains("policy/Fence"), "{}", read.1);
    let arn = place().group_arn("b");
    let all = r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#;
    let deny = format!(r#"{{"Effect":"Deny","Action":"*","Resource":"{arn}"}}"#);
    let (deploy, read) = bounded(&format!("{all},{deny}"));
    assert_eq!(
        (deploy.0, read.0),
        (RequirementState::No, RequirementState::Yes)
    );
    assert!(deploy.1.contains("on 1 of 2 groups"), "{}", deploy.1);
}

#[test]
fn a_role_whose_policies_leave_no_room_is_said_to_be_full() {
    let mut found = found(&format!(
        r#"{{"Effect":"Allow","Action":"sqs:SendMessage","Resource":"arn:aws:sqs:eu-west-1:123456789012:{}"}}"#,
        "q".repeat(400)
    ));
    let taken = 10_240 - found.room().inline;
    let packing = |found: &Found| judge(found).packed.map(|packed| packed.packing);
    found.limits.inline = taken + 500;
    assert_eq!(packing(&found), Some(Packing::Inline));
    found.limits.inline = taken + 200;
    assert_eq!(packing(&found), Some(Packing::Managed));
    found.limits.attached = 0;
    let judged = judge(&found);
    assert_eq!(judged.deploy.0, RequirementState::No);
    assert!(
        judged.deploy.1.contains("200 are left") && judged.deploy.1.contains("another role"),
        "{}",
        judged.deploy.1
    );
    assert!(judged.calls.is_empty());
}

#[test]
fn a_denied_group_is_found_among_allowed_ones() {
    let arn = place().group_arn("b");
    let deny = format!(r#"{{"Effect":"Deny","Action":"greengrass:Create*","Resource":"{arn}"}}"#);
    let judged = judge(&found(&format!("{DEPLOYS},{READS},{deny}")));
    assert_eq!(judged.deploy.0, RequirementState::No);
    assert!(
        judged
            .deploy
            .1
            .contains("denied by a statement on 1 of 2 groups"),
        "{}",
        judged.deploy.1
    );
    assert_eq!(judged.read.0, RequirementState::Yes);
}

#[test]
fn a_huge_plan_is_judged_by_the_pattern() {
    let groups = (0..25_000).map(|n| n.to_string()).collect();
    let huge = Needs {
        groups,
        ..needs("in")
    };
    let one = place().group_arn("*");
    let all = format!(
        r#"{{"Effect":"Allow","Action":"greengrass:CreateDeployment","Resource":"{one}"}},{READS}"#
    );
    let judged = policy_of(&place(), ROLE, "Bulk", &found(&all), &huge, &known());
    assert_eq!(judged.deploy.0, RequirementState::Yes);
    let some = all.replace("groups/*", "groups/1*");
    let judged = policy_of(&place(), ROLE, "Bulk", &found(&some), &huge, &known());
    assert_eq!(judged.deploy.0, RequirementState::NotYet);
    assert_eq!(
        judged.packed.map(|packed| packed.packing),
        Some(Packing::Wildcard)
    );
}

/// The verdicts of a role that may do all, with one statement more.
fn beside_all(statement: &str) -> Policy {
    let all = r#"{"Effect":"Allow","Action":["s3:*","greengrass:*"],"Resource":"*"}"#;
    judge(&found(&format!("{all},{statement}")))
}

#[test]
fn what_only_aws_knows_is_not_checked_and_the_statement_is_named() {
    for (condition, key) in [
        (
            r#"{"StringNotEquals":{"aws:PrincipalOrgID":"o-1"}}"#,
            "aws:PrincipalOrgID",
        ),
        (
            r#"{"NotIpAddress":{"aws:SourceIp":"10.0.0.0/8"}}"#,
            "aws:SourceIp",
        ),
        (
            r#"{"IpAddress":{"aws:SourceIp":"0.0.0.0/0"}}"#,
            "aws:SourceIp",
        ),
        (
            r#"{"Null":{"aws:TokenIssueTime":"true"}}"#,
            "aws:TokenIssueTime",
        ),
        (
            r#"{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}"#,
            "aws:MultiFactorAuthPresent",
        ),
    ] {
        let judged = beside_all(&format!(
            r#"{{"Sid":"Fence","Effect":"Deny","Action":"*","Resource":"*","Condition":{condition}}}"#
        ));
        for (state, detail, _) in [&judged.deploy, &judged.read] {
            assert_eq!(*state, RequirementState::NotChecked, "{condition}");
            assert!(detail.contains("Fence") && detail.contains(key), "{detail}");
        }
        assert!(
            judged.calls.is_empty(),
            "no statement of ours undoes a Deny"
        );
    }
}

#[test]
fn times_and_arns_are_evaluated() {
    for (condition, expected) in [
        (
            r#"{"DateGreaterThan":{"aws:CurrentTime":"2020-01-01T00:00:00Z"}}"#,
            RequirementState::No,
        ),
        (
            r#"{"DateGreaterThan":{"aws:CurrentTime":"2030-01-01T00:00:00Z"}}"#,
            RequirementState::Yes,
        ),
        (
            r#"{"ArnEquals":{"aws:PrincipalArn":"arn:aws:iam::123456789012:role/B*"}}"#,
            RequirementState::No,
        ),
        (
            r#"{"ArnNotEquals":{"aws:PrincipalArn":"arn:aws:iam::123456789012:role/*"}}"#,
            RequirementState::Yes,
        ),
    ] {
        let judged = beside_all(&format!(
            r#"{{"Effect":"Deny","Action":"*","Resource":"arn:aws:*:*:*:*","Condition":{condition}}}"#
        ));
        assert_eq!(
            (judged.deploy.0, judged.read.0),
            (expected, expected),
            "{condition}"
        );
    }
    let now = r#","Condition":{"DateGreaterThan":{"aws:CurrentTime":"2020-01-01T00:00:00Z"}}}"#;
    let allowed = format!("{DEPLOYS},{READS}").replace('}', now);
    let judged = judge(&found(&allowed));
    assert_eq!(
        (judged.deploy.0, judged.read.0),
        (RequirementState::Yes, RequirementState::Yes)
    );
    assert!(judged.calls.is_empty());
}

#[test]
fn what_may_be_allowed_is_made_certain() {
    let perhaps = r#","Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-1"}}}"#;
    let allowed = format!("{DEPLOYS},{READS}").replace('}', perhaps);
    let judged = judge(&found(&allowed));
    for (state, detail, mended) in [&judged.deploy, &judged.read] {
        assert_eq!(
            (*state, *mended),
            (RequirementState::NotChecked, true),
            "{detail}"
        );
        assert!(detail.contains("aws:PrincipalOrgID"), "{detail}");
    }
    assert_eq!(judged.calls.len(), 1);
    // What is surely not allowed is put, though another statement may still be against it.
    let fence = r#"{"Sid":"Fence","Effect":"Deny","Action":"*","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"false"}}}"#;
    let judged = judge(&found(fence));
    assert_eq!(
        (judged.deploy.0, judged.deploy.2),
        (RequirementState::NotChecked, true)
    );
    assert!(judged.deploy.1.contains("Fence"), "{}", judged.deploy.1);
    assert_eq!(judged.calls.len(), 1);
}

#[test]
fn the_plans_own_objects_are_asked_about() {
    let denied = |resource: &str| {
        let deny = format!(
            r#"{{"Effect":"Deny","Action":"s3:GetObject","Resource":"arn:aws:s3:::files/{resource}"}}"#
        );
        beside_all(&deny).read
    };
    let (state, detail, mended) = denied("in/*/wave-*");
    assert_eq!((state, mended), (RequirementState::No, false));
    assert!(detail.contains("files/in/plan/wave-001.jsonl"), "{detail}");
    assert_eq!(denied("in/other/*").0, RequirementState::Yes);
}

#[test]
fn an_account_that_the_bucket_denies_is_the_role_too() {
    let mut found = found(&format!("{DEPLOYS},{READS}"));
    for id in ["123456789012", "arn:aws:iam::123456789012:root"] {
        found.bucket_policy = of_bucket("Deny", &format!(r#"{{"AWS":"{id}"}}"#));
        assert_eq!(judge(&found).read.0, RequirementState::No, "{id}");
    }
}

#[test]
fn a_prefix_with_special_characters_is_granted_as_it_is() {
    let own = Known {
        keys: vec!["a?b*/plan/wave-001.jsonl".into()],
        ..known()
    };
    let odd = needs("a?b*");
    let judged = policy_of(&place(), ROLE, "Bulk", &found(DEPLOYS), &odd, &own);
    assert_eq!(
        (judged.read.0, judged.read.2),
        (RequirementState::NotYet, true)
    );
    let granted = r#"{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::files/a${?}b${*}/*"}"#;
    let all = found(&format!("{DEPLOYS},{granted}"));
    let judged = policy_of(&place(), ROLE, "Bulk", &all, &odd, &own);
    assert_eq!(judged.read.0, RequirementState::Yes, "{}", judged.read.1);
    let narrow = found(&format!(
        "{DEPLOYS},{}",
        granted.replace("files/", "files/x")
    ));
    assert_eq!(
        policy_of(&place(), ROLE, "Bulk", &narrow, &odd, &own)
            .read
            .0,
        RequirementState::NotYet
    );
}
