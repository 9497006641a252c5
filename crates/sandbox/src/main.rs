//! The sandbox as a program.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Parser;
use overseed_sandbox::{Sandbox, Scenario, Settings, SystemClock, process};

/// A local AWS on loopback: Greengrass V1, IAM, STS and S3, for trying and testing without an account.
///
/// Prints one JSON line {"endpoint","region","accessKeyId","secretAccessKey","account"} when it is ready and
/// serves until interrupted. Point any SDK, the AWS CLI or boto3 at the endpoint with these keys:
///
///   aws --endpoint-url http://127.0.0.1:4599 greengrass list-groups
///
/// The keys are those of an administrator; make users and roles over the API and their policies are enforced.
/// Faults are ordered with POST /_sandbox/faults (Authorization: Bearer SECRETACCESSKEY), for instance
/// {"operation":"ListGroups","kind":"throttle","times":2}; GET /_sandbox/state shows the calls so far.
#[derive(Debug, Parser)]
#[command(name = "overseed-sandbox", version, verbatim_doc_comment)]
struct Arguments {
    /// Where to listen; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:4599")]
    listen: SocketAddr,
    /// How many Greengrass groups the account has
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u32).range(0..=1_000_000))]
    groups: u32,
    /// What names, ids and outcomes are drawn from: the same seed gives the same world
    #[arg(long, default_value_t = 7)]
    seed: u64,
    /// What goes right and wrong: all-well, mixed, cores-off, throttling, slow-start, small-pages,
    /// prefixed-ids
    #[arg(long, default_value_t = Scenario::Mixed)]
    scenario: Scenario,
    /// Simulated seconds a second
    #[arg(long, default_value_t = 60.0)]
    speed: f64,
    /// The Region of the account's resources
    #[arg(long, default_value = "eu-west-1")]
    region: String,
    /// The account's number
    #[arg(long, default_value = "000000000000")]
    account: String,
    /// Keep the state in this folder and go on from it the next time; otherwise it is thrown away at the end
    #[arg(long, value_name = "DIR")]
    state: Option<PathBuf>,
}

fn main() -> anyhow::Result<()> {
    if process::serve_if_asked() {
        return Ok(());
    }
    let arguments = Arguments::parse();
    let settings = Settings {
        groups: arguments.groups,
        seed: arguments.seed,
        scenario: arguments.scenario,
        speed: arguments.speed,
        region: arguments.region,
        account: arguments.account,
        state_dir: arguments.state,
    };
    let sandbox = Sandbox::start_on(
        arguments.listen,
        settings,
        Arc::new(SystemClock),
        String::new(),
    )?;
    let keys = sandbox.keys();
    let line = serde_json::json!({
        "endpoint": sandbox.endpoint(),
        "region": sandbox.settings().region,
        "accessKeyId": keys.access_key_id,
        "secretAccessKey": keys.secret_access_key,
        "account": sandbox.settings().account,
    });
    println!("{line}");
    process::wait_for_the_end(&sandbox, None)?;
    Ok(())
}
