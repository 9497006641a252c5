//! What the policies that we make allow and what they do not, evaluated by `iam-rs`; documents compared by meaning.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use iam_rs::{
    Arn, Context, ContextValue, Decision, IAMPolicy, IAMRequest, Principal, PrincipalId,
    evaluate_policy,
};
use overseed_domain::{
    Partition,
    arn::role_arn,
    permissions::{
        Document, GREENGRASS, NotARoleName, Objects, Pack, Place, Room, TRUST_LIMIT, app_document,
        pack, pass_role_document, read_statement, role_name, trust, trust_statement,
    },
};
use proptest::prelude::*;
use serde_json::{Value, json};

fn place(partition: Partition) -> Place {
    let region = match partition {
        Partition::Aws => "eu-west-1",
        Partition::China => "cn-north-1",
        Partition::UsGov => "us-gov-west-1",
    };
    Place {
        partition,
        region: region.into(),
        account: "123456789012".into(),
    }
}

fn allows(document: &Document, action: &str, resource: &str, context: &[(&str, &str)]) -> bool {
    let policy: IAMPolicy = serde_json::from_str(&document.compact()).unwrap();
    let mut values = Context::new();
    for (key, value) in context {
        values.insert((*key).to_owned(), ContextValue::String((*value).to_owned()));
    }
    let principal = Principal::Service(PrincipalId::String(GREENGRASS.to_owned()));
    let arn = Arn::parse(resource).unwrap();
    let request = IAMRequest::new_with_context(principal, action, arn, values);
    evaluate_policy(&policy, &request).unwrap() == Decision::Allow
}

#[test]
fn the_documents_of_a_small_plan() {
    let place = place(Partition::Aws);
    let arn = role_arn(place.partition, &place.account, "Bulk");
    let objects = Objects::Prefix("overseed".into());
    let read = read_statement(&objects.arn(place.partition, "files"));
    let groups = ["0000", "0001"].into_iter().collect();
    let packed = pack(&place, &groups, Some(&read), Room::default(), Pack::Auto).unwrap();
    insta::assert_snapshot!("execution", packed.inline.unwrap());
    insta::assert_snapshot!("trust", trust(&place));
    insta::assert_snapshot!("pass_role", pass_role_document(&arn));
    insta::assert_snapshot!("app", app_document(&place, &arn, "files", &objects));
    assert!(trust(&place).size() < TRUST_LIMIT);
}

#[test]
fn greengrass_of_this_account_and_region_only_may_assume_the_role() {
    let place = place(Partition::UsGov);
    let role = role_arn(place.partition, &place.account, "Bulk");
    // A trust policy has no resource; iam-rs wants one.
    let with_resource = |document: &Document| {
        let mut value: Value = serde_json::from_str(&document.compact()).unwrap();
        value["Statement"][0]["Resource"] = json!("*");
        Document::parse(&value.to_string()).unwrap()
    };
    let here = place.group_arn("g");
    let document = with_resource(&trust(&place));
    let ask = |account: &str, source: &str| {
        let context = [("aws:SourceAccount", account), ("aws:SourceArn", source)];
        allows(&document, "sts:AssumeRole", &role, &context)
    };
    assert!(ask(&place.account, &here));
    assert!(!ask("210987654321", &here));
    let elsewhere = Place {
        region: "us-gov-east-1".into(),
        ..place.clone()
    };
    assert!(!ask(&place.account, &elsewhere.group_arn("g")));
}

#[test]
fn passing_the_role_is_allowed_to_greengrass_only() {
    let role = role_arn(Partition::Aws, "123456789012", "Bulk");
    let document = pass_role_document(&role);
    let ask = |role: &str, service: &str| {
        allows(
            &document,
            "iam:PassRole",
            role,
            &[("iam:PassedToService", service)],
        )
    };
    assert!(ask(&role, GREENGRASS));
    assert!(!ask(&role, "ec2.amazonaws.com"));
    assert!(!ask(
        &role_arn(Partition::Aws, "123456789012", "Other"),
        GREENGRASS
    ));
}

#[test]
fn a_foreign_trust_policy_keeps_its_statements() {
    let foreign = r#"{"Statement":{"Principal":{"Service":["lambda.amazonaws.com"],"AWS":"123456789012"},
        "Effect":"Allow","Action":["sts:AssumeRole"],"Sid":"OverseedGreengrasseuwest1"}}"#;
    let before = Document::parse(foreign).unwrap();
    let after = before.with(trust_statement(&place(Partition::Aws)));
    assert_eq!(after.version(), None);
    assert_eq!(after.statements()[0], before.statements()[0]);
    assert_eq!(
        after.statements()[1].field("Sid"),
        Some(&json!("OverseedGreengrasseuwest12"))
    );
    insta::assert_snapshot!("foreign_trust", after);
}

