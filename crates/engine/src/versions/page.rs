//! Pages of the draft's groups with their versions.

use roaring::RoaringBitmap;
use rusqlite::Connection;

use super::{VersionChoice, VersionRow, VersionsPage, VersionsQuery, targets::resolve};
use crate::{
    Error, Session,
    groups::{
        Filter, FilterToken,
        stored::{self, Selected},
    },
    inventory::count,
};

/// Rows of a page at most.
const PAGE: u32 = 500;

/// One page of the selected groups, in the order of name and id, with the version each will get.
///
/// # Errors
/// Those of the store.
pub async fn versions_page(session: &Session, query: VersionsQuery) -> Result<VersionsPage, Error> {
    let session = session.clone();
    tokio::task::spawn_blocking(move || {
        session
            .store()
            .read_now(|connection| page(connection, &session, &query))
    })
    .await?
}

fn page(
    connection: &Connection,
    session: &Session,
    query: &VersionsQuery,
) -> Result<VersionsPage, Error> {
    let scope = session.scope;
    let selection = stored::selection(connection, scope)?;
    let index = session.index.current(connection, scope)?;
    let unlike = unlike_latest(connection, session, &selection)?;
    let text = FilterToken {
        property: None,
        operator: ":".to_owned(),
        value: query.text.clone(),
    };
    let filter = Filter {
        tokens: vec![text],
        ..Filter::default()
    };
    let shown = if query.changed_only {
        &unlike.not_latest | &unlike.problems
    } else {
        selection.clone()
    };
    let (matches, ordinals) = index.among(
        &shown,
        &filter,
        session.clock().now(),
        query.offset as usize..(query.offset + query.limit.min(PAGE)) as usize,
    )?;
    let mut rows = Vec::with_capacity(ordinals.len());
    for ordinal in ordinals {
        let only = RoaringBitmap::from_iter([ordinal]);
        stored::for_each_selected(connection, scope, &only, &mut |group| {
            rows.push(row(&group));
            Ok(())
        })?;
    }
    Ok(VersionsPage {
        rows,
        matches,
        total: count(selection.len()),
        not_latest: count(unlike.not_latest.len()),
        problems: count(unlike.problems.len()),
    })
}

fn row(group: &Selected<'_>) -> VersionRow {
    let resolved = resolve(group);
    let version = resolved
        .ok()
        .or(group.version)
        .or(group.latest)
        .unwrap_or_default();
    VersionRow {
        id: group.id.to_owned(),
        name: group.name.to_owned(),
        version: version.to_owned(),
        latest_version: group.latest.unwrap_or_default().to_owned(),
        choice: match group.choice {
            None => VersionChoice::Latest,
            Some("previous") => VersionChoice::Previous,
            Some(_) => VersionChoice::Chosen,
        },
        problem: resolved.err().map(str::to_owned),
    }
}

/// Selected groups that do not simply get their latest version.
struct Unlike {
    not_latest: RoaringBitmap,
    problems: RoaringBitmap,
}

/// Looks only at groups for which something was chosen and at those that cannot be deployed: with all others
/// there is nothing to find.
fn unlike_latest(
    connection: &Connection,
    session: &Session,
    selection: &RoaringBitmap,
) -> Result<Unlike, Error> {
    let scope = session.scope;
    let index = session.index.current(connection, scope)?;
    let mut looked_at = index.not_deployable();
    let mut chosen =
        connection.prepare_cached("SELECT ordinal FROM draft_version WHERE scope = ?1")?;
    let mut rows = chosen.query([scope])?;
    while let Some(row) = rows.next()? {
        looked_at.insert(row.get(0)?);
    }
    looked_at &= selection;
    let mut unlike = Unlike {
        not_latest: RoaringBitmap::new(),
        problems: RoaringBitmap::new(),
    };
    stored::for_each_selected(connection, scope, &looked_at, &mut |group| {
        match resolve(&group) {
            Ok(version) if Some(version) == group.latest => {}
            Ok(_) => {
                unlike.not_latest.insert(group.ordinal);
            }
            Err(_) => {
                unlike.problems.insert(group.ordinal);
            }
        }
        Ok(())
    })?;
    Ok(unlike)
}
