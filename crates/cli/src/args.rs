//! What can be typed.

mod after;
mod permissions;
mod v2;
mod v2_plan;
mod waves;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use overseed_domain::rollout::TargetState;
use overseed_sandbox::Scenario;

pub use after::{AfterCommand, ReportArgs, RetryArgs};
pub use permissions::{PackingArgs, PermissionsCommand, PermissionsShow};
pub use v2::{ComponentsCommand, DevicesCommand, RecipeArgs};
pub use v2_plan::PlanV2Args;
pub use waves::WavesArgs;

/// Shown at the end of `--help`; a test keeps it as it is.
const AFTER_HELP: &str = "\
Examples:
  Try it without an account: plan for all groups of the sandbox, start, see why some failed
    overseed-cli --sandbox plan new --bucket overseed-demo-000000000000 --role Demo --out plan.json
    overseed-cli run start plan.json --yes
    overseed-cli run list
    overseed-cli run causes 6f2a3c1e

  One plant's groups in an account, through a profile
    overseed-cli --profile plant groups refresh
    overseed-cli --profile plant plan new --filter press- --bucket plant-fw --role Fw --out p.json
    overseed-cli plan show p.json
    overseed-cli run start p.json --yes --json

  In waves: five groups, a tenth, the rest; wait where more than 2 % of a wave do not succeed
    overseed-cli plan new --bucket plant-fw --role Fw --wave 5 --wave 10% --max-failed 2% \\
      --out p.json
    overseed-cli run start p.json --yes
    overseed-cli run continue 6f2a3c1e

  Core devices (Greengrass V2): publish a component and deploy it to one thing group
    overseed-cli components publish recipe.yaml --artifacts files --bucket plant-components
    overseed-cli plan new --v2 --thing-group press --component com.plant.Press=1.2.0 --out p.json
    overseed-cli run start p.json --yes

  What an administrator has to allow, without a connection
    overseed-cli permissions show --groups ids.txt --account 123456789012 --region eu-west-1 \\
      --role Fw --bucket plant-fw --prefix overseed --format terraform

  An input file of one's own, checked in a pipeline
    overseed-cli file check input.jsonl --json

Connection: a plan and a run remember where they belong, so that `plan show` and `run …` need no connection options; \
`run list`, `watch`, `targets` and `causes` read the data folder and need no credentials.

Exit status:
  0    all is well: what was asked for is done, and every target of the run succeeded
  1    the input file would be refused, permissions are missing or do not fit into policies, or a target of the run did \
not succeed
  2    the command line is not valid
  3    the run holds, or nobody drives it: it waits for you
  4    no connection, or no valid credentials
  5    another error; standard error says which
  130  interrupted; a run stays as it is and can be resumed

Window and command line share one data folder: what one starts, the other shows.";

/// Deployments to fleets of AWS IoT Greengrass core devices and groups, without a window.
///
/// The same as the app Overseed does, for pipelines and terminals: list the targets, make a plan, start it, watch it to
/// the end, and see why targets failed. The results of a command go to standard output, progress and messages to
/// standard error.
#[derive(Debug, Parser)]
#[command(name = "overseed-cli", bin_name = "overseed-cli", version, after_help = AFTER_HELP, max_term_width = 110)]
pub struct Cli {
    #[command(flatten)]
    pub connection: ConnectionArgs,
    #[command(flatten)]
    pub general: GeneralArgs,
    #[command(subcommand)]
    pub command: Command,
}

/// Where to work.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Connection")]
pub struct ConnectionArgs {
    /// Profile of the shared AWS config; without it the SDK looks in the environment and so on
    #[arg(long, global = true, value_name = "NAME")]
    pub profile: Option<String>,
    /// Region; without it the profile's, or the environment's
    #[arg(long, global = true, value_name = "REGION")]
    pub region: Option<String>,
    /// Endpoint for all services, such as http://127.0.0.1:4599
    #[arg(long, global = true, value_name = "URL")]
    pub endpoint_url: Option<String>,
    /// The built-in sandbox instead of an account: all-well, mixed, cores-off, throttling, slow-start, small-pages or
    /// prefixed-ids. Without a scenario and settings: the one that runs, or ran last, in this data folder
    #[arg(long, global = true, value_name = "SCENARIO", num_args = 0..=1, require_equals = true)]
    pub sandbox: Option<Option<Scenario>>,
    /// How many groups the sandbox has [default: 500]
    #[arg(long, global = true, value_name = "N", alias = "groups-in-sandbox")]
    pub sandbox_groups: Option<u32>,
    /// What the sandbox's fleet and its fortunes are drawn from [default: 7]
    #[arg(long, global = true, value_name = "N")]
    pub seed: Option<u64>,
    /// Simulated seconds a second in the sandbox [default: 60]
    #[arg(long, global = true, value_name = "FACTOR")]
    pub speed: Option<f64>,
}

