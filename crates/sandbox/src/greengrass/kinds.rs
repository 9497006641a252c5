//! The seven kinds of definitions that a group version points to: one table, so one implementation serves all.

use serde::{Deserialize, Serialize};

/// A kind of definition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(super) enum Kind {
    Core,
    Device,
    Function,
    Resource,
    Subscription,
    Connector,
    Logger,
}

impl Kind {
    pub(super) const ALL: [Self; 7] = [
        Self::Core,
        Self::Device,
        Self::Function,
        Self::Resource,
        Self::Subscription,
        Self::Connector,
        Self::Logger,
    ];

    /// The number that ids carry. Never change it: ids would change.
    pub(super) fn number(self) -> u8 {
        match self {
            Self::Core => 0,
            Self::Device => 1,
            Self::Function => 2,
            Self::Resource => 3,
            Self::Subscription => 4,
            Self::Connector => 5,
            Self::Logger => 6,
        }
    }

    /// As in operation names: `CreateCoreDefinition`.
    pub(super) fn stem(self) -> &'static str {
        match self {
            Self::Core => "Core",
            Self::Device => "Device",
            Self::Function => "Function",
            Self::Resource => "Resource",
            Self::Subscription => "Subscription",
            Self::Connector => "Connector",
            Self::Logger => "Logger",
        }
    }

    /// As in paths: `/greengrass/definition/cores`.
    pub(super) fn path(self) -> &'static str {
        match self {
            Self::Core => "cores",
            Self::Device => "devices",
            Self::Function => "functions",
            Self::Resource => "resources",
            Self::Subscription => "subscriptions",
            Self::Connector => "connectors",
            Self::Logger => "loggers",
        }
    }

    pub(super) fn from_path(path: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.path() == path)
    }

    /// The list in a definition version: `Cores`.
    pub(super) fn list(self) -> &'static str {
        match self {
            Self::Core => "Cores",
            Self::Device => "Devices",
            Self::Function => "Functions",
            Self::Resource => "Resources",
            Self::Subscription => "Subscriptions",
            Self::Connector => "Connectors",
            Self::Logger => "Loggers",
        }
    }

    /// The field of a group version: `CoreDefinitionVersionArn`.
    pub(super) fn version_field(self) -> &'static str {
        match self {
            Self::Core => "CoreDefinitionVersionArn",
            Self::Device => "DeviceDefinitionVersionArn",
            Self::Function => "FunctionDefinitionVersionArn",
            Self::Resource => "ResourceDefinitionVersionArn",
            Self::Subscription => "SubscriptionDefinitionVersionArn",
            Self::Connector => "ConnectorDefinitionVersionArn",
            Self::Logger => "LoggerDefinitionVersionArn",
        }
    }

    /// The service's own word for the kind in its messages (functions are "Lambda" there).
    pub(super) fn noun(self) -> &'static str {
        match self {
            Self::Function => "Lambda",
            other => other.stem(),
        }
    }
}
