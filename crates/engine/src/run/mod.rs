//! Runs: a plan being carried out, watched, resumed and diagnosed.

mod api;
mod causes;
mod change_log;
mod compare;
mod compared;
mod documents;
mod driver;
mod drivers;
mod export;
mod fleet;
mod foreign;
mod foreign_rows;
mod history;
mod hold;
mod intents;
mod lock;
mod moves;
mod pace;
mod prune;
mod reader;
mod readings;
mod record;
mod refusal;
mod report_pages;
mod reports;
mod reread;
mod retried;
mod retry;
mod rows;
pub(crate) use rows::RunSettings;
mod samples;
mod search;
mod settle;
mod skip;
mod slices;
mod snapshot;
mod start;
mod targets;
mod v2;
mod verdict;

pub use api::{
    device_run_start, run_drive, run_get, run_resume, run_samples, run_start, run_start_plan,
    run_stop, run_stop_and_cancel, run_watch, runs_list,
};
pub use causes::run_causes;
pub use change_log::run_changes;
pub(crate) use compare::Comparisons;
pub use compare::{
    ChangeCounts, CompareQuery, CompareRow, CompareSide, Comparison, TargetChange, run_compare,
};
pub use drivers::Drivers;
pub use export::{ExportForm, run_export};
pub use foreign::{BulkRow, bulk_list, bulk_open};
pub use history::{HistoryRow, target_history};
pub use hold::{HoldReason, run_continue, run_pause, run_unpause};
pub use prune::{Pruned, run_prune};
pub use reader::{Reader, Reading, run_connection};
pub use reread::run_read_again;
pub use retry::{
    LeftOut, RetryPlan, RetryVersion, RetryWhat, run_retry, run_retry_plan, run_roll_back,
    run_roll_back_plan,
};
pub(crate) use skip::SKIPPED;
pub use skip::run_skip;
pub use start::{RUN_TAG, WAVE_TAG};
pub use targets::{for_each_target_row, run_cause_positions, run_fleet, run_targets};
pub(crate) use v2::{CallText, Told, plan_calls, start_calls, watch_calls};
pub use v2::{
    CleanedUp, GivenBefore, GivenComponent, LeftBehind, LeftKind, TargetDocuments, run_clean_up,
    run_set_at_once, target_documents,
};

use overseed_domain::{
    Millis,
    rollout::{BulkStatus, Counts, Generation, RunState, TargetState, WaveState},
    waves::{Verdict, Waves},
};
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::{Error, ErrorCode, Problem, Session, v2::plan::Way};

/// A run in a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RunRow {
    /// The run's id, which is also the plan's.
    pub id: String,
    /// Its name.
    pub name: String,
    /// V1 or V2.
    pub generation: Generation,
    /// Where it is.
    pub state: RunState,
    /// Targets by state.
    pub counts: Counts,
    /// When it was started.
    pub started_at: Millis,
    /// When it ended; of a run that was made elsewhere it is not known.
    pub ended_at: Option<Millis>,
    /// The account.
    pub account: String,
    /// The Region.
    pub region: String,
    /// The sandbox's id; absent for accounts.
    pub sandbox: Option<String>,
    /// Whether it belongs to the present connection; others are read-only.
    pub here: bool,
    /// Whether a process drives it now.
    pub driven: bool,
    /// Whether it was made elsewhere and recorded from its reports: it is never driven, lines of its input file are
    /// not known, and it is read anew only when asked for (`bulk_open`).
    pub foreign: bool,
    /// The run whose targets this one retries or rolls back.
    pub parent: Option<String>,
}

/// A run, whole: what a watch screen shows at once. Changes arrive as newer snapshots.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RunSnapshot {
    /// The row.
    pub row: RunRow,
    /// Who started it (ARN).
    pub started_by: String,
    /// What it is doing, in a few words.
    pub stage: String,
    /// Why it holds or failed.
    pub problem: Option<Problem>,
    /// What it waits for while it holds.
    pub hold: Option<HoldReason>,
    /// Whether a pause was asked for that begins once the present wave has settled.
    pub pausing: bool,
    /// How it was cut into waves, and what stands between them.
    pub rollout: Waves,
    /// The execution role.
    pub role_arn: String,
    /// Minutes that targets get to settle.
    #[specta(type = u32)]
    pub settle_minutes: f64,
    /// The waves, in order.
    pub waves: Vec<Wave>,
    /// How old the figures are: the last successful reading.
    pub read_at: Option<Millis>,
    /// Since when nothing could be read, and why.
    pub blind: Option<Blind>,
    /// Records attempted a second, over the last minutes.
    pub rate: Option<f64>,
    /// Seconds left for the attempts: the shortest and the longest that recent rates allow.
    #[specta(type = Option<(u32, u32)>)]
    pub eta: Option<(f64, f64)>,
    /// Reconciliation at the end: what does not add up, in sentences. Empty where all does.
    pub discrepancies: Vec<String>,
    /// What only V2 runs have.
    pub v2: Option<RunV2>,
}

