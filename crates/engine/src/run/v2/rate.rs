//! How fast a Distributed Map goes, said by someone while it does.

use overseed_aws::v2::MapRunPace;
use overseed_domain::rollout::WaveState;
use rusqlite::params;

use super::{
    super::{RunSnapshot, api, here, rows},
    way,
};
use crate::{
    Error, ErrorCode, Problem, Session,
    changes::{self, Intent},
    v2::plan::Way,
};

/// Child executions of one map at once at most (Step Functions Developer Guide, "MaxConcurrency").
const MOST: u32 = 10_000;

/// Sets how many core devices the state machine of a run works on at once: now, and in the waves that follow. Those that
/// it works on already are not stopped. The driver changes it no more by itself.
///
/// # Errors
/// [`ErrorCode::InvalidInput`] for a run that is carried out otherwise or has ended, and for a number that is none;
/// [`ErrorCode::RunElsewhere`], [`ErrorCode::NotFound`]; those of UpdateMapRun.
pub async fn run_set_at_once(
    session: &Session,
    run: &str,
    at_once: u32,
) -> Result<RunSnapshot, Error> {
    let run = api::found(&session.engine, run).await?;
    here(session, &run)?;
    if !(1..=MOST).contains(&at_once) {
        return Err(Problem::new(
            ErrorCode::InvalidInput,
            format!("A state machine cannot work on {at_once} core devices at once"),
        )
        .hint("Give a number from 1 to 10,000.")
        .into());
    }
    if way(&run) != Way::StepFunctions || run.state.is_terminal() {
        return Err(Problem::new(
            ErrorCode::InvalidInput,
            "There is no state machine at work whose rate could be changed",
        )
        .hint("Only a run that goes on by Step Functions has one.")
        .into());
    }
    let settings = rows::json(&rows::RunSettings {
        at_once: Some(at_once),
        ..run.settings.clone()
    })?;
    let ordinal = run.ordinal;
    let waves = session
        .store()
        .write(move |tx| {
            tx.execute(
                "UPDATE run SET settings = ?2 WHERE ordinal = ?1",
                params![ordinal, settings],
            )?;
            rows::waves(tx, ordinal)
        })
        .await?;
    let at_work = waves
        .iter()
        .find(|row| row.wave.state == WaveState::Running)
        .and_then(|row| row.wave.bulk_deployment.as_deref());
    if let Some(execution) = at_work {
        let maps = session.clients.list_map_runs(execution, None).await?;
        if let Some(map) = maps.items.first() {
            let intent = Intent {
                plan: run.id.clone(),
                operation: "states:UpdateMapRun",
                summary: format!("Let {at_once} child executions run at once"),
                ..Intent::default()
            };
            let intended = changes::intend(session, intent).await?;
            let pace = MapRunPace {
                max_concurrency: Some(at_once),
                ..MapRunPace::default()
            };
            match session.clients.update_map_run(&map.arn, pace).await {
                Ok(request_id) => changes::ended(session, intended, Ok(request_id)).await?,
                Err(error) => {
                    changes::ended(session, intended, Err(&error)).await?;
                    return Err(error.into());
                }
            }
        }
    }
    api::run_get(session, &run.id).await
}
