#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::*;

const ROLE: &str = "arn:aws:iam::123456789012:role/Bulk";

fn ask(statements: &str, action: &str, resource: &str) -> Answer {
    let document = Document::parse(&format!(r#"{{"Statement":[{statements}]}}"#)).unwrap();
    let asker = Asker::Role(ROLE);
    let context = [("aws:SecureTransport", "true"), ("aws:PrincipalArn", ROLE)];
    Rules::read([&document], asker).ask(asker, action, resource, &context)
}

#[test]
fn one_set_of_statements_one_answer() {
    let allow = r#"{"Effect":"Allow","Action":"s3:Get*","Resource":["arn:aws:s3:::b/*","arn:aws:s3:::c/x"]}"#;
    let cases = [
        (
            allow.to_owned(),
            "s3:GetObject",
            "arn:aws:s3:::b/k",
            Answer::Allowed,
        ),
        (
            allow.to_owned(),
            "S3:getobject",
            "arn:aws:s3:::c/x",
            Answer::Allowed,
        ),
        (
            allow.to_owned(),
            "s3:GetObject",
            "arn:aws:s3:::c/y",
            Answer::Silent,
        ),
        (
            allow.to_owned(),
            "s3:PutObject",
            "arn:aws:s3:::b/k",
            Answer::Silent,
        ),
        (
            format!(r#"{allow},{{"Effect":"Deny","NotAction":"s3:PutObject","Resource":"*"}}"#),
            "s3:GetObject",
            "arn:aws:s3:::b/k",
            Answer::Denied,
        ),
        (
            format!(r#"{allow},{{"Effect":"Deny","Action":"*","NotResource":"arn:aws:s3:::b/*"}}"#),
            "s3:GetObject",
            "arn:aws:s3:::b/k",
            Answer::Allowed,
        ),
        (
            format!(
                r#"{allow},{{"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{{"Bool":{{"aws:SecureTransport":"false"}}}}}}"#
            ),
            "s3:GetObject",
            "arn:aws:s3:::b/k",
            Answer::Allowed,
        ),
    ];
    for (statements, action, resource, expected) in cases {
        assert_eq!(
            ask(&statements, action, resource),
            expected,
            "{statements} {resource}"
        );
    }
}

#[test]
fn an_unreadable_deny_is_not_taken_for_consent() {
    let allow = r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#;
    let odd = r#"{"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"NoSuchOperator":{"a":"b"}}}"#;
    let answer = ask(
        &format!("{allow},{odd}"),
        "s3:GetObject",
        "arn:aws:s3:::b/k",
    );
    assert!(matches!(answer, Answer::Unclear(_)), "{answer:?}");
    let odd_allow = odd.replace("Deny", "Allow");
    assert_eq!(
        ask(&odd_allow, "s3:GetObject", "arn:aws:s3:::b/k"),
        Answer::Silent
    );
}

#[test]
fn several_kinds_of_principals() {
    let trust = r#"{"Statement":{"Effect":"Allow","Action":"sts:AssumeRole",
        "Principal":{"AWS":"123456789012","Service":["greengrass.amazonaws.com"]}}}"#;
    let document = Document::parse(trust).unwrap();
    let ask = |name| {
        let asker = Asker::Service(name);
        Rules::read([&document], asker).ask(asker, "sts:AssumeRole", ROLE, &[])
    };
    assert_eq!(ask("greengrass.amazonaws.com"), Answer::Allowed);
    assert_eq!(ask("lambda.amazonaws.com"), Answer::Silent);
    let all_but = trust
        .replace("Allow", "Deny")
        .replace("Principal", "NotPrincipal");
    let document = Document::parse(&all_but).unwrap();
    let asker = Asker::Role("arn:aws:iam::210987654321:role/Other");
    let rules = Rules::read([&document], asker);
    assert_eq!(
        rules.ask(asker, "sts:AssumeRole", ROLE, &[]),
        Answer::Denied
    );
}

#[test]
fn a_pattern_covers_the_same_pattern() {
    let wildcard = "arn:aws:greengrass:eu-west-1:123456789012:/greengrass/groups/*";
    let allow = format!(r#"{{"Effect":"Allow","Action":"greengrass:*","Resource":"{wildcard}"}}"#);
    assert_eq!(
        ask(&allow, "greengrass:CreateDeployment", wildcard),
        Answer::Allowed
    );
    let narrow = allow.replace("groups/*", "groups/a*");
    assert_eq!(
        ask(&narrow, "greengrass:CreateDeployment", wildcard),
        Answer::Silent
    );
}

#[test]
fn twenty_thousand_arns_answer_as_a_few_do() {
    let group =
        |n: u32| format!("arn:aws:greengrass:eu-west-1:123456789012:/greengrass/groups/{n}");
    let named: Vec<String> = (0..20_000).map(group).collect();
    let policy = json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Allow", "Action": "greengrass:CreateDeployment", "Resource": named },
        { "Effect": "Deny", "Action": "*", "Resource": [group(77), group(30_000)] },
    ]});
    let document = Document::parse(&policy.to_string()).unwrap();
    let asker = Asker::Role(ROLE);
    let rules = Rules::read([&document], asker);
    let ask = |n| rules.ask(asker, "greengrass:CreateDeployment", &group(n), &[]);
    let allowed = (0..20_000).filter(|n| ask(*n) == Answer::Allowed).count();
    assert_eq!(allowed, 19_999);
    assert_eq!(ask(77), Answer::Denied);
    assert_eq!(ask(30_000), Answer::Denied);
    assert_eq!(ask(20_000), Answer::Silent);
}
