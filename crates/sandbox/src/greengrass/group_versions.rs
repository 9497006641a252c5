//! The versions of groups: the seeded ones with those made here after them.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::call::Call;
use super::ids::Named;
use super::kinds::Kind;
use super::refusal::{Answer, Refusal};
use super::state::AddedVersion;
use super::timestamp;

impl Call<'_> {
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

    pub(super) fn version_created_ms(&self, index: u32, version: u32) -> i64 {
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
        if !(1..=self.seeded_versions(index)).contains(&version) {
            return BTreeMap::new();
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
    pub(super) fn read_points(
        &self,
        fields: &Map<String, Value>,
    ) -> Result<BTreeMap<Kind, String>, Refusal> {
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
