//! The review of a V2 deployment: what would be sent, and what has to be so before it is.

mod components;
mod draft;
mod machines;
mod of_plan;
mod other_runs;
mod plan;
mod roles;
mod secrets;
mod way;

use std::sync::Arc;

pub use of_plan::{DevicePlanReview, device_plan_review};
pub use other_runs::OtherRun;
use overseed_domain::{input_file::FileSummary, v2::line::LineFinding};
use serde::{Deserialize, Serialize};
use specta::Type;

use super::plan::{
    DeviceDraft, DevicePlanShown, DevicePreview, PlanDocument, PlanV2, device_draft_get,
    device_plan_export, device_plan_preview, device_present_status, show_whole,
};
use crate::{
    Error, ErrorCode, Problem, Session,
    input_file::Passing,
    job::Progress,
    permissions,
    review::{Check, CheckState, checks, ran},
    waves::WaveFile,
};

/// What would be sent if the draft were started as it is, with all checks. Where no plan can be made of it, files, waves
/// and documents are empty, and the checks say why.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct DeviceReview {
    /// What was told so far.
    pub draft: DeviceDraft,
    /// Core devices that get a deployment.
    pub targets: u32,
    /// All files of the waves together.
    pub file: FileSummary,
    /// The files of the waves; one where the plan is not cut.
    pub waves: Vec<WaveFile>,
    /// What is to be known about the waves, in sentences.
    pub wave_findings: Vec<String>,
    /// What is wrong with the requests, the first findings.
    pub findings: Vec<LineFinding>,
    /// Different documents that targets get.
    pub documents_total: u32,
    /// The first of them: those that most targets get.
    pub documents: Vec<PlanDocument>,
    /// What makes the deployments.
    pub v2: PlanV2,
    /// ARN of the state machine's role, where Step Functions makes them; empty otherwise, or where the name can be none.
    pub role_arn: String,
    /// The checks, in order: `connection`, `devices`, `health`, `present`, `wanted`, `plan` (where none can be made),
    /// `requests`, `waves` (where it is cut), `components`, `platforms`, `configurations` (where anything is merged), `secrets` (where any are named), `nucleus`,
    /// `large`, `notes` (where there are any), `way`, `bucket` (with Step Functions), `device_role`, `role` (with
    /// Step Functions), what the caller needs such as `start` and `pass`, `other_runs`,
    /// `run_before` (where it was).
    pub checks: Vec<Check>,
    /// Runs that have not ended and have some of these devices; those that stand in the way first.
    pub others: Vec<OtherRun>,
    /// Whether the run may start: no check failed.
    pub ready: bool,
}

/// The whole draft as it would be started, with all checks. Nothing is kept of the plan that is made for it. A check that
/// cannot be made says why; it is no error.
///
/// # Errors
/// Those of the store; [`Error::File`]; [`Error::Cancelled`].
pub async fn device_review(session: &Session, progress: &Progress) -> Result<DeviceReview, Error> {
    Ok(reviewed(session, progress).await?.0)
}

/// The same with the plan that was looked at, where one could be made.
pub(crate) async fn reviewed(
    session: &Session,
    progress: &Progress,
) -> Result<(DeviceReview, Option<Passing>), Error> {
    tokio::select! {
        biased;
        () = progress.cancel().cancelled() => Err(Error::Cancelled),
        review = look(session, progress) => review,
    }
}

