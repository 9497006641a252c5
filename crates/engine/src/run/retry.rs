//! Some targets of a run once more, or back to the version before: as a new draft, or as a plan file.

use std::path::Path;

use overseed_domain::{
    group::bare_id,
    input_file::{FileSummary, Writer},
    rollout::{Generation, TargetState},
};
use roaring::RoaringBitmap;
use rusqlite::{Connection, Transaction, params};
use serde::{Deserialize, Serialize};
use specta::Type;

use super::{
    here,
    retried::{self, Found, Version},
    rows::{self, Run},
    v2,
};
use crate::{
    Error, ErrorCode, Problem, Session,
    draft::{self, Draft, NextDraft},
    generation::generation_set,
    input_file::{self, Passing},
    job::Progress,
    plan::{PlanConnection, PlanHeader, plan_write},
    v2::plan::{DeviceDraft, FixedFrom, passing_place, take_over},
    versions::{version_latest, versions_learn, versions_learn_latest, write_choice},
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
    /// The one before that which the run deployed.
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
    into_draft(session, run, (what, version), "retry", from, progress).await
}

/// Puts all targets of a run that succeeded into a new draft, with the version before that which the run deployed.
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
    into_draft(session, run, (what, version), "roll back", from, progress).await
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
    into_plan(session, run, (what, version), "retry", out).await
}

