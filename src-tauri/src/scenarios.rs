//! The sandbox's scenarios for the Connect step, and starting or finding the sandbox.

use std::str::FromStr;

use overseed_engine::{
    Error, ErrorCode, Problem, connect::SandboxReach, connection::ConnectRequest,
};
use overseed_sandbox::{Scenario as Kind, Settings, process};
use serde::Serialize;
use specta::Type;

/// A scenario as the Connect step shows it.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Scenario {
    id: String,
    title: String,
    description: String,
}

/// All scenarios.
pub fn all() -> Vec<Scenario> {
    Kind::ALL
        .iter()
        .map(|kind| Scenario {
            id: kind.to_string(),
            title: kind.title().to_owned(),
            description: kind.description().to_owned(),
        })
        .collect()
}

/// Where the sandbox of a request listens: the process that is there, or a new one. `None` for accounts.
pub async fn reach(
    data_dir: &std::path::Path,
    request: &ConnectRequest,
) -> Result<Option<SandboxReach>, Error> {
    let ConnectRequest::Sandbox {
        scenario,
        groups,
        seed,
        speed,
    } = request
    else {
        return Ok(None);
    };
    let scenario = Kind::from_str(scenario).map_err(|error| {
        Problem::new(ErrorCode::InvalidInput, "The sandbox has no such scenario")
            .detail(error)
            .hint("Choose one of those listed.")
    })?;
    let settings = Settings {
        scenario,
        groups: *groups,
        seed: *seed,
        speed: *speed,
        ..Settings::default()
    };
    let data_dir = data_dir.to_owned();
    let attached =
        tokio::task::spawn_blocking(move || process::attach_or_start(&data_dir, &settings))
            .await?
            .map_err(|error| {
                Problem::new(ErrorCode::SandboxFailed, "The sandbox could not be started")
                    .detail(error)
                    .hint("Try again; its log is in the data folder under sandbox.")
            })?;
    Ok(Some(SandboxReach {
        endpoint: attached.endpoint,
        region: attached.region,
        access_key_id: attached.access_key_id,
        secret_access_key: attached.secret_access_key,
        id: attached.id,
    }))
}
