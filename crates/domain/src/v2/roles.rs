//! The roles of Greengrass V2: that of the devices (token exchange role), that of the deployment engine (a state machine of
//! Step Functions), and who may pass the latter on. Least privilege in the place of the FullAccess policies of tutorials.
//!
//! Sources: *service authorization reference* (which actions know which resources), *guide* (AWS IoT Greengrass V2 Developer
//! Guide, "Authorize core devices to interact with AWS services"), *facts* (the project's notes).

mod app;
mod broad;
mod device;
mod document;
mod engine;
mod packed;

pub use app::{AppEngine, AppRights, app_document_v2};
pub use broad::too_broad;
pub use device::{
    Reach, Wishes, artifact_grants, configuration_grants, device_grants, device_role_trust,
};
pub use document::{device_document, engine_fitting, gathered};
pub use engine::{EngineRole, engine_grants, engine_pass_role, engine_role_trust};
pub use packed::{DevicePolicies, pack_device};

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::permissions::{Document, Statement};

/// The service that assumes the role of devices (guide).
pub const DEVICE_CREDENTIALS: &str = "credentials.iot.amazonaws.com";

/// The service that assumes the role of the deployment engine.
pub const STEP_FUNCTIONS: &str = "states.amazonaws.com";

/// One thing that a role may do, with the reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Grant {
    /// The name of its statement: letters and digits.
    pub sid: String,
    /// The actions.
    pub actions: Vec<String>,
    /// What they are allowed on, each with where it comes from.
    pub resources: Vec<GrantedResource>,
    /// Why, in a sentence.
    pub reason: String,
}

/// A resource, and who needs it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct GrantedResource {
    /// Its ARN, a pattern perhaps, or `*` where the action knows no resources.
    pub arn: String,
    /// The component that needs it; absent for what the engine needs itself.
    pub component: Option<String>,
    /// Where its recipe, or its configuration, says so: a JSON pointer.
    pub path: Option<String>,
}

impl Grant {
    /// Its statement.
    #[must_use]
    pub fn statement(&self) -> Statement {
        let actions: Vec<&str> = self.actions.iter().map(String::as_str).collect();
        let mut known = HashSet::new();
        let arns = self.resources.iter().map(|resource| &resource.arn);
        let resources: Vec<String> = arns.filter(|arn| known.insert(*arn)).cloned().collect();
        Statement::allow(&self.sid, &actions, &resources)
    }

    fn new(sid: &str, actions: &[&str], reason: &str) -> Self {
        Self {
            sid: sid.to_owned(),
            actions: actions.iter().map(|action| (*action).to_owned()).collect(),
            resources: Vec::new(),
            reason: reason.to_owned(),
        }
    }

    fn on(mut self, arns: impl IntoIterator<Item = String>) -> Self {
        let resources = arns.into_iter().map(|arn| GrantedResource {
            arn,
            component: None,
            path: None,
        });
        self.resources.extend(resources);
        self
    }
}

/// The policy that these grants make.
#[must_use]
pub fn role_document(grants: &[Grant]) -> Document {
    Document::new(grants.iter().map(Grant::statement).collect())
}

#[cfg(test)]
mod tests;
