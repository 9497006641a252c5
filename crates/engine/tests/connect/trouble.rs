//! Connections that do not come about: each trouble has words and a remedy of its own, and leaves nothing behind.

use std::collections::BTreeSet;

use overseed_engine::{
    ErrorCode, Problem,
    connect::{SandboxReach, connect, connection_last},
    connection::ConnectRequest,
};
use overseed_sandbox::{Fault, FaultKind};

use super::{World, request};

async fn problem(world: &World, request: ConnectRequest, reach: Option<SandboxReach>) -> Problem {
    connect(&world.engine, request, reach)
        .await
        .unwrap_err()
        .problem()
}

fn account(profile: Option<&str>, region: &str, endpoint: Option<&str>) -> ConnectRequest {
    ConnectRequest::Account {
        profile: profile.map(str::to_owned),
        region: Some(region.to_owned()),
        endpoint: endpoint.map(str::to_owned),
    }
}

#[tokio::test]
async fn each_trouble_has_words_and_a_remedy_of_its_own() {
    let world = World::new(1);
    let order = |kind| {
        let fault = Fault::once("GetCallerIdentity", kind);
        world.sandbox.faults().add(fault);
    };
    let reach = |endpoint: &str| SandboxReach {
        endpoint: endpoint.to_owned(),
        ..world.reach()
    };
    let mut found = Vec::new();

    order(FaultKind::ExpiredCredentials);
    let expired = problem(&world, request(), Some(world.reach())).await;
    found.push((ErrorCode::CredentialsExpired, expired));

    order(FaultKind::ClockSkew);
    let clock = problem(&world, request(), Some(world.reach())).await;
    found.push((ErrorCode::ClockSkew, clock));

    let wrong = SandboxReach {
        secret_access_key: "wrong".to_owned(),
        ..world.reach()
    };
    let wrong = problem(&world, request(), Some(wrong)).await;
    found.push((ErrorCode::CredentialsInvalid, wrong));

    let profile = account(Some("no-such-profile-of-anyone"), "eu-west-1", None);
    let profile = problem(&world, profile, None).await;
    assert!(
        profile.detail.as_ref().unwrap().contains("no-such-profile"),
        "{profile:?}"
    );
    found.push((ErrorCode::ProfileInvalid, profile));

    let region = problem(&world, account(None, "Ireland", None), None).await;
    assert!(
        region.detail.as_ref().unwrap().contains("Ireland"),
        "{region:?}"
    );
    found.push((ErrorCode::RegionUnknown, region));

    // Nobody has this name (RFC 6761): what a computer without a network finds out about any name.
    let network = reach("http://greengrass.example.invalid");
    let network = problem(&world, request(), Some(network)).await;
    found.push((ErrorCode::NetworkUnreachable, network));

    let endpoint = problem(&world, request(), Some(reach("http://127.0.0.1:1"))).await;
    found.push((ErrorCode::EndpointUnreachable, endpoint));

    let sandbox = problem(&world, request(), None).await;
    found.push((ErrorCode::SandboxFailed, sandbox));

    for (code, problem) in &found {
        assert_eq!(problem.code, *code, "{problem:?}");
        assert!(!problem.message.is_empty(), "{problem:?}");
    }
    let hints: BTreeSet<_> = found.iter().filter_map(|(_, p)| p.hint.as_ref()).collect();
    let messages: BTreeSet<_> = found.iter().map(|(_, p)| &p.message).collect();
    assert_eq!(hints.len(), found.len(), "{hints:#?}");
    assert_eq!(messages.len(), found.len(), "{messages:#?}");

    // Nothing of it is remembered, and nothing of it stands in the way.
    assert_eq!(connection_last(&world.engine).await.unwrap(), None);
    world.session().await;
    // What was remembered is not forgotten for a try that fails.
    problem_of_a_later_try(&world).await;
    assert_eq!(
        connection_last(&world.engine).await.unwrap(),
        Some(request())
    );
}

async fn problem_of_a_later_try(world: &World) {
    let code = problem(world, account(None, "Mars", None), None).await.code;
    assert_eq!(code, ErrorCode::RegionUnknown);
}
