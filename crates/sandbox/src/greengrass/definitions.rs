//! Definitions, all seven kinds alike.

use serde_json::{Map, Value, json};

use super::call::{Call, text};
use super::definition_versions::version_body;
use super::fleet::HALL;
use super::ids::Named;
use super::kinds::Kind;
use super::refusal::{Answer, Refusal};
use super::state::DefinitionChange;
use super::{seeded, tags, timestamp};

impl Call<'_> {
    fn definitions_end(&self, kind: Kind) -> u32 {
        let made = self.state.definitions_made.get(&kind).copied().unwrap_or(0);
        self.world.fleet.definitions(kind).saturating_add(made)
    }

    pub(super) fn definition_change(&self, kind: Kind, index: u32) -> Option<&DefinitionChange> {
        self.state.definitions.get(&kind)?.get(&index)
    }

    pub(super) fn definition_exists(&self, kind: Kind, index: u32) -> bool {
        index < self.definitions_end(kind)
            && !self
                .definition_change(kind, index)
                .is_some_and(|change| change.deleted)
    }

    /// The index of a definition that exists.
    pub(super) fn definition(&self, kind: Kind, id: &str) -> Result<u32, Refusal> {
        match self.world.ids.read(self.world.bare(id)) {
            Some(Named::Definition { kind: of, index })
                if of == kind.number() && self.definition_exists(kind, index) =>
            {
                Ok(index)
            }
            _ => Err(Refusal::no_such_id(format!(
                "That {} List Definition does not exist.",
                kind.noun()
            ))),
        }
    }

    /// The first group that a seeded definition belongs to: its name and age come from it.
    pub(super) fn first_group(&self, kind: Kind, index: u32) -> u32 {
        match kind {
            Kind::Core | Kind::Device => index,
            Kind::Function | Kind::Resource | Kind::Subscription => index.saturating_mul(HALL),
            Kind::Connector | Kind::Logger => 0,
        }
    }

    fn definition_entry(&self, kind: Kind, index: u32) -> Map<String, Value> {
        let change = self.definition_change(kind, index);
        let latest = self.latest_definition_version(kind, index);
        let first_group = self.first_group(kind, index);
        let name = change.and_then(|change| change.name.clone()).or_else(|| {
            let seeded = index < self.world.fleet.definitions(kind);
            seeded.then(|| seeded::definition_name(self.world, kind, first_group))
        });
        let created = change
            .and_then(|change| change.created_ms)
            .unwrap_or_else(|| {
                self.world
                    .fleet
                    .created_ms(first_group, self.seeded_before_ms())
            });
        let updated = change
            .and_then(|change| change.updated_ms)
            .or_else(|| {
                self.definition_version(kind, index, latest)
                    .map(|(made, _)| made)
            })
            .unwrap_or(created);
        let mut entry = Map::new();
        let mut put = |member: &str, value: String| entry.insert(member.to_owned(), value.into());
        put("Arn", self.world.definition_arn(kind, index));
        put("CreationTimestamp", timestamp::text(created));
        put("Id", self.definition_id(kind, index));
        put("LastUpdatedTimestamp", timestamp::text(updated));
        if latest > 0 {
            put(
                "LatestVersion",
                self.world.definition_version_id(kind, index, latest),
            );
            put(
                "LatestVersionArn",
                self.world.definition_version_arn(kind, index, latest),
            );
        }
        if let Some(name) = name {
            put("Name", name);
        }
        entry
    }

    pub(super) fn definition_id(&self, kind: Kind, index: u32) -> String {
        self.world.ids.text(Named::Definition {
            kind: kind.number(),
            index,
        })
    }

    pub(super) fn create_definition(&mut self, kind: Kind) -> Answer {
        let body = self.body()?;
        let name = match body.get("Name") {
            None | Some(Value::Null) => None,
            Some(_) => Some(text(&body, "Name")?.to_owned()),
        };
        let tags = tags::read(&body)?;
        let first = match body.get("InitialVersion") {
            None | Some(Value::Null) => None,
            Some(Value::Object(fields)) => Some(version_body(kind, fields)?),
            Some(_) => return Err(Refusal::bad_request("InitialVersion is not an object.")),
        };
        let index = self.definitions_end(kind);
        let now = self.now;
        let change = DefinitionChange {
            name,
            created_ms: Some(now),
            updated_ms: Some(now),
            versions: first.into_iter().map(|body| (now, body)).collect(),
            ..DefinitionChange::default()
        };
        *self.state.definitions_made.entry(kind).or_default() += 1;
        self.state
            .definitions
            .entry(kind)
            .or_default()
            .insert(index, change);
        self.set_tags(&self.world.definition_arn(kind, index), tags);
        Ok(Value::Object(self.definition_entry(kind, index)))
    }

    pub(super) fn list_definitions(&self, kind: Kind) -> Answer {
        let page = self.page()?;
        let mut index = u32::try_from(page.from.unwrap_or(0)).unwrap_or(u32::MAX);
        let mut entries = Vec::new();
        while index < self.definitions_end(kind) && entries.len() < page.size {
            if self.definition_exists(kind, index) {
                entries.push(Value::Object(self.definition_entry(kind, index)));
            }
            index += 1;
        }
        let next = (index < self.definitions_end(kind)).then_some(u64::from(index));
        Ok(self.listed("Definitions", entries, next))
    }

    pub(super) fn get_definition(&self, kind: Kind, id: &str) -> Answer {
        let index = self.definition(kind, id)?;
        let mut entry = self.definition_entry(kind, index);
        let tags = self.tags_of(&self.world.definition_arn(kind, index));
        entry.insert("tags".to_owned(), tags);
        Ok(Value::Object(entry))
    }

    pub(super) fn update_definition(&mut self, kind: Kind, id: &str) -> Answer {
        let index = self.definition(kind, id)?;
        let name = text(&self.body()?, "Name")?.to_owned();
        let now = self.now;
        let change = self
            .state
            .definitions
            .entry(kind)
            .or_default()
            .entry(index)
            .or_default();
        change.name = Some(name);
        change.updated_ms = Some(now);
        Ok(json!({}))
    }

    pub(super) fn delete_definition(&mut self, kind: Kind, id: &str) -> Answer {
        let index = self.definition(kind, id)?;
        self.state
            .definitions
            .entry(kind)
            .or_default()
            .entry(index)
            .or_default()
            .deleted = true;
        Ok(json!({}))
    }
}
