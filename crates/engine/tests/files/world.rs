//! A sandbox, an engine, and sessions of its administrator and of others.

use std::{path::PathBuf, sync::Arc};

use aws_sdk_iam::config::{BehaviorVersion, Credentials, Region};
use overseed_engine::{
    Clock, Engine, Error, ErrorCode, Session,
    connect::{SandboxReach, connect},
    connection::ConnectRequest,
    draft::{Draft, DraftChange, draft_set},
    groups::{Filter, SelectionChange, groups_refresh, groups_select},
    input_file::{file_make, file_open},
    job::{JobKind, Progress},
};
use overseed_sandbox::{Keys, Sandbox, Scenario, Settings, SystemClock};
use tokio_util::sync::CancellationToken;

pub const BUCKET: &str = "overseed-demo-000000000000";

pub struct World {
    pub sandbox: Sandbox,
    pub session: Session,
    pub folder: tempfile::TempDir,
    engine: Engine,
}

impl World {
    pub async fn of(groups: u32) -> Self {
        let settings = Settings {
            groups,
            scenario: Scenario::AllWell,
            ..Settings::default()
        };
        let sandbox = Sandbox::start(settings, Arc::new(SystemClock)).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let engine = Engine::open(folder.path().join("store"), Clock::system()).unwrap();
        let session = session(&engine, &sandbox, sandbox.keys()).await;
        Self {
            sandbox,
            session,
            folder,
            engine,
        }
    }

    /// All groups listed and selected, the demo bucket chosen.
    pub async fn selected(groups: u32) -> Self {
        let world = Self::of(groups).await;
        world.list().await;
        world
            .select(SelectionChange::Matching {
                filter: Filter::default(),
                selected: true,
            })
            .await;
        world.bucket(BUCKET).await;
        world
    }

    pub async fn list(&self) {
        groups_refresh(&self.session, &progress(JobKind::Groups))
            .await
            .unwrap();
    }

    pub async fn select(&self, change: SelectionChange) {
        groups_select(&self.session, change).await.unwrap();
    }

    pub async fn bucket(&self, bucket: &str) -> Draft {
        let bucket = Some(bucket.to_owned());
        draft_set(
            &self.session,
            DraftChange {
                bucket,
                ..DraftChange::default()
            },
        )
        .await
        .unwrap()
    }

    pub async fn make(&self) -> Draft {
        file_make(&self.session, &progress(JobKind::InputFile))
            .await
            .unwrap()
    }

    /// Writes a file somewhere and opens it.
    pub async fn open(&self, text: impl AsRef<[u8]>) -> Draft {
        let path = self.written(text);
        file_open(&self.session, &path, &progress(JobKind::InputFile))
            .await
            .unwrap()
    }

    pub fn written(&self, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join("mine.jsonl");
        std::fs::write(&path, text).unwrap();
        path
    }

    /// A new user who may do what the policy says, connected.
    pub async fn user(&self, name: &str, policy: &str) -> Session {
        let keys = self.sandbox.keys();
        let credentials = Credentials::new(
            &keys.access_key_id,
            &keys.secret_access_key,
            None,
            None,
            "test",
        );
        let config = aws_sdk_iam::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("eu-west-1"))
            .endpoint_url(self.sandbox.endpoint())
            .credentials_provider(credentials)
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .build();
        let iam = aws_sdk_iam::Client::from_conf(config);
        iam.create_user().user_name(name).send().await.unwrap();
        let put = iam.put_user_policy().user_name(name).policy_name("rights");
        put.policy_document(policy).send().await.unwrap();
        let key = iam
            .create_access_key()
            .user_name(name)
            .send()
            .await
            .unwrap()
            .access_key
            .unwrap();
        let keys = Keys {
            access_key_id: key.access_key_id,
            secret_access_key: key.secret_access_key,
        };
        session(&self.engine, &self.sandbox, &keys).await
    }

    /// Files in the folder of drafts.
    pub fn drafts(&self) -> Vec<String> {
        let folder = self.folder.path().join("store/drafts");
        let Ok(entries) = std::fs::read_dir(folder) else {
            return Vec::new();
        };
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }
}

pub async fn session(engine: &Engine, sandbox: &Sandbox, keys: &Keys) -> Session {
    let settings = sandbox.settings();
    let request = ConnectRequest::Sandbox {
        scenario: settings.scenario.to_string(),
        groups: settings.groups,
        seed: settings.seed,
        speed: settings.speed,
    };
    let reach = SandboxReach {
        endpoint: sandbox.endpoint(),
        region: settings.region.clone(),
        access_key_id: keys.access_key_id.clone(),
        secret_access_key: keys.secret_access_key.clone(),
        id: "test".to_owned(),
    };
    connect(engine, request, Some(reach)).await.unwrap()
}

pub fn progress(kind: JobKind) -> Progress {
    Progress::within(kind, Clock::system(), CancellationToken::new()).0
}

pub fn cancelled(kind: JobKind) -> Progress {
    let cancel = CancellationToken::new();
    cancel.cancel();
    Progress::within(kind, Clock::system(), cancel).0
}

pub fn code<T: std::fmt::Debug>(result: Result<T, Error>) -> ErrorCode {
    let problem = result.unwrap_err().problem();
    assert!(
        problem.hint.is_some() || problem.code == ErrorCode::Cancelled,
        "a problem has a remedy: {problem:?}"
    );
    problem.code
}