/// How to say it.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "General")]
pub struct GeneralArgs {
    /// Write JSON lines to standard output, and errors as one JSON line to standard error
    #[arg(long, global = true)]
    pub json: bool,
    /// Data folder of both faces [default: the platform's place for the data of apps]
    #[arg(
        long,
        global = true,
        value_name = "FOLDER",
        env = "OVERSEED_DATA_DIR",
        hide_env_values = true
    )]
    pub data_dir: Option<PathBuf>,
    /// Log to standard error; twice for more
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// The account's groups
    #[command(subcommand)]
    Groups(GroupsCommand),
    /// The account's core devices (Greengrass V2)
    #[command(subcommand)]
    Devices(DevicesCommand),
    /// Components (Greengrass V2): which there are; check a recipe, publish it with its artifacts
    #[command(subcommand)]
    Components(ComponentsCommand),
    /// The versions that a group has, newest first
    Versions {
        /// The group's id, or its name where no other group has it
        group: String,
    },
    /// Input files of bulk deployments: check one, make one
    #[command(subcommand)]
    File(FileCommand),
    /// Plans: what will be done, as a file that can be reviewed
    #[command(subcommand)]
    Plan(PlanCommand),
    /// Permissions of the execution role: what it needs, what is missing, apply it, take it back
    #[command(subcommand)]
    Permissions(PermissionsCommand),
    /// Runs: plans being carried out
    #[command(subcommand)]
    Run(RunCommand),
}

/// `groups …`
#[derive(Debug, Subcommand)]
pub enum GroupsCommand {
    /// List all groups of the account anew and keep them
    Refresh,
    /// Show the groups that are known; they are listed first if they never were
    List {
        /// Only groups with this text in name or id
        #[arg(long, value_name = "TEXT")]
        filter: Option<String>,
    },
}

