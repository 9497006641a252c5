//! Groups and their versions: the seeded fleet with what was changed laid over it.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::call::{Call, text};
use super::fleet::SEEDED_BEFORE_MS;
use super::ids::Named;
use super::kinds::Kind;
use super::refusal::{Answer, Refusal};
use super::state::{AddedVersion, GroupChange};
use super::{tags, timestamp};

const NO_SUCH_GROUP: &str = "That group definition does not exist.";

impl Call<'_> {
    /// When the seeded fleet was last changed.
    pub(super) fn seeded_before_ms(&self) -> i64 {
        self.state.seeded_before_ms.unwrap_or(SEEDED_BEFORE_MS)
    }

    /// One more than the highest index of a group.
    pub(super) fn groups_end(&self) -> u32 {
        self.world
            .fleet
            .groups
            .saturating_add(self.state.groups_made)
    }

    /// The index of a group that exists.
    pub(super) fn find_group(&self, id: &str) -> Option<u32> {
        match self.world.ids.read(self.world.bare(id))? {
            Named::Group { index } if self.group_exists(index) => Some(index),
            _ => None,
        }
    }

    pub(super) fn group(&self, id: &str) -> Result<u32, Refusal> {
        self.find_group(id)
            .ok_or_else(|| Refusal::no_such_id(NO_SUCH_GROUP))
    }

    pub(super) fn group_exists(&self, index: u32) -> bool {
        index < self.groups_end()
            && !self
                .state
                .groups
                .get(&index)
                .is_some_and(|change| change.deleted)
    }

    /// How many versions a group was seeded with.
    pub(super) fn seeded_versions(&self, index: u32) -> u32 {
        if index < self.world.fleet.groups {
            self.world.fleet.versions(index)
        } else {
            0
        }
    }

    /// The number of the newest version, 0 if there is none.
    pub(super) fn latest_version(&self, index: u32) -> u32 {
        let added = self
            .state
            .groups
            .get(&index)
            .map_or(0, |change| change.versions.len());
        self.seeded_versions(index) + u32::try_from(added).unwrap_or(0)
    }

    /// The number of an existing version of the group.
    pub(super) fn find_group_version(&self, index: u32, id: &str) -> Option<u32> {
        match self.world.ids.read(self.world.bare(id))? {
            Named::GroupVersion { index: of, version }
                if of == index && (1..=self.latest_version(index)).contains(&version) =>
            {
                Some(version)
            }
            _ => None,
        }
    }

    fn added_version(&self, index: u32, version: u32) -> Option<&AddedVersion> {
        let place = version.checked_sub(self.seeded_versions(index) + 1)?;
        self.state
            .groups
            .get(&index)?
            .versions
            .get(usize::try_from(place).ok()?)
    }

    fn version_created_ms(&self, index: u32, version: u32) -> i64 {
        self.added_version(index, version).map_or_else(
            || {
                self.world
                    .fleet
                    .version_created_ms(index, version, self.seeded_before_ms())
            },
            |added| added.created_ms,
        )
    }

    /// The definition version ARNs of a group version.
    pub(super) fn points(&self, index: u32, version: u32) -> BTreeMap<Kind, String> {
        if let Some(added) = self.added_version(index, version) {
            return added.points.clone();
        }
        let arn = |kind| {
            let (definition, number) = self.world.fleet.points_to(index, version, kind)?;
            Some((
                kind,
                self.world.definition_version_arn(kind, definition, number),
            ))
        };
        Kind::ALL.into_iter().filter_map(arn).collect()
    }

    pub(super) fn group_name(&self, index: u32) -> String {
        let changed = self
            .state
            .groups
            .get(&index)
            .and_then(|change| change.name.clone());
        changed.unwrap_or_else(|| self.world.fleet.name(index))
    }

    /// A group as lists and answers show it.
    fn group_entry(&self, index: u32) -> Map<String, Value> {
        let change = self.state.groups.get(&index);
        let latest = self.latest_version(index);
        let created = change
            .and_then(|change| change.created_ms)
            .unwrap_or_else(|| self.world.fleet.created_ms(index, self.seeded_before_ms()));
        let updated = change
            .and_then(|change| change.updated_ms)
            .unwrap_or_else(|| {
                if latest == 0 {
                    created
                } else {
                    self.version_created_ms(index, latest)
                }
            });
        let mut entry = Map::new();
        let mut put = |member: &str, value: String| entry.insert(member.to_owned(), value.into());
        put("Arn", self.world.group_arn(index));
        put("CreationTimestamp", timestamp::text(created));
        put("Id", self.world.group_id(index));
        put("LastUpdatedTimestamp", timestamp::text(updated));
        if latest > 0 {
            put("LatestVersion", self.world.group_version_id(index, latest));
            put(
                "LatestVersionArn",
                self.world.group_version_arn(index, latest),
            );
        }
        put("Name", self.group_name(index));
        entry
    }

    fn version_entry(&self, index: u32, version: u32) -> Map<String, Value> {
        let entry = json!({
            "Arn": self.world.group_version_arn(index, version),
            "CreationTimestamp": timestamp::text(self.version_created_ms(index, version)),
            "Id": self.world.group_id(index),
            "Version": self.world.group_version_id(index, version),
        });
        if let Value::Object(entry) = entry {
            entry
        } else {
            Map::new()
        }
    }

    pub(super) fn list_groups(&self) -> Answer {
        let page = self.page()?;
        let mut index = u32::try_from(page.from.unwrap_or(0)).unwrap_or(u32::MAX);
        let mut entries = Vec::new();
        while index < self.groups_end() && entries.len() < page.size {
            if self.group_exists(index) {
                entries.push(Value::Object(self.group_entry(index)));
            }
            index += 1;
        }
        let next = (index < self.groups_end()).then_some(u64::from(index));
        Ok(self.listed("Groups", entries, next))
    }

    pub(super) fn get_group(&self, id: &str) -> Answer {
        let index = self.group(id)?;
        let mut entry = self.group_entry(index);
        entry.insert(
            "tags".to_owned(),
            self.tags_of(&self.world.group_arn(index)),
        );
        Ok(Value::Object(entry))
    }

    pub(super) fn create_group(&mut self) -> Answer {
        let body = self.body()?;
        let name = group_name(&body)?;
        let tags = tags::read(&body)?;
        let points = match body.get("InitialVersion") {
            None | Some(Value::Null) => None,
            Some(Value::Object(fields)) => Some(self.read_points(fields)?),
            Some(_) => return Err(Refusal::bad_request("InitialVersion is not an object.")),
        };
        let index = self.groups_end();
        if index == u32::MAX {
            return Err(Refusal::bad_request("The account has too many groups."));
        }
        self.state.groups_made += 1;
        let created_ms = self.now;
        let versions = points
            .into_iter()
            .map(|points| AddedVersion { created_ms, points });
        let change = GroupChange {
            name: Some(name),
            created_ms: Some(created_ms),
            updated_ms: Some(created_ms),
            versions: versions.collect(),
            ..GroupChange::default()
        };
        self.state.groups.insert(index, change);
        self.set_tags(&self.world.group_arn(index), tags);
        Ok(Value::Object(self.group_entry(index)))
    }

    pub(super) fn update_group(&mut self, id: &str) -> Answer {
        let index = self.group(id)?;
        let name = group_name(&self.body()?)?;
        let change = self.state.groups.entry(index).or_default();
        change.name = Some(name);
        change.updated_ms = Some(self.now);
        Ok(json!({}))
    }

    pub(super) fn delete_group(&mut self, id: &str) -> Answer {
        let index = self.group(id)?;
        self.state.groups.entry(index).or_default().deleted = true;
        self.state.tags.remove(&self.world.group_arn(index));
        Ok(json!({}))
    }

    pub(super) fn create_group_version(&mut self, id: &str) -> Answer {
        let index = self.group(id)?;
        let points = self.read_points(&self.body()?)?;
        let created_ms = self.now;
        let change = self.state.groups.entry(index).or_default();
        change.versions.push(AddedVersion { created_ms, points });
        change.updated_ms = Some(created_ms);
        Ok(Value::Object(
            self.version_entry(index, self.latest_version(index)),
        ))
    }

    pub(super) fn list_group_versions(&self, id: &str) -> Answer {
        let index = self.group(id)?;
        let page = self.page()?;
        // Newest first, counted down, so that a version made meanwhile shifts nothing.
        let newest = self.latest_version(index);
        let from = page
            .from
            .map_or(newest, |from| u32::try_from(from).unwrap_or(0).min(newest));
        let versions: Vec<u32> = (1..=from).rev().take(page.size).collect();
        let next = versions.last().copied().unwrap_or(0).saturating_sub(1);
        let entries = versions
            .into_iter()
            .map(|version| Value::Object(self.version_entry(index, version)));
        Ok(self.listed(
            "Versions",
            entries.collect(),
            (next > 0).then_some(u64::from(next)),
        ))
    }

    pub(super) fn get_group_version(&self, id: &str, version_id: &str) -> Answer {
        let index = self.group(id)?;
        let version = self.group_version(index, version_id)?;
        let definition: Map<String, Value> = self
            .points(index, version)
            .into_iter()
            .map(|(kind, arn)| (kind.version_field().to_owned(), Value::String(arn)))
            .collect();
        let mut entry = self.version_entry(index, version);
        entry.insert("Definition".to_owned(), Value::Object(definition));
        Ok(Value::Object(entry))
    }

    pub(super) fn group_version(&self, index: u32, version_id: &str) -> Result<u32, Refusal> {
        self.find_group_version(index, version_id).ok_or_else(|| {
            let group = self.world.group_id(index);
            Refusal::no_such_version(format!(
                "Version {version_id} of Group Definition {group} does not exist."
            ))
        })
    }

    /// Reads the definition version ARNs of a request; each must exist.
    fn read_points(&self, fields: &Map<String, Value>) -> Result<BTreeMap<Kind, String>, Refusal> {
        let mut points = BTreeMap::new();
        let mut wrong = Vec::new();
        for kind in Kind::ALL {
            match fields.get(kind.version_field()) {
                None | Some(Value::Null) => {}
                Some(Value::String(arn)) if self.definition_version_exists(kind, arn) => {
                    points.insert(kind, arn.clone());
                }
                Some(_) => wrong.push(format!(
                    "{} definition reference does not exist",
                    kind.noun()
                )),
            }
        }
        if wrong.is_empty() {
            return Ok(points);
        }
        let said = wrong.join(", ");
        let message = format!("The group is invalid or corrupted. (ErrorDetails: [{said}])");
        Err(wrong
            .iter()
            .fold(Refusal::bad_request(message), |refusal, detail| {
                refusal.with_detail("GG-400", detail)
            }))
    }
}

/// A group's name: up to 128 characters, as the service's console takes them.
fn group_name(body: &Map<String, Value>) -> Result<String, Refusal> {
    let name = text(body, "Name")?;
    if name.chars().count() > 128 {
        return Err(Refusal::bad_request(
            "The name of a group has at most 128 characters.",
        ));
    }
    Ok(name.to_owned())
}
