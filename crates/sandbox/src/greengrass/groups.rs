//! Groups: the seeded fleet with what was changed laid over it.

use serde_json::{Map, Value, json};

use super::call::{Call, text};
use super::fleet::SEEDED_BEFORE_MS;
use super::ids::Named;
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
