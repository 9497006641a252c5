//! Carrying out and watching runs of Greengrass V2: the steps of the driver that differ from those of V1.
//!
//! There is no bulk deployment. What makes the deployments of a wave is this app, call by call ([`Way::Direct`]), a state
//! machine of Step Functions, or one deployment to a thing group that is made for the wave. Whatever it is, the devices
//! themselves say how they stand, by their effective deployments.

mod again;
mod cancel;
mod causes;
mod clean_up;
mod direct;
mod drafted;
mod engine_role;
mod failure;
mod found;
mod given;
mod group;
mod job;
mod lines;
mod log;
mod looks;
mod machine;
mod machine_watch;
mod overtaken;
mod prepare;
mod rate;
mod results;
mod retry;
mod settle;
mod targets;
mod told;

use std::collections::HashMap;

pub(super) use again::read_again;
pub(super) use causes::{CANCELED, NOT_AWAITED, describe as cause_of};
pub use clean_up::{CleanedUp, LeftBehind, LeftKind, run_clean_up};
pub(crate) use drafted::{Told, plan_calls};
use futures::future::BoxFuture;
pub use given::{GivenBefore, GivenComponent, TargetDocuments, target_documents};
use lines::WaveLines;
use overseed_domain::{Millis, rollout::Generation, v2::state_machine::FIRST_CONCURRENCY};
pub use rate::run_set_at_once;
pub(super) use retry::retry_plan;
use rusqlite::Connection;
pub(crate) use told::{CallText, start_calls, watch_calls};

use super::{
    RunV2, Wave,
    driver::Driver,
    intents::{self, Ask},
    rows::{Run, WaveRow},
};
use crate::{Error, v2::plan::Way};
use machine::name_of;

/// What a driver remembers of a wave from one turn to the next; whoever comes after it does without.
#[derive(Debug, Default)]
pub(super) struct Memory {
    /// The wave's file.
    lines: Option<WaveLines>,
    /// The position from which devices are looked at next.
    next_look: u32,
    /// How often a target's deployment was refused for what may pass, by its position.
    refused: HashMap<u32, u8>,
    /// When figures were taken down for the chart.
    sampled_at: Option<Millis>,
    /// When a map was told to go faster.
    hastened_at: Option<Millis>,
    /// The wave of which everything was read that was left after its end.
    read_out: Option<u32>,
    /// The job of a thing group's deployment, by the deployment.
    job: Option<(String, String)>,
}

/// What makes the deployments of a run.
pub(super) fn way(run: &Run) -> Way {
    run.settings.v2.as_ref().map_or(Way::Direct, |v2| v2.way)
}

/// How a V2 run is carried out; `None` for V1.
pub(super) fn shown(connection: &Connection, run: &Run) -> Result<Option<RunV2>, Error> {
    let Some(v2) = &run.settings.v2 else {
        return Ok(None);
    };
    Ok(Some(RunV2 {
        way: v2.way,
        begins_with: v2.concurrency.unwrap_or(FIRST_CONCURRENCY),
        at_once: run.settings.at_once,
        cancelling: !run.state.is_terminal()
            && intents::pending(connection, run.ordinal, Ask::Cancel)? > 0,
        left_behind: clean_up::left_behind(connection, run)?,
    }))
}

/// A wave with the names of what was made for it.
pub(super) fn with_names(run: &Run, wave: Wave) -> Wave {
    if run.generation != Generation::V2
        || way(run) != Way::ThingGroup
        || wave.bulk_deployment.is_none()
    {
        return wave;
    }
    Wave {
        thing_group: Some(name_of(&run.id, wave.number)),
        job: run.settings.jobs.get(&wave.number).cloned(),
        ..wave
    }
}

/// The steps are boxed, so that those of the other generation do not carry their size along on the stack.
type Step<'a> = BoxFuture<'a, Result<(), Error>>;

impl Driver {
    /// From a waiting wave to one that may be started.
    pub(super) fn prepare_v2<'a>(&'a mut self, run: &'a Run, wave: &'a WaveRow) -> Step<'a> {
        match way(run) {
            Way::Direct => Box::pin(self.prepare_direct(run, wave)),
            Way::StepFunctions => Box::pin(self.prepare_machine(run, wave)),
            Way::ThingGroup => Box::pin(self.prepare_group(run, wave)),
        }
    }

    /// Starts what makes the wave's deployments, or finds what an earlier try has started.
    pub(super) fn start_v2<'a>(
        &'a mut self,
        run: &'a Run,
        wave: &'a WaveRow,
        stop: bool,
    ) -> Step<'a> {
        match way(run) {
            Way::Direct => Box::pin(self.start_direct(wave, stop)),
            Way::StepFunctions => Box::pin(self.start_machine(run, wave, stop)),
            Way::ThingGroup => Box::pin(self.start_group(run, wave, stop)),
        }
    }

    /// One turn while deployments are made.
    pub(super) fn run_on_v2<'a>(
        &'a mut self,
        run: &'a Run,
        wave: &'a WaveRow,
        stop: bool,
    ) -> Step<'a> {
        match way(run) {
            Way::Direct => Box::pin(self.run_on_direct(run, wave, stop)),
            Way::StepFunctions => Box::pin(self.run_on_machine(run, wave, stop)),
            Way::ThingGroup => Box::pin(self.run_on_group(wave, stop)),
        }
    }

    /// One turn while the devices settle.
    pub(super) fn settle_v2<'a>(
        &'a mut self,
        run: &'a Run,
        wave: &'a WaveRow,
        stop: bool,
    ) -> Step<'a> {
        Box::pin(self.settle_devices(run, wave, stop))
    }

    /// Cancels what was made, where that was asked for and no more is made; answers whether it did, or tried to.
    pub(super) fn cancel_made_where_asked<'a>(
        &'a mut self,
        wave: &'a WaveRow,
    ) -> BoxFuture<'a, Result<bool, Error>> {
        Box::pin(self.cancel_where_asked(wave))
    }
}
