//! The versions of definitions, and what a group version's cores are by them.

use serde_json::{Map, Value, json};

use super::call::Call;
use super::fleet::{Cores, Fleet};
use super::ids::Named;
use super::kinds::Kind;
use super::refusal::{Answer, Refusal};
use super::{seeded, timestamp};

impl Call<'_> {
    fn seeded_definition_versions(&self, kind: Kind, index: u32) -> u32 {
        if index < self.world.fleet.definitions(kind) {
            Fleet::definition_versions(kind)
        } else {
            0
        }
    }

    pub(super) fn latest_definition_version(&self, kind: Kind, index: u32) -> u32 {
        let added = self
            .definition_change(kind, index)
            .map_or(0, |change| change.versions.len());
        self.seeded_definition_versions(kind, index) + u32::try_from(added).unwrap_or(0)
    }

    /// Whether a definition version ARN of this kind names something that exists.
    pub(super) fn definition_version_exists(&self, kind: Kind, arn: &str) -> bool {
        self.world
            .read_definition_version(kind, arn)
            .is_some_and(|(index, version)| {
                self.definition_exists(kind, index)
                    && (1..=self.latest_definition_version(kind, index)).contains(&version)
            })
    }

    /// When a version was made, and its body.
    pub(super) fn definition_version(
        &self,
        kind: Kind,
        index: u32,
        version: u32,
    ) -> Option<(i64, Value)> {
        let seeded = self.seeded_definition_versions(kind, index);
        if version == 0 {
            return None;
        }
        if version > seeded {
            let place = usize::try_from(version - seeded - 1).ok()?;
            return self
                .definition_change(kind, index)?
                .versions
                .get(place)
                .cloned();
        }
        let first_group = self.first_group(kind, index);
        let before = self.seeded_before_ms();
        let created = self.world.fleet.created_ms(first_group, before);
        let steps = i64::from(seeded) + 1;
        let made = created + (before - created) / steps * i64::from(version - 1);
        Some((made, seeded::body(self.world, kind, index, version)))
    }

    /// How many cores a group version has, by its core definition version.
    pub(super) fn cores(&self, index: u32, version: u32) -> Cores {
        if (1..=self.seeded_versions(index)).contains(&version) {
            return self.world.fleet.cores(index, version);
        }
        let points = self.points(index, version);
        let list = points
            .get(&Kind::Core)
            .and_then(|arn| self.world.read_definition_version(Kind::Core, arn))
            .and_then(|(definition, number)| {
                self.definition_version(Kind::Core, definition, number)
            })
            .and_then(|(_, body)| body.get(Kind::Core.list())?.as_array().map(Vec::len));
        match list {
            None | Some(0) => Cores::None,
            Some(1) => Cores::One,
            Some(_) => Cores::Two,
        }
    }

    fn definition_version_entry(
        &self,
        kind: Kind,
        index: u32,
        version: u32,
        made: i64,
    ) -> Map<String, Value> {
        let entry = json!({
            "Arn": self.world.definition_version_arn(kind, index, version),
            "CreationTimestamp": timestamp::text(made),
            "Id": self.definition_id(kind, index),
            "Version": self.world.definition_version_id(kind, index, version),
        });
        if let Value::Object(entry) = entry {
            entry
        } else {
            Map::new()
        }
    }

    pub(super) fn create_definition_version(&mut self, kind: Kind, id: &str) -> Answer {
        let index = self.definition(kind, id)?;
        let body = version_body(kind, &self.body()?)?;
        let now = self.now;
        let change = self
            .state
            .definitions
            .entry(kind)
            .or_default()
            .entry(index)
            .or_default();
        change.versions.push((now, body));
        change.updated_ms = Some(now);
        let version = self.latest_definition_version(kind, index);
        Ok(Value::Object(
            self.definition_version_entry(kind, index, version, now),
        ))
    }

    pub(super) fn list_definition_versions(&self, kind: Kind, id: &str) -> Answer {
        let index = self.definition(kind, id)?;
        let page = self.page()?;
        let newest = self.latest_definition_version(kind, index);
        let from = page
            .from
            .map_or(newest, |from| u32::try_from(from).unwrap_or(0).min(newest));
        let versions: Vec<u32> = (1..=from).rev().take(page.size).collect();
        let next = versions.last().copied().unwrap_or(0).saturating_sub(1);
        let entry = |version| {
            let (made, _) = self.definition_version(kind, index, version)?;
            Some(Value::Object(
                self.definition_version_entry(kind, index, version, made),
            ))
        };
        let entries = versions.into_iter().filter_map(entry).collect();
        Ok(self.listed("Versions", entries, (next > 0).then_some(u64::from(next))))
    }

    pub(super) fn get_definition_version(&self, kind: Kind, id: &str, version_id: &str) -> Answer {
        let index = self.definition(kind, id)?;
        let unknown = || {
            let noun = kind.noun();
            Refusal::no_such_version(format!(
                "Version {version_id} of {noun} List Definition {id} does not exist."
            ))
        };
        let version = match self.world.ids.read(version_id) {
            Some(Named::DefinitionVersion {
                kind: of,
                index: of_index,
                version,
            }) if of == kind.number() && of_index == index && version > 0 => version,
            _ => return Err(unknown()),
        };
        let (made, body) = self
            .definition_version(kind, index, version)
            .ok_or_else(unknown)?;
        let mut entry = self.definition_version_entry(kind, index, version, made);
        entry.insert("Definition".to_owned(), body);
        Ok(Value::Object(entry))
    }
}

/// What is kept of a definition version's request: the kind's list, and for functions their default settings.
pub(super) fn version_body(kind: Kind, fields: &Map<String, Value>) -> Result<Value, Refusal> {
    let list = match fields.get(kind.list()) {
        None | Some(Value::Null) => Value::Array(Vec::new()),
        Some(Value::Array(list)) if list.iter().all(Value::is_object) => Value::Array(list.clone()),
        Some(_) => {
            let (path, list) = (kind.path(), kind.list());
            return Err(Refusal::bad_request(format!(
                "The {path} definition is invalid or corrupted. (ErrorDetails: [{list} is not a list of objects])"
            )));
        }
    };
    let mut body = Map::new();
    body.insert(kind.list().to_owned(), list);
    if let (Kind::Function, Some(settings)) = (kind, fields.get("DefaultConfig")) {
        body.insert("DefaultConfig".to_owned(), settings.clone());
    }
    Ok(Value::Object(body))
}
