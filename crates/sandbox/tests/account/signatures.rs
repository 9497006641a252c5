//! Who may come in at all.

use aws_sdk_greengrass::Client as Greengrass;
use aws_sdk_iam::Client as Iam;
use aws_sdk_sts::Client as Sts;

use crate::clients::{TRUST, admin, by, config_of, credentials, refusal, s3, start};

#[tokio::test]
async fn the_given_keys_are_danas() {
    let (sandbox, _) = start();
    let me = Sts::new(&admin(&sandbox))
        .get_caller_identity()
        .send()
        .await
        .unwrap();
    assert_eq!(me.arn(), Some("arn:aws:iam::000000000000:user/dana"));
    assert_eq!(me.account(), Some("000000000000"));
    assert!(me.user_id().unwrap().starts_with("AIDA"));
    let user = Iam::new(&admin(&sandbox)).get_user().send().await.unwrap();
    assert_eq!(user.user().unwrap().user_name(), "dana");
    let groups = Greengrass::new(&admin(&sandbox))
        .list_groups()
        .send()
        .await
        .unwrap();
    assert!(!groups.groups().is_empty());
    s3(&admin(&sandbox)).list_buckets().send().await.unwrap();
}

#[tokio::test]
async fn a_wrong_secret_is_refused_by_every_service() {
    let (sandbox, _) = start();
    let keys = sandbox.keys();
    let wrong = credentials(&keys.access_key_id, "not-the-secret", None);
    let config = config_of(&sandbox.endpoint(), wrong, "eu-west-1");
    let sts = refusal(Sts::new(&config).get_caller_identity().send().await);
    assert_eq!(sts.0, "SignatureDoesNotMatch");
    assert!(
        sts.1
            .starts_with("The request signature we calculated does not match")
    );
    let iam = refusal(Iam::new(&config).list_roles().send().await);
    assert_eq!(iam.0, "SignatureDoesNotMatch");
    let greengrass = refusal(Greengrass::new(&config).list_groups().send().await);
    assert_eq!(greengrass.0, "InvalidSignatureException");
    let buckets = refusal(s3(&config).list_buckets().send().await);
    assert_eq!(buckets.0, "SignatureDoesNotMatch");
}

#[tokio::test]
async fn an_unknown_key_is_refused_by_every_service() {
    let (sandbox, _) = start();
    let config = config_of(
        &sandbox.endpoint(),
        credentials("AKIAUNKNOWN", "x", None),
        "eu-west-1",
    );
    let sts = refusal(Sts::new(&config).get_caller_identity().send().await);
    assert_eq!(sts.0, "InvalidClientTokenId");
    let greengrass = refusal(Greengrass::new(&config).list_groups().send().await);
    assert_eq!(greengrass.0, "UnrecognizedClientException");
    let buckets = refusal(s3(&config).list_buckets().send().await);
    assert_eq!(buckets.0, "InvalidAccessKeyId");
}

#[tokio::test]
async fn clocks_may_differ_by_a_quarter_of_an_hour() {
    let (sandbox, clock) = start();
    clock.advance(14 * 60 * 1000);
    Sts::new(&admin(&sandbox))
        .get_caller_identity()
        .send()
        .await
        .unwrap();
    clock.advance(2 * 60 * 1000);
    let config = admin(&sandbox);
    let late = refusal(Sts::new(&config).get_caller_identity().send().await);
    assert_eq!(late.0, "SignatureDoesNotMatch");
    assert!(late.1.starts_with("Signature expired: "), "{}", late.1);
    let late = refusal(Greengrass::new(&config).list_groups().send().await);
    assert_eq!(late.0, "InvalidSignatureException");
    let late = refusal(s3(&config).list_buckets().send().await);
    assert_eq!(late.0, "RequestTimeTooSkewed");
    clock.advance(-40 * 60 * 1000);
    let early = refusal(Sts::new(&config).get_caller_identity().send().await);
    assert!(
        early.1.starts_with("Signature not yet current: "),
        "{}",
        early.1
    );
}

