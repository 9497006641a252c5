//! What is checked of a plan: within the review of the draft that it was made of, and of a plan file by itself.

use std::{collections::HashMap, path::Path, sync::Arc};

use overseed_domain::v2::diff::DocumentDiff;
use serde::Serialize;

use super::{
    OtherRun, components,
    machines::Machines,
    other_runs, plan, roles,
    way::{self, CarriedOut},
};
use crate::{
    Error, Session,
    job::Progress,
    plan::PlanHeader,
    review::{Check, checks, ran},
    v2::{
        permissions::Recipes,
        plan::{Before, DevicePlanShown, Way, Whole, diff_contradicts, show_whole},
    },
};

/// A plan file with its checks.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DevicePlanReview {
    /// What the plan comes to.
    #[serde(flatten)]
    pub shown: DevicePlanShown,
    /// The checks of [`device_review`](super::device_review), without those of what only a draft has: `connection`, `devices`,
    /// `health`, `requests`, `waves`, `components`, `platforms`, `configurations`, `secrets`, `way`, `bucket`, `device_role`, `role`, what the
    /// caller needs, `other_runs`, `run_before`.
    #[serde(rename = "preflight")]
    pub checks: Vec<Check>,
}

impl DevicePlanReview {
    /// Refuses a plan of which a check failed.
    ///
    /// # Errors
    /// [`ErrorCode::PreflightFailed`](crate::ErrorCode::PreflightFailed).
    pub fn startable(&self) -> Result<(), Error> {
        checks::none_failed(&self.checks)
    }
}

/// Reads a V2 plan and makes the checks that a draft of it would have to pass before it is started. A check that cannot be
/// made says why; it is no error.
///
/// # Errors
/// [`ErrorCode::PlanInvalid`](crate::ErrorCode::PlanInvalid), [`ErrorCode::RunElsewhere`](crate::ErrorCode::RunElsewhere);
/// [`Error::File`], [`Error::Cancelled`]; those of the store.
pub async fn device_plan_review(
    session: &Session,
    path: &Path,
    progress: &Progress,
) -> Result<DevicePlanReview, Error> {
    progress.stage("Reading the plan", None);
    let (shown, whole) = show_whole(session, path, progress.cancel()).await?;
    let whole = Arc::new(whole);
    let contradict_own = contradict_own(&shown.header, &whole)?;
    let of_plan = look(session, &shown.header, &whole, progress).await?;
    progress.stage("Checking everything", None);
    let settings = &shown.header.settings;
    let carried_out = CarriedOut {
        v2: settings.v2.clone().unwrap_or_default(),
        bucket: &settings.bucket,
        targets: shown.file.records,
        one_outcome: shown.documents_total <= 1,
        contradict_own,
    };
    let mut checks = vec![
        checks::connection(session).await,
        of_plan.machines.devices(),
    ];
    let last = of_plan.last();
    checks.extend([of_plan.machines.health(), plan::requests(&shown)]);
    checks.extend(plan::waves(&shown));
    checks.extend(of_plan.components);
    checks.extend(way::checks(session, &carried_out).await);
    checks.extend(last);
    checks.extend(ran::before(session, &shown.header.id).await?);
    progress.check()?;
    Ok(DevicePlanReview { shown, checks })
}

/// What is checked of a plan's targets and components.
pub(super) struct OfPlan {
    pub(super) machines: Machines,
    pub(super) components: Vec<Check>,
    roles: Vec<Check>,
    pub(super) others: Vec<OtherRun>,
}

impl OfPlan {
    /// Roles, rights and other runs.
    pub(super) fn last(&self) -> Vec<Check> {
        let mut last = self.roles.clone();
        last.push(other_runs::check(&self.others));
        last
    }
}

pub(super) async fn look(
    session: &Session,
    header: &PlanHeader,
    whole: &Arc<Whole>,
    progress: &Progress,
) -> Result<OfPlan, Error> {
    let (scope, now) = (session.scope, session.clock().now());
    let (of, plan) = (Arc::clone(whole), header.id.clone());
    let (machines, others) = session
        .store()
        .read(move |c| {
            let machines = Machines::read(c, scope, &of, now)?;
            let others = other_runs::find(c, scope, &plan, &of)?;
            Ok((machines, others))
        })
        .await?;
    let recipes = Recipes::default();
    Ok(OfPlan {
        components: components::checks(session, whole, &machines, &recipes, progress).await?,
        roles: roles::checks(session, header.clone(), whole, &recipes, progress).await?,
        machines,
        others,
    })
}

/// Targets whose own deployment a thing group's would contradict, as far as the plan says what they had.
fn contradict_own(header: &PlanHeader, whole: &Whole) -> Result<u32, Error> {
    if header.settings.v2.as_ref().map(|v2| v2.way) != Some(Way::ThingGroup) {
        return Ok(0);
    }
    let mut documents = whole
        .documents
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    let mut known: HashMap<(u32, u32), bool> = HashMap::new();
    let mut count = 0;
    for target in &whole.targets {
        let Before::Document(before) = target.before else {
            continue;
        };
        let pair = (before, target.document);
        let contradicts = match known.get(&pair) {
            Some(contradicts) => *contradicts,
            None => {
                let (had, gets) = (
                    documents.document(before)?,
                    documents.document(target.document)?,
                );
                let contradicts = diff_contradicts(&DocumentDiff::between(Some(&had), &gets));
                known.insert(pair, contradicts);
                contradicts
            }
        };
        count += u32::from(contradicts);
    }
    Ok(count)
}
