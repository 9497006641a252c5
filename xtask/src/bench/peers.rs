//! Other programs on the same file: what anyone would reach for to check an input file.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, ensure};

/// Reads each line with `json` and looks at the keys, timed inside so that the start of Python does not count.
const LOOP: &str = "
import json, sys, time
began = time.perf_counter()
for line in open(sys.argv[1], 'rb'):
    record = json.loads(line)
    if not record.get('GroupId') or not record.get('GroupVersionId'):
        sys.exit('a record without ids')
    if record['DeploymentType'] != 'NewDeployment':
        sys.exit('a record of another type')
print(time.perf_counter() - began)
";

/// The same checks in jq's language.
const FILTER: &str =
    r#"select(.GroupId == null or .GroupVersionId == null or .DeploymentType != "NewDeployment")"#;

/// Megabytes a second of a Python loop over the file.
pub fn python(file: &Path) -> Result<f64> {
    let printed = crate::command::output(Command::new("python3").args(["-c", LOOP]).arg(file))?;
    let seconds: f64 = printed.trim().parse().context("Python printed no time")?;
    Ok(megabytes(file)? / seconds)
}

/// Megabytes a second of jq over the file.
pub fn jq(file: &Path) -> Result<f64> {
    let began = Instant::now();
    let status = Command::new("jq")
        .args(["-c", FILTER])
        .arg(file)
        .stdout(Stdio::null())
        .status()?;
    let seconds = began.elapsed().as_secs_f64();
    ensure!(status.success(), "jq ended with {status}");
    Ok(megabytes(file)? / seconds)
}

#[allow(clippy::cast_precision_loss, reason = "figures for people")]
fn megabytes(file: &Path) -> Result<f64> {
    Ok(std::fs::metadata(file)?.len() as f64 / 1e6)
}
