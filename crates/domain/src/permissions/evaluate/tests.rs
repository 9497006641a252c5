#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::*;

const ROLE: &str = "arn:aws:iam::123456789012:role/Bulk";

fn ask(statements: &str, action: &str, resource: &str) -> Answer {
    let text = format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#);
    let document = Document::parse(&text).unwrap();
    let asker = Asker::Role(ROLE);
    let context = [("aws:SecureTransport", "true"), ("aws:PrincipalArn", ROLE)];
    Rules::read([&document], asker, &context).ask(action, resource)
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
    // Neither is an Allow that cannot be evaluated taken for a refusal, nor for consent.
    let odd_allow = odd.replace("Deny", "Allow");
    let answer = ask(&odd_allow, "s3:GetObject", "arn:aws:s3:::b/k");
    assert!(matches!(answer, Answer::Unclear(_)), "{answer:?}");
    let both = format!("{allow},{odd_allow}");
    assert_eq!(
        ask(&both, "s3:GetObject", "arn:aws:s3:::b/k"),
        Answer::Allowed
    );
}

#[test]
fn several_kinds_of_principals() {
    let trust = r#"{"Statement":{"Effect":"Allow","Action":"sts:AssumeRole",
        "Principal":{"AWS":"123456789012","Service":["greengrass.amazonaws.com"]}}}"#;
    let document = Document::parse(trust).unwrap();
    let ask = |name| {
        let asker = Asker::Service(name);
        Rules::read([&document], asker, &[]).ask("sts:AssumeRole", ROLE)
    };
    assert_eq!(ask("greengrass.amazonaws.com"), Answer::Allowed);
    assert_eq!(ask("lambda.amazonaws.com"), Answer::Silent);
    let all_but = trust
        .replace("Allow", "Deny")
        .replace("Principal", "NotPrincipal");
    let document = Document::parse(&all_but).unwrap();
    let asker = Asker::Role("arn:aws:iam::210987654321:role/Other");
    let said = Rules::read([&document], asker, &[]).say("sts:AssumeRole", ROLE);
    assert_eq!(said.denies, Truth::Yes);
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
    let rules = Rules::read([&document], asker, &[]);
    let ask = |n| rules.ask("greengrass:CreateDeployment", &group(n));
    let allowed = (0..20_000).filter(|n| ask(*n) == Answer::Allowed).count();
    assert_eq!(allowed, 19_999);
    assert_eq!(ask(77), Answer::Denied);
    assert_eq!(ask(30_000), Answer::Denied);
    assert_eq!(ask(20_000), Answer::Silent);
}

const ALL: &str = r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#;

/// What a statement beside one that allows all makes of reading an object.
fn with(statement: &str) -> Answer {
    ask(
        &format!("{ALL},{statement}"),
        "s3:GetObject",
        "arn:aws:s3:::b/a?b/k",
    )
}

#[test]
fn an_account_that_is_denied_is_denied_with_its_roles() {
    let to = |effect: &str, principal: &str| {
        let statement = format!(
            r#"{{"Effect":"{effect}","Principal":{principal},"Action":"s3:*","Resource":"arn:aws:s3:::b/*"}}"#
        );
        let text = format!(r#"{{"Version":"2012-10-17","Statement":{statement}}}"#);
        let document = Document::parse(&text).unwrap();
        let said = Rules::read([&document], Asker::Role(ROLE), &[])
            .say("s3:GetObject", "arn:aws:s3:::b/k");
        if effect == "Deny" {
            said.denies
        } else {
            said.allows
        }
    };
    for principal in [
        r#"{"AWS":"arn:aws:iam::123456789012:root"}"#,
        r#"{"AWS":["210987654321","123456789012"]}"#,
        r#"{"AWS":"*"}"#,
        r#""*""#,
    ] {
        assert_eq!(to("Deny", principal), Truth::Yes, "{principal}");
    }
    assert_eq!(to("Deny", r#"{"AWS":"210987654321"}"#), Truth::No);
    assert_eq!(
        to("Deny", r#"{"Service":"greengrass.amazonaws.com"}"#),
        Truth::No
    );
    // It passes the right on to its roles, whose own policies then decide.
    assert_eq!(to("Allow", r#"{"AWS":"123456789012"}"#), Truth::No);
    assert_eq!(to("Allow", &format!(r#"{{"AWS":"{ROLE}"}}"#)), Truth::Yes);
    let session = r#"{"AWS":"arn:aws:sts::123456789012:assumed-role/Bulk/one"}"#;
    assert!(matches!(to("Deny", session), Truth::Unclear(_)));
}

#[test]
fn resources_are_matched_as_iam_does() {
    for (resource, expected) in [
        ("arn:aws:*:*:*:*", Answer::Denied),
        ("arn:aws:s?:::b/*", Answer::Denied),
        ("arn:aws:sqs:::*", Answer::Allowed),
        ("arn:aws:s3:::b/a${?}b/*", Answer::Denied),
        ("arn:aws:s3:::b/a${*}b/*", Answer::Allowed),
        ("arn:aws:s3:::b/a??/k", Answer::Denied),
    ] {
        let deny = format!(r#"{{"Effect":"Deny","Action":"s3:*","Resource":"{resource}"}}"#);
        assert_eq!(with(&deny), expected, "{resource}");
    }
    // Escapes are the characters, not wildcards.
    let allow = r#"{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::b/a${?}b/*"}"#;
    assert_eq!(
        ask(allow, "s3:GetObject", "arn:aws:s3:::b/a?b/k"),
        Answer::Allowed
    );
    assert_eq!(
        ask(allow, "s3:GetObject", "arn:aws:s3:::b/axb/k"),
        Answer::Silent
    );
}

#[test]
fn a_variable_without_a_value_is_unclear_only_where_it_matters() {
    let unclear = |statement: &str| match with(statement) {
        Answer::Unclear(reason) => reason,
        other => unreachable!("{statement}: {other:?}"),
    };
    let deny = r#"{"Sid":"Own","Effect":"Deny","Action":"s3:*","Resource":"arn:aws:s3:::b/${aws:username}/k"}"#;
    let reason = unclear(deny);
    assert!(
        reason.contains("Own") && reason.contains("aws:username"),
        "{reason}"
    );
    assert_eq!(with(&deny.replace("/k", "/z")), Answer::Allowed);
    let all_but = deny.replace("Resource", "NotResource");
    assert!(unclear(&all_but).contains("aws:username"));
    assert_eq!(with(&all_but.replace("/k", "/z")), Answer::Denied);
}

#[test]
fn a_condition_on_what_only_aws_knows_is_told_with_the_statements_name() {
    let deny = r#"{"Sid":"Outside","Effect":"Deny","Action":"*","Resource":"*","Condition":{"NotIpAddress":{"aws:SourceIp":"10.0.0.0/8"}}}"#;
    let Answer::Unclear(reason) = with(deny) else {
        unreachable!("{:?}", with(deny))
    };
    assert!(
        reason.contains("Outside") && reason.contains("aws:SourceIp"),
        "{reason}"
    );
    // Another that surely denies settles it; and so does one that is about something else.
    let sure = r#"{"Effect":"Deny","Action":"s3:Get*","Resource":"*"}"#;
    assert_eq!(with(&format!("{deny},{sure}")), Answer::Denied);
    assert_eq!(
        with(&deny.replace(r#""Action":"*""#, r#""Action":"sqs:*""#)),
        Answer::Allowed
    );
    assert_eq!(
        ask(deny, "s3:GetObject", "arn:aws:s3:::b/k"),
        Answer::Silent
    );
}
