//! Thing groups: one a site, one of canaries, and those made here; and who is in them.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::things::{attributes_of, is_name};
use super::{invalid, not_found};
use crate::greengrass::ids::Named;
use crate::greengrassv2::call::{Call, seconds};
use crate::greengrassv2::cores::{HALL, SITES};
use crate::greengrassv2::ledger::{Entry, Target};
use crate::greengrassv2::place::TargetName;
use crate::greengrassv2::refusal::{Answer, Refusal};
use crate::greengrassv2::state::GroupChange;

/// The seeded group beside the sites.
const CANARIES: &str = "canary";
/// Groups that a thing can be in ("AWS IoT thing group quotas").
const MOST_GROUPS: usize = 10;

impl Call<'_> {
    /// The name of a seeded group: the sites that have devices, then the canaries.
    pub(crate) fn seeded_group(&self, index: u32) -> Option<String> {
        let place = usize::try_from(index).ok()?;
        match SITES.get(place) {
            Some(site) => {
                let halls = self.fixed.cores.count.div_ceil(HALL);
                let used =
                    (0..halls.min(16)).any(|hall| self.fixed.cores.site(hall * HALL) == place);
                used.then(|| format!("site-{site}"))
            }
            None => (place == SITES.len()).then(|| CANARIES.to_owned()),
        }
    }

    pub(crate) fn seeded_group_index(&self, name: &str) -> Option<u32> {
        let count = u32::try_from(SITES.len()).unwrap_or(0) + 1;
        (0..count).find(|index| self.seeded_group(*index).as_deref() == Some(name))
    }

    pub(crate) fn group_exists(&self, name: &str) -> bool {
        match self.state.groups.get(name) {
            Some(change) if change.deleted => false,
            Some(change) if change.created_ms.is_some() => true,
            _ => self.seeded_group_index(name).is_some(),
        }
    }

    /// Whether a thing was seeded into a group.
    fn seeded_in(&self, name: &str, thing: u32) -> bool {
        let cores = &self.fixed.cores;
        if thing >= cores.count {
            return false;
        }
        if name == CANARIES {
            return cores.in_canary_group(thing);
        }
        let site = SITES.get(cores.site(thing));
        name.strip_prefix("site-")
            .is_some_and(|rest| site == Some(&rest))
            && cores.in_site_group(thing)
    }

    fn directly_in(&self, name: &str, thing: u32) -> bool {
        match self.state.groups.get(name) {
            Some(change) if change.deleted => false,
            Some(change) if change.added.contains(&thing) => true,
            Some(change) if change.created_ms.is_some() || change.removed.contains(&thing) => false,
            _ => self.seeded_in(name, thing),
        }
    }

    /// Whether a thing is in a group or in one below it.
    pub(crate) fn in_group(&self, name: &str, thing: u32) -> bool {
        self.directly_in(name, thing)
            || self
                .below(name)
                .iter()
                .any(|child| self.directly_in(child, thing))
    }

    /// The groups below a group, at any depth.
    fn below(&self, name: &str) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        let mut open = vec![name.to_owned()];
        while let Some(parent) = open.pop() {
            for (child, change) in &self.state.groups {
                if change.parent.as_ref() == Some(&parent)
                    && !change.deleted
                    && !found.contains(child)
                {
                    found.push(child.clone());
                    open.push(child.clone());
                }
            }
        }
        found
    }

    fn parent_of(&self, name: &str) -> Option<&str> {
        self.state.groups.get(name)?.parent.as_deref()
    }

    /// All things in a group and below it, by number.
    pub(crate) fn group_members(&self, name: &str) -> Vec<u32> {
        let mut members = BTreeSet::new();
        for group in self.below(name).into_iter().chain([name.to_owned()]) {
            let change = self.state.groups.get(&group);
            if change.is_none_or(|change| change.created_ms.is_none()) {
                let seeded = 0..self.fixed.cores.count;
                members.extend(seeded.filter(|thing| self.directly_in(&group, *thing)));
            }
            members.extend(change.into_iter().flat_map(|change| &change.added));
        }
        members.into_iter().collect()
    }

    /// The seeded groups that a thing was seeded into.
    pub(crate) fn seeded_groups_of(&self, thing: u32) -> Vec<String> {
        let cores = &self.fixed.cores;
        if thing >= cores.count {
            return Vec::new();
        }
        let site = SITES
            .get(cores.site(thing))
            .map(|site| format!("site-{site}"));
        let names = site.into_iter().chain([CANARIES.to_owned()]);
        names.filter(|name| self.seeded_in(name, thing)).collect()
    }

    /// The groups that a thing is directly in.
    pub(crate) fn groups_of(&self, thing: u32) -> Vec<String> {
        let mut groups = self.seeded_groups_of(thing);
        groups.extend(self.state.groups.keys().cloned());
        groups.sort_unstable();
        groups.dedup();
        groups.retain(|name| self.directly_in(name, thing));
        groups
    }

    fn known_group(&self, name: &str) -> Result<(), Refusal> {
        if self.group_exists(name) {
            return Ok(());
        }
        Err(not_found(format!("Thing Group {name} cannot be found.")))
    }

    fn group_id(&self, name: &str) -> String {
        let seeded = self.seeded_group_index(name).unwrap_or_default();
        let change = self.state.groups.get(name);
        let index = match change.filter(|change| change.created_ms.is_some()) {
            Some(change) => 1_000 + change.ordinal,
            None => seeded,
        };
        self.fixed.ids.text(Named::Thing { index, group: true })
    }

    pub(crate) fn list_thing_groups(&self) -> Answer {
        self.allow("iot:ListThingGroups", "*")?;
        let page = self.page(50, 250)?;
        let asked = |name: &str| {
            self.request
                .query_value(name)
                .filter(|value| !value.is_empty())
        };
        let (prefix, parent) = (asked("namePrefixFilter"), asked("parentGroup"));
        let mut names: BTreeSet<String> = match parent {
            Some(parent) => {
                self.known_group(parent)?;
                let below = self.below(parent).into_iter();
                if asked("recursive") == Some("false") {
                    below
                        .filter(|child| self.parent_of(child) == Some(parent))
                        .collect()
                } else {
                    below.collect()
                }
            }
            None => {
                let count = u32::try_from(SITES.len()).unwrap_or(0) + 1;
                let seeded = (0..count).filter_map(|index| self.seeded_group(index));
                seeded.chain(self.state.groups.keys().cloned()).collect()
            }
        };
        names.retain(|name| {
            self.group_exists(name) && prefix.is_none_or(|prefix| name.starts_with(prefix))
        });
        let entry =
            |name: &String| json!({ "groupName": name, "groupArn": self.fixed.place.group(name) });
        let all = names.iter().map(entry).collect();
        Ok(self.paged("thingGroups", page, all))
    }

    pub(crate) fn describe_thing_group(&self, name: &str) -> Answer {
        let arn = self.fixed.place.group(name);
        self.allow("iot:DescribeThingGroup", &arn)?;
        self.known_group(name)?;
        let change = self.state.groups.get(name).cloned().unwrap_or_default();
        let mut properties = Map::new();
        if let Some(text) = &change.description {
            properties.insert("thingGroupDescription".to_owned(), text.as_str().into());
        }
        if !change.attributes.is_empty() {
            let payload = json!({ "attributes": change.attributes });
            properties.insert("attributePayload".to_owned(), payload);
        }
        let seeded_ms = self.seeded_before_ms() - 200 * 86_400_000;
        let mut metadata = Map::new();
        if let Some(parent) = &change.parent {
            metadata.insert("parentGroupName".to_owned(), parent.as_str().into());
        }
        metadata.insert(
            "creationDate".to_owned(),
            seconds(change.created_ms.unwrap_or(seeded_ms)),
        );
        Ok(json!({
            "thingGroupName": name,
            "thingGroupId": self.group_id(name),
            "thingGroupArn": arn,
            "version": 1,
            "thingGroupProperties": properties,
            "thingGroupMetadata": metadata,
        }))
    }

    pub(crate) fn create_thing_group(&mut self, name: &str) -> Answer {
        let arn = self.fixed.place.group(name);
        self.allow("iot:CreateThingGroup", &arn)?;
        if !is_name(name) {
            return Err(invalid(
                "1 validation error detected: Value at 'thingGroupName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9:_-]+",
            ));
        }
        let body = self.body()?;
        let parent = body
            .get("parentGroupName")
            .and_then(Value::as_str)
            .map(str::to_owned);
        if let Some(parent) = &parent {
            self.known_group(parent)?;
        }
        let whole = Value::Object(body.clone());
        let description = whole.pointer("/thingGroupProperties/thingGroupDescription");
        let description = description.and_then(Value::as_str).map(str::to_owned);
        let attributes = attributes_of(&body, "/thingGroupProperties/attributePayload/attributes");
        if self.group_exists(name) {
            let same = self.state.groups.get(name).is_some_and(|known| {
                known.parent == parent
                    && known.description == description
                    && known.attributes == attributes
            });
            if !same {
                let message = format!(
                    "Thing Group {name} already exists in current account with different properties."
                );
                return Err(Refusal::new(409, "ResourceAlreadyExistsException", message));
            }
        } else {
            let ordinal = u32::try_from(self.state.groups.len()).unwrap_or(0);
            let change = GroupChange {
                created_ms: Some(self.now),
                ordinal,
                parent,
                description,
                attributes,
                ..GroupChange::default()
            };
            self.state.groups.insert(name.to_owned(), change);
            self.changed = true;
        }
        Ok(
            json!({ "thingGroupName": name, "thingGroupArn": arn, "thingGroupId": self.group_id(name) }),
        )
    }

    pub(crate) fn delete_thing_group(&mut self, name: &str) -> Answer {
        self.allow("iot:DeleteThingGroup", &self.fixed.place.group(name))?;
        // A group that there is not is no error.
        if self.group_exists(name) {
            if !self.below(name).is_empty() {
                return Err(invalid(format!("Thing Group {name} has child groups.")));
            }
            self.state
                .groups
                .entry(name.to_owned())
                .or_default()
                .deleted = true;
            self.changed = true;
        }
        Ok(json!({}))
    }

    /// The group and the thing of a request, by name or ARN.
    fn pair(&self, action: &str) -> Result<(String, u32), Refusal> {
        let body = self.body()?;
        let text = |member: &str| body.get(member).and_then(Value::as_str);
        let named = |name: &str, arn: &str| {
            let by_arn = text(arn).and_then(|arn| self.fixed.place.read_target(arn));
            let by_arn = by_arn.map(|target| match target {
                TargetName::Thing(name) | TargetName::Group(name) => name,
            });
            text(name).or(by_arn).map(str::to_owned)
        };
        let group = named("thingGroupName", "thingGroupArn")
            .ok_or_else(|| invalid("Either thingGroupName or thingGroupArn is needed."))?;
        let thing = named("thingName", "thingArn")
            .ok_or_else(|| invalid("Either thingName or thingArn is needed."))?;
        self.allow(action, &self.fixed.place.group(&group))?;
        self.allow(action, &self.fixed.place.thing(&thing))?;
        self.known_group(&group)?;
        let number = self
            .thing(&thing)
            .ok_or_else(|| not_found(format!("Thing {thing} cannot be found.")))?;
        Ok((group, number))
    }

    pub(crate) fn add_thing_to_thing_group(&mut self) -> Answer {
        let (group, thing) = self.pair("iot:AddThingToThingGroup")?;
        if self.directly_in(&group, thing) {
            return Ok(json!({}));
        }
        if self.groups_of(thing).len() >= MOST_GROUPS {
            return Err(invalid(format!(
                "A thing can be in at most {MOST_GROUPS} thing groups."
            )));
        }
        let change = self.state.groups.entry(group.clone()).or_default();
        change.removed.remove(&thing);
        change.added.insert(thing);
        self.changed = true;
        self.join(group, thing)?;
        Ok(json!({}))
    }

    /// Deployments to thing groups go on: who joins later gets them as well.
    fn join(&mut self, group: String, thing: u32) -> Result<(), Refusal> {
        let newest = self.ledger.latest_of(&Target::Group(group));
        let active = newest.filter(|newest| {
            self.ledger.get(*newest).is_some_and(|made| {
                made.stopped.is_none() && !made.deleted && !made.executions.contains_key(&thing)
            })
        });
        let Some(deployment) = active else {
            return Ok(());
        };
        let at_ms = self.now;
        self.note(vec![Entry::Joined {
            deployment,
            thing,
            at_ms,
        }])
    }

    pub(crate) fn remove_thing_from_thing_group(&mut self) -> Answer {
        let (group, thing) = self.pair("iot:RemoveThingFromThingGroup")?;
        let change = self.state.groups.entry(group).or_default();
        change.added.remove(&thing);
        if change.created_ms.is_none() {
            change.removed.insert(thing);
        }
        self.changed = true;
        Ok(json!({}))
    }

    pub(crate) fn list_things_in_thing_group(&self, name: &str) -> Answer {
        self.allow("iot:ListThingsInThingGroup", &self.fixed.place.group(name))?;
        self.known_group(name)?;
        let page = self.page(50, 250)?;
        let recursive = self.request.query_value("recursive") == Some("true");
        let mut entries = Vec::new();
        let mut next = None;
        for thing in self.group_members(name) {
            if u64::from(thing) < page.from || !(recursive || self.directly_in(name, thing)) {
                continue;
            }
            if entries.len() == page.size {
                next = Some(u64::from(thing));
                break;
            }
            entries.push(Value::String(self.thing_name(thing)));
        }
        Ok(self.listed("things", entries, next))
    }
}