/// Makes a plan file that takes all targets of a run that succeeded back to the version before.
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
    into_plan(session, run, (what, version), "roll back", out).await
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
        let (ordinal, what) = (run.ordinal, what.clone());
        let groups = session
            .store()
            .read(move |c| {
                let mut groups = Vec::new();
                retried::for_each(c, ordinal, &what, &mut |target, deployed| {
                    if version == RetryVersion::Latest || !deployed.is_empty() {
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

async fn into_draft(
    session: &Session,
    run: Run,
    what: (RetryWhat, RetryVersion),
    why: &'static str,
    from: FixedFrom,
    progress: &Progress,
) -> Result<NextDraft, Error> {
    match run.generation {
        Generation::V1 => {
            let draft = groups_draft(session, run, what, why).await?;
            generation_set(session, Generation::V1).await?;
            Ok(NextDraft::V1 {
                draft: Box::new(draft),
            })
        }
        Generation::V2 => {
            let draft = devices_draft(session, run, what, why, from, progress).await?;
            Ok(NextDraft::V2 {
                draft: Box::new(draft),
            })
        }
    }
}

/// By way of the very plan that the command line would make.
async fn devices_draft(
    session: &Session,
    run: Run,
    what: (RetryWhat, RetryVersion),
    why: &str,
    from: FixedFrom,
    progress: &Progress,
) -> Result<DeviceDraft, Error> {
    let plan = Passing::beside(&passing_place(session))?;
    let made = into_plan(session, run, what, why, plan.path()).await?;
    take_over(session, plan, from, made.left_out, progress).await
}

async fn groups_draft(
    session: &Session,
    run: Run,
    (what, version): (RetryWhat, RetryVersion),
    why: &'static str,
) -> Result<Draft, Error> {
    let (scope, sandbox) = (session.scope, session.connection.sandbox.is_some());
    session
        .store()
        .write(move |tx| {
            let old = draft::load_or_make(tx, scope, sandbox)?;
            let mut draft = draft::begin_next(tx, scope, &old, None)?;
            let selection = select(tx, scope, &run, &what, version)?;
            if selection.is_empty() {
                return Err(nothing_left_of(tx, &run, &what)?);
            }
            draft.name = name_of(&run.name, why);
            draft.parent = Some(run.id.clone());
            if run.found_bulk.is_none() {
                draft.role = run.settings.role.clone();
                draft.bucket = run.settings.bucket.clone();
                draft.prefix = run.settings.prefix.clone();
                draft.pack = run.settings.pack;
                draft.read_by = run.settings.read_by;
                draft.settle_minutes = run.settings.settle_minutes;
                draft.waves = run.settings.waves.clone();
            }
            draft.step = "versions".to_owned();
            draft::save(tx, scope, &draft)?;
            draft.selected = u32::try_from(selection.len()).unwrap_or(u32::MAX);
            let mut bytes = Vec::with_capacity(selection.serialized_size());
            selection.serialize_into(&mut bytes).map_err(|source| {
                Problem::new(ErrorCode::Internal, "The selection cannot be written").detail(source)
            })?;
            tx.execute(
                "UPDATE draft SET selection = ?2 WHERE scope = ?1",
                params![scope, bytes],
            )?;
            Ok(draft)
        })
        .await
}

/// The groups as a selection, with the choice of each version that is not the latest.
fn select(
    tx: &Transaction<'_>,
    scope: i64,
    run: &Run,
    what: &RetryWhat,
    version: RetryVersion,
) -> Result<RoaringBitmap, Error> {
    let mut selection = RoaringBitmap::new();
    retried::for_each(tx, run.ordinal, what, &mut |target, deployed| {
        let Found::Known { ordinal, version } =
            retried::find(tx, scope, target, deployed, version)?
        else {
            return Ok(());
        };
        selection.insert(ordinal);
        let choice = |word, chosen| write_choice(tx, scope, ordinal, word, chosen);
        match &version {
            Version::Latest(_) => Ok(()),
            Version::Other(version) => choice("chosen", Ok(version.as_str())),
            Version::Before(version) => choice("previous", Ok(version.as_str())),
            Version::None(why) => choice("chosen", Err(*why)),
        }
    })?;
    Ok(selection)
}

async fn into_plan(
    session: &Session,
    run: Run,
    (what, version): (RetryWhat, RetryVersion),
    why: &str,
    out: &Path,
) -> Result<RetryPlan, Error> {
    if run.found_bulk.is_some() {
        return Err(Problem::new(
            ErrorCode::InvalidInput,
            "This bulk deployment was not started by Overseed: its role and bucket are not known",
        )
        .hint("Retry it in the window, where they can be chosen; or list the groups (run targets --json) and make a plan of them with plan new --groups.")
        .into());
    }
    let header = PlanHeader {
        format: crate::plan::FORMAT,
        id: uuid::Uuid::new_v4().to_string(),
        generation: run.generation,
        name: name_of(&run.name, why),
        connection: PlanConnection::of(session),
        settings: run.settings.plan(),
        parent: Some(run.id.clone()),
    };
    if run.generation == Generation::V2 {
        return v2::retry_plan(session, run, (what, version), header, out).await;
    }
    let (session, out) = (session.clone(), out.to_owned());
    tokio::task::spawn_blocking(move || {
        let made = Passing::beside(&session.engine.data_dir().join("plan.jsonl"))?;
        let mut writer = Writer::new(made.create()?);
        let left_out = session.store().read_now(|c| {
            write_records(
                c,
                session.scope,
                &run,
                (&what, version),
                &mut |target, version| {
                    writer
                        .record(target, version)
                        .map_err(Error::file(made.path()))
                },
            )
        })?;
        let (_, file) = writer.finish().map_err(Error::file(made.path()))?;
        if file.records == 0 {
            let nothing = session
                .store()
                .read_now(|c| nothing_left_of(c, &run, &what))?;
            return Err(nothing);
        }
        plan_write(&out, &header, |target| {
            input_file::for_each_record(made.path(), &mut |_, group, version| {
                target(group, version)
            })
        })?;
        Ok(RetryPlan {
            header,
            file,
            left_out,
        })
    })
    .await?
}

/// Hands on each target that can be retried with its version; answers the others.
fn write_records(
    connection: &Connection,
    scope: i64,
    run: &Run,
    (what, version): (&RetryWhat, RetryVersion),
    record: &mut dyn FnMut(&str, &str) -> Result<(), Error>,
) -> Result<Vec<LeftOut>, Error> {
    let mut left_out = Vec::new();
    retried::for_each(connection, run.ordinal, what, &mut |target, deployed| {
        let why = match retried::find(connection, scope, target, deployed, version)? {
            Found::Known { version, .. } => match version {
                Version::Latest(version) | Version::Other(version) | Version::Before(version) => {
                    return record(target, &version);
                }
                Version::None(why) => why,
            },
            // What the run deployed needs no inventory.
            Found::Missing if version == RetryVersion::Same && !deployed.is_empty() => {
                return record(target, deployed);
            }
            Found::Missing if version == RetryVersion::Latest => {
                match version_latest(connection, scope, bare_id(target))? {
                    Ok(latest) => return record(target, &latest),
                    Err(why) => why,
                }
            }
            Found::Missing => "The inventory does not know the group: list the groups again",
        };
        left_out.push(LeftOut {
            target: target.to_owned(),
            why: why.to_owned(),
        });
        Ok(())
    })?;
    Ok(left_out)
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
