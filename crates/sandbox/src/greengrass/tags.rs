//! Tags of groups, definitions and bulk deployments, by ARN.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::call::Call;
use super::refusal::{Answer, Refusal};

/// Tags a resource can have (AWS's general quota).
const MOST: usize = 50;

/// Reads the `tags` member (lower case in this service) of a request.
pub(super) fn read(fields: &Map<String, Value>) -> Result<BTreeMap<String, String>, Refusal> {
    let entries = match fields.get("tags") {
        None | Some(Value::Null) => return Ok(BTreeMap::new()),
        Some(Value::Object(entries)) => entries,
        Some(_) => return Err(Refusal::bad_request("tags is not a map.")),
    };
    let mut tags = BTreeMap::new();
    for (key, value) in entries {
        let Value::String(value) = value else {
            return Err(Refusal::bad_request(format!(
                "The value of tag {key} is not a string."
            )));
        };
        // Key 1 to 128 and value at most 256 characters, keys of AWS's own are reserved.
        let key_fits = (1..=128).contains(&key.chars().count()) && !key.starts_with("aws:");
        if !key_fits || value.chars().count() > 256 {
            return Err(Refusal::bad_request(format!("The tag {key} is invalid.")));
        }
        tags.insert(key.clone(), value.clone());
    }
    if tags.len() > MOST {
        return Err(Refusal::bad_request("A resource can have at most 50 tags."));
    }
    Ok(tags)
}

impl Call<'_> {
    pub(super) fn tag_resource(&mut self, arn: &str) -> Answer {
        self.known_arn(arn)?;
        let new = read(&self.body()?)?;
        let tags = self.state.tags.entry(arn.to_owned()).or_default();
        let added = new.keys().filter(|key| !tags.contains_key(*key)).count();
        if tags.len() + added > MOST {
            return Err(Refusal::bad_request("A resource can have at most 50 tags."));
        }
        tags.extend(new);
        Ok(Value::Null)
    }

    pub(super) fn untag_resource(&mut self, arn: &str) -> Answer {
        self.known_arn(arn)?;
        if let Some(tags) = self.state.tags.get_mut(arn) {
            for (_, key) in self
                .request
                .query
                .iter()
                .filter(|(name, _)| name == "tagKeys")
            {
                tags.remove(key);
            }
        }
        Ok(Value::Null)
    }

    pub(super) fn list_tags(&self, arn: &str) -> Answer {
        self.known_arn(arn)?;
        Ok(json!({ "tags": self.tags_of(arn) }))
    }

    /// The tags as answers carry them.
    pub(super) fn tags_of(&self, arn: &str) -> Value {
        json!(self.state.tags.get(arn).cloned().unwrap_or_default())
    }

    pub(super) fn set_tags(&mut self, arn: &str, tags: BTreeMap<String, String>) {
        if !tags.is_empty() {
            self.state.tags.insert(arn.to_owned(), tags);
        }
    }

    /// Refuses ARNs that name nothing here.
    fn known_arn(&self, arn: &str) -> Result<(), Refusal> {
        let unknown = || Refusal::no_such_id(format!("There is no resource {arn}."));
        let path = arn.strip_prefix(&self.world.arn("")).ok_or_else(unknown)?;
        let segments: Vec<&str> = path.split('/').collect();
        match segments.as_slice() {
            ["groups", id] => self.group(id).map(|_| ()),
            ["bulk", "deployments", id] => self.bulk_ordinal(id).map(|_| ()),
            ["definition", kind, id] => {
                let kind = super::kinds::Kind::from_path(kind).ok_or_else(unknown)?;
                self.definition(kind, id).map(|_| ())
            }
            _ => Err(unknown()),
        }
    }
}
