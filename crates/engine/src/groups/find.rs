//! One group by what a person calls it.

use overseed_domain::group::bare_id;
use rusqlite::{Connection, params};
use uuid::Uuid;

use super::GROUPS;
use crate::{Error, ErrorCode, Problem, Session, inventory::Index};

/// Ids that are named where several groups have one name.
const NAMED: usize = 10;

/// The id of the group with this id or name; an id comes before a name, and a name that is the same letter by letter
/// before one that differs in case. What looks like an id (Greengrass V1's are UUIDs, with or without the account
/// before them) is taken for one though the inventory does not know it: it may be new. `None` for anything else that
/// the inventory does not know.
///
/// # Errors
/// [`ErrorCode::InvalidInput`] where several groups have the name; those of the store.
pub async fn group_find(session: &Session, text: &str) -> Result<Option<String>, Error> {
    let (scope, cell, text) = (session.scope, session.index.clone(), text.trim().to_owned());
    session
        .store()
        .read(move |connection| {
            let index = cell.current(connection, scope)?;
            find(connection, &index, &text)
        })
        .await
}

fn find(connection: &Connection, index: &Index, text: &str) -> Result<Option<String>, Error> {
    let mut found = index.equal(GROUPS.id, bare_id(text)).to_vec();
    if found.is_empty() {
        found = index.equal(GROUPS.name, text).to_vec();
    }
    let mut groups = Vec::with_capacity(found.len());
    let mut statement =
        connection.prepare_cached("SELECT id, name FROM inventory_group WHERE ordinal = ?1")?;
    for position in found {
        let ordinal = index.ordinal(position as usize);
        let (id, name): (String, String) =
            statement.query_row(params![ordinal], |row| Ok((row.get(0)?, row.get(1)?)))?;
        groups.push((id, name));
    }
    if groups.iter().filter(|(_, name)| name == text).count() == 1 {
        groups.retain(|(_, name)| name == text);
    }
    match groups.as_slice() {
        [] => Ok(Uuid::try_parse(bare_id(text))
            .is_ok()
            .then(|| text.to_owned())),
        [(id, _)] => Ok(Some(id.clone())),
        several => {
            let ids: Vec<&str> = several.iter().map(|(id, _)| id.as_str()).collect();
            let named = ids.get(..NAMED).unwrap_or(&ids).join("\n");
            Err(Problem::new(
                ErrorCode::InvalidInput,
                format!("{} groups have the name {text}", several.len()),
            )
            .detail(named)
            .hint("Give one of these ids instead of the name.")
            .into())
        }
    }
}
