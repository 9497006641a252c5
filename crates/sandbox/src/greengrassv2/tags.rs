//! Tags of components, component versions, deployments and core devices, by ARN.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::call::Call;
use super::refusal::{Answer, Refusal};
use crate::greengrass::ids::Named;

/// Tags a resource can have (AWS's general quota).
const MOST: usize = 50;

/// Reads the `tags` member of a request.
pub(crate) fn read(fields: &Map<String, Value>) -> Result<BTreeMap<String, String>, Refusal> {
    let entries = match fields.get("tags") {
        None | Some(Value::Null) => return Ok(BTreeMap::new()),
        Some(Value::Object(entries)) => entries,
        Some(_) => return Err(Refusal::field("tags", "tags must be a map")),
    };
    let mut tags = BTreeMap::new();
    for (key, value) in entries {
        // Key 1 to 128 and value at most 256 characters, keys of AWS's own are reserved.
        let key_fits = (1..=128).contains(&key.chars().count()) && !key.starts_with("aws:");
        match value {
            Value::String(value) if key_fits && value.chars().count() <= 256 => {
                tags.insert(key.clone(), value.clone());
            }
            _ => return Err(Refusal::field("tags", format!("The tag {key} is invalid"))),
        }
    }
    if tags.len() > MOST {
        return Err(Refusal::field(
            "tags",
            "A resource can have at most 50 tags",
        ));
    }
    Ok(tags)
}

impl Call<'_> {
    pub(crate) fn tag_resource(&mut self, arn: &str) -> Answer {
        self.known_arn(arn)?;
        let new = read(&self.body()?)?;
        if new.is_empty() {
            return Err(Refusal::field("tags", "tags must not be null"));
        }
        let before = self.given_tags(arn);
        let tags = self.state.tags.entry(arn.to_owned()).or_insert(before);
        let added = new.keys().filter(|key| !tags.contains_key(*key)).count();
        if tags.len() + added > MOST {
            return Err(Refusal::field(
                "tags",
                "A resource can have at most 50 tags",
            ));
        }
        tags.extend(new);
        self.changed = true;
        Ok(json!({}))
    }

    pub(crate) fn untag_resource(&mut self, arn: &str) -> Answer {
        self.known_arn(arn)?;
        let before = self.given_tags(arn);
        let tags = self.state.tags.entry(arn.to_owned()).or_insert(before);
        for (_, key) in self
            .request
            .query
            .iter()
            .filter(|(name, _)| name == "tagKeys")
        {
            tags.remove(key);
        }
        self.changed = true;
        Ok(json!({}))
    }

    pub(crate) fn list_tags(&self, arn: &str) -> Answer {
        self.known_arn(arn)?;
        Ok(json!({ "tags": self.tags_of(arn) }))
    }

    /// The tags as answers carry them.
    pub(crate) fn tags_of(&self, arn: &str) -> Value {
        match self.state.tags.get(arn) {
            Some(tags) => json!(tags),
            None => json!(self.given_tags(arn)),
        }
    }

    /// The tags that a deployment was made with: those are in its journal.
    fn given_tags(&self, arn: &str) -> BTreeMap<String, String> {
        let prefix = self.fixed.place.greengrass("deployments:");
        let made = arn
            .strip_prefix(&prefix)
            .and_then(|id| match self.fixed.ids.read(id) {
                Some(Named::Made {
                    ordinal,
                    job: false,
                }) => self.ledger.get(ordinal),
                _ => None,
            });
        made.map(|made| made.tags.clone()).unwrap_or_default()
    }

    pub(crate) fn set_tags(&mut self, arn: &str, tags: BTreeMap<String, String>) {
        if !tags.is_empty() {
            self.state.tags.insert(arn.to_owned(), tags);
            self.changed = true;
        }
    }

    /// Refuses ARNs that name nothing here.
    fn known_arn(&self, arn: &str) -> Result<(), Refusal> {
        let unknown = || Refusal::not_found("Resource", arn);
        if let Some(named) = self.fixed.place.read_component(arn) {
            return if named.version.is_some() {
                self.found_component(arn).map(|_| ())
            } else {
                let versions = self.versions_of(named.public, named.name);
                (!versions.is_empty()).then_some(()).ok_or_else(unknown)
            };
        }
        let rest = arn
            .strip_prefix(&self.fixed.place.greengrass(""))
            .ok_or_else(unknown)?;
        match rest.split_once(':') {
            Some(("deployments", id)) => self.seen_deployment(id).map(|_| ()),
            Some(("coreDevices", name)) => self.core(name).map(|_| ()),
            _ => Err(unknown()),
        }
    }
}
