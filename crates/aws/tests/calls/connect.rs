use overseed_aws::{Clock, Kind, Spec};
use overseed_sandbox::Scenario;

use super::{Stage, connect, spec};

#[tokio::test]
async fn a_connection_knows_who_and_where() {
    let stage = Stage::new(1, Scenario::AllWell).await;
    let connected = connect(&stage.sandbox).await;
    assert_eq!(connected.identity.account, stage.sandbox.settings().account);
    assert!(
        connected.identity.arn.ends_with(":user/dana"),
        "{}",
        connected.identity.arn
    );
    assert_eq!(connected.region, "eu-west-1");
    assert_eq!(connected.clients.region(), "eu-west-1");
    assert_eq!(connected.endpoint, Some(stage.sandbox.endpoint()));
    assert_eq!(connected.credentials_expire_at, None);
}

#[tokio::test]
async fn wrong_keys_are_named_as_such() {
    let stage = Stage::new(1, Scenario::AllWell).await;
    let id = stage.sandbox.keys().access_key_id.clone();
    for keys in [
        (id, "wrong".to_owned()),
        ("AKIANOBODY".to_owned(), "wrong".to_owned()),
    ] {
        let spec = Spec {
            keys: Some(keys),
            ..spec(&stage.sandbox)
        };
        let error = overseed_aws::connect(spec, &Clock::system())
            .await
            .unwrap_err();
        assert_eq!(error.kind, Kind::CredentialsInvalid, "{error}");
        assert!(
            error.code.is_some() && error.request_id.is_some(),
            "{error:?}"
        );
    }
}

#[tokio::test]
async fn an_endpoint_that_is_gone_is_not_taken_for_a_missing_network() {
    let stage = Stage::new(1, Scenario::AllWell).await;
    let spec = spec(&stage.sandbox);
    drop(stage.sandbox);
    let error = overseed_aws::connect(spec, &Clock::system())
        .await
        .unwrap_err();
    assert_eq!(error.kind, Kind::EndpointUnreachable, "{error}");
}

#[tokio::test]
async fn what_cannot_be_an_endpoint_or_a_region_is_refused_before_any_call() {
    let keys = Some(("AKIA".to_owned(), "s".to_owned()));
    let wrong = |region: &str, endpoint: Option<&str>| Spec {
        profile: None,
        region: Some(region.to_owned()),
        endpoint: endpoint.map(str::to_owned),
        keys: keys.clone(),
        whereabouts: None,
    };
    let table = [
        (
            wrong("Ireland", Some("http://127.0.0.1:1")),
            Kind::RegionUnknown,
        ),
        (
            wrong("eu-west-1", Some("127.0.0.1:1")),
            Kind::EndpointUnreachable,
        ),
        (wrong("eu-west-1", None), Kind::EndpointUnreachable),
    ];
    for (spec, kind) in table {
        let error = overseed_aws::connect(spec, &Clock::system())
            .await
            .unwrap_err();
        assert_eq!(error.kind, kind, "{error}");
    }
}
