//! Where the engine works: an account and Region, or a sandbox.

use overseed_domain::{Millis, Partition};
use serde::{Deserialize, Serialize};
use specta::Type;

/// What a face asks for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum ConnectRequest {
    /// A real account, or any endpoint that speaks the same protocols.
    Account {
        /// Profile of the shared AWS config; absent for the SDK's default chain.
        profile: Option<String>,
        /// Region; absent for the profile's.
        region: Option<String>,
        /// Endpoint for all services; absent for the profile's, or AWS's own.
        endpoint: Option<String>,
    },
    /// The built-in sandbox.
    Sandbox {
        /// The scenario's name, such as `mixed`.
        scenario: String,
        /// How many groups the account has.
        groups: u32,
        /// Where the fleet and its fortunes are drawn from.
        seed: u64,
        /// Simulated seconds a second.
        #[specta(type = u32)]
        speed: f64,
    },
}

/// A connection that has been checked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Connection {
    /// What it was made from.
    pub request: ConnectRequest,
    /// The Region's partition.
    pub partition: Partition,
    /// Account id, twelve digits (STS GetCallerIdentity).
    pub account: String,
    /// The Region.
    pub region: String,
    /// The endpoint, where it is not AWS's own.
    pub endpoint: Option<String>,
    /// ARN of the caller (STS GetCallerIdentity).
    pub identity: String,
    /// When the credentials end, where they do.
    pub credentials_expire_at: Option<Millis>,
    /// The sandbox's id; absent for accounts.
    pub sandbox: Option<String>,
    /// Whether AWS has ended Greengrass V1 here (real accounts, since 2026-10-07).
    pub v1_ended: bool,
}

/// A profile of the shared AWS config and credentials files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Profile {
    /// Its name.
    pub name: String,
    /// Its Region, if it names one.
    pub region: Option<String>,
    /// Its endpoint, if it names one.
    pub endpoint: Option<String>,
    /// How its credentials come about: `keys`, `sso`, `assume_role`, `process`, `web_identity` or `none`.
    pub source: String,
}
