//! Our statement in a bucket's policy: statements of others stay as they are, byte for byte and in their order.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use overseed_domain::permissions::{
    BUCKET_POLICY_LIMIT, Document, NotMerged, Statement, bucket_statement, merge_statement,
    own_beyond, remove_statement,
};

const ROLE: &str = "arn:aws:iam::123456789012:role/Bulk";

fn ours() -> Statement {
    bucket_statement(ROLE, "arn:aws:s3:::files/in/*")
}

/// Odd, but policies: name, text, and its statements as they are written.
fn corpus() -> Vec<(&'static str, String, Vec<String>)> {
    let deny_plain = r#"{"Sid":"TLS only","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":["arn:aws:s3:::files","arn:aws:s3:::files/*"],"Condition":{"Bool":{"aws:SecureTransport":"false"}}}"#;
    let not_principal = r#"{"Effect":"Deny","NotPrincipal":{"AWS":["arn:aws:iam::123456789012:root","123456789012"]},"Action":["s3:DeleteObject"],"Resource":"arn:aws:s3:::files/*"}"#;
    let numbers = r#"{ "Effect" : "Allow", "Principal" : {"AWS":"AROAEXAMPLE"},
        "Action":"s3:GetObject","Resource":"arn:aws:s3:::files/*",
        "Condition":{"NumericLessThan":{"s3:max-keys":10.0e0,"x":12345678901234567890123},"Bool":{"y":true}} }"#;
    let unicode = r#"{"Sid":"größe \u00e4 日本","Effect":"Allow","Principal":{"Service":["a.amazonaws.com","b.amazonaws.com"],"Federated":"x"},"NotAction":"s3:Put*","NotResource":"arn:aws:s3:::files/ä/${aws:username}"}"#;
    let same_sid = r#"{"Sid":"OverseedReadInputFilesBulk","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:role/Other"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::files/in/*"}"#;
    let long = format!(
        r#"{{"Sid":"long","Effect":"Allow","Principal":{{"AWS":"123456789012"}},"Action":"s3:GetObject","Resource":["arn:aws:s3:::files/{}"]}}"#,
        "x".repeat(19_900 - 140)
    );
    let of = |version: &str, statements: &[&str]| {
        format!(
            "{{{version} \"Statement\" : [ {} ]}}",
            statements.join(" ,\n")
        )
    };
    let new = r#""Version":"2012-10-17","#;
    let old = r#""Version":"2008-10-17","Id":"Policy1","#;
    let kept = |statements: &[&str]| statements.iter().map(|s| (*s).to_owned()).collect();
    vec![
        ("one", of(new, &[deny_plain]), kept(&[deny_plain])),
        (
            "no list",
            format!(r#"{{{new}"Statement":{deny_plain},"Id":"after"}}"#),
            kept(&[deny_plain]),
        ),
        (
            "all",
            of(new, &[unicode, deny_plain, not_principal, numbers]),
            kept(&[unicode, deny_plain, not_principal, numbers]),
        ),
        (
            "older version",
            of(old, &[not_principal, numbers]),
            kept(&[not_principal, numbers]),
        ),
        ("no version", of("", &[deny_plain]), kept(&[deny_plain])),
        ("empty", of(new, &[]), Vec::new()),
        (
            "the same Sid",
            of(new, &[same_sid, deny_plain]),
            kept(&[same_sid, deny_plain]),
        ),
        ("near 20 KB", of(new, &[&long]), kept(&[&long])),
    ]
}

