//! A sandbox and a session on it.

use std::sync::Arc;

use overseed_engine::{
    Clock, Engine, Session,
    groups::{
        Filter, FilterOperation, FilterToken, GroupRow, GroupsQuery, Selection, SelectionChange,
        groups_page, groups_refresh, groups_select,
    },
    job::{JobKind, Progress},
    versions::for_each_target,
};
use overseed_sandbox::{Sandbox, Scenario, Settings, SystemClock};
use tokio_util::sync::CancellationToken;

use crate::{hurried::Hurried, reach};

/// A sandbox, a data folder, and a session.
pub struct World {
    pub sandbox: Sandbox,
    pub session: Session,
    _folder: tempfile::TempDir,
}

impl World {
    pub async fn of(groups: u32, scenario: Scenario) -> Self {
        Self::with(groups, scenario, Clock::system()).await
    }

    /// One whose engine waits shorter than AWS would have it.
    pub async fn hurried(groups: u32, scenario: Scenario) -> Self {
        Self::with(groups, scenario, Hurried::new().of_engine()).await
    }

    async fn with(groups: u32, scenario: Scenario, clock: Clock) -> Self {
        let settings = Settings {
            groups,
            scenario,
            ..Settings::default()
        };
        let sandbox = Sandbox::start(settings, Arc::new(SystemClock)).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let engine = Engine::open(folder.path().to_owned(), clock).unwrap();
        let session = reach::session(&engine, &sandbox, sandbox.keys()).await;
        Self {
            sandbox,
            session,
            _folder: folder,
        }
    }

    /// With all groups listed.
    pub async fn listed(groups: u32, scenario: Scenario) -> Self {
        let world = Self::of(groups, scenario).await;
        groups_refresh(&world.session, &world.progress(JobKind::Groups))
            .await
            .unwrap();
        world
    }

    pub fn progress(&self, kind: JobKind) -> Progress {
        Progress::within(kind, self.session.clock().clone(), CancellationToken::new()).0
    }

    /// The first rows in the order of names.
    pub async fn rows(&self, filter: Filter, limit: u32) -> Vec<GroupRow> {
        let query = GroupsQuery {
            filter,
            limit,
            ..GroupsQuery::default()
        };
        groups_page(&self.session, query).await.unwrap().rows
    }

    pub async fn select(&self, filter: Filter) -> Selection {
        let change = SelectionChange::Matching {
            filter,
            selected: true,
        };
        groups_select(&self.session, change).await.unwrap()
    }

    /// The draft's targets, as `(id, version)`.
    pub fn targets(&self) -> Result<Vec<(String, String)>, overseed_engine::Error> {
        let mut targets = Vec::new();
        self.session.store().read_now(|connection| {
            for_each_target(connection, self.session.scope, &mut |id, version| {
                targets.push((id.to_owned(), version.to_owned()));
                Ok(())
            })
        })?;
        Ok(targets)
    }

    pub fn sql(&self, sql: &str) {
        let run = |tx: &rusqlite::Transaction<'_>| Ok(tx.execute_batch(sql)?);
        self.session.store().write_now(run).unwrap();
    }
}

pub fn filter(property: &str, operator: &str, value: &str) -> Filter {
    let token = FilterToken {
        property: Some(property.to_owned()),
        operator: operator.to_owned(),
        value: value.to_owned(),
    };
    Filter {
        operation: FilterOperation::And,
        tokens: vec![token],
    }
}
