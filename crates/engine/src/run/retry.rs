//! Some targets of a run once more, or back to what they had before: as a new draft, or as a plan file.

mod draft;
mod plan;

pub(super) use plan::MadeFor;

use std::path::Path;

use overseed_domain::{
    group::bare_id,
    input_file::FileSummary,
    rollout::{Generation, TargetState},
};
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use specta::Type;

use super::{
    here, retried,
    rows::{self, Run},
};
use crate::{
    Error, ErrorCode, Problem, Session,
    draft::NextDraft,
    job::Progress,
    plan::PlanHeader,
    v2::plan::FixedFrom,
    versions::{versions_learn, versions_learn_latest},
};

/// Which targets of a run are to be retried: those for which all that is said here is so.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", default)]
pub struct RetryWhat {
    /// Only this cause.
    pub cause: Option<String>,
    /// Only these; empty for all.
    pub targets: Vec<String>,
    /// Only these states; empty for failed and unknown, or for any where a cause or targets are named. Targets that were
    /// left out of their wave are meant only where they or their cause are named.
    pub states: Vec<TargetState>,
}

/// Which version the targets get.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum RetryVersion {
    /// The one that the run deployed.
    #[default]
    Same,
    /// The latest now.
    Latest,
    /// What was there before the run. Of core devices it is kept with the run. Of groups it is the version that an earlier
    /// run of this app has deployed last; where there is none, the one that is listed before that of the run.
    Previous,
}

/// A plan that was made from a run.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RetryPlan {
    /// The plan without its targets.
    #[serde(flatten)]
    pub header: PlanHeader,
    /// What its input file comes to.
    pub file: FileSummary,
    /// Groups that get a version which an earlier run has deployed.
    pub from_earlier_runs: u32,
    /// Targets that are not in it.
    pub left_out: Vec<LeftOut>,
}

/// A target that a plan could not take over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct LeftOut {
    /// The group's id, or the name of the core device's thing.
    pub target: String,
    /// Why.
    pub why: String,
}

/// Puts targets of a run into a new draft of its generation that knows its run; the wizard is for that from then on. What
/// the draft held before is given up; its selection can be taken back by undo. Core devices come with the documents that
/// the run deployed to them, or with those that they had before it. Groups that are not in the inventory are left out; those for which there
/// is no such version are in it with the reason. One call a group where the version before or the latest one is wanted.
///
/// # Errors
/// [`ErrorCode::NothingSelected`] where there is none, [`ErrorCode::RunElsewhere`], [`ErrorCode::NotFound`] for
/// a run or a target that is not there; those of ListGroupVersions; [`Error::Cancelled`].
pub async fn run_retry(
    session: &Session,
    run: &str,
    what: RetryWhat,
    version: RetryVersion,
    progress: &Progress,
) -> Result<NextDraft, Error> {
    let run = learn(session, run, &what, version, progress).await?;
    let from = FixedFrom::Retry {
        run: run.id.clone(),
    };
    draft::make(session, run, (what, version), "retry", from, progress).await
}

/// Puts all targets of a run that succeeded into a new draft, with what they had before: see [`RetryVersion::Previous`].
///
/// # Errors
/// As [`run_retry`].
pub async fn run_roll_back(
    session: &Session,
    run: &str,
    progress: &Progress,
) -> Result<NextDraft, Error> {
    let (what, version) = (succeeded(), RetryVersion::Previous);
    let run = learn(session, run, &what, version, progress).await?;
    let from = FixedFrom::RollBack {
        run: run.id.clone(),
    };
    draft::make(session, run, (what, version), "roll back", from, progress).await
}

/// Makes a plan file of targets of a run; the window's draft stays as it is.
///
/// # Errors
/// As [`run_retry`]; [`Error::File`].
pub async fn run_retry_plan(
    session: &Session,
    run: &str,
    what: RetryWhat,
    version: RetryVersion,
    out: &Path,
    progress: &Progress,
) -> Result<RetryPlan, Error> {
    let run = learn(session, run, &what, version, progress).await?;
    plan::make(session, run, (what, version), "retry", (out, MadeFor::File)).await
}

