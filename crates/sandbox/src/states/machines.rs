//! State machines: made, changed, shown, deleted, tagged.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::call::{Call, check_name, listed, text};
use super::definition::{self, Finding};
use super::integration::{PRINCIPAL, not_assumable};
use super::model::Machine;
use super::refusal::{Answer, Refusal};
use crate::cloud::Cloud;

/// A definition has at most a megabyte (Step Functions quotas).
const LONGEST_DEFINITION: usize = 1_048_576;

impl Call<'_, '_> {
    pub(super) fn create_machine(&mut self, fields: &Map<String, Value>) -> Answer {
        let name = text(fields, "name")?;
        check_name(name)?;
        let arn = self.arn("stateMachine", name);
        self.allow("CreateStateMachine", &arn)?;
        let (text_of, role_arn) = (text(fields, "definition")?, text(fields, "roleArn")?);
        if fields.get("type").is_some_and(|kind| kind != "STANDARD") {
            return Err(Refusal::new(
                "StateMachineTypeNotSupported",
                "This sandbox has STANDARD machines only.",
            ));
        }
        if let Some(known) = self.run.state.machines.get(&arn) {
            // The same request again answers the same (service model: "idempotent").
            if known.text == text_of && known.role_arn == role_arn && known.revision == 0 {
                return Ok(
                    json!({ "stateMachineArn": arn, "creationDate": super::moment(known.created_ms) }),
                );
            }
            return Err(Refusal::new(
                "StateMachineAlreadyExists",
                format!("State Machine Already Exists: '{arn}'"),
            ));
        }
        let definition = read(text_of)?;
        self.pass_role(role_arn, &arn)?;
        let tags = tags_of(fields.get("tags"))?;
        let machine = Machine {
            arn: arn.clone(),
            name: name.to_owned(),
            role_arn: role_arn.to_owned(),
            text: text_of.to_owned(),
            definition: self.keep(definition),
            created_ms: self.now,
            revised_ms: None,
            revision: 0,
        };
        self.run.state.machines.insert(arn.clone(), machine);
        if !tags.is_empty() {
            self.run.state.tags.insert(arn.clone(), tags);
        }
        Ok(json!({ "stateMachineArn": arn, "creationDate": super::moment(self.now) }))
    }

    fn keep(&mut self, definition: Value) -> usize {
        let definitions = &mut self.run.state.definitions;
        if let Some(place) = definitions.iter().position(|known| **known == definition) {
            return place;
        }
        definitions.push(Arc::new(definition));
        definitions.len() - 1
    }

    /// The caller must be allowed to pass the role, and the role must let Step Functions have it.
    fn pass_role(&self, role_arn: &str, machine: &str) -> Result<(), Refusal> {
        let world = &self.run.inside.world;
        let context = [("iam:PassedToService", PRINCIPAL)];
        world
            .caller_allowed(&self.request.caller, "iam:PassRole", role_arn, &context)
            .map_err(Refusal::denied)?;
        world
            .assume_role(role_arn, PRINCIPAL, &world.settings.account, machine)
            .map_err(|_| Refusal::denied(not_assumable()))?;
        Ok(())
    }

    pub(super) fn machine(&self, arn: &str) -> Result<&Machine, Refusal> {
        if !arn.contains(":stateMachine:") {
            return Err(Refusal::new("InvalidArn", format!("Invalid Arn: '{arn}'")));
        }
        self.run
            .state
            .machines
            .get(arn)
            .ok_or_else(|| Refusal::no_machine(arn))
    }

    pub(super) fn update_machine(&mut self, fields: &Map<String, Value>) -> Answer {
        let arn = text(fields, "stateMachineArn")?;
        self.allow("UpdateStateMachine", arn)?;
        let mut machine = self.machine(arn)?.clone();
        let (definition, role) = (fields.get("definition"), fields.get("roleArn"));
        if definition.is_none() && role.is_none() {
            return Err(Refusal::new(
                "MissingRequiredParameter",
                "Either the definition, the role ARN, the LoggingConfiguration, or the TracingConfiguration must be specified",
            ));
        }
        if definition.is_some() {
            text(fields, "definition")?.clone_into(&mut machine.text);
            machine.definition = self.keep(read(&machine.text)?);
        }
        if role.is_some() {
            text(fields, "roleArn")?.clone_into(&mut machine.role_arn);
            self.pass_role(&machine.role_arn, arn)?;
        }
        machine.revision += 1;
        machine.revised_ms = Some(self.now);
        let revision = revision(&machine);
        self.run.state.machines.insert(arn.to_owned(), machine);
        Ok(json!({ "updateDate": super::moment(self.now), "revisionId": revision }))
    }

