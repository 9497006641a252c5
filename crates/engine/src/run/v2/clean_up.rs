//! What runs leave behind in the account, and taking it away.

use std::collections::BTreeSet;

use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};
use specta::Type;

use super::{
    super::{
        RunSnapshot, api, here,
        rows::{self, Run},
        start::{RUN_TAG, WAVE_TAG},
    },
    machine::Names,
    way,
};
use crate::{
    Error, ErrorCode, Problem, Session,
    changes::{self, Intent},
    v2::plan::Way,
};

/// The call, as the log names it.
const DELETE: &str = "states:DeleteStateMachine";

/// What a group that stays means, and what it would mean to delete it: with each deployment a device leaves out what it has
/// by groups that it is not in any more (nucleus, `DefaultDeploymentTask`).
const OF_GROUP: &str = "It stays: whatever is put into it later gets its deployment as well. Deleting it ends that. Core \
                        devices that have the deployment keep it for now; but with their next deployment they find \
                        themselves in the group no more, and take off what came by it alone.";

/// Something that a run made in the account and that is there still, as far as the run knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct LeftBehind {
    /// What it is.
    pub kind: LeftKind,
    /// Its name.
    pub name: String,
    /// The wave it was made for.
    pub wave: u32,
    /// What it means that it is there.
    pub meaning: String,
}

/// What runs leave behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum LeftKind {
    /// A state machine of Step Functions, which nothing needs once its execution has ended.
    StateMachine,
    /// A thing group of AWS IoT with a deployment that goes on for whatever is put into it.
    ThingGroup,
}

/// What a clean-up came to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct CleanedUp {
    /// What was deleted, or was gone already.
    pub deleted: Vec<LeftBehind>,
    /// What was left where it is; its meaning says why.
    pub left: Vec<LeftBehind>,
    /// The run afterwards.
    pub run: RunSnapshot,
}

/// What a run has made and not taken away, by its log of changes; nothing while it is under way.
///
/// # Errors
/// Those of the store.
pub(super) fn left_behind(connection: &Connection, run: &Run) -> Result<Vec<LeftBehind>, Error> {
    let (kind, create, meaning) = match way(run) {
        Way::Direct => return Ok(Vec::new()),
        Way::StepFunctions => (
            LeftKind::StateMachine,
            "states:CreateStateMachine",
            "It is not needed any more and costs nothing.",
        ),
        Way::ThingGroup => (LeftKind::ThingGroup, "iot:CreateThingGroup", OF_GROUP),
    };
    if !run.state.is_terminal() {
        return Ok(Vec::new());
    }
    let mut statement = connection.prepare_cached(
        "SELECT operation = ?2, summary FROM change
         WHERE plan = ?1 AND operation IN (?2, ?3) AND outcome IS NOT 'failed' AND (operation = ?2 OR outcome = 'done')
         ORDER BY id",
    )?;
    let mut rows = statement.query(params![run.id, create, DELETE])?;
    let mut there = BTreeSet::new();
    while let Some(row) = rows.next()? {
        let (made, summary): (bool, String) = (row.get(0)?, row.get(1)?);
        let name = summary.rsplit(' ').next().unwrap_or_default().to_owned();
        if made {
            there.insert(name);
        } else {
            there.remove(&name);
        }
    }
    let mut left: Vec<LeftBehind> = there
        .into_iter()
        .filter_map(|name| {
            let wave = name.rsplit('-').next()?.parse().ok()?;
            Some(LeftBehind {
                kind,
                name,
                wave,
                meaning: meaning.to_owned(),
            })
        })
        .collect();
    left.sort_by_key(|left| left.wave);
    Ok(left)
}

/// Deletes the state machines that an ended run has made, and nothing else: what does not have the run's tags is somebody
/// else's. Thing groups stay, since devices would lose what came by them; what that means is told with each.
///
/// # Errors
/// [`ErrorCode::InvalidInput`] for a run that has not ended; [`ErrorCode::RunElsewhere`], [`ErrorCode::NotFound`]; those of
/// the calls: what was deleted before is noted.
pub async fn run_clean_up(session: &Session, run: &str) -> Result<CleanedUp, Error> {
    let run = api::found(&session.engine, run).await?;
    here(session, &run)?;
    if !run.state.is_terminal() {
        return Err(Problem::new(
            ErrorCode::InvalidInput,
            "The run has not ended: what it has made may still be at work",
        )
        .hint("Wait until it has ended, or stop it.")
        .into());
    }
    let id = run.id.clone();
    let there = session
        .store()
        .read(move |c| left_behind(c, &rows::run(c, &id)?))
        .await?;
    let (mut deleted, mut left) = (Vec::new(), Vec::new());
    for one in there {
        match one.kind {
            LeftKind::ThingGroup => left.push(one),
            LeftKind::StateMachine => match stays(session, &run.id, &one).await? {
                Some(why) => left.push(LeftBehind {
                    meaning: why.to_owned(),
                    ..one
                }),
                None => {
                    delete(session, &run.id, &one).await?;
                    deleted.push(one);
                }
            },
        }
    }
    Ok(CleanedUp {
        deleted,
        left,
        run: api::run_get(session, &run.id).await?,
    })
}

/// Why a state machine is not to be deleted. One that is gone already may be.
async fn stays(
    session: &Session,
    run: &str,
    one: &LeftBehind,
) -> Result<Option<&'static str>, Error> {
    let names = Names::of(session, run, one.wave);
    let clients = &session.clients;
    let Some(tags) = clients.state_machine_tags(&names.machine_arn).await? else {
        return Ok(None);
    };
    let wave = one.wave.to_string();
    if tags.get(RUN_TAG).map(String::as_str) != Some(run) || tags.get(WAVE_TAG) != Some(&wave) {
        return Ok(Some(
            "It has not the tags of this run any more: somebody else may be using it.",
        ));
    }
    let execution = clients.describe_execution(&names.execution_arn).await?;
    Ok(execution
        .is_some_and(|execution| !execution.is_terminal())
        .then_some("Its execution has not ended. Stop it first, and clean up again."))
}

async fn delete(session: &Session, run: &str, one: &LeftBehind) -> Result<(), Error> {
    let intent = Intent {
        plan: run.to_owned(),
        operation: DELETE,
        summary: format!("Delete the state machine {}", one.name),
        ..Intent::default()
    };
    let intended = changes::intend(session, intent).await?;
    let arn = Names::of(session, run, one.wave).machine_arn;
    match session.clients.delete_state_machine(&arn).await {
        Ok(request_id) => changes::ended(session, intended, Ok(request_id)).await,
        Err(error) => {
            changes::ended(session, intended, Err(&error)).await?;
            Err(error.into())
        }
    }
}
