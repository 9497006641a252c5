//! What groups are to the inventory.

use overseed_domain::group::bare_id;
use rusqlite::{Transaction, params};

use super::GroupSort;
use crate::{
    Error, draft,
    inventory::{Meaning, Order, Shape, Stamp, Text},
};

const NAME: usize = 0;
const ID: usize = 1;

/// Groups of Greengrass V1.
pub(crate) static GROUPS: Shape = Shape {
    one: "group",
    many: "groups",
    table: "inventory_group",
    listing: "listing",
    draft: "draft",
    key: "id",
    texts: &[
        Text::one("name", "name"),
        Text::one("id", "id"),
        Text::one("latest_version", "latestVersion"),
    ],
    times: &[
        Stamp {
            column: "created_at",
            property: "createdAt",
        },
        Stamp {
            column: "updated_at",
            property: "updatedAt",
        },
    ],
    name: NAME,
    id: ID,
    free: &[NAME, ID],
    // The numbers are those of `deployable_to_store`.
    deployable: &[
        ("yes", &[0]),
        ("true", &[0]),
        ("no", &[1, 2, 3, 4]),
        ("false", &[1, 2, 3, 4]),
        ("no_version", &[1]),
        ("no_core", &[2]),
        ("many_cores", &[3]),
        ("gone", &[4]),
    ],
    normal: bare_id,
    meaning,
    make_draft: |tx, scope, sandbox| draft::load_or_make(tx, scope, sandbox).map(|_| ()),
    changed: draft::targets_changed,
    forget,
    choose: Some(choose),
};

impl From<GroupSort> for Order {
    fn from(sort: GroupSort) -> Self {
        match sort {
            GroupSort::Name => Self::Text(NAME),
            GroupSort::Id => Self::Text(ID),
            GroupSort::CreatedAt => Self::Time(0),
            GroupSort::UpdatedAt => Self::Time(1),
        }
    }
}

/// The meaning of a column's title or a field's key, in lower case and without blanks, `_` and `-`.
fn meaning(title: &str) -> Option<Meaning> {
    Some(match title {
        "id" | "groupid" => Meaning::Id,
        "name" | "groupname" => Meaning::Name,
        "group" | "groups" => Meaning::Either,
        "version" | "versionid" | "groupversion" | "groupversionid" => Meaning::Version,
        _ => return None,
    })
}

fn forget(tx: &Transaction<'_>, scope: i64, ordinal: u32, id: &str) -> Result<(), Error> {
    tx.prepare_cached("DELETE FROM draft_version WHERE scope = ?1 AND ordinal = ?2")?
        .execute(params![scope, ordinal])?;
    tx.prepare_cached("DELETE FROM group_version WHERE scope = ?1 AND group_id = ?2")?
        .execute(params![scope, id])?;
    Ok(())
}

fn choose(tx: &Transaction<'_>, scope: i64, versions: &[(u32, String)]) -> Result<(), Error> {
    let mut statement = tx.prepare_cached(
        "INSERT INTO draft_version (scope, ordinal, choice, version) VALUES (?1, ?2, 'chosen', ?3)
         ON CONFLICT (scope, ordinal) DO UPDATE SET choice = 'chosen', version = ?3, problem = NULL",
    )?;
    for (ordinal, version) in versions {
        statement.execute(params![scope, ordinal, version])?;
    }
    Ok(())
}