    pub(super) fn describe_machine(&mut self, fields: &Map<String, Value>) -> Answer {
        let arn = text(fields, "stateMachineArn")?;
        self.allow("DescribeStateMachine", arn)?;
        let machine = self.machine(arn)?;
        let mut answer = json!({
            "stateMachineArn": arn,
            "name": machine.name,
            "status": "ACTIVE",
            "definition": machine.text,
            "roleArn": machine.role_arn,
            "type": "STANDARD",
            "creationDate": super::moment(machine.created_ms),
            "loggingConfiguration": { "level": "OFF", "includeExecutionData": false },
            "tracingConfiguration": { "enabled": false },
            "encryptionConfiguration": { "type": "AWS_OWNED_KEY" },
        });
        if let (true, Some(members)) = (machine.revision > 0, answer.as_object_mut()) {
            members.insert("revisionId".to_owned(), revision(machine).into());
        }
        Ok(answer)
    }

    pub(super) fn delete_machine(&mut self, fields: &Map<String, Value>) -> Answer {
        let arn = text(fields, "stateMachineArn")?;
        self.allow("DeleteStateMachine", arn)?;
        // Deleting what is not there answers as if it were (the service is so); executions go on to their end.
        self.run.state.machines.remove(arn);
        self.run.state.tags.remove(arn);
        Ok(json!({}))
    }

    pub(super) fn list_machines(&mut self, fields: &Map<String, Value>) -> Answer {
        self.allow("ListStateMachines", "*")?;
        let machines: Vec<&Machine> = self.run.state.machines.values().collect();
        let (page, next) = Self::page(fields, &machines)?;
        let entries = page.iter().map(|machine| {
            json!({
                "stateMachineArn": machine.arn,
                "name": machine.name,
                "type": "STANDARD",
                "creationDate": super::moment(machine.created_ms),
            })
        });
        Ok(listed("stateMachines", entries.collect(), next))
    }

    pub(super) fn validate_definition(&mut self, fields: &Map<String, Value>) -> Answer {
        self.allow("ValidateStateMachineDefinition", "*")?;
        let found = definition::read(text(fields, "definition")?)
            .err()
            .unwrap_or_default();
        let shown = found.iter().map(|finding| {
            json!({
                "severity": "ERROR",
                "code": finding.code,
                "message": finding.message,
                "location": finding.location,
            })
        });
        let shown: Vec<Value> = shown.collect();
        let result = if shown.is_empty() { "OK" } else { "FAIL" };
        Ok(json!({ "result": result, "diagnostics": shown, "truncated": false }))
    }

    pub(super) fn tag(&mut self, fields: &Map<String, Value>) -> Answer {
        let arn = self.tagged(fields, "TagResource")?;
        let tags = tags_of(fields.get("tags"))?;
        self.run.state.tags.entry(arn).or_default().extend(tags);
        Ok(json!({}))
    }

    pub(super) fn untag(&mut self, fields: &Map<String, Value>) -> Answer {
        let arn = self.tagged(fields, "UntagResource")?;
        let keys = fields.get("tagKeys").and_then(Value::as_array);
        let keys: Vec<&str> = keys
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        if let Some(tags) = self.run.state.tags.get_mut(&arn) {
            tags.retain(|key, _| !keys.contains(&key.as_str()));
        }
        Ok(json!({}))
    }

    pub(super) fn list_tags(&mut self, fields: &Map<String, Value>) -> Answer {
        let arn = self.tagged(fields, "ListTagsForResource")?;
        let tags = self.run.state.tags.get(&arn).into_iter().flatten();
        let tags: Vec<Value> = tags
            .map(|(key, value)| json!({ "key": key, "value": value }))
            .collect();
        Ok(json!({ "tags": tags }))
    }

    fn tagged(&self, fields: &Map<String, Value>, operation: &str) -> Result<String, Refusal> {
        let arn = text(fields, "resourceArn")?;
        self.allow(operation, arn)?;
        match self.run.state.machines.contains_key(arn) {
            true => Ok(arn.to_owned()),
            false => Err(Refusal::no_resource(arn)),
        }
    }
}

fn revision(machine: &Machine) -> String {
    super::uuid(&[
        u64::from(machine.revision),
        machine.created_ms.unsigned_abs(),
        19,
    ])
}

fn read(text: &str) -> Result<Value, Refusal> {
    if text.len() > LONGEST_DEFINITION {
        return Err(Refusal::new(
            "InvalidDefinition",
            "Invalid State Machine Definition: longer than 1 MB",
        ));
    }
    definition::read(text).map_err(|found| {
        let said = |finding: &Finding| {
            format!(
                "{}: {} at {}",
                finding.code, finding.message, finding.location
            )
        };
        let said: Vec<String> = found.iter().map(said).collect();
        Refusal::new(
            "InvalidDefinition",
            format!("Invalid State Machine Definition: '{}'", said.join(", ")),
        )
    })
}

fn tags_of(tags: Option<&Value>) -> Result<BTreeMap<String, String>, Refusal> {
    let tags = tags.and_then(Value::as_array).into_iter().flatten();
    let tags: BTreeMap<String, String> = tags
        .filter_map(|tag| {
            let text = |member: &str| tag.get(member)?.as_str().map(str::to_owned);
            Some((text("key")?, text("value").unwrap_or_default()))
        })
        .collect();
    if tags.len() > 50 {
        return Err(Refusal::new(
            "TooManyTags",
            "A resource has at most 50 tags.",
        ));
    }
    Ok(tags)
}
