//! The state machine that carries out a V2 wave on AWS Step Functions.
//!
//! A Distributed Map reads the wave's file (JSON lines in S3), starts one child execution for each line, and writes what
//! became of them to S3. A child sees whether its target still has the deployment that the line was made against,
//! since the new one replaces whatever is there; makes the deployment; then looks at the device's effective deployments
//! until this one has ended or the settle time is over, and ends with an [`Outcome`]. Children never fail of themselves, so that one
//! refused device never ends the wave. Everything about the wave is written into the definition, so that a machine does
//! the same whenever and by whomever it is started, and its execution needs no input.
//!
//! Sources: Step Functions Developer Guide ("Map state in Distributed mode", "AWS SDK service integrations", "JSONata"),
//! service model of AWS IoT Greengrass V2 (2020-11-30).

mod definition;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// How many items run at once to begin with; `UpdateMapRun` changes it while the map runs.
pub const FIRST_CONCURRENCY: u32 = 5;

/// How often one child looks at its device at most. A look is nine events of the child's history, eighteen where it is
/// tried again each time; a history ends at 25,000 events (Step Functions quotas).
pub const MOST_LOOKS: u32 = 1_000;

/// The status of an [`Outcome`] whose deployment was not made.
pub const NOT_MADE: &str = "NOT_MADE";

/// The status of an [`Outcome`] whose deployment the device never listed, or whose list could not be read.
pub const UNKNOWN: &str = "UNKNOWN";

/// The status of an [`Outcome`] whose deployment was not made, because the target has another latest deployment by now
/// than the one that the line was made against.
pub const OVERTAKEN: &str = "OVERTAKEN";

/// What a wave's machine is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaveMachine {
    /// `aws`, `aws-cn` or `aws-us-gov`: the ARNs of integrations have it.
    pub partition: String,
    /// The bucket of the wave's file, in the Region of the machine.
    pub bucket: String,
    /// The key of the wave's file.
    pub key: String,
    /// The bucket for the outcomes; in the same account and Region as the machine.
    pub results_bucket: String,
    /// The prefix for the outcomes, without a slash at its end; the service adds `/MAP-RUN-ID/manifest.json`.
    pub results_prefix: String,
    /// For how many seconds a child looks at its device before it gives up.
    pub settle_seconds: u32,
    /// How many seconds are between two looks; taken as [`WaveMachine::poll_seconds`] says.
    pub poll_seconds: u32,
    /// How many items run at once to begin with, such as [`FIRST_CONCURRENCY`].
    pub concurrency: u32,
}

/// What became of one line of the wave's file: the output of its child execution.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Outcome {
    /// The core device's thing name, as the line says it.
    pub thing_name: String,
    /// The line's client token: it tells run, place and attempt.
    pub client_token: String,
    /// The deployment that was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deployment_id: Option<String>,
    /// The service's last word on the effective deployment, also where that is no end (`IN_PROGRESS` when the settle
    /// time was over); otherwise [`NOT_MADE`], [`OVERTAKEN`] or [`UNKNOWN`].
    pub status: String,
    /// The deployment that the target has instead of the expected one, where it was [`OVERTAKEN`]; empty for none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub found: Option<String>,
    /// The reason that the device gave.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Error codes from general to specific (nucleus 2.8 or newer).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub error_stack: Vec<String>,
    /// Who is to look into it, such as `DEVICE_ERROR`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub error_types: Vec<String>,
    /// The name of the error of a call, such as `GreengrassV2.AccessDeniedException`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// The words of that error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
}

/// A CreateDeployment request as the task takes it: the SDK integration wants the service model's member names with a
/// capital first letter. Names of components and tags are no member names and stay.
#[must_use]
pub fn task_arguments(request: &Value) -> Value {
    let Value::Object(members) = request else {
        return request.clone();
    };
    let renamed = members.iter().map(|(name, value)| {
        let value = match (name.as_str(), value) {
            ("tags", _) => value.clone(),
            ("components", Value::Object(components)) => {
                let each = components
                    .iter()
                    .map(|(component, wanted)| (component.clone(), task_arguments(wanted)));
                Value::Object(each.collect())
            }
            (_, Value::Array(items)) => items.iter().map(task_arguments).collect(),
            _ => task_arguments(value),
        };
        (capital(name), value)
    });
    Value::Object(renamed.collect::<Map<_, _>>())
}

fn capital(name: &str) -> String {
    let mut letters = name.chars();
    letters
        .next()
        .map(|first| first.to_ascii_uppercase())
        .into_iter()
        .chain(letters)
        .collect()
}

