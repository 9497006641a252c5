//! Connecting: profiles to choose from, the connection itself, and the last one that was made.

use overseed_aws::{Spec, Whereabouts, profiles};
use overseed_domain::{Millis, Partition};
use rusqlite::OptionalExtension as _;
use serde::Deserialize;

use crate::{
    Engine, Error, ErrorCode, Problem, Session, StoreError,
    connection::{ConnectRequest, Connection, Profile},
};

pub use overseed_aws::REGIONS;

/// Key of the setting that remembers the last connection.
const LAST: &str = "connection.last";

/// 2026-10-07T00:00:00Z, when AWS ended Greengrass V1 (Greengrass V1 maintenance policy).
const V1_END: Millis = Millis(1_791_331_200_000);

/// How to reach a sandbox that the face started or found. Its keys open this sandbox only.
#[derive(Clone)]
pub struct SandboxReach {
    /// Its endpoint, such as `http://127.0.0.1:4599`.
    pub endpoint: String,
    /// Its Region.
    pub region: String,
    /// The access key id.
    pub access_key_id: String,
    /// The secret access key.
    pub secret_access_key: String,
    /// The id of its state, which outlives ports and processes.
    pub id: String,
}

impl std::fmt::Debug for SandboxReach {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SandboxReach")
            .field("endpoint", &self.endpoint)
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// The profiles of the shared AWS config and credentials files, `default` first.
///
/// # Errors
/// [`ErrorCode::ProfileInvalid`] where a file cannot be parsed.
pub async fn profiles_list() -> Result<Vec<Profile>, Error> {
    let profiles = profiles().await?.into_iter().map(|entry| Profile {
        name: entry.name,
        region: entry.region,
        endpoint: entry.endpoint,
        source: entry.source.as_str().to_owned(),
    });
    Ok(profiles.collect())
}

/// Connects, asks STS who calls, and remembers the request. `sandbox` says how to reach the sandbox where the request is for it.
///
/// # Errors
/// Those of [`overseed_aws::connect`] and of the store; [`ErrorCode::SandboxFailed`] where a sandbox is asked for and
/// none is given.
pub async fn connect(
    engine: &Engine,
    request: ConnectRequest,
    sandbox: Option<SandboxReach>,
) -> Result<Session, Error> {
    let (spec, sandbox) = match (&request, sandbox) {
        (
            ConnectRequest::Account {
                profile,
                region,
                endpoint,
            },
            _,
        ) => {
            let (profile, region, endpoint) = (profile.clone(), region.clone(), endpoint.clone());
            (
                Spec {
                    profile,
                    region,
                    endpoint,
                    keys: None,
                    whereabouts: None,
                },
                None,
            )
        }
        (ConnectRequest::Sandbox { .. }, Some(reach)) => {
            let spec = Spec {
                profile: None,
                region: Some(reach.region),
                endpoint: Some(reach.endpoint),
                keys: Some((reach.access_key_id, reach.secret_access_key)),
                whereabouts: Some(whereabouts(engine, reach.id.clone())),
            };
            (spec, Some(reach.id))
        }
        (ConnectRequest::Sandbox { .. }, None) => {
            let problem = Problem::new(ErrorCode::SandboxFailed, "The sandbox is not running")
                .hint("Try again; if it stays so, look into the log of the sandbox in the data folder.");
            return Err(problem.into());
        }
    };
    let connected = overseed_aws::connect(spec, &engine.clock).await?;
    let own = sandbox.is_none() && connected.endpoint.is_none();
    let v1_ended = own && is_v1_over(engine.clock.now());
    let connection = Connection {
        partition: Partition::of_region(&connected.region),
        account: connected.identity.account,
        region: connected.region,
        endpoint: connected.endpoint,
        identity: connected.identity.arn,
        credentials_expire_at: connected.credentials_expire_at,
        sandbox,
        v1_ended,
        request: request.clone(),
    };
    remember(engine, request).await?;
    Session::begin(engine.clone(), connection, connected.clients).await
}

/// Where the sandbox of this id is, should it have been started again: its process says so in the data folder
/// (crates/sandbox, `process`), and its world has the same keys ever after.
fn whereabouts(engine: &Engine, id: String) -> Whereabouts {
    #[derive(Deserialize)]
    struct Last {
        id: String,
        endpoint: String,
    }
    let path = engine.data_dir().join("sandbox").join("sandbox.json");
    Whereabouts::new(move || {
        let read = std::fs::read(&path).map_err(|error| error.to_string());
        let last = read.and_then(|bytes| {
            serde_json::from_slice::<Last>(&bytes).map_err(|error| error.to_string())
        });
        match last {
            Ok(last) => (last.id == id).then_some(last.endpoint),
            Err(error) => {
                tracing::debug!(%error, "where the sandbox is now cannot be told");
                None
            }
        }
    })
}

/// What was connected last, for the next time.
///
/// # Errors
/// [`StoreError`].
pub async fn connection_last(engine: &Engine) -> Result<Option<ConnectRequest>, Error> {
    let text: Option<String> = engine
        .store
        .read(|c| {
            let mut query = c.prepare_cached("SELECT value FROM setting WHERE key = ?1")?;
            Ok(query.query_row([LAST], |row| row.get(0)).optional()?)
        })
        .await?;
    // A request of an older version that can no longer be read is no reason to keep anyone from connecting.
    Ok(text.and_then(|text| match serde_json::from_str(&text) {
        Ok(request) => Some(request),
        Err(error) => {
            tracing::warn!(%error, "the last connection cannot be read");
            None
        }
    }))
}

async fn remember(engine: &Engine, request: ConnectRequest) -> Result<(), Error> {
    let text = serde_json::to_string(&request).map_err(|source| StoreError::Json {
        what: "setting.value",
        source,
    })?;
    engine
        .store
        .write(move |tx| {
            tx.execute(
                "INSERT INTO setting (key, value) VALUES (?1, ?2)
                 ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                [LAST, &text],
            )?;
            Ok(())
        })
        .await
}

/// Whether AWS's own endpoints have ended Greengrass V1 at this time.
fn is_v1_over(now: Millis) -> bool {
    now >= V1_END
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use jiff::Timestamp;

    use super::*;

    #[test]
    fn greengrass_v1_ended_with_the_seventh_of_october_2026() {
        let at = |text: &str| Millis(text.parse::<Timestamp>().unwrap().as_millisecond());
        assert!(!is_v1_over(at("2026-10-06T23:59:59Z")));
        assert!(is_v1_over(at("2026-10-07T00:00:00Z")));
    }
}