/// How a V2 run is carried out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RunV2 {
    /// What makes the deployments.
    pub way: Way,
    /// How many core devices a state machine works on at once to begin with; it goes faster by itself.
    pub begins_with: u32,
    /// How many someone has said since ([`run_set_at_once`]); it stays at that.
    pub at_once: Option<u32>,
    /// Whether it was asked to cancel what was made, and has not done so yet.
    pub cancelling: bool,
    /// What it has left behind in the account, once it has ended.
    pub left_behind: Vec<LeftBehind>,
}

/// A time without readings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Blind {
    /// Since when.
    pub since: Millis,
    /// The last error.
    pub problem: Problem,
}

/// A wave of a run: one input file, and one bulk deployment or what makes the deployments of V2.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Wave {
    /// From 1.
    pub number: u32,
    /// Where it is.
    pub state: WaveState,
    /// Targets.
    pub targets: u32,
    /// Targets by state.
    pub counts: Counts,
    /// `s3://` URI of the input file.
    pub input_file_uri: String,
    /// SHA-256 of the input file.
    pub sha256: String,
    /// The bulk deployment, once started; of V2 the execution's ARN or the id of the thing group's deployment, absent
    /// where each device has one of its own.
    pub bulk_deployment: Option<String>,
    /// Its status.
    pub bulk_status: Option<BulkStatus>,
    /// RecordsProcessed.
    pub records_processed: u32,
    /// InvalidInputRecords.
    pub invalid_input_records: u32,
    /// RetryAttempts.
    pub retry_attempts: u32,
    /// ErrorMessage and ErrorDetails of the bulk deployment, in the service's words.
    pub errors: Vec<String>,
    /// When the bulk deployment was started.
    pub started_at: Option<Millis>,
    /// When the bulk deployment was seen terminal.
    pub ended_at: Option<Millis>,
    /// While it settles: when its targets have had their time.
    pub settle_until: Option<Millis>,
    /// What its gate said, once it was judged; absent where the plan is one wave.
    pub verdict: Option<Verdict>,
    /// Of its targets, those that someone left out before it was started; they stay waiting.
    pub skipped: u32,
    /// The thing group that was made for it, where its deployment goes to one.
    pub thing_group: Option<String>,
    /// The IoT job of that deployment, once the service has told it.
    pub job: Option<String>,
}

/// One reading of a run's figures, for the chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Sample {
    /// When.
    pub at: Millis,
    /// Records attempted.
    pub processed: u32,
    /// Targets by state.
    pub counts: Counts,
    /// Whether nothing was read for longer than expected since the reading before: no network, asleep, not driven.
    pub gap: bool,
}

/// Asks for targets of a run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", default)]
pub struct TargetsQuery {
    /// Only this state.
    pub state: Option<TargetState>,
    /// Only this cause.
    pub cause: Option<String>,
    /// Only this target, by its whole id or thing name: names begin like others. What else is asked for does not count then.
    pub target: Option<String>,
    /// Text in id, name or message.
    pub text: String,
    /// Rows before the page.
    pub offset: u32,
    /// Rows of the page; 500 at most.
    pub limit: u32,
}

/// One target of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct TargetRow {
    /// Its place in the plan, from 0: that of its digit in the fleet.
    pub position: u32,
    /// The group's id, or the core device's thing name.
    pub target: String,
    /// Its name, where the inventory knows it.
    pub name: Option<String>,
    /// The version it gets; of V2 the hash of its document ([`target_documents`]).
    pub version: String,
    /// Its line in the input file, from 1; 0 where it is not known, as of bulk deployments made elsewhere.
    pub line: u32,
    /// Its wave, from 1.
    pub wave: u32,
    /// Its state.
    pub state: TargetState,
    /// The deployment, once there is one.
    pub deployment: Option<String>,
    /// The key of its cause, where it did not succeed.
    pub cause: Option<String>,
    /// The service's error code.
    pub code: Option<String>,
    /// ErrorMessage, in the service's words.
    pub message: Option<String>,
    /// ErrorDetails, in the service's words.
    pub details: Vec<String>,
    /// How the last earlier run with this target ended for it.
    pub before: Option<TargetState>,
}

/// One page of targets.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct TargetsPage {
    /// The rows, in the order of the input file.
    pub rows: Vec<TargetRow>,
    /// Targets that match.
    pub matches: u32,
}

/// A call that changed something in the account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ChangeRow {
    /// When it was intended.
    pub at: Millis,
    /// The call, such as `greengrass:StartBulkDeployment`.
    pub operation: String,
    /// What it was about, in a sentence.
    pub summary: String,
    /// The caller (ARN).
    pub identity: String,
    /// `done`, `failed`, or absent while it is not known.
    pub outcome: Option<String>,
    /// AWS's request id.
    pub request_id: Option<String>,
    /// Why it failed.
    pub detail: Option<String>,
}

/// Whether a run may be changed over this connection.
///
/// # Errors
/// [`ErrorCode::RunElsewhere`].
fn here(session: &Session, run: &rows::Run) -> Result<(), Error> {
    if run.scope == session.scope {
        return Ok(());
    }
    Err(Problem::new(
        ErrorCode::RunElsewhere,
        "This run belongs to another account, Region or sandbox than the connection",
    )
    .hint("Connect to where it was started; here it can only be read.")
    .into())
}
