use overseed_domain::Partition;
use overseed_engine::{
    ErrorCode,
    connect::{connect, connection_last},
    connection::ConnectRequest,
};

use std::sync::Arc;

use overseed_sandbox::{Sandbox, SystemClock};

use super::{World, request};

#[tokio::test]
async fn a_connection_to_the_sandbox_is_unmistakable_and_remembered() {
    let world = World::new(1);
    assert_eq!(connection_last(&world.engine).await.unwrap(), None);
    let session = world.session().await;
    let connection = &session.connection;
    assert_eq!(connection.sandbox.as_deref(), Some("sandbox-1"));
    assert_eq!(connection.partition, Partition::Aws);
    assert_eq!(connection.account, world.sandbox.settings().account);
    assert_eq!(connection.region, "eu-west-1");
    assert!(
        connection.identity.ends_with(":user/dana"),
        "{}",
        connection.identity
    );
    assert!(
        !connection.v1_ended,
        "Greengrass V1 lives on in the sandbox"
    );
    assert_eq!(
        connection_last(&world.engine).await.unwrap(),
        Some(request())
    );
}

#[tokio::test]
async fn the_same_place_is_the_same_scope_whatever_its_port() {
    let world = World::new(1);
    let first = world.session().await.scope;
    assert_eq!(world.session().await.scope, first);
    let mut other = world.reach();
    other.id = "sandbox-2".to_owned();
    let session = connect(&world.engine, request(), Some(other))
        .await
        .unwrap();
    assert_ne!(session.scope, first);
}

#[tokio::test]
async fn a_sandbox_that_is_not_there_is_told_and_nothing_is_remembered() {
    let world = World::new(1);
    let error = connect(&world.engine, request(), None).await.unwrap_err();
    assert_eq!(error.problem().code, ErrorCode::SandboxFailed);
    let mut wrong = world.reach();
    wrong.secret_access_key = "wrong".to_owned();
    let error = connect(&world.engine, request(), Some(wrong))
        .await
        .unwrap_err();
    assert_eq!(error.problem().code, ErrorCode::CredentialsInvalid);
    assert!(error.problem().hint.is_some());
    assert_eq!(connection_last(&world.engine).await.unwrap(), None);
}

#[tokio::test]
async fn an_account_is_refused_before_any_call_where_the_region_is_none() {
    let world = World::new(1);
    let request = ConnectRequest::Account {
        profile: None,
        region: Some("Ireland".to_owned()),
        endpoint: None,
    };
    let error = connect(&world.engine, request, None).await.unwrap_err();
    let problem = error.problem();
    assert_eq!(problem.code, ErrorCode::RegionUnknown);
    assert!(problem.detail.unwrap().contains("Ireland"));
}

#[tokio::test]
async fn a_sandbox_that_was_started_again_is_found_at_its_new_address() {
    let mut world = World::new(1);
    let session = world.session().await;
    let again = Sandbox::start(world.sandbox.settings().clone(), Arc::new(SystemClock)).unwrap();
    let says = |id: &str, endpoint: String| {
        let folder = world.folder.path().join("sandbox");
        std::fs::create_dir_all(&folder).unwrap();
        let text = serde_json::json!({ "id": id, "endpoint": endpoint }).to_string();
        std::fs::write(folder.join("sandbox.json"), text).unwrap();
    };
    // Another world's sandbox is not the one, wherever it is.
    says("sandbox-2", again.endpoint());
    drop(std::mem::replace(
        &mut world.sandbox,
        Sandbox::start(again.settings().clone(), Arc::new(SystemClock)).unwrap(),
    ));
    let gone = session.clients.caller_identity().await.unwrap_err();
    assert!(gone.is_transient(), "{gone}");
    assert_eq!(again.calls("GetCallerIdentity"), 0);
    says("sandbox-1", again.endpoint());
    session.clients.caller_identity().await.unwrap();
    session
        .clients
        .head_object("overseed-demo-000000000000", "nothing")
        .await
        .unwrap();
    assert_eq!(
        (again.calls("GetCallerIdentity"), again.calls("HeadObject")),
        (1, 1)
    );
}
