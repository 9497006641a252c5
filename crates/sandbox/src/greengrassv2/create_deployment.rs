//! CreateDeployment: checked, written down, and the target's earlier deployment replaced.

use serde_json::{Map, Value, json};

use super::call::{Call, optional, text};
use super::create_component::{REMEMBERED_MS, fingerprint};
use super::deployments::{Seen, Which};
use super::document::document;
use super::ledger::{Entry, Stop, Target};
use super::place::TargetName;
use super::refusal::{Answer, Refusal};
use super::tags;
use crate::greengrass::ids::Named;

impl Call<'_> {
    pub(crate) fn create_deployment(&mut self) -> Answer {
        let body = self.body()?;
        let token = self.client_token(&body)?;
        if let Some((known, ordinal)) = token
            .as_deref()
            .and_then(|token| self.ledger.by_token(token))
            && let Some(made) = self.ledger.get(ordinal)
            && self.now - made.created_ms <= REMEMBERED_MS
        {
            return if known == fingerprint(&body) {
                Ok(self.made_answer(ordinal))
            } else {
                let token = token.unwrap_or_default();
                let message =
                    format!("The client token {token} was used before with other parameters");
                Err(Refusal::conflict("clientToken", &token, message))
            };
        }
        let tags = tags::read(&body)?;
        if !tags.is_empty() {
            let any = self.fixed.place.greengrass("deployments:*");
            self.allow("greengrass:TagResource", &any)?;
        }
        let target = self.read_target(text(&body, "targetArn")?)?;
        let name = optional(&body, "deploymentName")?
            .unwrap_or_default()
            .to_owned();
        if name.chars().count() > 256 {
            return Err(Refusal::field(
                "deploymentName",
                "Member must have length less than or equal to 256",
            ));
        }
        let document = document(&body, &target)?;
        let parent = self.parent(&body, &target)?;
        let before = self.newest_for(&target);
        self.allow_dependents(&target, before.as_ref())?;
        let members = self.members(&target);
        let deployment = u32::try_from(self.ledger.made.len()).unwrap_or(u32::MAX);
        let made = Entry::Made {
            name,
            document: document.to_string().into(),
            at_ms: self.now,
            revision: before.as_ref().map_or(1, |before| before.revision + 1),
            parent,
            tags,
            token: token.map(|token| (token, fingerprint(&body))),
            members,
            target,
        };
        let mut entries = vec![made];
        if let Some(Which::Made(earlier)) = before.map(|before| before.which)
            && self
                .ledger
                .get(earlier)
                .is_some_and(|earlier| earlier.stopped.is_none())
        {
            let (at_ms, why) = (self.now, Stop::Replaced);
            entries.push(Entry::Stopped {
                deployment: earlier,
                at_ms,
                why,
            });
        }
        self.note(entries)?;
        Ok(self.made_answer(deployment))
    }

    fn made_answer(&self, ordinal: u32) -> Value {
        let id = self.fixed.ids.text(Named::Made {
            ordinal,
            job: false,
        });
        let group = self
            .ledger
            .get(ordinal)
            .is_some_and(|made| matches!(made.target, Target::Group(_)));
        if !group {
            return json!({ "deploymentId": id });
        }
        let job = self.fixed.ids.text(Named::Made { ordinal, job: true });
        json!({ "deploymentId": id, "iotJobId": job, "iotJobArn": self.fixed.place.job(&job) })
    }

    /// The things that a deployment for the target begins with, in the order in which they are told.
    fn members(&self, target: &Target) -> Vec<u32> {
        match target {
            Target::Thing(thing) => vec![*thing],
            Target::Group(name) => self.group_members(name),
        }
    }

    /// What the caller needs besides greengrass:CreateDeployment ("Actions, resources, and condition keys for AWS IoT
    /// Greengrass V2", dependent actions): the thing and its shadow, or the thing group and its job.
    fn allow_dependents(&self, target: &Target, before: Option<&Seen>) -> Result<(), Refusal> {
        let arn = self.target_arn(target);
        match target {
            Target::Thing(_) => {
                for action in [
                    "iot:DescribeThing",
                    "iot:GetThingShadow",
                    "iot:UpdateThingShadow",
                ] {
                    self.allow(action, &arn)?;
                }
            }
            Target::Group(_) => {
                self.allow("iot:DescribeThingGroup", &arn)?;
                self.allow("iot:CreateJob", &arn)?;
                self.allow("iot:CreateJob", &self.fixed.place.job("*"))?;
                if let Some(job) = before.and_then(|before| before.job.as_ref()) {
                    let job = self.fixed.place.job(job);
                    self.allow("iot:DescribeJob", &job)?;
                    self.allow("iot:CancelJob", &job)?;
                }
            }
        }
        Ok(())
    }

    /// A subdeployment's parent, a thing group that the target stays bound to ("Create subdeployments").
    fn parent(
        &self,
        body: &Map<String, Value>,
        target: &Target,
    ) -> Result<Option<String>, Refusal> {
        let Some(arn) = optional(body, "parentTargetArn")? else {
            return Ok(None);
        };
        let name = match self.fixed.place.read_target(arn) {
            Some(TargetName::Group(name)) if self.group_exists(name) => name,
            _ => return Err(Refusal::not_found("ThingGroup", arn)),
        };
        if !matches!(target, Target::Group(_)) {
            return Err(Refusal::field(
                "parentTargetArn",
                "Only a thing group can be the target of a subdeployment",
            ));
        }
        let bound = self.ledger.of_target(target).iter().rev();
        let mut bound = bound.filter_map(|ordinal| self.ledger.get(*ordinal)?.parent.as_deref());
        if bound.next().is_some_and(|bound| bound != name) {
            return Err(Refusal::field(
                "parentTargetArn",
                "The target is bound to another parent target",
            ));
        }
        Ok(Some(name.to_owned()))
    }
}