#[test]
fn statements_of_others_stay_byte_for_byte() {
    for (name, text, statements) in corpus() {
        let merged = merge_statement(Some(&text), &ours()).unwrap();
        let mut from = 0;
        for statement in &statements {
            let at = merged[from..]
                .find(statement.as_str())
                .unwrap_or_else(|| panic!("{name}: {statement} is gone or out of order: {merged}"));
            from += at + statement.len();
        }
        let before = Document::parse(&text).unwrap();
        let after = Document::parse(&merged).unwrap();
        assert_eq!(after.version(), before.version(), "{name}");
        let count = after.statements().len();
        assert_eq!(count, before.statements().len() + 1, "{name}");
        assert_eq!(
            &after.statements()[..count - 1],
            before.statements(),
            "{name}"
        );
        let last = &after.statements()[count - 1];
        assert_eq!(
            last.field("Resource"),
            Some(&"arn:aws:s3:::files/in/*".into())
        );
        let sids: Vec<_> = after.statements().iter().filter_map(|s| s.sid()).collect();
        let unique: std::collections::BTreeSet<_> = sids.iter().collect();
        assert_eq!(unique.len(), sids.len(), "{name}");
        assert!(
            u32::try_from(merged.len()).unwrap() <= BUCKET_POLICY_LIMIT,
            "{name}"
        );

        // Again it changes nothing, and it can be taken back.
        assert_eq!(
            merge_statement(Some(&merged), &ours()).unwrap(),
            merged,
            "{name}"
        );
        match remove_statement(&merged, &ours()).unwrap() {
            Some(rest) => assert!(Document::parse(&rest).unwrap() == before, "{name}: {rest}"),
            None => assert!(statements.is_empty(), "{name}"),
        }
    }
}

#[test]
fn another_prefix_stands_beside_the_one_before() {
    let (_, text, _) = corpus().remove(0);
    let merged = merge_statement(Some(&text), &ours()).unwrap();
    // Somebody has put one more statement behind ours.
    let foreign = r#"{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::files/secret/*"}"#;
    let merged = merged.replace("]}", &format!(",{foreign}]}}"));
    let next = bucket_statement(ROLE, "arn:aws:s3:::files/other/*");
    let beside = merge_statement(Some(&merged), &next).unwrap();
    let again = Document::parse(&beside).unwrap();
    assert_eq!(again.statements().len(), 4);
    assert_eq!(again.statements()[1], ours());
    assert_eq!(again.statements()[2].to_string(), foreign);
    assert_eq!(again.statements()[3], next);
    assert_eq!(
        own_beyond(Some(&beside), Some(&merged)),
        std::slice::from_ref(&next)
    );
    assert_eq!(own_beyond(Some(&merged), Some(&beside)), []);
    // Each is taken out alone.
    let without = remove_statement(&beside, &ours()).unwrap().unwrap();
    assert_eq!(
        own_beyond(Some(&without), None),
        std::slice::from_ref(&next)
    );
    assert_eq!(remove_statement(&beside, &next).unwrap().unwrap(), merged);
    // A second role has a statement of its own.
    let second = "arn:aws:iam::123456789012:role/Second";
    let both = merge_statement(
        Some(&merged),
        &bucket_statement(second, "arn:aws:s3:::files/in/*"),
    )
    .unwrap();
    assert_eq!(Document::parse(&both).unwrap().statements().len(), 4);
}

#[test]
fn the_statement_of_an_older_version_stays_and_can_be_taken_out() {
    let old = Document::new(vec![ours()])
        .compact()
        .replace(ours().sid().unwrap(), "OverseedReadInputFilesBulk");
    assert_eq!(merge_statement(Some(&old), &ours()).unwrap(), old);
    assert_eq!(remove_statement(&old, &ours()).unwrap(), None);
    let other = bucket_statement(ROLE, "arn:aws:s3:::files/other/*");
    assert_eq!(
        remove_statement(&old, &other).unwrap().as_deref(),
        Some(old.as_str())
    );
}

#[test]
fn what_cannot_be_merged_is_refused() {
    let merge = |text: &str| merge_statement(Some(text), &ours());
    assert!(matches!(merge("not json"), Err(NotMerged::Foreign(_))));
    assert!(matches!(
        merge(r#"{"Version":"2012-10-17"}"#),
        Err(NotMerged::Foreign(_))
    ));
    let full = format!(
        r#"{{"Statement":[{{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::{}"}}]}}"#,
        "y".repeat(20_400)
    );
    assert!(matches!(merge(&full), Err(NotMerged::TooLarge(size)) if size > BUCKET_POLICY_LIMIT));
    let old = r#"{"Version":"2008-10-17","Statement":[]}"#;
    let odd = bucket_statement(ROLE, "arn:aws:s3:::files/a${*}b/*");
    assert_eq!(
        merge_statement(Some(old), &odd),
        Err(NotMerged::OlderVersion)
    );
    assert!(merge_statement(None, &odd).is_ok());
}