/// Makes a plan file that takes all targets of a run that succeeded back to what they had before.
///
/// # Errors
/// As [`run_retry`]; [`Error::File`].
pub async fn run_roll_back_plan(
    session: &Session,
    run: &str,
    out: &Path,
    progress: &Progress,
) -> Result<RetryPlan, Error> {
    let (what, version) = (succeeded(), RetryVersion::Previous);
    let run = learn(session, run, &what, version, progress).await?;
    plan::make(
        session,
        run,
        (what, version),
        "roll back",
        (out, MadeFor::File),
    )
    .await
}

fn succeeded() -> RetryWhat {
    RetryWhat {
        states: vec![TargetState::Succeeded],
        ..RetryWhat::default()
    }
}

/// The run, once the versions of its groups are in the store where they are needed.
async fn learn(
    session: &Session,
    run: &str,
    what: &RetryWhat,
    version: RetryVersion,
    progress: &Progress,
) -> Result<Run, Error> {
    let id = run.to_owned();
    let run = session.store().read(move |c| rows::run(c, &id)).await?;
    here(session, &run)?;
    // What V2 devices had before is kept with the run.
    if version != RetryVersion::Same && run.generation == Generation::V1 {
        let (of, what) = (run.clone(), what.clone());
        let groups = session
            .store()
            .read(move |c| {
                let mut groups = Vec::new();
                retried::for_each(c, of.ordinal, &what, &mut |target, deployed| {
                    let asked = match version {
                        RetryVersion::Latest => true,
                        // An earlier run knows it without a call.
                        _ if deployed.is_empty() => false,
                        _ => retried::deployed_before(c, &of, target, deployed)?.is_none(),
                    };
                    if asked {
                        groups.push((bare_id(target).to_owned(), deployed.to_owned()));
                    }
                    Ok(())
                })?;
                Ok(groups)
            })
            .await?;
        if version == RetryVersion::Latest {
            let groups = groups.into_iter().map(|(group, _)| group).collect();
            versions_learn_latest(session, groups, progress).await?;
        } else {
            versions_learn(session, groups, progress).await?;
        }
    }
    progress.check()?;
    Ok(run)
}

/// The run's name with the reason behind it, once.
fn name_of(name: &str, why: &str) -> String {
    let bare = [" (retry)", " (roll back)"]
        .iter()
        .find_map(|end| name.strip_suffix(end))
        .unwrap_or(name);
    if bare.is_empty() {
        String::new()
    } else {
        format!("{bare} ({why})")
    }
}

/// Where targets wait that were not asked for, it names them.
fn nothing_left_of(connection: &Connection, run: &Run, what: &RetryWhat) -> Result<Error, Error> {
    let asked = what.states.contains(&TargetState::Waiting);
    let waiting = retried::waiting(connection, run.ordinal)?;
    let problem = nothing_left(run.generation);
    Ok(if asked || waiting == 0 {
        problem
    } else {
        let targets = run.generation.targets();
        problem
            .problem()
            .hint(format!(
                "{waiting} {targets} of it wait, as they were never attempted: ask for those with --state waiting, or \
                 take them in the run's targets."
            ))
            .into()
    })
}

pub(super) fn nothing_left(generation: Generation) -> Error {
    let (what, hint) = match generation {
        Generation::V1 => (
            "No group of this run is left for that",
            "Only groups in the states asked for that are still in the inventory can be taken over; list the groups again if some are missing.",
        ),
        Generation::V2 => (
            "No core device of this run is left for that",
            "Only those in the states asked for can be taken over; to go back, it has to be known what they had before.",
        ),
    };
    Problem::new(ErrorCode::NothingSelected, what)
        .hint(hint)
        .into()
}