/// `file …`
#[derive(Debug, Subcommand)]
pub enum FileCommand {
    /// Check every line of an input file; needs no connection
    #[command(after_help = CHECK_HELP)]
    Check {
        /// The input file
        file: PathBuf,
    },
    /// Make an input file from a list; needs a connection only where versions are missing
    Make {
        /// A list of groups: `id` or `id,version` on each line; without a version the latest
        #[arg(long, value_name = "FILE")]
        groups: PathBuf,
        /// The input file to write
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
}

const CHECK_HELP: &str = "\
With --json each finding is a line {\"line\",\"code\",\"message\",\"serviceMessage\"}: serviceMessage is what Greengrass \
would answer; null where it would take the line all the same, and where its words are not known (empty_file, \
file_too_large). Line 0 is the whole file. The last line is a summary: \
{\"records\",\"lines\",\"bytes\",\"longestLine\",\"sha256\",\"findings\",\"refusals\"}.

Exit status: 0 where Greengrass would take the file, 1 where it would refuse it.";

/// `plan …`
#[derive(Debug, Subcommand)]
pub enum PlanCommand {
    /// Make a plan: which groups get which version, through which bucket and role; with --v2 which core devices get which
    /// components
    New(Box<PlanNew>),
    /// Show a plan: its input file and hash, what its role has to be allowed, and what would stop it now
    Show {
        /// The plan
        plan: PathBuf,
    },
}

/// `plan new …`
#[derive(Debug, Args)]
pub struct PlanNew {
    /// Deployable groups with this text in name or id, at their latest version; without it, all
    #[arg(long, value_name = "TEXT", conflicts_with = "groups")]
    pub filter: Option<String>,
    /// A list of groups instead: `id` or `id,version` on each line
    #[arg(long, value_name = "FILE")]
    pub groups: Option<PathBuf>,
    /// The bucket for the input file, in the connection's Region
    #[arg(long, value_name = "BUCKET", required_unless_present = "v2")]
    pub bucket: Option<String>,
    /// The execution role's name; it is made when the plan is started, if it does not exist
    #[arg(long, value_name = "NAME", required_unless_present = "v2")]
    pub role: Option<String>,
    /// How long targets may take after the bulk deployment has ended, such as 90s, 45m or 2h [default: 30m, in the
    /// sandbox 1m]
    #[arg(long, value_name = "TIME", value_parser = span)]
    pub settle: Option<jiff::SignedDuration>,
    /// Prefix of the object's key in the bucket
    #[arg(long, value_name = "PREFIX", default_value = "overseed")]
    pub prefix: String,
    #[command(flatten)]
    pub packing: PackingArgs,
    #[command(flatten)]
    pub waves: WavesArgs,
    /// A name for people [default: the plan file's]
    #[arg(long, value_name = "TEXT")]
    pub name: Option<String>,
    /// The plan to write
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    #[command(flatten)]
    pub v2: PlanV2Args,
}

/// `run …`
#[derive(Debug, Subcommand)]
pub enum RunCommand {
    /// Carry a plan out: permissions, upload, start, and on to the end
    #[command(after_help = START_HELP)]
    Start {
        /// The plan
        plan: PathBuf,
        /// Do not ask
        #[arg(long, short)]
        yes: bool,
    },
    /// Drive a run on to the end that holds for a problem or whose driver is gone; at a gate or a pause it is left as it is
    Resume {
        /// The run's id, or enough of its beginning
        run: String,
    },
    /// Watch a run to its end; only reads, and changes nothing when it is interrupted
    Watch {
        /// The run's id, or enough of its beginning
        run: String,
    },
    /// Stop a run: nothing more is deployed and no other wave is started; deployments already made stay and get their time
    /// to settle. A second stop meanwhile ends the waiting
    Stop {
        /// The run's id, or enough of its beginning
        run: String,
        /// Cancel the deployments of core devices that were made and have not ended; bulk deployments of groups cannot
        #[arg(long)]
        cancel: bool,
    },
    /// Set how many core devices the state machine of a run works on at once, from now on; those that it works on go on
    AtOnce {
        /// The run's id, or enough of its beginning
        run: String,
        /// From 1 to 10000
        #[arg(value_name = "N")]
        at_once: u32,
    },
    /// Delete the state machines that an ended run has made, and nothing else; thing groups stay, and it is said what that means
    CleanUp {
        /// The run's id, or enough of its beginning
        run: String,
    },
    /// Wait for `run continue` once the present wave has settled; what is under way cannot be paused
    Pause {
        /// The run's id, or enough of its beginning
        run: String,
    },
    /// Go on with a run that holds, or take a pause back that has not begun, and drive it on
    Continue {
        /// The run's id, or enough of its beginning
        run: String,
    },
    /// Leave targets out of waves that have not been started; they stay waiting
    Skip {
        /// The run's id, or enough of its beginning
        run: String,
        /// Ids of groups or names of core devices, as `run targets` shows them
        #[arg(required = true, value_name = "TARGET")]
        targets: Vec<String>,
    },
    /// All runs of this computer, newest first
    List,
    /// The targets of a run, in the order of the plan, with the service's words where they failed
    Targets {
        /// The run's id, or enough of its beginning
        run: String,
        /// Only targets in this state: waiting, submitted, in_progress, succeeded, failed or unknown
        #[arg(long, value_parser = target_state)]
        state: Option<TargetState>,
    },
    /// Why targets of a run failed, by cause, largest first
    Causes {
        /// The run's id, or enough of its beginning
        run: String,
    },
    #[command(flatten)]
    After(AfterCommand),
}

const START_HELP: &str = "\
The same plan started twice is one run: a second start drives the run on, or watches it while another window or \
command drives it. Without a connection option the plan's own connection is used. Ctrl-C ends the driving, not the \
deployments: `overseed-cli run resume RUN` goes on.

Exit status: 0 only if every target succeeded.";

fn span(text: &str) -> Result<jiff::SignedDuration, String> {
    text.parse()
        .map_err(|_| "write hours, minutes and seconds, such as 90s, 45m or 1h30m".to_owned())
}

fn target_state(text: &str) -> Result<TargetState, String> {
    // The words of the JSON output, a hyphen being as good as an underscore.
    serde_json::from_value(text.replace('-', "_").into()).map_err(|_| {
        "the states are waiting, submitted, in_progress, succeeded, failed, unknown".to_owned()
    })
}
