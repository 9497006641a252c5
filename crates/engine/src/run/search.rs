//! Which targets of a run a query means. States and causes come from the fleet, ids and names from texts that are
//! kept for it: each a pass over some megabytes, wherever the page is.

use memchr::{memchr_iter, memmem::Finder};
use overseed_domain::rollout::TargetState;
use rusqlite::{Connection, OptionalExtension, params};

use super::{
    TargetsQuery, causes,
    fleet::{self, CHUNK},
    rows,
};
use crate::{Error, groups::stored, store::Store};

/// Rows of `target_text` written in one transaction.
const CHUNKS: u32 = 50;

/// The positions of one page, and how many there are in all.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) positions: Vec<u32>,
    pub(super) matches: u32,
}

/// The targets that a query means, in the order of the plan.
pub(super) fn find(
    connection: &Connection,
    run: i64,
    query: &TargetsQuery,
    limit: u32,
) -> Result<Found, Error> {
    let text = query.text.trim().to_lowercase();
    let all = fleet::targets(connection, run)?;
    if query.state.is_none() && query.cause.is_none() && text.is_empty() {
        return Ok(Found {
            positions: (query.offset.min(all)..query.offset.saturating_add(limit).min(all))
                .collect(),
            matches: all,
        });
    }
    let state = query.state.map(TargetState::number);
    let states = match state {
        Some(_) => fleet::states(connection, run)?.into_bytes(),
        None => Vec::new(),
    };
    let cause = match &query.cause {
        Some(cause) => Some(number(connection, run, cause)?),
        None => None,
    };
    let (mut in_text, mut in_cause) = (Vec::new(), Vec::new());
    if !text.is_empty() {
        in_text = with_text(connection, run, all, &text)?;
        in_cause = causes::with_text(connection, run, &text)?;
    }
    let causes = if cause.is_some() || !in_cause.is_empty() {
        fleet::causes(connection, run)?
    } else {
        Vec::new()
    };
    let mut found = Found::default();
    for position in 0..all {
        let at = position as usize;
        let of = || causes.get(at).copied().unwrap_or_default();
        let meant = state.is_none_or(|state| states.get(at) == Some(&(b'0' + state)))
            && cause.is_none_or(|cause| cause == Some(of()))
            && (text.is_empty()
                || in_text.get(at) == Some(&true)
                || !in_cause.is_empty() && in_cause.contains(&of()));
        if meant {
            let wanted = found.matches >= query.offset;
            if wanted && found.positions.len() < limit as usize {
                found.positions.push(position);
            }
            found.matches += 1;
        }
    }
    Ok(found)
}

/// The number of a cause; `None` where the run has no such cause.
fn number(connection: &Connection, run: i64, cause: &str) -> Result<Option<u32>, Error> {
    let number = connection
        .prepare_cached("SELECT number FROM cause_count WHERE run = ?1 AND cause = ?2")?
        .query_row(params![run, cause], |row| row.get(0))
        .optional()?;
    Ok(number)
}

/// For each target whether its id or name has a text in lower case.
fn with_text(
    connection: &Connection,
    run: i64,
    targets: u32,
    text: &str,
) -> Result<Vec<bool>, Error> {
    let mut marks = vec![false; targets as usize];
    if text.contains(['\n', '\t']) {
        return Ok(marks);
    }
    let finder = Finder::new(text);
    let mut statement = connection
        .prepare_cached("SELECT chunk, text FROM target_text WHERE run = ?1 ORDER BY chunk")?;
    let mut rows = statement.query([run])?;
    while let Some(row) = rows.next()? {
        let first = row.get::<_, u32>(0)?.saturating_mul(CHUNK) as usize;
        let texts = row.get_ref(1)?.as_bytes().map_err(rusqlite::Error::from)?;
        mark(&finder, texts, marks.get_mut(first..).unwrap_or_default());
    }
    Ok(marks)
}

/// Marks the lines that have the text. Line by line, because a text that nearly all lines have (a letter) stands in each
/// several times, and one place is enough.
fn mark(finder: &Finder<'_>, texts: &[u8], marks: &mut [bool]) {
    if finder.find(texts).is_none() {
        return;
    }
    let ends = memchr_iter(b'\n', texts).chain(std::iter::once(texts.len()));
    let mut from = 0;
    for (mark, end) in marks.iter_mut().zip(ends) {
        *mark = texts
            .get(from..end)
            .is_some_and(|line| finder.find(line).is_some());
        from = end + 1;
    }
}

/// Sees to it that the texts of a run are those of its targets, with the names of the last complete listing.
///
/// # Errors
/// Those of the store.
pub(super) async fn prepare(store: &Store, run: &rows::Run) -> Result<(), Error> {
    let (ordinal, scope) = (run.ordinal, run.scope);
    let stale = store
        .read(move |c| {
            let now = texts_of(c, ordinal, scope)?;
            let noted = c
                .prepare_cached("SELECT targets, listing FROM target_text_of WHERE run = ?1")?
                .query_row([ordinal], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()?;
            Ok(noted != Some(now))
        })
        .await?;
    if stale {
        let store = store.clone();
        tokio::task::spawn_blocking(move || note(&store, ordinal, scope)).await??;
    }
    Ok(())
}

/// Writes ids and names of all targets of a run down for searching.
///
/// # Errors
/// Those of the store.
pub(super) fn note(store: &Store, run: i64, scope: i64) -> Result<(), Error> {
    let of = store.read_now(|c| texts_of(c, run, scope))?;
    let (targets, listing) = of;
    for first in (0..targets.div_ceil(CHUNK)).step_by(CHUNKS as usize) {
        store.write_now(|tx| {
            for chunk in first..(first + CHUNKS).min(targets.div_ceil(CHUNK)) {
                let text = text_of(tx, run, scope, chunk)?;
                tx.prepare_cached(
                    "INSERT OR REPLACE INTO target_text (run, chunk, text) VALUES (?1, ?2, ?3)",
                )?
                .execute(params![run, chunk, text])?;
            }
            Ok(())
        })?;
    }
    store.write_now(|tx| {
        tx.execute(
            "INSERT OR REPLACE INTO target_text_of (run, targets, listing) VALUES (?1, ?2, ?3)",
            params![run, targets, listing],
        )?;
        Ok(())
    })
}

/// Targets of the run, and when the listing was complete that names come from.
fn texts_of(connection: &Connection, run: i64, scope: i64) -> Result<(u32, i64), Error> {
    let listing: Option<Option<i64>> = connection
        .prepare_cached("SELECT complete_at FROM listing WHERE scope = ?1")?
        .query_row([scope], |row| row.get(0))
        .optional()?;
    let targets = fleet::targets(connection, run)?;
    Ok((targets, listing.flatten().unwrap_or_default()))
}

fn text_of(connection: &Connection, run: i64, scope: i64, chunk: u32) -> Result<String, Error> {
    let mut text = String::with_capacity(CHUNK as usize * 80);
    let mut statement = connection.prepare_cached(&format!(
        "SELECT t.target, g.name FROM target t {} WHERE t.run = ?1 AND t.position >= ?2 AND t.position < ?3
         ORDER BY t.position",
        super::targets::names(scope)
    ))?;
    let first = chunk * CHUNK;
    let mut rows = statement.query(params![run, first, first + CHUNK])?;
    while let Some(row) = rows.next()? {
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&stored::text(row, 0)?.unwrap_or_default().to_lowercase());
        text.push('\t');
        if let Some(name) = stored::text(row, 1)? {
            text.push_str(&name.to_lowercase().replace('\n', " "));
        }
    }
    Ok(text)
}
