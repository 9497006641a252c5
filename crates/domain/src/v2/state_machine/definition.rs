//! The definition of a wave's machine in Amazon States Language.

use serde_json::{Value, json};

use super::{NOT_MADE, OVERTAKEN, UNKNOWN, WaveMachine};

/// The words for an effective deployment that has ended (service model: `EffectiveDeploymentExecutionStatus`).
const ENDS: [&str; 6] = [
    "COMPLETED",
    "SUCCEEDED",
    "FAILED",
    "TIMED_OUT",
    "CANCELED",
    "REJECTED",
];

/// Errors of a call after which the same call may succeed. The client token makes repeating CreateDeployment harmless.
const PASSING: [&str; 6] = [
    "GreengrassV2.ThrottlingException",
    "GreengrassV2.InternalServerException",
    "GreengrassV2.ConflictException",
    "GreengrassV2.RequestAlreadyInProgressException",
    "GreengrassV2.SdkClientException",
    "States.Timeout",
];

impl WaveMachine {
    /// The definition in Amazon States Language.
    #[must_use]
    pub fn definition(&self) -> Value {
        json!({
            "Comment": "Makes the deployments of one wave and tells what became of them.",
            "QueryLanguage": "JSONata",
            "StartAt": "Devices",
            "States": {
                "Devices": {
                    "Type": "Map",
                    "Label": "Devices",
                    "ItemReader": {
                        "Resource": self.integration("s3:getObject"),
                        "ReaderConfig": { "InputType": "JSONL" },
                        "Arguments": { "Bucket": self.bucket, "Key": self.key },
                    },
                    "MaxConcurrency": self.concurrency,
                    "ToleratedFailurePercentage": 100,
                    "ItemProcessor": {
                        "ProcessorConfig": { "Mode": "DISTRIBUTED", "ExecutionType": "STANDARD" },
                        "StartAt": "Check",
                        "States": self.child(),
                    },
                    "ResultWriter": {
                        "Resource": self.integration("s3:putObject"),
                        "Arguments": { "Bucket": self.results_bucket, "Prefix": self.results_prefix },
                    },
                    "End": true,
                },
            },
        })
    }

    /// The states of one child, whose input is a line of the file: check, compare, make, wait, look, judge, tell.
    fn child(&self) -> Value {
        json!({
            "Check": {
                "Type": "Task",
                "Resource": self.integration("aws-sdk:greengrassv2:listDeployments"),
                "Arguments": {
                    "TargetArn": "{% $states.input.request.TargetArn %}",
                    "HistoryFilter": "LATEST_ONLY",
                    "MaxResults": 100,
                },
                "TimeoutSeconds": 60,
                "Assign": { "found": found() },
                "Output": "{% $states.input %}",
                "Retry": [again(5)],
                "Catch": [not_made()],
                "Next": "Compare",
            },
            "Compare": {
                "Type": "Choice",
                "Choices": [{
                    "Condition": "{% $exists($states.input.replaces) and $states.input.replaces != $found %}",
                    "Next": "Overtaken",
                }],
                "Default": "Make",
            },
            "Overtaken": {
                "Type": "Pass",
                "Output": {
                    "thingName": "{% $states.input.thingName %}",
                    "clientToken": "{% $states.input.clientToken %}",
                    "status": OVERTAKEN,
                    "found": "{% $found %}",
                },
                "Next": "Tell",
            },
            "Make": {
                "Type": "Task",
                "Resource": self.integration("aws-sdk:greengrassv2:createDeployment"),
                "Arguments": "{% $states.input.request %}",
                "TimeoutSeconds": 60,
                "Assign": {
                    "thingName": "{% $states.input.thingName %}",
                    "clientToken": "{% $states.input.clientToken %}",
                    "deploymentId": "{% $states.result.DeploymentId %}",
                    "waited": 0,
                },
                "Retry": [again(5)],
                "Catch": [not_made()],
                "Next": "Settle",
            },
            "Settle": {
                "Type": "Wait",
                "Seconds": self.poll_seconds(),
                "Assign": { "waited": format!("{{% $waited + {} %}}", self.poll_seconds()) },
                "Next": "Look",
            },
            "Look": {
                "Type": "Task",
                "Resource": self.integration("aws-sdk:greengrassv2:listEffectiveDeployments"),
                "Arguments": { "CoreDeviceThingName": "{% $thingName %}", "MaxResults": 100 },
                "TimeoutSeconds": 60,
                "Output": seen(),
                "Retry": [again(3)],
                "Catch": [{
                    "ErrorEquals": ["States.ALL"],
                    "Output": {
                        "thingName": "{% $thingName %}",
                        "clientToken": "{% $clientToken %}",
                        "deploymentId": "{% $deploymentId %}",
                        "status": UNKNOWN,
                        "error": "{% $states.errorOutput.Error %}",
                        "cause": "{% $states.errorOutput.Cause %}",
                    },
                    "Next": "Tell",
                }],
                "Next": "Judge",
            },
            "Judge": {
                "Type": "Choice",
                "Choices": [{ "Condition": self.ended(), "Next": "Tell" }],
                "Default": "Settle",
            },
            "Tell": { "Type": "Succeed" },
        })
    }

