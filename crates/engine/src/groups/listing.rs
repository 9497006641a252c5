//! Listing all groups into the store.

use overseed_aws::{Clients, Page};
use overseed_domain::group::{Deployable, Group, bare_id};
use roaring::RoaringBitmap;
use rusqlite::{OptionalExtension, Transaction, params};

use super::{Inventory, page::groups_status, stored};
use crate::{
    Error, Session,
    inventory::{IndexCell, Listed, refresh},
    job::Progress,
};

/// Lists all groups. What was read is kept when it is cancelled or fails; the next listing goes on there while
/// the service still knows the place. Groups that are no longer listed are forgotten, but for selected ones:
/// they stay as [`Deployable::Gone`].
///
/// # Errors
/// Those of ListGroups; [`ErrorCode::Conflict`](crate::ErrorCode::Conflict) where another process lists the same
/// groups; [`Error::Cancelled`]; those of the store.
pub async fn groups_refresh(session: &Session, progress: &Progress) -> Result<Inventory, Error> {
    refresh::<AllGroups>(session, progress).await?;
    groups_status(session).await
}

/// The account's groups.
struct AllGroups;

impl Listed for AllGroups {
    type Item = Group;
    const OPERATION: &'static str = "greengrass:ListGroups";

    fn cell(session: &Session) -> &IndexCell {
        &session.index
    }

    async fn page(
        clients: Clients,
        token: Option<String>,
    ) -> Result<Page<Group>, overseed_aws::Error> {
        clients.list_groups(token.as_deref()).await
    }

    fn write(
        tx: &Transaction<'_>,
        scope: i64,
        number: i64,
        groups: &[Group],
        selection: &RoaringBitmap,
    ) -> Result<bool, Error> {
        write(tx, scope, number, groups, selection)
    }
}

/// Writes groups as listed; answers whether a selected one has another latest version than before.
fn write(
    tx: &Transaction<'_>,
    scope: i64,
    number: i64,
    groups: &[Group],
    selection: &RoaringBitmap,
) -> Result<bool, Error> {
    // Not INSERT … ON CONFLICT: that would use up an ordinal for each group that is known.
    let mut known = tx.prepare_cached(
        "SELECT ordinal, latest_version FROM inventory_group WHERE scope = ?1 AND id = ?2",
    )?;
    let mut update = tx.prepare_cached(
        "UPDATE inventory_group SET name = ?2, arn = ?3, latest_version = ?4,
             latest_version_arn = ?5, created_at = ?6, updated_at = ?7, listing = ?8, deployable = ?9
         WHERE ordinal = ?1",
    )?;
    let mut insert = tx.prepare_cached(
        "INSERT INTO inventory_group (scope, id, name, arn, latest_version, latest_version_arn,
             created_at, updated_at, listing, deployable)
         VALUES (?1, ?10, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?;
    let mut changed = false;
    for group in groups {
        let id = bare_id(&group.id);
        let found: Option<(u32, Option<String>)> = known
            .query_row(params![scope, id], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let deployable = stored::deployable_to_store(deployable(tx, scope, group)?);
        let created = group.created_at.map(|at| at.0);
        let updated = group.updated_at.map(|at| at.0);
        let Group {
            name,
            arn,
            latest_version,
            latest_version_arn,
            ..
        } = group;
        match found {
            Some((ordinal, latest)) => {
                changed |= &latest != latest_version && selection.contains(ordinal);
                update.execute(params![
                    ordinal,
                    name,
                    arn,
                    latest_version,
                    latest_version_arn,
                    created,
                    updated,
                    number,
                    deployable
                ])?;
            }
            None => {
                insert.execute(params![
                    scope,
                    name,
                    arn,
                    latest_version,
                    latest_version_arn,
                    created,
                    updated,
                    number,
                    deployable,
                    id
                ])?;
            }
        }
    }
    Ok(changed)
}

/// Whether a listed group can be deployed, by what is known of its latest version's cores.
fn deployable(tx: &Transaction<'_>, scope: i64, group: &Group) -> Result<Deployable, Error> {
    if group.latest_version.is_none() {
        return Ok(Deployable::NoVersion);
    }
    let cores: Option<u32> = tx
        .prepare_cached("SELECT cores FROM core_count WHERE scope = ?1 AND version_arn = ?2")?
        .query_row(params![scope, group.latest_version_arn], |row| row.get(0))
        .optional()?;
    Ok(cores.map_or(Deployable::Yes, stored::deployable_with))
}
