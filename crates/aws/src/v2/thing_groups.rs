//! AWS IoT: thing groups, which deployments can be made for.

use std::collections::BTreeMap;

use aws_sdk_iot::{operation::RequestId as _, types};

use super::text;
use crate::{
    Clients, Error, Page,
    classify::failed,
    greengrass::{next, required},
};

/// Items of a page at most (service model: `RegistryMaxResults`).
const PAGE: i32 = 250;

/// A thing group (service model: `GroupNameAndArn`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThingGroup {
    /// Its name.
    pub name: String,
    /// Its ARN: what a deployment takes as target.
    pub arn: String,
}

/// A thing group as DescribeThingGroup answers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThingGroupDetail {
    /// Name and ARN.
    pub group: ThingGroup,
    /// The query of a dynamic group. Greengrass deploys to static groups only.
    pub query: Option<String>,
    /// Its parent's name.
    pub parent: Option<String>,
    /// Its description.
    pub description: Option<String>,
}

impl Clients {
    /// One page of the account's thing groups, or of those whose names begin so (ListThingGroups).
    ///
    /// # Errors
    /// Those of the call.
    pub async fn list_thing_groups(
        &self,
        prefix: Option<&str>,
        token: Option<&str>,
    ) -> Result<Page<ThingGroup>, Error> {
        let operation = "iot:ListThingGroups";
        let answer = self
            .iot()
            .list_thing_groups()
            .set_name_prefix_filter(prefix.map(str::to_owned))
            .max_results(PAGE)
            .set_next_token(token.map(str::to_owned))
            .send()
            .await
            .map_err(|error| failed(operation, error))?;
        Ok(Page {
            items: groups(operation, answer.thing_groups)?,
            next: next(answer.next_token),
        })
    }

    /// One page of the groups that a thing is in (ListThingGroupsForThing).
    ///
    /// # Errors
    /// Those of the call; [`crate::Kind::NotFound`] where there is no such thing.
    pub async fn thing_groups_of(
        &self,
        thing_name: &str,
        token: Option<&str>,
    ) -> Result<Page<ThingGroup>, Error> {
        let operation = "iot:ListThingGroupsForThing";
        let answer = self
            .iot()
            .list_thing_groups_for_thing()
            .thing_name(thing_name)
            .max_results(PAGE)
            .set_next_token(token.map(str::to_owned))
            .send()
            .await
            .map_err(|error| failed(operation, error))?;
        Ok(Page {
            items: groups(operation, answer.thing_groups)?,
            next: next(answer.next_token),
        })
    }

    /// One page of the names of a group's things, those of its child groups included: a deployment reaches them as well
    /// (ListThingsInThingGroup).
    ///
    /// # Errors
    /// Those of the call; [`crate::Kind::NotFound`] where there is no such group.
    pub async fn things_in_thing_group(
        &self,
        group: &str,
        token: Option<&str>,
    ) -> Result<Page<String>, Error> {
        let operation = "iot:ListThingsInThingGroup";
        let answer = self
            .iot()
            .list_things_in_thing_group()
            .thing_group_name(group)
            .recursive(true)
            .max_results(PAGE)
            .set_next_token(token.map(str::to_owned))
            .send()
            .await
            .map_err(|error| failed(operation, error))?;
        Ok(Page {
            items: answer.things.unwrap_or_default(),
            next: next(answer.next_token),
        })
    }

    /// One thing group (DescribeThingGroup).
    ///
    /// # Errors
    /// Those of the call; [`crate::Kind::NotFound`] where there is no such group.
    pub async fn thing_group(&self, name: &str) -> Result<ThingGroupDetail, Error> {
        let operation = "iot:DescribeThingGroup";
        let answer = self
            .iot()
            .describe_thing_group()
            .thing_group_name(name)
            .send()
            .await
            .map_err(|error| failed(operation, error))?;
        Ok(ThingGroupDetail {
            group: ThingGroup {
                name: required(operation, "thingGroupName", answer.thing_group_name)?,
                arn: required(operation, "thingGroupArn", answer.thing_group_arn)?,
            },
            query: text(answer.query_string),
            parent: text(
                answer
                    .thing_group_metadata
                    .and_then(|metadata| metadata.parent_group_name),
            ),
            description: text(
                answer
                    .thing_group_properties
                    .and_then(|properties| properties.thing_group_description),
            ),
        })
    }

