//! CreateDeployment: checked, written down, and the target's earlier deployment replaced.

use serde_json::{Map, Value, json};

use super::call::{Call, optional, text};
use super::create_component::{REMEMBERED_MS, fingerprint};
use super::deployments::{Seen, Which, usual_policies};
use super::ledger::{Entry, Stop, Target};
use super::place::TargetName;
use super::refusal::{Answer, Refusal};
use super::{tags, version};
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

/// Components, policies and job configuration as `GetDeployment` answers them, checked.
fn document(body: &Map<String, Value>, target: &Target) -> Result<Value, Refusal> {
    let mut document = Map::new();
    let mut components = Map::new();
    match body.get("components") {
        None | Some(Value::Null) => {}
        Some(Value::Object(asked)) => {
            for (name, wanted) in asked {
                components.insert(name.clone(), component(name, wanted)?);
            }
        }
        Some(_) => return Err(Refusal::field("components", "components must be a map")),
    }
    document.insert("components".to_owned(), Value::Object(components));
    document.insert("deploymentPolicies".to_owned(), policies(body)?);
    match body.get("iotJobConfiguration") {
        None | Some(Value::Null) if matches!(target, Target::Thing(_)) => {}
        None | Some(Value::Null) => {
            document.insert("iotJobConfiguration".to_owned(), json!({}));
        }
        Some(config) => {
            check_job(config)?;
            document.insert("iotJobConfiguration".to_owned(), config.clone());
        }
    }
    Ok(Value::Object(document))
}

fn component(name: &str, wanted: &Value) -> Result<Value, Refusal> {
    let path = format!("components.{name}");
    let fields = wanted
        .as_object()
        .ok_or_else(|| Refusal::field(&path, format!("{path} must be an object")))?;
    let text = fields
        .get("componentVersion")
        .and_then(Value::as_str)
        .unwrap_or_default();
    if version::version(text).is_none() {
        let path = format!("{path}.componentVersion");
        return Err(Refusal::field(
            &path,
            format!("{path} must be a semantic version such as 1.0.0"),
        ));
    }
    let mut kept = Map::new();
    kept.insert("componentVersion".to_owned(), text.into());
    if let Some(update) = fields
        .get("configurationUpdate")
        .filter(|update| !update.is_null())
    {
        let merge = update.get("merge").filter(|merge| !merge.is_null());
        let is_object = |merge: &Value| {
            let parsed = merge
                .as_str()
                .and_then(|text| serde_json::from_str::<Value>(text).ok());
            parsed.is_some_and(|parsed| parsed.is_object())
        };
        if !merge.is_none_or(is_object) {
            let path = format!("{path}.configurationUpdate.merge");
            return Err(Refusal::field(
                &path,
                format!("{path} must be a JSON object in a string"),
            ));
        }
        let reset = update.get("reset").filter(|reset| !reset.is_null());
        let is_pointers = |reset: &Value| {
            reset.as_array().is_some_and(|list| {
                list.iter().all(|pointer| {
                    pointer
                        .as_str()
                        .is_some_and(|text| text.is_empty() || text.starts_with('/'))
                })
            })
        };
        if !reset.is_none_or(is_pointers) {
            let path = format!("{path}.configurationUpdate.reset");
            return Err(Refusal::field(
                &path,
                format!("{path} must be a list of JSON pointers"),
            ));
        }
        kept.insert("configurationUpdate".to_owned(), update.clone());
    }
    if let Some(run_with) = fields.get("runWith").filter(|value| !value.is_null()) {
        kept.insert("runWith".to_owned(), run_with.clone());
    }
    Ok(Value::Object(kept))
}

/// The policies, complete: what is not said is as usual.
fn policies(body: &Map<String, Value>) -> Result<Value, Refusal> {
    let mut whole = usual_policies();
    let asked = match body.get("deploymentPolicies") {
        None | Some(Value::Null) => return Ok(whole),
        Some(asked) => asked,
    };
    let one_of = |path: &str, words: [&str; 2]| match asked.pointer(path) {
        None | Some(Value::Null) => Ok(()),
        Some(Value::String(word)) if words.contains(&word.as_str()) => Ok(()),
        Some(_) => {
            let member = path.trim_start_matches('/').replace('/', ".");
            let words = words.join(", ");
            Err(Refusal::field(
                &member,
                format!("{member} must be one of {words}"),
            ))
        }
    };
    one_of("/failureHandlingPolicy", ["ROLLBACK", "DO_NOTHING"])?;
    one_of(
        "/componentUpdatePolicy/action",
        ["NOTIFY_COMPONENTS", "SKIP_NOTIFY_COMPONENTS"],
    )?;
    for path in [
        "/componentUpdatePolicy/timeoutInSeconds",
        "/configurationValidationPolicy/timeoutInSeconds",
    ] {
        let given = asked.pointer(path).filter(|value| !value.is_null());
        if !given.is_none_or(|value| value.as_i64().is_some_and(|seconds| seconds >= 0)) {
            let member = path.trim_start_matches('/').replace('/', ".");
            return Err(Refusal::field(
                &member,
                format!("{member} must not be negative"),
            ));
        }
    }
    merge(&mut whole, asked);
    Ok(whole)
}

/// Puts members of one object over those of another, at any depth.
pub(crate) fn merge(into: &mut Value, from: &Value) {
    match (into, from) {
        (Value::Object(into), Value::Object(from)) => {
            for (name, value) in from.iter().filter(|(_, value)| !value.is_null()) {
                merge(into.entry(name.clone()).or_insert(Value::Null), value);
            }
        }
        (into, from) => *into = from.clone(),
    }
}

/// The limits of the service model.
fn check_job(config: &Value) -> Result<(), Refusal> {
    let between = |path: &str, least: f64, most: f64| match config.pointer(path) {
        None | Some(Value::Null) => Ok(()),
        Some(value)
            if value
                .as_f64()
                .is_some_and(|number| (least..=most).contains(&number)) =>
        {
            Ok(())
        }
        Some(_) => {
            let member = format!("iotJobConfiguration{}", path.replace('/', "."));
            Err(Refusal::field(
                &member,
                format!("{member} must be between {least} and {most}"),
            ))
        }
    };
    let rollout = "/jobExecutionsRolloutConfig";
    between(&format!("{rollout}/maximumPerMinute"), 1.0, 1_000.0)?;
    between(
        &format!("{rollout}/exponentialRate/baseRatePerMinute"),
        1.0,
        1_000.0,
    )?;
    between(
        &format!("{rollout}/exponentialRate/incrementFactor"),
        1.0,
        5.0,
    )?;
    between("/timeoutConfig/inProgressTimeoutInMinutes", 1.0, 10_080.0)?;
    let criteria = config
        .pointer("/abortConfig/criteriaList")
        .and_then(Value::as_array);
    for place in 0..criteria.map_or(0, Vec::len) {
        let path = format!("/abortConfig/criteriaList/{place}");
        between(&format!("{path}/thresholdPercentage"), 0.0, 100.0)?;
        between(&format!("{path}/minNumberOfExecutedThings"), 1.0, f64::MAX)?;
        let kind = config
            .pointer(&format!("{path}/failureType"))
            .and_then(Value::as_str);
        if !kind.is_some_and(|kind| ["FAILED", "REJECTED", "TIMED_OUT", "ALL"].contains(&kind)) {
            let member =
                format!("iotJobConfiguration.abortConfig.criteriaList[{place}].failureType");
            return Err(Refusal::field(
                &member,
                format!("{member} must be one of FAILED, REJECTED, TIMED_OUT, ALL"),
            ));
        }
    }
    Ok(())
}
