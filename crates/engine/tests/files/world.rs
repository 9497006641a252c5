//! A sandbox, an engine, and sessions of its administrator and of others.

use std::{path::PathBuf, sync::Arc};

use aws_smithy_async::time::SystemTimeSource;
use overseed_engine::{
    Clock, Engine, Error, ErrorCode, Session,
    draft::{Draft, DraftChange, draft_set},
    groups::{Filter, SelectionChange, groups_refresh, groups_select},
    input_file::{file_make, file_open},
    job::{JobKind, Progress},
};
use overseed_sandbox::{Sandbox, Scenario, Settings, SystemClock};
use tokio_util::sync::CancellationToken;

use crate::reach::{self, session};

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
        let iam = reach::iam(&self.sandbox, SystemTimeSource::new());
        let keys = reach::user(&iam, name, policy).await;
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