    /// Whether the last look saw an end, or was the last.
    fn ended(&self) -> String {
        let ends = ENDS.map(|end| format!("'{end}'")).join(", ");
        format!(
            "{{% $states.input.status in [{ends}] or $waited >= {} %}}",
            self.settle_seconds
        )
    }

    fn integration(&self, name: &str) -> String {
        format!("arn:{}:states:::{name}", self.partition)
    }
}

/// The target's latest deployment; nothing as a text that is empty, since an absent value cannot be assigned.
fn found() -> &'static str {
    "{% ( $arn := $states.input.request.TargetArn; \
     $latest := ($states.result.Deployments[TargetArn = $arn])[0]; \
     $exists($latest) ? $latest.DeploymentId : '' ) %}"
}

/// Before or while the deployment was to be made a call failed for good.
fn not_made() -> Value {
    json!({
        "ErrorEquals": ["States.ALL"],
        "Output": {
            "thingName": "{% $states.input.thingName %}",
            "clientToken": "{% $states.input.clientToken %}",
            "status": NOT_MADE,
            "error": "{% $states.errorOutput.Error %}",
            "cause": "{% $states.errorOutput.Cause %}",
        },
        "Next": "Tell",
    })
}

fn again(attempts: u32) -> Value {
    json!({
        "ErrorEquals": PASSING,
        "IntervalSeconds": 2,
        "BackoffRate": 2,
        "MaxAttempts": attempts,
        "MaxDelaySeconds": 60,
        "JitterStrategy": "FULL",
    })
}

/// What a look says. One expression, because members without a value are left out of an object that JSONata makes,
/// while a field of the state that has none would be an error.
fn seen() -> String {
    format!(
        "{{% ( $seen := ($states.result.EffectiveDeployments[DeploymentId = $deploymentId])[0]; {{ \
         'thingName': $thingName, \
         'clientToken': $clientToken, \
         'deploymentId': $deploymentId, \
         'status': $exists($seen) ? $seen.CoreDeviceExecutionStatus : '{UNKNOWN}', \
         'reason': $seen.Reason, \
         'errorStack': $seen.StatusDetails.ErrorStack[], \
         'errorTypes': $seen.StatusDetails.ErrorTypes[] }} ) %}}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_end_and_nothing_else_ends_the_looking() {
        use crate::v2::effective::EffectiveStatus;
        for end in ENDS {
            assert!(EffectiveStatus::parse(end).is_terminal(), "{end}");
        }
        for on in ["QUEUED", "IN_PROGRESS"] {
            assert!(!ENDS.contains(&on));
        }
    }
}
