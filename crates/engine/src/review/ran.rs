//! Plans whose runs were pruned: the log of changes stays, and says that they were run.

use jiff::Timestamp;
use overseed_domain::Millis;
use rusqlite::{Connection, params};

use super::{Check, CheckState};
use crate::{Error, Session};

/// What runs do that makes deployments.
const MADE_BY: [&str; 3] = [
    "greengrass:StartBulkDeployment",
    "greengrass:CreateDeployment",
    "states:StartExecution",
];

/// Told of a plan that was run before and whose run is not known any more: a start of it does not go on with that run,
/// but deploys to all of its targets anew. `None` for any other plan.
///
/// # Errors
/// Those of the store.
pub(crate) async fn before(session: &Session, plan: &str) -> Result<Option<Check>, Error> {
    let (scope, of) = (session.scope, plan.to_owned());
    let at = session
        .store()
        .read(move |c| made_at(c, scope, &of))
        .await?;
    Ok(at.map(|at| {
        let day = Timestamp::from_millisecond(at.0).map_or_else(
            |_| "an earlier day".to_owned(),
            |at| at.strftime("%Y-%m-%d (UTC)").to_string(),
        );
        let detail = format!(
            "This plan was run before, on {day}, and its run was pruned since. Starting it deploys to all of its targets \
             once more, whatever they have got by then."
        );
        Check::new(
            "run_before",
            "This plan was not run before",
            CheckState::Warn,
            detail,
        )
    }))
}

fn made_at(connection: &Connection, scope: i64, plan: &str) -> Result<Option<Millis>, Error> {
    let [bulk, deployment, execution] = MADE_BY;
    let at: Option<i64> = connection
        .prepare_cached(
            "SELECT max(at) FROM change
             WHERE plan = ?2 AND scope = ?1 AND operation IN (?3, ?4, ?5)
               AND NOT EXISTS (SELECT 1 FROM run WHERE id = ?2)",
        )?
        .query_row(params![scope, plan, bulk, deployment, execution], |row| {
            row.get(0)
        })?;
    Ok(at.map(Millis))
}
