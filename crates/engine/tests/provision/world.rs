//! A sandbox, an engine, and sessions of several callers.

use std::sync::Arc;

use aws_sdk_greengrass::config::{BehaviorVersion, Region};
use aws_smithy_async::time::SystemTimeSource;
use overseed_domain::permissions::{Groups, Objects, Pack, Place, ReadBy};
use overseed_engine::{
    Clock, Engine, Session,
    draft::{DraftChange, draft_set},
    groups::{Filter, SelectionChange, groups_refresh, groups_select},
    input_file::{file_make, file_upload},
    job::{JobKind, Progress},
    permissions::{Needs, Permissions, RequirementState},
};
use overseed_sandbox::{Sandbox, Scenario, Settings, SystemClock};
use tokio_util::sync::CancellationToken;

use crate::reach::{self, session};

pub const ACCOUNT: &str = "000000000000";
pub const BUCKET: &str = "overseed-demo-000000000000";
pub const REGION: &str = "eu-west-1";

pub struct World {
    pub sandbox: Sandbox,
    pub session: Session,
    engine: Engine,
    _folder: tempfile::TempDir,
}

impl World {
    /// A new account of so many groups, connected as its administrator.
    pub async fn of(groups: u32) -> Self {
        let settings = Settings {
            groups,
            scenario: Scenario::AllWell,
            ..Settings::default()
        };
        let sandbox = Sandbox::start(settings, Arc::new(SystemClock)).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let engine = Engine::open(folder.path().to_owned(), Clock::system()).unwrap();
        let session = session(&engine, &sandbox, sandbox.keys()).await;
        Self {
            sandbox,
            session,
            engine,
            _folder: folder,
        }
    }

    /// The administrator's own client of IAM, to set the scene.
    pub fn iam(&self) -> aws_sdk_iam::Client {
        reach::iam(&self.sandbox, SystemTimeSource::new())
    }

    /// The administrator's own client of Greengrass.
    pub fn greengrass(&self) -> aws_sdk_greengrass::Client {
        let config = aws_sdk_greengrass::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(REGION))
            .endpoint_url(self.sandbox.endpoint())
            .credentials_provider(reach::credentials(&self.sandbox))
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .build();
        aws_sdk_greengrass::Client::from_conf(config)
    }

    /// A new user who may do what the policy says, connected.
    pub async fn user(&self, name: &str, policy: &str) -> Session {
        let keys = reach::user(&self.iam(), name, policy).await;
        session(&self.engine, &self.sandbox, &keys).await
    }

    /// A role made by someone else.
    pub async fn role(&self, name: &str, trust: &str, policy: Option<&str>) {
        let iam = self.iam();
        let create = iam.create_role().role_name(name).path("/ops/");
        create
            .assume_role_policy_document(trust)
            .send()
            .await
            .unwrap();
        if let Some(policy) = policy {
            let put = iam.put_role_policy().role_name(name).policy_name("theirs");
            put.policy_document(policy).send().await.unwrap();
        }
    }

    /// The first groups of the account.
    pub async fn groups(&self, count: usize) -> Groups {
        let mut ids = Vec::new();
        let mut token = None;
        while ids.len() < count {
            let page = self
                .session
                .clients
                .list_groups(token.as_deref())
                .await
                .unwrap();
            ids.extend(page.items.into_iter().map(|group| group.id));
            token = page.next;
            assert!(
                token.is_some() || ids.len() >= count,
                "the account has too few groups"
            );
        }
        ids.truncate(count);
        ids.into_iter().collect()
    }

    /// What a plan over the first groups needs.
    pub async fn needs(&self, role: &str, count: usize) -> Needs {
        Needs {
            role: role.into(),
            bucket: BUCKET.into(),
            objects: Objects::Prefix("overseed".into()),
            read_by: ReadBy::Role,
            groups: self.groups(count).await,
            pack: Pack::Auto,
            waves: 1,
        }
    }

    /// A draft of all groups with its file made and uploaded, and this role.
    pub async fn draft(&self, role: &str) {
        let session = &self.session;
        groups_refresh(session, &progress(JobKind::Groups))
            .await
            .unwrap();
        let all = SelectionChange::Matching {
            filter: Filter::default(),
            selected: true,
        };
        groups_select(session, all).await.unwrap();
        let change = DraftChange {
            role: Some(role.into()),
            bucket: Some(BUCKET.into()),
            ..DraftChange::default()
        };
        draft_set(session, change).await.unwrap();
        file_make(session, &progress(JobKind::InputFile))
            .await
            .unwrap();
        file_upload(session, &progress(JobKind::Upload))
            .await
            .unwrap();
    }
}

pub fn progress(kind: JobKind) -> Progress {
    Progress::within(kind, Clock::system(), CancellationToken::new()).0
}

pub fn place() -> Place {
    Place {
        partition: overseed_domain::Partition::Aws,
        region: REGION.into(),
        account: ACCOUNT.into(),
    }
}

/// Ids and states, in order.
pub fn states(permissions: &Permissions) -> Vec<(&str, RequirementState)> {
    permissions
        .requirements
        .iter()
        .map(|r| (r.id.as_str(), r.now))
        .collect()
}

/// The detail of a requirement.
pub fn detail<'a>(permissions: &'a Permissions, id: &str) -> &'a str {
    &permissions
        .requirements
        .iter()
        .find(|r| r.id == id)
        .unwrap()
        .detail
}

/// Ids of the changes.
pub fn changes(permissions: &Permissions) -> Vec<&str> {
    permissions
        .changes
        .iter()
        .map(|change| change.id.as_str())
        .collect()
}
