//! Planning: the present deployment with what is wanted put over it, nothing dropped and nothing made up.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod always;
mod fixed;
mod merged;
mod refused;
mod targets;
mod through;

use overseed_domain::v2::{
    document::DeploymentDocument,
    finding::PlanFindingCode as Code,
    intent::Intent,
    plan::{Planned, plan},
};
use serde_json::{Value, json};

pub fn document(value: Value) -> DeploymentDocument {
    serde_json::from_value(value).unwrap()
}

pub fn intent(value: Value) -> Intent {
    serde_json::from_value(value).unwrap()
}

/// A device with a nucleus, a component with configuration, and policies.
pub fn present() -> DeploymentDocument {
    document(json!({
        "components": {
            "aws.greengrass.Nucleus": { "componentVersion": "2.12.0" },
            "com.example.App": {
                "componentVersion": "1.2.0",
                "configurationUpdate": {
                    "merge": "{ \"mode\": \"slow\", \"network\": {\"port\": 80, \"host\": \"a\"}, \"tags\": [\"x\"] }",
                    "reset": ["/old"],
                },
                "runWith": { "posixUser": "ggc_user" },
            },
        },
        "deploymentName": "Plant 7",
        "deploymentPolicies": { "failureHandlingPolicy": "DO_NOTHING" },
        "tags": { "owner": "plant" },
    }))
}

pub fn planned(intents: &[Value]) -> Planned {
    let intents: Vec<Intent> = intents.iter().cloned().map(intent).collect();
    plan("pump-7", Some(&present()), &intents).unwrap()
}

pub fn app(set: Value) -> Value {
    let mut set = set;
    set["change"] = "set".into();
    json!({ "components": { "com.example.App": set } })
}

pub fn codes(planned: &Planned) -> Vec<Code> {
    planned
        .findings
        .iter()
        .map(|finding| finding.code)
        .collect()
}

pub fn merge_of(planned: &Planned, component: &str) -> Value {
    let update = planned.outcome.components[component]
        .configuration_update
        .as_ref()
        .unwrap();
    serde_json::from_str(update.merge.as_deref().unwrap()).unwrap()
}
