//! What kind of world a sandbox is.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Everything that decides how a sandbox behaves. Equal settings give equal worlds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// How many seeded Greengrass groups the account has, and as many core devices of Greengrass V2.
    pub groups: u32,
    /// What names, ids and outcomes are drawn from.
    pub seed: u64,
    /// What goes right and wrong.
    pub scenario: Scenario,
    /// Simulated seconds a second: durations of simulated processes are divided by it, time stamps are
    /// not touched. Above zero.
    pub speed: f64,
    /// The Region of the account's Greengrass and of its seeded bucket.
    pub region: String,
    /// Twelve digits.
    pub account: String,
    /// Where state is kept. `None` in a caller's hands means "a temporary folder that goes away with the
    /// sandbox"; by the time a service sees the settings it is always set.
    pub state_dir: Option<PathBuf>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            groups: 500,
            seed: 7,
            scenario: Scenario::Mixed,
            speed: 60.0,
            region: "eu-west-1".to_owned(),
            account: "000000000000".to_owned(),
            state_dir: None,
        }
    }
}

impl Settings {
    /// `aws`, `aws-cn` or `aws-us-gov`, as the Region says.
    #[must_use]
    pub fn partition(&self) -> &'static str {
        if self.region.starts_with("cn-") {
            "aws-cn"
        } else if self.region.starts_with("us-gov-") {
            "aws-us-gov"
        } else {
            "aws"
        }
    }

    /// The role that the seeded account has for Greengrass itself (AssociateServiceRoleToAccount).
    #[must_use]
    pub fn service_role_arn(&self) -> String {
        let (partition, account) = (self.partition(), &self.account);
        format!("arn:{partition}:iam::{account}:role/service-role/Greengrass_ServiceRole")
    }

    /// The role that the seeded core devices have (their token exchange role).
    #[must_use]
    pub fn device_role_arn(&self) -> String {
        let (partition, account) = (self.partition(), &self.account);
        format!("arn:{partition}:iam::{account}:role/GreengrassV2TokenExchangeRole")
    }

    /// How many real milliseconds `seconds` simulated seconds take.
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        reason = "simulated durations are far below 2^53 ms"
    )]
    pub fn real_ms(&self, seconds: f64) -> i64 {
        (seconds * 1000.0 / self.speed.max(f64::MIN_POSITIVE)).round() as i64
    }
}

/// What goes right and wrong in a sandbox; described in SCENARIOS.md.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scenario {
    /// Every deployment succeeds.
    AllWell,
    /// Known failures of several classes among many successes.
    Mixed,
    /// Some cores never answer.
    CoresOff,
    /// Calls and deployments are throttled.
    Throttling,
    /// A bulk deployment stays Initializing for minutes.
    SlowStart,
    /// Lists come in very small pages.
    SmallPages,
    /// Group ids in answers carry the account number in front.
    PrefixedIds,
}

impl Scenario {
    /// All scenarios in the order in which they are offered.
    pub const ALL: [Self; 7] = [
        Self::AllWell,
        Self::Mixed,
        Self::CoresOff,
        Self::Throttling,
        Self::SlowStart,
        Self::SmallPages,
        Self::PrefixedIds,
    ];

    /// The name that the command line and files use.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::AllWell => "all-well",
            Self::Mixed => "mixed",
            Self::CoresOff => "cores-off",
            Self::Throttling => "throttling",
            Self::SlowStart => "slow-start",
            Self::SmallPages => "small-pages",
            Self::PrefixedIds => "prefixed-ids",
        }
    }

    /// A short title for a list of scenarios.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::AllWell => "All well",
            Self::Mixed => "Mixed failures",
            Self::CoresOff => "Cores that are off",
            Self::Throttling => "Throttling",
            Self::SlowStart => "Slow start",
            Self::SmallPages => "Small pages",
            Self::PrefixedIds => "Account-prefixed ids",
        }
    }

    /// One sentence on what the scenario shows.
    #[must_use]
    pub fn description(self) -> &'static str {
        match self {
            Self::AllWell => "Every group and every core device takes its deployment.",
            Self::Mixed => {
                "Most groups and core devices succeed; about one in twelve fails for one of several known reasons."
            }
            Self::CoresOff => {
                "A part of the fleet is switched off: its deployments stay in progress for ever."
            }
            Self::Throttling => {
                "The service refuses calls above a low rate, and deployments are tried again."
            }
            Self::SlowStart => {
                "A bulk deployment stays in Initializing for minutes before it begins."
            }
            Self::SmallPages => "Each list answers a handful of items a page.",
            Self::PrefixedIds => "Group ids in answers begin with the account number and a colon.",
        }
    }
}

impl fmt::Display for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A scenario name that does not exist.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no scenario {0:?}; the scenarios are {names}", names = Scenario::ALL.map(Scenario::name).join(", "))]
pub struct UnknownScenario(pub String);

impl FromStr for Scenario {
    type Err = UnknownScenario;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|scenario| scenario.name() == text)
            .ok_or_else(|| UnknownScenario(text.to_owned()))
    }
}