#[test]
fn forms_of_the_same_meaning() {
    let a = r#"{"Version":"2012-10-17","Id":"x","Statement":[{"Sid":"one","Effect":"Allow","Action":["s3:GetObject"],
        "Resource":["b","a","a"],"Principal":{"AWS":"arn:aws:iam::123456789012:root"},
        "Condition":{"Bool":{"aws:SecureTransport":true}}}]}"#;
    let b = r#"{"Statement":{"Condition":{"bool":{"AWS:SecureTransport":["true"]}},"Resource":["a","b"],
        "Principal":{"AWS":["123456789012"]},"Action":"s3:getobject","Effect":"Allow"},"Version":"2012-10-17"}"#;
    let parse = |text: &str| Document::parse(text).unwrap();
    assert!(parse(a).same_meaning(&parse(b)));
    for (from, to) in [
        ("2012-10-17", "2008-10-17"),
        ("Allow", "Deny"),
        ("s3:getobject", "s3:putobject"),
        (r#"["a","b"]"#, r#"["a","b","c"]"#),
        (r#"["a","b"]"#, r#"["A","b"]"#),
        (r#"["true"]"#, r#"["false"]"#),
        ("123456789012", "210987654321"),
        (r#""Action""#, r#""NotAction""#),
        ("bool", "BoolIfExists"),
    ] {
        assert!(
            !parse(a).same_meaning(&parse(&b.replace(from, to))),
            "{from} -> {to}"
        );
    }
    let anyone =
        r#"{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*","Principal":"*"}}"#;
    let every = anyone.replace(r#""*"}"#, r#"{"AWS":"*"}}"#);
    assert_ne!(anyone, every);
    assert!(parse(anyone).same_meaning(&parse(&every)));
}

#[test]
fn what_is_no_policy_is_refused() {
    for text in [
        "",
        "[]",
        "{}",
        r#"{"Statement":[1]}"#,
        r#"{"Statement":[],"Other":1}"#,
        "null",
    ] {
        assert!(Document::parse(text).is_err(), "{text}");
    }
}

#[test]
fn white_space_is_not_counted() {
    let spaced = "{ \"Version\": \"2012-10-17\",\n \"Statement\" : [ ] }";
    let document = Document::parse(spaced).unwrap();
    assert_eq!(document.size(), 39);
    assert_eq!(
        document.compact(),
        r#"{"Version":"2012-10-17","Statement":[]}"#
    );
}

#[test]
fn names_of_roles() {
    let place = place(Partition::Aws);
    assert_eq!(role_name(" Bulk_1+=,.@- ", &place), Ok("Bulk_1+=,.@-"));
    assert_eq!(
        role_name("arn:aws:iam::123456789012:role/ops/Bulk", &place),
        Ok("Bulk")
    );
    assert_eq!(role_name(" ", &place), Err(NotARoleName::Empty));
    assert_eq!(role_name("a b", &place), Err(NotARoleName::Character(' ')));
    assert_eq!(
        role_name(&"a".repeat(65), &place),
        Err(NotARoleName::TooLong(65))
    );
    assert_eq!(role_name(&"a".repeat(64), &place).map(str::len), Ok(64));
    for arn in [
        "arn:aws:iam::210987654321:role/Bulk",
        "arn:aws-cn:iam::123456789012:role/Bulk",
        "arn:aws:iam::123456789012:user/Bulk",
    ] {
        assert_eq!(
            role_name(arn, &place),
            Err(NotARoleName::OtherArn(arn.into()))
        );
    }
}

#[test]
fn wildcards_in_a_prefix_are_no_wildcards() {
    let arn = |prefix: &str| Objects::Prefix(prefix.into()).arn(Partition::Aws, "b");
    assert_eq!(
        Objects::Prefix("/in/".into()).arn(Partition::China, "b"),
        "arn:aws-cn:s3:::b/in/*"
    );
    assert_eq!(arn(""), "arn:aws:s3:::b/*");
    assert_eq!(arn("a*b$c?"), "arn:aws:s3:::b/a${*}b${$}c${?}/*");
    let key = Objects::Key("in/a*.jsonl".into());
    assert_eq!(
        key.arn(Partition::Aws, "b"),
        "arn:aws:s3:::b/in/a${*}.jsonl"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Printing in the canonical form and reading again changes no meaning, and the form is a fixed point.
    #[test]
    fn the_canonical_form_keeps_the_meaning(
        actions in prop::collection::vec("[a-z]{2}:[A-Z][a-z]{1,4}", 1..5),
        resources in prop::collection::vec("arn:aws:s3:::[a-c]{1,3}", 1..5),
        deny in any::<bool>(),
        single in any::<bool>(),
    ) {
        let list = |values: &[String]| if values.len() == 1 && single { json!(values[0]) } else { json!(values) };
        let statement = json!({
            "Resource": list(&resources),
            "Effect": if deny { "Deny" } else { "Allow" },
            "Action": list(&actions),
        });
        let value = if single { json!({ "Statement": statement }) } else { json!({ "Statement": [statement] }) };
        let document = Document::parse(&value.to_string()).unwrap();
        let again = Document::parse(&document.canonical()).unwrap();
        prop_assert!(document.same_meaning(&again));
        prop_assert_eq!(document.canonical(), again.canonical());
        let sent = Document::parse(&document.compact()).unwrap();
        prop_assert_eq!(&sent, &document);
    }
}

#[test]
fn what_goes_to_iam_has_characters_that_iam_takes() {
    let arn = Objects::Prefix("日本/é\u{1F69A}".into()).arn(Partition::Aws, "files");
    let document = Document::new(vec![read_statement(&arn)]);
    let sent = document.compact();
    assert!(sent.chars().all(|c| matches!(c, ' '..='\u{ff}')), "{sent}");
    assert!(sent.contains(r"\u65e5\u672c/é\ud83d\ude9a/*"), "{sent}");
    // Escapes count as they are sent, and mean the same.
    assert_eq!(document.size() as usize, sent.chars().count());
    let read = Document::parse(&sent).unwrap();
    assert!(read.same_meaning(&document));
    assert_eq!(read.statements()[0].field("Resource").unwrap(), &json!(arn));
    let ids: Vec<String> = (0..70).map(|n| format!("グループ-{n}")).collect();
    let groups = ids.iter().collect();
    let packed = pack(
        &place(Partition::Aws),
        &groups,
        None,
        Room::default(),
        Pack::Auto,
    )
    .unwrap();
    for document in packed.documents() {
        assert!(document.size() <= 10_240, "{}", document.size());
    }
}