    /// Makes a static thing group (CreateThingGroup). Answers AWS's request id as well. A group of the same name and
    /// the same properties is answered as if it were new (service model).
    ///
    /// # Errors
    /// Those of the call; [`crate::Kind::Conflict`] where another group has the name.
    pub async fn create_thing_group(
        &self,
        name: &str,
        description: &str,
        tags: &BTreeMap<String, String>,
    ) -> Result<(ThingGroup, Option<String>), Error> {
        let operation = "iot:CreateThingGroup";
        let tags = tags
            .iter()
            .map(|(key, value)| {
                types::Tag::builder()
                    .key(key)
                    .value(value)
                    .build()
                    .map_err(|error| {
                        Error::here(operation, crate::Kind::BadRequest, error.to_string())
                    })
            })
            .collect::<Result<Vec<_>, Error>>()?;
        let answer = self
            .iot()
            .create_thing_group()
            .thing_group_name(name)
            .thing_group_properties(
                types::ThingGroupProperties::builder()
                    .thing_group_description(description)
                    .build(),
            )
            .set_tags((!tags.is_empty()).then_some(tags))
            .send()
            .await
            .map_err(|error| failed(operation, error))?;
        let request_id = answer.request_id().map(str::to_owned);
        let group = ThingGroup {
            name: answer.thing_group_name.unwrap_or_else(|| name.to_owned()),
            arn: required(operation, "thingGroupArn", answer.thing_group_arn)?,
        };
        Ok((group, request_id))
    }

    /// Puts a thing into a group; no error where it is in it already (AddThingToThingGroup).
    ///
    /// # Errors
    /// Those of the call; [`crate::Kind::NotFound`] where thing or group does not exist.
    pub async fn add_thing(&self, group: &str, thing_name: &str) -> Result<Option<String>, Error> {
        self.iot()
            .add_thing_to_thing_group()
            .thing_group_name(group)
            .thing_name(thing_name)
            .send()
            .await
            .map(|answer| answer.request_id().map(str::to_owned))
            .map_err(|error| failed("iot:AddThingToThingGroup", error))
    }

    /// Takes a thing out of a group (RemoveThingFromThingGroup).
    ///
    /// # Errors
    /// Those of the call; [`crate::Kind::NotFound`] where thing or group does not exist.
    pub async fn remove_thing(
        &self,
        group: &str,
        thing_name: &str,
    ) -> Result<Option<String>, Error> {
        self.iot()
            .remove_thing_from_thing_group()
            .thing_group_name(group)
            .thing_name(thing_name)
            .send()
            .await
            .map(|answer| answer.request_id().map(str::to_owned))
            .map_err(|error| failed("iot:RemoveThingFromThingGroup", error))
    }

    /// Deletes a thing group; no error where it does not exist (DeleteThingGroup).
    ///
    /// # Errors
    /// Those of the call.
    pub async fn delete_thing_group(&self, group: &str) -> Result<Option<String>, Error> {
        self.iot()
            .delete_thing_group()
            .thing_group_name(group)
            .send()
            .await
            .map(|answer| answer.request_id().map(str::to_owned))
            .map_err(|error| failed("iot:DeleteThingGroup", error))
    }
}

fn groups(
    operation: &'static str,
    groups: Option<Vec<types::GroupNameAndArn>>,
) -> Result<Vec<ThingGroup>, Error> {
    groups
        .unwrap_or_default()
        .into_iter()
        .map(|group| {
            Ok(ThingGroup {
                name: required(operation, "groupName", group.group_name)?,
                arn: required(operation, "groupArn", group.group_arn)?,
            })
        })
        .collect()
}
