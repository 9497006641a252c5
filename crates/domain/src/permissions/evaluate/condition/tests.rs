#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::*;

const CONTEXT: [(&str, &str); 6] = [
    (
        "aws:PrincipalArn",
        "arn:aws:iam::123456789012:role/ops/Bulk",
    ),
    ("aws:PrincipalAccount", "123456789012"),
    ("aws:SecureTransport", "true"),
    ("aws:CurrentTime", "2026-11-21T18:00:00Z"),
    ("aws:EpochTime", "1795284000"),
    ("s3:prefix", "a*b"),
];

fn of(condition: &str) -> Truth {
    met(&serde_json::from_str(condition).unwrap(), true, &CONTEXT)
}

#[test]
fn what_is_known_is_answered_as_iam_does() {
    for (condition, expected) in [
        (
            r#"{"ArnEquals":{"aws:PrincipalArn":"arn:aws:iam::123456789012:role/*"}}"#,
            true,
        ),
        (
            r#"{"ArnNotEquals":{"AWS:principalarn":"arn:aws:iam::123456789012:role/*"}}"#,
            false,
        ),
        (
            r#"{"ArnEqualsIfExists":{"aws:PrincipalArn":["arn:aws:iam::*:user/*","arn:*:role/ops/B?lk"]}}"#,
            true,
        ),
        (
            r#"{"ForAnyValue:ArnNotEquals":{"aws:PrincipalArn":"arn:aws:iam::*:role/ops/*"}}"#,
            false,
        ),
        (
            r#"{"StringEquals":{"aws:PrincipalAccount":[210987654321,123456789012]}}"#,
            true,
        ),
        (r#"{"StringEquals":{"aws:PrincipalAccount":"1*"}}"#, false),
        (
            r#"{"StringLike":{"aws:PrincipalArn":"*:${aws:PrincipalAccount}:*"}}"#,
            true,
        ),
        (r#"{"StringEquals":{"s3:prefix":"a${*}b"}}"#, true),
        (r#"{"StringLike":{"s3:prefix":"a${*}b"}}"#, true),
        (r#"{"StringLike":{"s3:prefix":"a${?}b"}}"#, false),
        (r#"{"StringLike":{"s3:prefix":"a?b"}}"#, true),
        (r#"{"Bool":{"aws:SecureTransport":"True"}}"#, true),
        (r#"{"BoolIfExists":{"aws:SecureTransport":[false]}}"#, false),
        (r#"{"StringEquals":{"aws:SecureTransport":"true"}}"#, true),
        (r#"{"Null":{"aws:SecureTransport":"true"}}"#, false),
        (r#"{"Null":{"aws:SecureTransport":false}}"#, true),
        (
            r#"{"DateGreaterThan":{"aws:CurrentTime":"2020-01-01"}}"#,
            true,
        ),
        (
            r#"{"DateLessThan":{"aws:CurrentTime":"2020-01-01T00:00Z"}}"#,
            false,
        ),
        (
            r#"{"DateLessThanEquals":{"aws:EpochTime":"2026-11-21T18:00:00Z"}}"#,
            true,
        ),
        (
            r#"{"NumericLessThan":{"aws:EpochTime":[1600000000]}}"#,
            false,
        ),
        (
            r#"{"Bool":{"aws:SecureTransport":"false"},"StringEquals":{"aws:SourceVpc":"vpc-1"}}"#,
            false,
        ),
        (
            r#"{"StringEquals":{"aws:PrincipalAccount":["123456789012","${aws:username}"]}}"#,
            true,
        ),
    ] {
        let expected = if expected { Truth::Yes } else { Truth::No };
        assert_eq!(of(condition), expected, "{condition}");
    }
}

#[test]
fn what_only_aws_knows_is_unclear_and_its_key_is_named() {
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
        (
            r#"{"ForAllValues:StringEquals":{"aws:TagKeys":"a"}}"#,
            "aws:TagKeys",
        ),
        (
            r#"{"Bool":{"aws:SecureTransport":"true"},"StringEquals":{"aws:SourceVpc":"vpc-1"}}"#,
            "aws:SourceVpc",
        ),
        (
            r#"{"StringEquals":{"aws:PrincipalAccount":"${aws:username}"}}"#,
            "aws:username",
        ),
        (
            r#"{"StringNotEquals":{"aws:PrincipalAccount":["${aws:username}","1"]}}"#,
            "aws:username",
        ),
        (
            r#"{"NoSuchOperator":{"aws:PrincipalAccount":"1"}}"#,
            "NoSuchOperator",
        ),
    ] {
        match of(condition) {
            Truth::Unclear(reason) => assert!(reason.contains(key), "{condition}: {reason}"),
            answered => unreachable!("{condition}: {answered:?}"),
        }
    }
}
