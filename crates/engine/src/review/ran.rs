//! Plans that were run before. Where the run was pruned the log of changes stays, and says that they were.

use jiff::Timestamp;
use overseed_domain::{Millis, rollout::RunState};
use rusqlite::{Connection, OptionalExtension, params};

use super::{Check, CheckState};
use crate::{Error, Session};

/// What runs do that makes deployments.
const MADE_BY: [&str; 3] = [
    "greengrass:StartBulkDeployment",
    "greengrass:CreateDeployment",
    "states:StartExecution",
];

/// When a plan was run before, and what its run is by now.
enum Ran {
    /// The run is there, and has ended or not.
    Known { at: Millis, ended: bool },
    /// It was taken out.
    Pruned { at: Millis },
}

/// Told of a plan that was run before. A start of it goes on with its run where that is there, and deploys to no target
/// twice; where it was pruned, to all of its targets anew. `None` for any other plan.
///
/// # Errors
/// Those of the store.
pub async fn before(session: &Session, plan: &str) -> Result<Option<Check>, Error> {
    let (scope, of) = (session.scope, plan.to_owned());
    let ran = session.store().read(move |c| ran(c, scope, &of)).await?;
    Ok(ran.map(|ran| {
        let detail = match ran {
            Ran::Known { at, ended: true } => format!(
                "This plan was run before, on {}, as run {plan}, which has ended. Starting it deploys nothing; to deploy \
                 once more, retry targets of that run or make a new plan.",
                day(at)
            ),
            Ran::Known { at, ended: false } => format!(
                "This plan is run since {} as run {plan}. Starting it goes on with that run.",
                day(at)
            ),
            Ran::Pruned { at } => format!(
                "This plan was run before, on {}, and its run was pruned since. Starting it deploys to all of its targets \
                 once more, whatever they have got by then.",
                day(at)
            ),
        };
        Check::new(
            "run_before",
            "This plan was not run before",
            CheckState::Warn,
            detail,
        )
    }))
}

fn day(at: Millis) -> String {
    Timestamp::from_millisecond(at.0).map_or_else(
        |_| "an earlier day".to_owned(),
        |at| at.strftime("%Y-%m-%d (UTC)").to_string(),
    )
}

fn ran(connection: &Connection, scope: i64, plan: &str) -> Result<Option<Ran>, Error> {
    let known: Option<(i64, String)> = connection
        .prepare_cached("SELECT started_at, state FROM run WHERE id = ?1")?
        .query_row([plan], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    if let Some((at, state)) = known {
        // Later versions of the app may know more words: such a run is told as one that goes on.
        let state = serde_json::from_value(serde_json::Value::String(state));
        return Ok(Some(Ran::Known {
            at: Millis(at),
            ended: state.is_ok_and(RunState::is_terminal),
        }));
    }
    let [bulk, deployment, execution] = MADE_BY;
    let at: Option<i64> = connection
        .prepare_cached(
            "SELECT max(at) FROM change WHERE plan = ?2 AND scope = ?1 AND operation IN (?3, ?4, ?5)",
        )?
        .query_row(params![scope, plan, bulk, deployment, execution], |row| {
            row.get(0)
        })?;
    Ok(at.map(|at| Ran::Pruned { at: Millis(at) }))
}
