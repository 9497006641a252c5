//! Deployments, seeded and made here, as the API shows them: one by one, canceled, deleted.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::call::{Call, seconds};
use super::cores::{Cores, SITES};
use super::ledger::{Entry, Stop, Target};
use super::refusal::{Answer, Refusal};
use super::state::Gone;
use crate::greengrass::ids::Named;

/// Which deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Which {
    /// Seeded with a core device.
    OfCore(u32),
    /// Seeded with a thing group, by its place among the seeded groups.
    OfGroup(u32),
    /// Made here.
    Made(u32),
}

/// A deployment as it is at the time of asking.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) which: Which,
    pub(crate) id: String,
    pub(crate) target: Target,
    pub(crate) name: String,
    pub(crate) document: Arc<str>,
    pub(crate) created_ms: i64,
    pub(crate) revision: u32,
    pub(crate) status: &'static str,
    pub(crate) latest: bool,
    pub(crate) parent: Option<String>,
    /// Only for thing groups: a thing's own deployment goes through its shadow.
    pub(crate) job: Option<String>,
}

impl Call<'_> {
    /// The deployment of an id.
    pub(crate) fn seen_deployment(&self, id: &str) -> Result<Seen, Refusal> {
        let unknown = || Refusal::not_found("Deployment", id);
        let which = match self.fixed.ids.read(id) {
            Some(Named::CoreDeployment { index }) => Which::OfCore(index),
            Some(Named::GroupDeployment { index, job: false }) => Which::OfGroup(index),
            Some(Named::Made {
                ordinal,
                job: false,
            }) => Which::Made(ordinal),
            _ => return Err(unknown()),
        };
        self.see(which).ok_or_else(unknown)
    }

    /// A deployment at this instant; `None` if there is none, or if it was deleted.
    pub(crate) fn see(&self, which: Which) -> Option<Seen> {
        match which {
            Which::OfCore(index) => self.see_of_core(index),
            Which::OfGroup(index) => self.see_of_group(index),
            Which::Made(ordinal) => self.see_made(ordinal),
        }
    }

    fn see_of_core(&self, index: u32) -> Option<Seen> {
        let cores = &self.fixed.cores;
        if index >= cores.count || !cores.deployed(index) {
            return None;
        }
        let id = self.fixed.ids.text(Named::CoreDeployment { index });
        let target = Target::Thing(index);
        let gone = self.state.gone_deployments.get(&id);
        if gone == Some(&Gone::Deleted) {
            return None;
        }
        let latest = self.ledger.latest_of(&target).is_none();
        Some(Seen {
            which: Which::OfCore(index),
            name: format!("Deployment for {}", cores.name(index)),
            document: self.seeded_core_document(index).into(),
            created_ms: Cores::deployed_ms(index, self.seeded_before_ms()),
            revision: 1,
            status: match gone {
                Some(_) => "CANCELED",
                None if latest => "COMPLETED",
                None => "INACTIVE",
            },
            latest,
            parent: None,
            job: None,
            id,
            target,
        })
    }

    fn see_of_group(&self, index: u32) -> Option<Seen> {
        let name = self.seeded_group(index)?;
        let document = self.seeded_group_document(index)?;
        let id = self
            .fixed
            .ids
            .text(Named::GroupDeployment { index, job: false });
        let gone = self.state.gone_deployments.get(&id);
        if gone == Some(&Gone::Deleted) {
            return None;
        }
        let job = self
            .fixed
            .ids
            .text(Named::GroupDeployment { index, job: true });
        let target = Target::Group(name.clone());
        let latest = self.ledger.latest_of(&target).is_none();
        Some(Seen {
            which: Which::OfGroup(index),
            id,
            name: format!("Deployment for {name}"),
            document: document.into(),
            created_ms: self.seeded_before_ms() - 3_600_000 - i64::from(index) * 60_000,
            revision: 1,
            status: match gone {
                Some(_) => "CANCELED",
                None if latest => "ACTIVE",
                None => "INACTIVE",
            },
            latest,
            parent: None,
            job: Some(job),
            target,
        })
    }

    fn see_made(&self, ordinal: u32) -> Option<Seen> {
        let made = self.ledger.get(ordinal).filter(|made| !made.deleted)?;
        let latest = self.ledger.latest_of(&made.target) == Some(ordinal);
        let job = matches!(made.target, Target::Group(_))
            .then(|| self.fixed.ids.text(Named::Made { ordinal, job: true }));
        let status = match made.stopped {
            Some((_, Stop::Canceled | Stop::Aborted)) => "CANCELED",
            Some((_, Stop::Replaced)) => "INACTIVE",
            None => match &made.target {
                // Goes on for those who join later.
                Target::Group(_) => "ACTIVE",
                Target::Thing(thing) => {
                    let execution = made.executions.get(thing);
                    let status = execution.and_then(|execution| {
                        made.status(execution, &self.ledger.troubles, self.now)
                    });
                    match status {
                        Some((status, _)) if status.terminal() => match status.place() {
                            Some(0) => "COMPLETED",
                            _ => "FAILED",
                        },
                        _ => "ACTIVE",
                    }
                }
            },
        };
        Some(Seen {
            which: Which::Made(ordinal),
            id: self.fixed.ids.text(Named::Made {
                ordinal,
                job: false,
            }),
            target: made.target.clone(),
            name: made.name.clone(),
            document: Arc::clone(&made.document),
            created_ms: made.created_ms,
            revision: made.revision,
            status,
            latest,
            parent: made.parent.clone(),
            job,
        })
    }

    /// The document that a core device was seeded with.
    fn seeded_core_document(&self, index: u32) -> String {
        let cores = &self.fixed.cores;
        let nucleus = cores.nucleus(index);
        let site = SITES.get(cores.site(index)).unwrap_or(&"plant");
        let line = cores.drawn(401, index) % 12 + 1;
        let telemetry = ["1.0.0", "1.1.0", "1.1.0", "1.2.0"];
        let drawn = usize::try_from(cores.drawn(402, index) % 4).unwrap_or(0);
        let merge = json!({ "site": site, "line": line }).to_string();
        let mut components = json!({
            "aws.greengrass.Cli": { "componentVersion": nucleus },
            "aws.greengrass.Nucleus": {
                "componentVersion": nucleus,
                "configurationUpdate": { "merge": "{\"logging\":{\"level\":\"INFO\"}}" },
            },
            "aws.greengrass.TokenExchangeService": { "componentVersion": "2.0.3" },
        });
        if let Some(fields) = components.as_object_mut()
            && !cores.drawn(403, index).is_multiple_of(3)
        {
            let version = telemetry.get(drawn).unwrap_or(&"1.0.0");
            fields.insert(
                "com.plant.LineTelemetry".to_owned(),
                json!({ "componentVersion": version, "configurationUpdate": { "merge": merge } }),
            );
        }
        json!({ "components": components, "deploymentPolicies": usual_policies() }).to_string()
    }

    /// The document that a seeded thing group has, if it has one: the canaries and one site in three.
    fn seeded_group_document(&self, index: u32) -> Option<String> {
        let sites = u32::try_from(SITES.len()).unwrap_or(0);
        let components = if index == sites {
            json!({ "aws.greengrass.LogManager": { "componentVersion": "2.3.7" } })
        } else if index < sites && index.is_multiple_of(3) {
            json!({ "com.plant.HealthReport": { "componentVersion": "1.1.0" } })
        } else {
            return None;
        };
        let document = json!({
            "components": components,
            "deploymentPolicies": usual_policies(),
            "iotJobConfiguration": {},
        });
        Some(document.to_string())
    }

    /// The newest deployment for a target that was not deleted.
    pub(crate) fn newest_for(&self, target: &Target) -> Option<Seen> {
        let made = self.ledger.latest_of(target);
        made.and_then(|ordinal| self.see(Which::Made(ordinal)))
            .or_else(|| self.seeded_for(target))
    }

    /// The deployment that a target was seeded with.
    pub(crate) fn seeded_for(&self, target: &Target) -> Option<Seen> {
        match target {
            Target::Thing(index) => self.see(Which::OfCore(*index)),
            Target::Group(name) => self.see(Which::OfGroup(self.seeded_group_index(name)?)),
        }
    }

    /// The ARN of a target.
    pub(crate) fn target_arn(&self, target: &Target) -> String {
        match target {
            Target::Thing(thing) => self.fixed.place.thing(&self.thing_name(*thing)),
            Target::Group(name) => self.fixed.place.group(name),
        }
    }

    /// The members that the list shows as well.
    pub(crate) fn deployment_entry(&self, seen: &Seen) -> Map<String, Value> {
        let mut entry = Map::new();
        entry.insert("targetArn".to_owned(), self.target_arn(&seen.target).into());
        entry.insert("revisionId".to_owned(), seen.revision.to_string().into());
        entry.insert("deploymentId".to_owned(), seen.id.as_str().into());
        if !seen.name.is_empty() {
            entry.insert("deploymentName".to_owned(), seen.name.as_str().into());
        }
        entry.insert("creationTimestamp".to_owned(), seconds(seen.created_ms));
        entry.insert("deploymentStatus".to_owned(), seen.status.into());
        entry.insert("isLatestForTarget".to_owned(), seen.latest.into());
        if let Some(parent) = &seen.parent {
            entry.insert(
                "parentTargetArn".to_owned(),
                self.fixed.place.group(parent).into(),
            );
        }
        entry
    }

    pub(crate) fn get_deployment(&self, id: &str) -> Answer {
        let seen = self.seen_deployment(id)?;
        let mut answer = self.deployment_entry(&seen);
        if let Ok(Value::Object(document)) = serde_json::from_str(&seen.document) {
            answer.extend(document);
        }
        if let Some(job) = &seen.job {
            answer.insert("iotJobId".to_owned(), job.as_str().into());
            answer.insert("iotJobArn".to_owned(), self.fixed.place.job(job).into());
        }
        let arn = self.fixed.place.greengrass(&format!("deployments:{id}"));
        answer.insert("tags".to_owned(), self.tags_of(&arn));
        Ok(Value::Object(answer))
    }

    pub(crate) fn cancel_deployment(&mut self, id: &str) -> Answer {
        let seen = self.seen_deployment(id)?;
        if let Some(job) = &seen.job {
            self.allow("iot:CancelJob", &self.fixed.place.job(job))?;
        }
        self.cancel(&seen)?;
        Ok(json!({ "message": "SUCCESS" }))
    }

    /// Devices that took the deployment go on with it; the others never get it.
    pub(crate) fn cancel(&mut self, seen: &Seen) -> Result<(), Refusal> {
        if seen.status != "ACTIVE" {
            let message = format!(
                "Deployment {} is not active: its status is {}",
                seen.id, seen.status
            );
            return Err(Refusal::conflict("Deployment", &seen.id, message));
        }
        match seen.which {
            Which::Made(deployment) => self.note(vec![Entry::Stopped {
                deployment,
                at_ms: self.now,
                why: Stop::Canceled,
            }]),
            _ => {
                self.state
                    .gone_deployments
                    .insert(seen.id.clone(), Gone::Canceled);
                self.changed = true;
                Ok(())
            }
        }
    }

    /// Only one that is over can be deleted.
    pub(crate) fn delete_deployment(&mut self, id: &str) -> Answer {
        let seen = self.seen_deployment(id)?;
        if seen.status == "ACTIVE" {
            let message = format!("Deployment {id} is active: cancel it before you delete it");
            return Err(Refusal::conflict("Deployment", id, message));
        }
        match seen.which {
            Which::Made(deployment) => self.note(vec![Entry::Deleted { deployment }])?,
            _ => {
                self.state.gone_deployments.insert(seen.id, Gone::Deleted);
                self.changed = true;
            }
        }
        Ok(Value::Null)
    }
}

/// What a deployment does that names no policies ("Create deployments", AWS IoT Greengrass V2 Developer Guide).
pub(crate) fn usual_policies() -> Value {
    json!({
        "failureHandlingPolicy": "ROLLBACK",
        "componentUpdatePolicy": { "timeoutInSeconds": 60, "action": "NOTIFY_COMPONENTS" },
        "configurationValidationPolicy": { "timeoutInSeconds": 30 },
    })
}