async fn look(
    session: &Session,
    progress: &Progress,
) -> Result<(DeviceReview, Option<Passing>), Error> {
    let draft = device_draft_get(session).await?;
    let preview = device_plan_preview(session, progress).await;
    let present = device_present_status(session).await?;
    let passing = Passing::beside(&session.engine.data_dir().join("plan.json"))?;
    let made = match told(device_plan_export(session, passing.path(), progress).await)? {
        Ok(_) => told(show_whole(session, passing.path(), progress.cancel()).await)?
            .map(|(shown, whole)| (shown, Arc::new(whole))),
        Err(problem) => Err(problem),
    };
    let of_plan = match &made {
        Ok((shown, whole)) => Some(of_plan::look(session, &shown.header, whole, progress).await?),
        Err(_) => None,
    };
    progress.stage("Checking everything", None);
    let mut found = vec![checks::connection(session).await];
    let preview = match told(preview)? {
        Ok(preview) => {
            found.push(draft::devices(&draft, &preview));
            found.push(draft::present(session, &preview, &present));
            found.push(draft::wanted(&draft, &preview));
            Some(preview)
        }
        Err(problem) => {
            found.push(draft::unwanted(&problem));
            None
        }
    };
    let ways = match &preview {
        Some(preview) => way::checks(session, &carried_out(&draft, preview)).await,
        None => Vec::new(),
    };
    let failed = |check: &Check| check.state == CheckState::Fail;
    let is_clear = !found.iter().chain(&ways).any(failed);
    if let (true, Err(problem)) = (is_clear, &made) {
        // What stands in its way is told already otherwise.
        found.push(plan::none(problem));
    }
    if let Ok((shown, _)) = &made {
        found.push(plan::requests(shown));
        found.extend(plan::waves(shown));
    }
    let mut others = Vec::new();
    let last = of_plan.map(|of_plan| {
        let last = of_plan.last();
        others = of_plan.others;
        found.push(of_plan.machines.health());
        found.extend(of_plan.components);
        last
    });
    if let Some(preview) = &preview {
        found.extend(draft::findings(preview));
    }
    found.extend(ways);
    found.extend(last.into_iter().flatten());
    found.extend(ran::before(session, &draft.plan).await?);
    let ready = !found.iter().any(failed) && made.is_ok();
    let targets = preview.as_ref().map_or(0, |preview| preview.targets);
    let shown = made.as_ref().ok().map(|(shown, _)| shown);
    let review = DeviceReview {
        others,
        ..review(session, draft, targets, shown, found, ready)
    };
    Ok((review, made.is_ok().then_some(passing)))
}

/// How what a draft comes to is carried out.
fn carried_out<'a>(draft: &'a DeviceDraft, preview: &DevicePreview) -> way::CarriedOut<'a> {
    way::CarriedOut {
        v2: draft.v2(preview.targets),
        bucket: &draft.bucket,
        targets: preview.targets,
        one_outcome: preview.one_outcome,
        contradict_own: preview.contradict_own,
    }
}

fn review(
    session: &Session,
    draft: DeviceDraft,
    targets: u32,
    shown: Option<&DevicePlanShown>,
    checks: Vec<Check>,
    ready: bool,
) -> DeviceReview {
    let v2 = shown
        .and_then(|shown| shown.header.settings.v2.clone())
        .unwrap_or_else(|| draft.v2(targets));
    DeviceReview {
        targets: shown.map_or(targets, |shown| shown.file.records),
        file: shown.map(|shown| shown.file.clone()).unwrap_or_default(),
        waves: shown.map(|shown| shown.waves.clone()).unwrap_or_default(),
        wave_findings: shown
            .map(|shown| shown.wave_findings.clone())
            .unwrap_or_default(),
        findings: shown
            .map(|shown| shown.findings.clone())
            .unwrap_or_default(),
        documents_total: shown.map_or(0, |shown| shown.documents_total),
        documents: shown
            .map(|shown| shown.documents.clone())
            .unwrap_or_default(),
        role_arn: way::role_arn(session, &draft.role, v2.way),
        v2,
        checks,
        others: Vec::new(),
        ready,
        draft,
    }
}

/// What stands in the way of a plan is a check's; what the app itself cannot do is an error.
fn told<T>(result: Result<T, Error>) -> Result<Result<T, Problem>, Error> {
    match result {
        Ok(value) => Ok(Ok(value)),
        Err(Error::Problem(problem)) if problem.code != ErrorCode::Internal => Ok(Err(problem)),
        Err(error) => Err(error),
    }
}

/// Where the role would be by its name.
fn named_role(session: &Session, typed: &str) -> String {
    overseed_domain::permissions::named_role(typed, &permissions::place(session))
        .unwrap_or_default()
}
