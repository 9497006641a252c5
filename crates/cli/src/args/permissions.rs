//! `permissions …`, and how plans pack.

use std::path::PathBuf;

use clap::{
    Args, Subcommand,
    builder::{PossibleValuesParser, TypedValueParser},
};
use overseed_engine::permissions::{HandOver, Pack, ReadBy};
use serde::de::DeserializeOwned;

const PACK: &[&str] = &["auto", "inline", "managed", "wildcard"];
const READ_BY: &[&str] = &["role", "bucket"];
const FORMS: &[&str] = &["json", "cloudformation", "terraform", "aws-cli", "caller"];

/// How the role's policies are made.
#[derive(Debug, Args)]
pub struct PackingArgs {
    /// How the groups are packed into the role's policies; auto takes the first of the others that fits
    #[arg(long, value_name = "HOW", default_value = "auto", value_parser = words::<Pack>(PACK))]
    pub pack: Pack,
    /// Whose policy lets the role read the input file
    #[arg(long, value_name = "WHOSE", default_value = "role", value_parser = words::<ReadBy>(READ_BY))]
    pub read_by: ReadBy,
}

/// `permissions …`
#[derive(Debug, Subcommand)]
pub enum PermissionsCommand {
    /// Print everything that groups, role and bucket need, for an administrator; asks AWS nothing
    #[command(after_help = SHOW_HELP)]
    Show(PermissionsShow),
    /// What a plan needs beside what is there; changes nothing
    #[command(after_help = DIFF_HELP)]
    Diff {
        /// The plan
        plan: PathBuf,
        /// All lines of long documents
        #[arg(long)]
        full: bool,
    },
    /// Make the changes that `diff` shows; where nothing is missing, nothing is changed
    #[command(after_help = APPLY_HELP)]
    Apply {
        /// The plan
        plan: PathBuf,
        /// Do not ask
        #[arg(long, short)]
        yes: bool,
    },
    /// Print everything that a plan needs, for an administrator, in view of what is there; changes nothing
    HandOver {
        /// The plan
        plan: PathBuf,
        /// The form, as with `show`
        #[arg(long, value_name = "FORM", default_value = "json", value_parser = words::<HandOver>(FORMS))]
        format: HandOver,
    },
    /// Take back what was changed for a plan on this computer, the newest change first
    Undo {
        /// The plan
        plan: PathBuf,
        /// Do not ask
        #[arg(long, short)]
        yes: bool,
    },
}

/// `permissions show …`
#[derive(Debug, Args)]
pub struct PermissionsShow {
    /// A list of groups: `id` or `id,version` on each line
    #[arg(long, value_name = "FILE")]
    pub groups: PathBuf,
    /// The account's id; with --region no connection is made, without it the connection tells
    #[arg(long, value_name = "ACCOUNT")]
    pub account: Option<String>,
    /// The execution role's name
    #[arg(long, value_name = "NAME")]
    pub role: String,
    /// The bucket of the input file
    #[arg(long, value_name = "BUCKET")]
    pub bucket: String,
    /// The one object that the role may read: the stricter choice
    #[arg(long, value_name = "KEY", conflicts_with = "prefix")]
    pub key: Option<String>,
    /// The role may read every object under this prefix, so that the next plan needs no change [default: overseed]
    #[arg(long, value_name = "PREFIX")]
    pub prefix: Option<String>,
    #[command(flatten)]
    pub packing: PackingArgs,
    /// The form; caller is the least-privilege policy for whoever uses Overseed, to be attached as a managed policy (it is
    /// longer than the 2,048 characters of a user's inline policies)
    #[arg(long, value_name = "FORM", default_value = "json", value_parser = words::<HandOver>(FORMS))]
    pub format: HandOver,
}

const SHOW_HELP: &str = "\
The JSON form: {\"trust\", \"inline\": [{\"name\", \"document\"}], \"managed\": [{\"name\", \"document\"}], \
\"bucketStatement\", \"passRole\", \"app\", \"widened\", \"sizes\", …}. Sizes are characters as IAM counts them, without white \
space. Names are not looked up: the list has ids. Nobody looks whether the role is there, or what else its policies hold: \
the documents fit into a role without other policies, by IAM's documented quotas.

Packing: inline is one policy of the role (10,240 characters, about 100 groups), managed are customer-managed policies \
(6,144 each, 10 of them), wildcard names no group and widens the role to all groups of the account and Region.

Exit status: 1 where the groups do not fit in the way asked for; the message names the one that fits.";

const DIFF_HELP: &str = "\
With --json a line for each requirement {\"kind\":\"requirement\",\"id\",\"title\",\"now\",\"detail\",…}, one for each change \
{\"kind\":\"change\",\"id\",\"title\",\"operation\",\"before\",\"after\",\"size\",\"limit\",…}, and a last one \
{\"kind\":\"summary\",\"role\",\"satisfied\",…}.

Exit status: 0 where nothing is to be changed and all requirements hold, otherwise 1. What you yourself may do counts \
only where the answer is a plain no: not everyone may ask in advance.

Of a V2 plan: the devices' role and, with Step Functions, the state machine's; with --json each line has `roleKind`, \
`device` or `engine`, and the last one `roles`.";

const APPLY_HELP: &str = "\
A change that fails ends it: the answer lists what was done, what failed and why, and what was not tried; applying again \
does the rest. `permissions undo` takes it back.

Exit status: 0 where everything is done and all requirements hold, 1 where one does not hold all the same.";

/// One of several words, as the JSON output spells them but for hyphens.
fn words<T: DeserializeOwned + Clone + Send + Sync + 'static>(
    of: &'static [&'static str],
) -> impl TypedValueParser<Value = T> {
    PossibleValuesParser::new(of)
        .try_map(|word| serde_json::from_value(word.replace('-', "_").into()))
}
