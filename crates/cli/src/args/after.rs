//! What comes after a run: retry, roll back, compare, report; and the account's bulk deployments.

use std::path::PathBuf;

use clap::{ArgGroup, Args, Subcommand, ValueEnum};
use overseed_domain::rollout::TargetState;
use overseed_engine::run::{RetryVersion, TargetChange};

use super::target_state;

/// More of `run …`.
#[derive(Debug, Subcommand)]
pub enum AfterCommand {
    /// Make a plan of targets of a run that did not succeed
    Retry(RetryArgs),
    /// Make a plan that takes what succeeded in a run back to what it had before
    RollBack {
        /// The run's id, or enough of its beginning
        run: String,
        /// The plan to write
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// What changed from one run to another, target by target
    Compare {
        /// The run to compare from, usually the older one
        a: String,
        /// The run to compare with it
        b: String,
        /// Only targets that changed so; all but `same` otherwise
        #[arg(long, value_enum)]
        change: Option<Change>,
    },
    /// Write a run to files: a report, targets, causes, changes, its plan, a rule for events
    #[command(after_help = REPORT_HELP)]
    Report(Box<ReportArgs>),
    /// Read once more what is unknown of a run that has ended: the reports of its groups, or what its core devices say of
    /// their deployments. It deploys nothing
    ReadAgain {
        /// The run's id, or enough of its beginning
        run: String,
    },
    /// What earlier runs did with a target
    History {
        /// The run's id, or enough of its beginning
        run: String,
        /// The group's id, or the core device's name
        target: String,
    },
    /// The account's bulk deployments (Greengrass V1), newest first, with the runs that they belong to
    BulkDeployments,
    /// Open a bulk deployment of the account by its id; one that was started elsewhere is recorded as a run that is only
    /// read, and is read anew each time. Of an ended run of this computer it does what `run read-again` does
    Open {
        /// The bulk deployment's id
        bulk_deployment: String,
    },
    /// Take runs out that ended long ago, with their targets and files; the log of changes stays
    Prune {
        /// How long ago, in days, such as 90d
        #[arg(long, value_name = "TIME", value_parser = days)]
        older_than: u32,
        /// Do it; otherwise it only says what it would do
        #[arg(long, short)]
        yes: bool,
    },
}

/// `run retry …`
#[derive(Debug, Args)]
pub struct RetryArgs {
    /// The run's id, or enough of its beginning
    pub run: String,
    /// Only this cause, by its key as `run causes --json` has it
    #[arg(long, value_name = "KEY")]
    pub cause: Option<String>,
    /// Only this group or core device; again for each further one, whatever its state
    #[arg(long = "target", value_name = "ID")]
    pub targets: Vec<String>,
    /// Only targets in this state; again for each further one [default: failed and unknown]
    #[arg(long = "state", value_name = "STATE", value_parser = target_state)]
    pub states: Vec<TargetState>,
    /// What they get: groups a version, core devices a deployment document
    #[arg(long, value_enum, default_value = "same")]
    pub version: Version,
    /// The plan to write
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
}

/// What a retry deploys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Version {
    /// What the run deployed
    Same,
    /// Groups: the latest version now; core devices: what the run deployed
    Latest,
    /// What they had before: core devices the deployment before the run; groups the version that an earlier run deployed
    /// or, where there is none, the one listed before
    Previous,
}

impl From<Version> for RetryVersion {
    fn from(version: Version) -> Self {
        match version {
            Version::Same => Self::Same,
            Version::Latest => Self::Latest,
            Version::Previous => Self::Previous,
        }
    }
}

/// How a target changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Change {
    /// Failing in B, and not in A
    NewlyFailing,
    /// Failing in both
    StillFailing,
    /// Failing in A, succeeded in B
    Fixed,
    /// Without an outcome in one of them
    Unsettled,
    /// In A alone
    OnlyA,
    /// In B alone
    OnlyB,
    /// Succeeded in both
    Same,
}

impl From<Change> for TargetChange {
    fn from(change: Change) -> Self {
        match change {
            Change::NewlyFailing => Self::NewlyFailing,
            Change::StillFailing => Self::StillFailing,
            Change::Fixed => Self::Fixed,
            Change::Unsettled => Self::Unsettled,
            Change::OnlyA => Self::OnlyA,
            Change::OnlyB => Self::OnlyB,
            Change::Same => Self::Same,
        }
    }
}

/// `run report …`
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("forms").required(true).multiple(true))]
pub struct ReportArgs {
    /// The run's id, or enough of its beginning
    pub run: String,
    /// A report for people: one HTML file that opens without network
    #[arg(long, value_name = "FILE", group = "forms")]
    pub html: Option<PathBuf>,
    /// All targets with their outcome, comma-separated
    #[arg(long, value_name = "FILE", group = "forms")]
    pub csv: Option<PathBuf>,
    /// With --json: all targets with their outcome, as JSON lines
    #[arg(value_name = "FILE", group = "forms", requires = "json")]
    pub targets_json: Option<PathBuf>,
    /// The causes, comma-separated
    #[arg(long, value_name = "FILE", group = "forms")]
    pub causes_csv: Option<PathBuf>,
    /// The causes, as JSON lines
    #[arg(long, value_name = "FILE", group = "forms")]
    pub causes_json: Option<PathBuf>,
    /// The calls that changed something in the account, comma-separated
    #[arg(long, value_name = "FILE", group = "forms")]
    pub changes_csv: Option<PathBuf>,
    /// The calls that changed something in the account, as JSON lines
    #[arg(long, value_name = "FILE", group = "forms")]
    pub changes_json: Option<PathBuf>,
    /// The run's plan
    #[arg(long, value_name = "FILE", group = "forms")]
    pub plan: Option<PathBuf>,
    /// A CloudFormation template: an EventBridge rule for the ends of the groups' deployments, and a topic that is told
    #[arg(long, value_name = "FILE", group = "forms")]
    pub events_cloudformation: Option<PathBuf>,
    /// The same rule as AWS CLI commands, for a topic that is there
    #[arg(long, value_name = "FILE", group = "forms")]
    pub events_cli: Option<PathBuf>,
}

const REPORT_HELP: &str = "\
`run report RUN --json FILE` writes the targets as JSON lines. Needs no connection. Several files can be written at once. In CSV a text that a spreadsheet would take for a formula (it \
begins with = + - @, a tab or a line break) has an apostrophe before it; JSON has all texts as they are.";

fn days(text: &str) -> Result<u32, String> {
    let number = text.trim().strip_suffix('d').unwrap_or(text.trim());
    number
        .parse()
        .map_err(|_| "a number of days is expected, such as 90d".to_owned())
}
