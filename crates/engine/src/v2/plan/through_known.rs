//! Deployments of thing groups as the store has them, and which devices have them.

use std::collections::{BTreeMap, HashMap, HashSet};

use overseed_aws::v2::ThingGroup;
use overseed_domain::{Millis, v2::plan::GroupDeployment};
use roaring::RoaringBitmap;
use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::known::changed;
use crate::{Error, StoreError};

/// Of a deployment that could not be carried out (service model: `DeploymentStatus`).
const FAILED: &str = "FAILED";

/// What was read of one group.
pub(super) struct Found {
    pub(super) group: ThingGroup,
    /// Its latest deployment, where that counts.
    pub(super) latest: Option<Latest>,
}

pub(super) struct Latest {
    pub(super) deployment: String,
    pub(super) status: String,
    /// ARN of the group whose deployment this one revises.
    pub(super) parent: Option<String>,
    /// Versions by name, or that they cannot be understood; `None` where they are those that the store has.
    pub(super) components: Option<Option<BTreeMap<String, String>>>,
    /// Names of the things in the group.
    pub(super) members: Vec<String>,
}

/// What is known of a group.
pub(super) struct Kept {
    pub(super) read_at: Millis,
    /// Id of its latest deployment, where its components are known.
    pub(super) deployment: Option<String>,
}

/// When the groups were last read as a whole.
pub(super) fn read_at(connection: &Connection, scope: i64) -> Result<Option<Millis>, Error> {
    let at: Option<Option<i64>> = connection
        .prepare_cached("SELECT groups_at FROM present_reading WHERE scope = ?1")?
        .query_row([scope], |row| row.get(0))
        .optional()?;
    Ok(at.flatten().map(Millis))
}

/// Forgets the groups that are not among these, and answers what is known of the rest.
pub(super) fn keep_only(
    tx: &Transaction<'_>,
    scope: i64,
    names: &HashSet<String>,
) -> Result<HashMap<String, Kept>, Error> {
    let mut statement = tx.prepare_cached(
        "SELECT name, read_at, iif(components IS NULL, NULL, deployment) FROM through_group WHERE scope = ?1",
    )?;
    let mut rows = statement.query([scope])?;
    let (mut kept, mut gone) = (HashMap::new(), Vec::new());
    while let Some(row) = rows.next()? {
        let name: String = row.get(0)?;
        if names.contains(&name) {
            let known = Kept {
                read_at: Millis(row.get(1)?),
                deployment: row.get(2)?,
            };
            kept.insert(name, known);
        } else {
            gone.push(name);
        }
    }
    for name in gone {
        forget_members(tx, scope, &name)?;
        tx.prepare_cached("DELETE FROM through_group WHERE scope = ?1 AND name = ?2")?
            .execute(params![scope, name])?;
    }
    Ok(kept)
}

fn forget_members(tx: &Transaction<'_>, scope: i64, group: &str) -> Result<(), Error> {
    tx.prepare_cached("DELETE FROM through_member WHERE scope = ?1 AND thing_group = ?2")?
        .execute(params![scope, group])?;
    Ok(())
}

/// Writes down what was read of a group.
pub(super) fn write_one(
    tx: &Transaction<'_>,
    scope: i64,
    now: Millis,
    Found { group, latest }: &Found,
) -> Result<(), Error> {
    forget_members(tx, scope, &group.name)?;
    let latest = latest.as_ref();
    let components = match latest.map(|latest| &latest.components) {
        Some(None) => tx
            .prepare_cached("SELECT components FROM through_group WHERE scope = ?1 AND name = ?2")?
            .query_row(params![scope, group.name], |row| row.get(0))?,
        Some(Some(Some(components))) => {
            let json = serde_json::to_string(components).map_err(|source| StoreError::Json {
                what: "through_group.components",
                source,
            })?;
            Some(json)
        }
        Some(Some(None)) | None => None::<String>,
    };
    tx.prepare_cached(
        "INSERT OR REPLACE INTO through_group (scope, name, arn, read_at, deployment, status, parent, components)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?
    .execute(params![
        scope,
        group.name,
        group.arn,
        now.0,
        latest.map(|latest| &latest.deployment),
        latest.map(|latest| &latest.status),
        latest.and_then(|latest| latest.parent.as_ref()),
        components
    ])?;
    let mut insert =
        tx.prepare_cached("INSERT OR IGNORE INTO through_member VALUES (?1, ?2, ?3)")?;
    for thing in latest.map_or(&[][..], |latest| &latest.members) {
        insert.execute(params![scope, group.name, thing])?;
    }
    Ok(())
}

/// All groups are read now as they were then or later.
pub(super) fn finish(tx: &Transaction<'_>, scope: i64, at: Millis) -> Result<(), Error> {
    changed(tx, scope)?;
    tx.execute(
        "UPDATE present_reading SET groups_at = ?2 WHERE scope = ?1",
        params![scope, at.0],
    )?;
    Ok(())
}

/// The deployments of thing groups that devices have.
#[derive(Debug, Default)]
pub(crate) struct Through {
    groups: Vec<Group>,
}

#[derive(Debug)]
struct Group {
    arn: String,
    parent: Option<String>,
    deployment: GroupDeployment,
    /// Ordinals of the core devices in it.
    devices: RoaringBitmap,
}

impl Through {
    /// All that is known of a scope.
    ///
    /// # Errors
    /// Those of the store.
    pub(crate) fn of(connection: &Connection, scope: i64) -> Result<Self, Error> {
        let mut statement = connection.prepare_cached(
            "SELECT name, arn, status, parent, components FROM through_group
             WHERE scope = ?1 AND deployment IS NOT NULL ORDER BY name",
        )?;
        let mut of_group = connection.prepare_cached(
            "SELECT ordinal FROM through_member m
             JOIN core_device d ON d.scope = m.scope AND d.thing_name = m.thing_name
             WHERE m.scope = ?1 AND m.thing_group = ?2",
        )?;
        let mut rows = statement.query([scope])?;
        let mut groups = Vec::new();
        while let Some(row) = rows.next()? {
            let (group, status): (String, String) = (row.get(0)?, row.get(2)?);
            let ordinals = of_group.query_map(params![scope, group], |row| row.get::<_, u32>(0))?;
            let devices = ordinals.collect::<Result<RoaringBitmap, _>>()?;
            if devices.is_empty() {
                continue;
            }
            let components = row
                .get::<_, Option<String>>(4)?
                .map(|json| serde_json::from_str(&json))
                .transpose()
                .map_err(|source| StoreError::Json {
                    what: "through_group.components",
                    source,
                })?;
            groups.push(Group {
                arn: row.get(1)?,
                parent: row.get(3)?,
                deployment: GroupDeployment {
                    group,
                    components,
                    failed: status == FAILED,
                },
                devices,
            });
        }
        Ok(Self { groups })
    }

    /// What a device has through its groups. One that revises another group's deployment stands in the place of that.
    pub(crate) fn device(&self, ordinal: u32) -> impl Iterator<Item = &GroupDeployment> {
        let of_device: Vec<&Group> = self
            .groups
            .iter()
            .filter(|group| group.devices.contains(ordinal))
            .collect();
        let revised: HashSet<&str> = of_device
            .iter()
            .filter_map(|group| group.parent.as_deref())
            .collect();
        of_device
            .into_iter()
            .filter(move |group| !revised.contains(group.arn.as_str()))
            .map(|group| &group.deployment)
    }
}
