//! Groups and selection as the store has them.

use overseed_domain::group::Deployable;
use roaring::RoaringBitmap;
use rusqlite::{Connection, Row, Statement, Transaction, params};

use super::GROUPS;
use crate::{Error, inventory};
pub(crate) use inventory::stored::{deployable_from_store, deployable_to_store, selections, text};

/// Members of a selection that are looked up together.
const LOOKUP: usize = 1_000;

/// Where the members looked up together lie at most this many ordinals for each of them apart, one scan over
/// the range is quicker than a search for each.
const SCAN_SPREAD: u64 = 8;

/// What a number of cores means for the version that names them: exactly one core can be deployed to.
pub(crate) const fn deployable_with(cores: u32) -> Deployable {
    match cores {
        0 => Deployable::NoCore,
        1 => Deployable::Yes,
        _ => Deployable::ManyCores,
    }
}

/// The selection of the scope's draft, as ordinals.
pub(crate) fn selection(connection: &Connection, scope: i64) -> Result<RoaringBitmap, Error> {
    Ok(selections(connection, &GROUPS, scope)?.0)
}

/// Marks a change of the inventory, so that every process makes its index anew.
pub(crate) fn inventory_changed(tx: &Transaction<'_>, scope: i64) -> Result<(), Error> {
    inventory::stored::inventory_changed(tx, &GROUPS, scope)
}

/// A selected group with what was chosen for it, borrowed from the row.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Selected<'a> {
    /// Its place in selections.
    pub ordinal: u32,
    /// Its id.
    pub id: &'a str,
    /// Its name.
    pub name: &'a str,
    /// Its latest version.
    pub latest: Option<&'a str>,
    /// The latest version's ARN.
    pub latest_arn: Option<&'a str>,
    /// The group's ARN.
    pub arn: &'a str,
    /// Whether its latest version can be deployed.
    pub deployable: Deployable,
    /// `previous` or `chosen`; absent for the latest.
    pub choice: Option<&'a str>,
    /// The version chosen.
    pub version: Option<&'a str>,
    /// Why that version cannot be used.
    pub problem: Option<&'a str>,
}

const SELECTED: &str = "SELECT g.ordinal, g.id, g.name, g.latest_version, g.latest_version_arn, g.arn,
        g.deployable, v.choice, v.version, v.problem
     FROM inventory_group g LEFT JOIN draft_version v ON v.scope = g.scope AND v.ordinal = g.ordinal";

impl<'a> Selected<'a> {
    fn of(row: &'a Row<'_>) -> Result<Self, Error> {
        Ok(Self {
            ordinal: row.get(0)?,
            id: text(row, 1)?.unwrap_or_default(),
            name: text(row, 2)?.unwrap_or_default(),
            latest: text(row, 3)?,
            latest_arn: text(row, 4)?,
            arn: text(row, 5)?.unwrap_or_default(),
            deployable: deployable_from_store(row.get(6)?)?,
            choice: text(row, 7)?,
            version: text(row, 8)?,
            problem: text(row, 9)?,
        })
    }
}

/// Calls `f` for each of `members` that the inventory has, in the order of ordinals; answers how many it has.
pub(crate) fn for_each_selected(
    connection: &Connection,
    scope: i64,
    members: &RoaringBitmap,
    f: &mut dyn FnMut(Selected<'_>) -> Result<(), Error>,
) -> Result<u64, Error> {
    // The plus keeps SQLite from walking the index by scope: the rows are wanted by ordinal.
    let mut range = connection.prepare_cached(&format!(
        "{SELECTED} WHERE +g.scope = ?1 AND g.ordinal BETWEEN ?2 AND ?3 ORDER BY g.ordinal"
    ))?;
    let mut seen = 0;
    let mut together = Vec::with_capacity(LOOKUP);
    let mut iter = members.iter();
    loop {
        together.clear();
        together.extend(iter.by_ref().take(LOOKUP));
        let (Some(&first), Some(&last)) = (together.first(), together.last()) else {
            return Ok(seen);
        };
        let spread = u64::from(last - first) + 1;
        if spread <= SCAN_SPREAD * together.len() as u64 {
            seen += visit(&mut range, scope, (first, last), members, f)?;
        } else {
            for &ordinal in &together {
                seen += visit(&mut range, scope, (ordinal, ordinal), members, f)?;
            }
        }
    }
}

fn visit(
    statement: &mut Statement<'_>,
    scope: i64,
    (first, last): (u32, u32),
    members: &RoaringBitmap,
    f: &mut dyn FnMut(Selected<'_>) -> Result<(), Error>,
) -> Result<u64, Error> {
    let mut seen = 0;
    let mut rows = statement.query(params![scope, first, last])?;
    while let Some(row) = rows.next()? {
        let selected = Selected::of(row)?;
        if members.contains(selected.ordinal) {
            seen += 1;
            f(selected)?;
        }
    }
    Ok(seen)
}
