//! `cargo xtask bench`.
use std::process::ExitCode;

use anyhow::Result;

use crate::needs;

pub fn bench(yes: bool, _json: bool) -> Result<ExitCode> {
    needs::meet(needs::For::Bench, yes)?;
    Ok(ExitCode::SUCCESS)
}
