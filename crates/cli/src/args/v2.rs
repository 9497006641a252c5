//! What can be typed about Greengrass V2.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// `devices …`
#[derive(Debug, Subcommand)]
pub enum DevicesCommand {
    /// List all core devices and thing groups of the account anew and keep them
    Refresh,
    /// Show the core devices that are known; they are listed first if they never were
    List {
        /// Only devices with this text in the thing's name
        #[arg(long, value_name = "TEXT")]
        filter: Option<String>,
        /// Only devices in this thing group, or in its child groups; who is in it is read anew
        #[arg(long, value_name = "NAME")]
        thing_group: Option<String>,
        /// Only devices of this status, such as healthy or unhealthy
        #[arg(long, value_name = "STATUS")]
        status: Option<String>,
        /// Read nucleus version and thing groups as well: two calls for each device shown, unless they are known
        #[arg(long)]
        details: bool,
    },
}

/// `components …`
#[derive(Debug, Subcommand)]
pub enum ComponentsCommand {
    /// Show the account's components with their latest versions
    List {
        /// Those that AWS offers to all instead
        #[arg(long)]
        public: bool,
    },
    /// Show the versions of a component, newest first
    Versions {
        /// The component's name where it is the account's own; else its ARN without a version
        component: String,
    },
    /// Check a recipe; needs no connection but with --in-account
    #[command(after_help = CHECK_HELP)]
    Check {
        #[command(flatten)]
        recipe: RecipeArgs,
        /// Compare it with the account too: versions, artifacts in S3, secrets
        #[arg(long)]
        in_account: bool,
    },
    /// Upload the artifacts of a recipe, make the component version, and wait until it can be deployed
    #[command(after_help = PUBLISH_HELP)]
    Publish {
        #[command(flatten)]
        recipe: RecipeArgs,
        /// Overwrite objects that are there with other bytes; versions that use them fail on devices
        #[arg(long)]
        overwrite: bool,
    },
    /// Make a secret that components read, from a JSON file with an object of strings; its value is shown nowhere
    #[command(after_help = SECRET_HELP)]
    Secret {
        /// The secret's name, as the component's configuration has it
        name: String,
        /// The file; - reads standard input
        #[arg(long, value_name = "FILE")]
        from: PathBuf,
        /// Refuse a file whose object lacks this key
        #[arg(long)]
        key: Option<String>,
    },
}

/// A recipe and what is put in the place of what it says.
#[derive(Debug, Args)]
pub struct RecipeArgs {
    /// The recipe, YAML or JSON
    pub recipe: PathBuf,
    /// The folder with its artifacts; without it all of them have to be in S3
    #[arg(long, value_name = "DIR")]
    pub artifacts: Option<PathBuf>,
    /// The bucket for every stand-in in the artifacts' URIs, or, as STAND_IN=BUCKET, for one of them
    #[arg(long, value_name = "[STAND_IN=]BUCKET")]
    pub bucket: Vec<String>,
    /// Another version than the recipe's
    #[arg(long, value_name = "VERSION")]
    pub set_version: Option<String>,
    /// Put the component's version into the artifacts' keys in the place of another one
    #[arg(long)]
    pub artifact_versions: bool,
    /// A JSON file with another default configuration
    #[arg(long, value_name = "FILE")]
    pub configuration: Option<PathBuf>,
}

const CHECK_HELP: &str = "\
With --json the answer is one line: {\"name\",\"version\",\"recipe\",\"format\",\"configuration\",\"placeholders\",\
\"artifacts\",\"findings\"}, each finding being {\"code\",\"severity\",\"component\",\"path\",\"line\",\"message\",\
\"remedy\"}; with --in-account that is its field \"recipe\", beside \"arn\", \"versions\", \"standing\", \"differences\", \
\"proposed\" and \"objects\".

Exit status: 0 where it could be published, 1 where a finding is an error or the version is taken.";

const SECRET_HELP: &str = "\
With --json the answer is one line: {\"name\",\"arn\"}. A secret that is there is left as it is, with exit status 5.

  aws secretsmanager create-secret --name=NAME --secret-string file://FILE does the same.";

const PUBLISH_HELP: &str = "\
Versions never change: the same recipe and artifacts again are answered as published, others under the same version are \
refused, with a version that is free.";