#[tokio::test]
async fn greengrass_lives_in_one_region() {
    let (sandbox, _) = start();
    let keys = sandbox.keys();
    let own = credentials(&keys.access_key_id, &keys.secret_access_key, None);
    let config = config_of(&sandbox.endpoint(), own, "us-west-2");
    let wrong = refusal(Greengrass::new(&config).list_groups().send().await);
    assert!(
        wrong
            .1
            .starts_with("Credential should be scoped to a valid region"),
        "{}",
        wrong.1
    );
}

#[tokio::test]
async fn an_assumed_role_works_until_it_ends() {
    let (sandbox, clock) = start();
    let config = admin(&sandbox);
    let iam = Iam::new(&config);
    let trust = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::000000000000:root"},"Action":"sts:AssumeRole"}}"#;
    iam.create_role()
        .role_name("reader")
        .assume_role_policy_document(trust)
        .send()
        .await
        .unwrap();
    iam.attach_role_policy()
        .role_name("reader")
        .policy_arn("arn:aws:iam::aws:policy/ReadOnlyAccess")
        .send()
        .await
        .unwrap();
    let assume = |role: &str| {
        Sts::new(&config)
            .assume_role()
            .role_arn(format!("arn:aws:iam::000000000000:role/{role}"))
            .role_session_name("night-shift")
            .duration_seconds(900)
            .send()
    };
    let session = assume("reader").await.unwrap().credentials.unwrap();
    let token = Some(session.session_token.as_str());
    let own = credentials(&session.access_key_id, &session.secret_access_key, token);
    let as_role = config_of(&sandbox.endpoint(), own, "eu-west-1");
    let me = Sts::new(&as_role)
        .get_caller_identity()
        .send()
        .await
        .unwrap();
    let arn = "arn:aws:sts::000000000000:assumed-role/reader/night-shift";
    assert_eq!(me.arn(), Some(arn));
    Greengrass::new(&as_role)
        .list_groups()
        .send()
        .await
        .unwrap();
    s3(&as_role).list_buckets().send().await.unwrap();
    let put = s3(&as_role).create_bucket().bucket("no-right-to-it").send();
    let denied = refusal(put.await);
    assert_eq!(denied.0, "AccessDenied");
    assert!(
        denied.1.contains(arn) && denied.1.contains("s3:CreateBucket"),
        "{}",
        denied.1
    );

    let bare = credentials(&session.access_key_id, &session.secret_access_key, None);
    let bare = config_of(&sandbox.endpoint(), bare, "eu-west-1");
    let tokenless = refusal(Sts::new(&bare).get_caller_identity().send().await);
    assert_eq!(tokenless.0, "InvalidClientTokenId");
    assert_eq!(
        refusal(s3(&bare).list_buckets().send().await).0,
        "InvalidToken"
    );

    let no_trust = refusal(assume("telemetry-ingest").await);
    assert_eq!(no_trust.0, "AccessDenied");
    assert_eq!(refusal(assume("no-such-role").await).0, "AccessDenied");
    let greengrass_only = iam
        .create_role()
        .role_name("for-the-service")
        .assume_role_policy_document(TRUST)
        .send()
        .await
        .unwrap();
    assert!(
        greengrass_only
            .role()
            .unwrap()
            .arn()
            .ends_with(":role/for-the-service")
    );
    assert_eq!(refusal(assume("for-the-service").await).0, "AccessDenied");

    clock.advance(899_000);
    let as_role = by(&clock, &as_role);
    Sts::new(&as_role)
        .get_caller_identity()
        .send()
        .await
        .unwrap();
    clock.advance(1000);
    let ended = refusal(Sts::new(&as_role).get_caller_identity().send().await);
    assert_eq!(ended.0, "ExpiredToken");
    assert_eq!(
        refusal(s3(&as_role).list_buckets().send().await).0,
        "ExpiredToken"
    );
    let ended = refusal(Greengrass::new(&as_role).list_groups().send().await);
    assert_eq!(ended.0, "ExpiredTokenException");
    // Hours later by the driven clock, a client that goes by it is as good as ever.
    clock.advance(5 * 3_600_000);
    s3(&by(&clock, &config))
        .list_buckets()
        .send()
        .await
        .unwrap();
}
