//! The content of the seeded definitions.

use serde_json::{Value, json};

use super::fleet::HALL;
use super::kinds::Kind;
use super::world::World;
use crate::settings::Settings;

/// The name of a seeded definition, after the first group that it belongs to.
pub(super) fn definition_name(world: &World, kind: Kind, first_group: u32) -> String {
    let group = world.fleet.name(first_group);
    match kind {
        Kind::Core | Kind::Device => format!("{group}-{}", kind.path()),
        Kind::Connector | Kind::Logger => format!("fleet-{}", kind.path()),
        Kind::Function | Kind::Resource | Kind::Subscription => {
            // All groups of a hall share them: without the group's number.
            let hall = group
                .rsplit_once('-')
                .map_or(group.as_str(), |(hall, _)| hall);
            format!("{hall}-{}-{}", first_group / HALL + 1, kind.path())
        }
    }
}

/// The body of version `version` (from 1) of a seeded definition.
pub(super) fn body(world: &World, kind: Kind, index: u32, version: u32) -> Value {
    let Settings {
        region, account, ..
    } = &world.settings;
    let place = format!("arn:{}:{{}}:{region}:{account}", world.settings.partition());
    let arn = |service: &str, rest: &str| format!("{}:{rest}", place.replace("{}", service));
    match kind {
        Kind::Core => {
            // Version 2 has a second core, which makes a group that points to it not deployable.
            let name = world.fleet.name(index);
            let core = |number: u32| {
                let suffix = if number == 1 {
                    "Core".to_owned()
                } else {
                    format!("Core{number}")
                };
                let certificate = world.fleet.certificate(index, u64::from(number));
                json!({
                    "Id": format!("{name}_{suffix}"),
                    "ThingArn": arn("iot", &format!("thing/{name}_{suffix}")),
                    "CertificateArn": arn("iot", &format!("cert/{certificate}")),
                    "SyncShadow": true,
                })
            };
            json!({ "Cores": (1..=version).map(core).collect::<Vec<_>>() })
        }
        Kind::Device => {
            let name = world.fleet.name(index);
            let device = |number: u32| {
                let certificate = world.fleet.certificate(index, 16 + u64::from(number));
                json!({
                    "Id": format!("{name}_Sensor{number}"),
                    "ThingArn": arn("iot", &format!("thing/{name}_Sensor{number}")),
                    "CertificateArn": arn("iot", &format!("cert/{certificate}")),
                    "SyncShadow": false,
                })
            };
            json!({ "Devices": (1..=version).map(device).collect::<Vec<_>>() })
        }
        Kind::Function => {
            let function = |name: &str, number: u32, megabytes: u32| {
                json!({
                    "Id": name,
                    "FunctionArn": arn("lambda", &format!("function:{name}:{number}")),
                    "FunctionConfiguration": {
                        "EncodingType": "json",
                        "Executable": "lambda_function.lambda_handler",
                        "MemorySize": megabytes * 1024,
                        "Pinned": true,
                        "Timeout": 10,
                    },
                })
            };
            json!({ "Functions": [
                function("line-telemetry", 10 + version, 32 + 16 * (version / 3)),
                function("alarm-filter", 4 + version / 2, 16),
            ] })
        }
        Kind::Resource => json!({ "Resources": [{
            "Id": "serial-port",
            "Name": "serial-port",
            "ResourceDataContainer": { "LocalDeviceResourceData": {
                "SourcePath": format!("/dev/ttyS{}", version - version.min(1)),
                "GroupOwnerSetting": { "AutoAddGroupOwner": true },
            } },
        }] }),
        Kind::Subscription => {
            let source = arn(
                "lambda",
                &format!("function:line-telemetry:{}", 10 + version),
            );
            let subscription = |number: u32| {
                json!({
                    "Id": format!("to-cloud-{number}"),
                    "Source": source,
                    "Subject": format!("line/telemetry/{number}"),
                    "Target": "cloud",
                })
            };
            json!({ "Subscriptions": (1..=version).map(subscription).collect::<Vec<_>>() })
        }
        Kind::Connector => {
            let partition = world.settings.partition();
            json!({ "Connectors": [{
                "Id": "metrics",
                "ConnectorArn": format!("arn:{partition}:greengrass:{region}::/connectors/CloudWatchMetrics/versions/{version}"),
                "Parameters": { "PublishInterval": "60", "MemorySize": "16000" },
            }] })
        }
        Kind::Logger => json!({ "Loggers": [{
            "Id": "system",
            "Component": "GreengrassSystem",
            "Level": if version == 1 { "INFO" } else { "WARN" },
            "Space": 10_240 * version,
            "Type": "FileSystem",
        }] }),
    }
}
