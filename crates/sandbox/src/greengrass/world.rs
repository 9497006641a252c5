//! What is fixed for a world: settings, ids, the seeded fleet; and ARNs.

use super::fleet::Fleet;
use super::ids::{Ids, Named};
use super::kinds::Kind;
use crate::settings::{Scenario, Settings};

/// The fixed part of the service.
#[derive(Debug)]
pub(super) struct World {
    pub(super) settings: Settings,
    pub(super) ids: Ids,
    pub(super) fleet: Fleet,
}

impl World {
    pub(super) fn new(settings: &Settings) -> Self {
        Self {
            ids: Ids::new(settings.seed, &settings.account, &settings.region),
            fleet: Fleet::new(settings),
            settings: settings.clone(),
        }
    }

    /// An ARN of this account's Greengrass, `path` such as `groups/ID`. The service writes a slash before `greengrass`.
    pub(super) fn arn(&self, path: &str) -> String {
        let Settings {
            region, account, ..
        } = &self.settings;
        let partition = self.settings.partition();
        format!("arn:{partition}:greengrass:{region}:{account}:/greengrass/{path}")
    }

    /// The plain id, as ARNs carry it.
    pub(super) fn group_uuid(&self, index: u32) -> String {
        self.ids.text(Named::Group { index })
    }

    /// The id as answers give it: in one scenario with the account in front.
    pub(super) fn group_id(&self, index: u32) -> String {
        let uuid = self.group_uuid(index);
        if self.settings.scenario == Scenario::PrefixedIds {
            format!("{}:{uuid}", self.settings.account)
        } else {
            uuid
        }
    }

    pub(super) fn group_arn(&self, index: u32) -> String {
        self.arn(&format!("groups/{}", self.group_uuid(index)))
    }

    pub(super) fn group_version_id(&self, index: u32, version: u32) -> String {
        self.ids.text(Named::GroupVersion { index, version })
    }

    pub(super) fn group_version_arn(&self, index: u32, version: u32) -> String {
        let version = self.group_version_id(index, version);
        format!("{}/versions/{version}", self.group_arn(index))
    }

    pub(super) fn definition_arn(&self, kind: Kind, index: u32) -> String {
        let id = self.ids.text(Named::Definition {
            kind: kind.number(),
            index,
        });
        self.arn(&format!("definition/{}/{id}", kind.path()))
    }

    pub(super) fn definition_version_id(&self, kind: Kind, index: u32, version: u32) -> String {
        self.ids.text(Named::DefinitionVersion {
            kind: kind.number(),
            index,
            version,
        })
    }

    pub(super) fn definition_version_arn(&self, kind: Kind, index: u32, version: u32) -> String {
        let version = self.definition_version_id(kind, index, version);
        format!("{}/versions/{version}", self.definition_arn(kind, index))
    }

    /// Takes this account's number and a colon away from the front of an id.
    pub(super) fn bare<'a>(&self, id: &'a str) -> &'a str {
        id.strip_prefix(self.settings.account.as_str())
            .and_then(|rest| rest.strip_prefix(':'))
            .unwrap_or(id)
    }

    /// Definition and version number that a definition version ARN of `kind` names, by its last parts:
    /// `…definition/cores/ID/versions/ID`.
    pub(super) fn read_definition_version(&self, kind: Kind, arn: &str) -> Option<(u32, u32)> {
        let (_, rest) = arn.rsplit_once("greengrass/definition/")?;
        let segments: Vec<&str> = rest.split('/').collect();
        let [path, definition, "versions", version] = segments.as_slice() else {
            return None;
        };
        let named = (self.ids.read(definition)?, self.ids.read(version)?);
        match named {
            (
                Named::Definition { kind: of, index },
                Named::DefinitionVersion {
                    kind: version_of,
                    index: version_index,
                    version,
                },
            ) if *path == kind.path()
                && of == kind.number()
                && version_of == of
                && version_index == index =>
            {
                Some((index, version))
            }
            _ => None,
        }
    }
}