impl WaveMachine {
    /// Seconds between two looks: as wanted, but never so few that a child would look more than [`MOST_LOOKS`] times
    /// within the settle time, and at least one.
    #[must_use]
    pub fn poll_seconds(&self) -> u32 {
        let fewest = self.settle_seconds.div_ceil(MOST_LOOKS);
        self.poll_seconds.max(fewest).max(1)
    }
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        reason = "a test fails by panicking"
    )]

    use serde_json::json;

    use super::*;

    fn machine() -> WaveMachine {
        WaveMachine {
            partition: "aws".to_owned(),
            bucket: "plans".to_owned(),
            key: "runs/1/wave-1.jsonl".to_owned(),
            results_bucket: "plans".to_owned(),
            results_prefix: "runs/1/wave-1".to_owned(),
            settle_seconds: 1_800,
            poll_seconds: 30,
            concurrency: FIRST_CONCURRENCY,
        }
    }

    #[test]
    fn the_definition_is_this() {
        insta::assert_json_snapshot!(machine().definition());
    }

    #[test]
    fn another_partition_is_in_every_resource() {
        let there = WaveMachine {
            partition: "aws-cn".to_owned(),
            ..machine()
        };
        let text = there.definition().to_string();
        assert_eq!(text.matches("arn:aws-cn:states:::").count(), 5);
        assert!(!text.contains("arn:aws:"));
    }

    #[test]
    fn a_long_settle_time_is_looked_at_less_often() {
        let seconds = |settle_seconds, poll_seconds| {
            let machine = WaveMachine {
                settle_seconds,
                poll_seconds,
                ..machine()
            };
            machine.poll_seconds()
        };
        assert_eq!(seconds(1_800, 30), 30);
        assert_eq!(seconds(0, 0), 1);
        assert_eq!(seconds(86_400, 30), 87);
        assert!(86_400 / seconds(86_400, 30) <= MOST_LOOKS);
    }

    #[test]
    fn member_names_are_capital_and_names_of_things_stay() {
        let request = json!({
            "targetArn": "arn:aws:iot:eu-west-1:000000000000:thing/press-1",
            "components": {
                "com.plant.press": {
                    "componentVersion": "1.2.0",
                    "configurationUpdate": { "merge": "{\"site\":\"a\"}", "reset": ["/old"] },
                    "runWith": { "systemResourceLimits": { "cpus": 0.5 } },
                },
            },
            "deploymentPolicies": { "componentUpdatePolicy": { "timeoutInSeconds": 60, "action": "NOTIFY_COMPONENTS" } },
            "iotJobConfiguration": { "abortConfig": { "criteriaList": [{ "failureType": "FAILED" }] } },
            "tags": { "overseed:run": "1" },
            "clientToken": "a-1",
        });
        assert_eq!(
            task_arguments(&request),
            json!({
                "TargetArn": "arn:aws:iot:eu-west-1:000000000000:thing/press-1",
                "Components": {
                    "com.plant.press": {
                        "ComponentVersion": "1.2.0",
                        "ConfigurationUpdate": { "Merge": "{\"site\":\"a\"}", "Reset": ["/old"] },
                        "RunWith": { "SystemResourceLimits": { "Cpus": 0.5 } },
                    },
                },
                "DeploymentPolicies": { "ComponentUpdatePolicy": { "TimeoutInSeconds": 60, "Action": "NOTIFY_COMPONENTS" } },
                "IotJobConfiguration": { "AbortConfig": { "CriteriaList": [{ "FailureType": "FAILED" }] } },
                "Tags": { "overseed:run": "1" },
                "ClientToken": "a-1",
            })
        );
    }

    #[test]
    fn outcomes_are_read_with_what_they_have() {
        let made: Outcome = serde_json::from_value(json!({
            "thingName": "press-1", "clientToken": "a-1", "deploymentId": "d", "status": "FAILED",
            "reason": "FAILED_ROLLBACK_COMPLETE: …", "errorStack": ["DEPLOYMENT_FAILURE"], "errorTypes": ["DEVICE_ERROR"],
        }))
        .unwrap();
        assert_eq!(made.error_stack, ["DEPLOYMENT_FAILURE"]);
        let refused: Outcome = serde_json::from_value(json!({
            "thingName": "press-1", "clientToken": "a-1", "status": NOT_MADE,
            "error": "GreengrassV2.AccessDeniedException", "cause": "…",
        }))
        .unwrap();
        assert_eq!(refused.deployment_id, None);
    }
}
