//! How the account of a sandbox is reached: by the engine as its administrator or as a user, and beside the engine.

use aws_sdk_iam::config::{BehaviorVersion, Credentials, Region};
use aws_smithy_async::time::TimeSource;
use overseed_engine::{
    Engine, Session,
    connect::{SandboxReach, connect},
    connection::ConnectRequest,
};
use overseed_sandbox::{Keys, Sandbox};

/// What somebody asks for who wants just this sandbox.
pub fn request(sandbox: &Sandbox) -> ConnectRequest {
    let settings = sandbox.settings();
    ConnectRequest::Sandbox {
        scenario: settings.scenario.to_string(),
        groups: settings.groups,
        seed: settings.seed,
        speed: settings.speed,
    }
}

/// The sandbox as it is found under an id.
pub fn reach(sandbox: &Sandbox, keys: &Keys, id: &str) -> SandboxReach {
    SandboxReach {
        endpoint: sandbox.endpoint(),
        region: sandbox.settings().region.clone(),
        access_key_id: keys.access_key_id.clone(),
        secret_access_key: keys.secret_access_key.clone(),
        id: id.to_owned(),
    }
}

/// A session of whoever has these keys.
pub async fn session(engine: &Engine, sandbox: &Sandbox, keys: &Keys) -> Session {
    let reach = reach(sandbox, keys, "test");
    connect(engine, request(sandbox), Some(reach))
        .await
        .unwrap()
}

/// The administrator's credentials.
#[allow(dead_code, reason = "not every binary of tests has clients of its own")]
pub fn credentials(sandbox: &Sandbox) -> Credentials {
    let keys = sandbox.keys();
    Credentials::new(
        &keys.access_key_id,
        &keys.secret_access_key,
        None,
        None,
        "test",
    )
}

/// The administrator's own client of IAM, to set the scene; it goes by this clock.
#[allow(dead_code, reason = "not every binary of tests has clients of its own")]
pub fn iam(sandbox: &Sandbox, clock: impl TimeSource + 'static) -> aws_sdk_iam::Client {
    let config = aws_sdk_iam::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(sandbox.settings().region.clone()))
        .endpoint_url(sandbox.endpoint())
        .credentials_provider(credentials(sandbox))
        .time_source(clock)
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .build();
    aws_sdk_iam::Client::from_conf(config)
}

/// A new user who may do what the policy says.
#[allow(dead_code, reason = "not every binary of tests has users")]
pub async fn user(iam: &aws_sdk_iam::Client, name: &str, policy: &str) -> Keys {
    iam.create_user().user_name(name).send().await.unwrap();
    // Inline policies of a user have 2,048 characters.
    let create = iam
        .create_policy()
        .policy_name(name)
        .policy_document(policy);
    let arn = create.send().await.unwrap().policy.unwrap().arn.unwrap();
    let attach = iam.attach_user_policy().user_name(name).policy_arn(arn);
    attach.send().await.unwrap();
    let create = iam.create_access_key().user_name(name);
    let key = create.send().await.unwrap().access_key.unwrap();
    Keys {
        access_key_id: key.access_key_id,
        secret_access_key: key.secret_access_key,
    }
}
