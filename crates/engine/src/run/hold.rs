//! Waiting between waves: why a run does it, how it is asked to, and how it goes on.

use overseed_domain::rollout::{RunState, WaveState};
use serde::{Deserialize, Serialize};
use specta::Type;

use super::{
    RunSnapshot, api, here,
    intents::{self, Ask},
    rows,
};
use crate::{Error, ErrorCode, Problem, Session};

/// What a run that holds waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum HoldReason {
    /// Someone paused it.
    Paused,
    /// More targets failed or are unknown than its gate allows.
    Gate,
    /// It waits after each wave.
    BetweenWaves,
    /// Something has to be mended; the problem stands with the run.
    Problem,
}

impl HoldReason {
    /// Whether it is a decision that the run waits for, and not a remedy.
    #[must_use]
    pub const fn is_decision(self) -> bool {
        !matches!(self, Self::Problem)
    }
}

/// Asks for a pause: once the present wave has settled, the next one is not started until [`run_continue`]. A bulk
/// deployment that was started cannot be paused.
///
/// # Errors
/// [`ErrorCode::InvalidInput`] where no wave is left to wait with; [`ErrorCode::RunElsewhere`],
/// [`ErrorCode::NotFound`].
pub async fn run_pause(session: &Session, run: &str) -> Result<RunSnapshot, Error> {
    let run = api::found(&session.engine, run).await?;
    here(session, &run)?;
    if run.state.is_terminal() || run.state == RunState::Hold {
        return api::run_get(session, &run.id).await;
    }
    let ordinal = run.ordinal;
    let waves = session
        .store()
        .read(move |c| rows::waves(c, ordinal))
        .await?;
    let left = waves.iter().any(|row| row.wave.state == WaveState::Waiting);
    if run.recorded && !left {
        return Err(Problem::new(
            ErrorCode::InvalidInput,
            "There is nothing to pause: the last wave has been started",
        )
        .hint("A wave that was started cannot be paused. Stop the run if no more targets are to be attempted.")
        .into());
    }
    intents::ask(&session.engine, &run.id, Ask::Pause).await?;
    api::run_get(session, &run.id).await
}

/// Takes a pause back that has not begun, and drives a run on that holds or that nobody drives.
///
/// # Errors
/// [`ErrorCode::RunElsewhere`], [`ErrorCode::NotFound`].
pub async fn run_continue(session: &Session, run: &str) -> Result<RunSnapshot, Error> {
    run_unpause(session, run).await?;
    let run = api::found(&session.engine, run).await?;
    api::go_on(session, &run).await
}

/// Takes a pause back that has not begun, and nothing else: for faces that drive the run themselves.
///
/// # Errors
/// [`ErrorCode::RunElsewhere`], [`ErrorCode::NotFound`].
pub async fn run_unpause(session: &Session, run: &str) -> Result<RunSnapshot, Error> {
    let run = api::found(&session.engine, run).await?;
    here(session, &run)?;
    let (ordinal, at) = (run.ordinal, session.clock().now());
    session
        .store()
        .write(move |tx| intents::obeyed(tx, ordinal, Ask::Pause, at))
        .await?;
    api::run_get(session, &run.id).await
}
