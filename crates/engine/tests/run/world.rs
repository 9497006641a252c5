//! What runs of groups begin with: drafts and plans.

use std::path::{Path, PathBuf};

use overseed_domain::permissions::{Pack, ReadBy};
use overseed_domain::waves::Waves;
use overseed_engine::{
    Session,
    draft::{Draft, DraftChange, draft_set},
    groups::{Filter, SelectionChange, groups_refresh, groups_select},
    input_file::{file_make, file_upload},
    job::{JobKind, Progress},
    permissions::permissions_apply,
    plan::{PlanFrom, PlanSettings, plan_new},
    run::run_start_plan,
};
use tokio_util::sync::CancellationToken;

use crate::reach;
pub use crate::stage::{BUCKET, World, ended, until};

impl World {
    /// The administrator's own client of IAM, to set the scene.
    pub fn iam(&self) -> aws_sdk_iam::Client {
        reach::iam(&self.sandbox, self.clock.clone())
    }
}

pub fn progress(session: &Session, kind: JobKind) -> Progress {
    Progress::within(kind, session.clock().clone(), CancellationToken::new()).0
}

/// The wizard up to the review: all deployable groups, file made and uploaded, role made.
pub async fn draft(session: &Session, settle_minutes: f64) -> Draft {
    groups_refresh(session, &progress(session, JobKind::Groups))
        .await
        .unwrap();
    let all = SelectionChange::Matching {
        filter: Filter::default(),
        selected: true,
    };
    groups_select(session, all).await.unwrap();
    let change = DraftChange {
        bucket: Some(BUCKET.to_owned()),
        settle_minutes: Some(settle_minutes),
        name: Some("Firmware 4.2".to_owned()),
        ..DraftChange::default()
    };
    draft_set(session, change).await.unwrap();
    file_make(session, &progress(session, JobKind::InputFile))
        .await
        .unwrap();
    let draft = file_upload(session, &progress(session, JobKind::Upload))
        .await
        .unwrap();
    permissions_apply(session, &progress(session, JobKind::Permissions))
        .await
        .unwrap();
    draft
}

/// A plan file of all deployable groups, made without a draft; its role does not exist yet.
pub async fn plan_file(world: &World, session: &Session, settle_minutes: f64) -> PathBuf {
    plan_in_waves(world, session, settle_minutes, Waves::default()).await
}

/// The same, cut into waves.
pub async fn plan_in_waves(
    world: &World,
    session: &Session,
    settle_minutes: f64,
    waves: Waves,
) -> PathBuf {
    groups_refresh(session, &progress(session, JobKind::Groups))
        .await
        .unwrap();
    let settings = PlanSettings {
        role: "FaultyRollout".to_owned(),
        bucket: BUCKET.to_owned(),
        prefix: "faults".to_owned(),
        pack: Pack::Auto,
        read_by: ReadBy::Role,
        settle_minutes,
        waves,
        v2: None,
    };
    let file = world.folder().join("plan.json");
    let from = PlanFrom::Filter(Filter::default());
    let progress = progress(session, JobKind::InputFile);
    plan_new(session, from, "Faults", settings, &file, &progress)
        .await
        .unwrap();
    file
}

/// The run of such a plan, recorded and not driven.
pub async fn plan(world: &World, session: &Session, settle_minutes: f64) -> String {
    let file = plan_file(world, session, settle_minutes).await;
    run_start_plan(session, &file).await.unwrap().row.id
}

/// The same after a change of the plan's targets, `[group, version]`.
pub async fn plan_with(
    world: &World,
    session: &Session,
    settle_minutes: f64,
    change: impl FnOnce(&mut Vec<[String; 2]>),
) -> String {
    let file = plan_file(world, session, settle_minutes).await;
    change_targets(&file, change);
    run_start_plan(session, &file).await.unwrap().row.id
}

/// Changes the targets of a plan's file, `[group, version]`.
pub fn change_targets(file: &Path, change: impl FnOnce(&mut Vec<[String; 2]>)) {
    let text = std::fs::read_to_string(file).unwrap();
    let mut plan: serde_json::Value = serde_json::from_str(&text).unwrap();
    let mut targets = serde_json::from_value(plan["targets"].take()).unwrap();
    change(&mut targets);
    plan["targets"] = serde_json::to_value(targets).unwrap();
    std::fs::write(file, plan.to_string()).unwrap();
}
