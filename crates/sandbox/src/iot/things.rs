//! Things: the seeded core devices, and those made here.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{invalid, not_found};
use crate::greengrass::ids::Named;
use crate::greengrassv2::call::Call;
use crate::greengrassv2::cores::SITES;
use crate::greengrassv2::refusal::{Answer, Refusal};
use crate::greengrassv2::state::MadeThing;

/// Whether a text can name a thing, a thing group or a job.
pub(super) fn is_name(text: &str) -> bool {
    (1..=128).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b":_-".contains(&b))
}

impl Call<'_> {
    /// A thing's number.
    pub(crate) fn thing(&self, name: &str) -> Option<u32> {
        self.fixed.cores.index(name).or_else(|| {
            let place = self
                .state
                .things
                .iter()
                .position(|thing| thing.name == name)?;
            Some(self.fixed.cores.count + u32::try_from(place).ok()?)
        })
    }

    /// A thing's name.
    pub(crate) fn thing_name(&self, thing: u32) -> String {
        match self.made_thing(thing) {
            Some(made) => made.name.clone(),
            None => self.fixed.cores.name(thing),
        }
    }

    fn made_thing(&self, thing: u32) -> Option<&MadeThing> {
        let place = thing.checked_sub(self.fixed.cores.count)?;
        self.state.things.get(usize::try_from(place).ok()?)
    }

    fn known_thing(&self, name: &str) -> Result<u32, Refusal> {
        self.thing(name)
            .ok_or_else(|| not_found(format!("Thing {name} cannot be found.")))
    }

    fn attributes(&self, thing: u32) -> BTreeMap<String, String> {
        if let Some(made) = self.made_thing(thing) {
            return made.attributes.clone();
        }
        let site = SITES.get(self.fixed.cores.site(thing)).unwrap_or(&"plant");
        let use_ = self.fixed.cores.role(thing);
        [("site", (*site).to_owned()), ("use", use_.to_owned())]
            .map(|(name, value)| (name.to_owned(), value))
            .into()
    }

    pub(crate) fn list_things(&self) -> Answer {
        self.allow("iot:ListThings", "*")?;
        let page = self.page(50, 250)?;
        let asked = |name: &str| {
            self.request
                .query_value(name)
                .filter(|value| !value.is_empty())
        };
        let (attribute, value) = (asked("attributeName"), asked("attributeValue"));
        if asked("thingTypeName").is_some() {
            return Ok(self.listed("things", Vec::new(), None));
        }
        let made = u32::try_from(self.state.things.len()).unwrap_or(0);
        let mut entries = Vec::new();
        let mut next = None;
        for thing in u32::try_from(page.from).unwrap_or(u32::MAX)..self.fixed.cores.count + made {
            let attributes = self.attributes(thing);
            if let Some(name) = attribute
                && attributes
                    .get(name)
                    .is_none_or(|has| value.is_some_and(|value| has != value))
            {
                continue;
            }
            if entries.len() == page.size {
                next = Some(u64::from(thing));
                break;
            }
            let name = self.thing_name(thing);
            entries.push(json!({
                "thingName": name,
                "thingArn": self.fixed.place.thing(&name),
                "attributes": attributes,
                "version": 1,
            }));
        }
        Ok(self.listed("things", entries, next))
    }

    pub(crate) fn describe_thing(&self, name: &str) -> Answer {
        let arn = self.fixed.place.thing(name);
        self.allow("iot:DescribeThing", &arn)?;
        let index = self.known_thing(name)?;
        Ok(json!({
            "defaultClientId": name,
            "thingName": name,
            "thingId": self.fixed.ids.text(Named::Thing { index, group: false }),
            "thingArn": arn,
            "attributes": self.attributes(index),
            "version": 1,
        }))
    }

    pub(crate) fn create_thing(&mut self, name: &str) -> Answer {
        let arn = self.fixed.place.thing(name);
        self.allow("iot:CreateThing", &arn)?;
        if !is_name(name) {
            return Err(invalid(
                "1 validation error detected: Value at 'thingName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9:_-]+",
            ));
        }
        let attributes = attributes_of(&self.body()?, "/attributePayload/attributes");
        let index = match self.thing(name) {
            // The same again is no error.
            Some(index) if self.attributes(index) == attributes => index,
            Some(_) => {
                let message =
                    format!("Thing {name} already exists in account with different attributes.");
                return Err(Refusal::new(409, "ResourceAlreadyExistsException", message));
            }
            None => {
                let place = u32::try_from(self.state.things.len()).unwrap_or(u32::MAX);
                let name = name.to_owned();
                self.state.things.push(MadeThing { name, attributes });
                self.changed = true;
                self.fixed.cores.count.saturating_add(place)
            }
        };
        let id = self.fixed.ids.text(Named::Thing {
            index,
            group: false,
        });
        Ok(json!({ "thingName": name, "thingArn": arn, "thingId": id }))
    }

    pub(crate) fn list_thing_groups_for_thing(&self, name: &str) -> Answer {
        self.allow("iot:ListThingGroupsForThing", &self.fixed.place.thing(name))?;
        let thing = self.known_thing(name)?;
        let page = self.page(50, 250)?;
        let mut groups = self.groups_of(thing);
        groups.sort_unstable();
        let entry =
            |name: &String| json!({ "groupName": name, "groupArn": self.fixed.place.group(name) });
        let all = groups.iter().map(entry).collect();
        Ok(self.paged("thingGroups", page, all))
    }
}

/// A map of texts somewhere in a request.
pub(super) fn attributes_of(body: &Map<String, Value>, path: &str) -> BTreeMap<String, String> {
    let body = Value::Object(body.clone());
    let found = body.pointer(path).and_then(Value::as_object);
    let pairs = found.into_iter().flatten();
    pairs
        .filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())))
        .collect()
}
