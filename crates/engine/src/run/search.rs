//! Which targets of a run a query means. States and causes come from the fleet, ids and names from a file in the run's
//! folder that is kept for it: each a pass over some megabytes, wherever the page is. The file is beside the store because
//! a reader of SQLite forgets its pages whenever somebody writes, which a driver does all the time.

use std::{
    fs::File,
    io::{self, BufWriter, Read, Write},
    path::{Path, PathBuf},
};

use memchr::{memchr_iter, memmem::Finder, memrchr};
use overseed_domain::rollout::TargetState;
use rusqlite::{Connection, OptionalExtension, params};

use super::{TargetsQuery, causes, fleet, lock::run_folder, rows};
use crate::{Engine, Error, input_file::Chosen, inventory::stored};

/// Bytes of the texts that are read at once.
const BLOCK: usize = 1 << 20;

/// Name of the file of texts in the run's folder: a line a target, its id and its name in lower case.
const TEXTS: &str = "targets.txt";

/// The positions of one page, and how many there are in all.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) positions: Vec<u32>,
    pub(super) matches: u32,
}

/// The targets that a query means, in the order of the plan.
///
/// # Errors
/// [`Error::File`] where the texts cannot be read; those of the store.
pub(super) fn find(
    connection: &Connection,
    engine: &Engine,
    of: &rows::Run,
    query: &TargetsQuery,
    limit: u32,
) -> Result<Found, Error> {
    let run = of.ordinal;
    if let Some(target) = &query.target {
        return named(connection, run, target, query.offset, limit);
    }
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
        in_text = with_text(&texts(engine, &of.id), all, &text)?;
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

/// The targets with this very id: a file of V1 may name a group twice.
fn named(
    connection: &Connection,
    run: i64,
    target: &str,
    offset: u32,
    limit: u32,
) -> Result<Found, Error> {
    let all: Vec<u32> = connection
        .prepare_cached(
            "SELECT position FROM target INDEXED BY target_by_id WHERE run = ?1 AND target = ?2 ORDER BY position",
        )?
        .query_map(params![run, target], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    Ok(Found {
        matches: u32::try_from(all.len()).unwrap_or(u32::MAX),
        positions: all
            .into_iter()
            .skip(offset as usize)
            .take(limit as usize)
            .collect(),
    })
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
fn with_text(path: &Path, targets: u32, text: &str) -> Result<Vec<bool>, Error> {
    let mut marks = vec![false; targets as usize];
    if text.contains(['\n', '\t']) {
        return Ok(marks);
    }
    let finder = Finder::new(text);
    let file = File::open(path).map_err(Error::file(path))?;
    mark_all(file, &finder, &mut marks).map_err(Error::file(path))?;
    Ok(marks)
}

/// Marks the lines of a stream that have the text, block by block.
fn mark_all(mut from: impl Read, finder: &Finder<'_>, mut marks: &mut [bool]) -> io::Result<()> {
    let mut buffer = vec![0; BLOCK];
    let mut filled = 0;
    loop {
        if filled == buffer.len() {
            buffer.resize(2 * filled, 0);
        }
        let read = from.read(buffer.get_mut(filled..).unwrap_or_default())?;
        filled += read;
        let text = buffer.get(..filled).unwrap_or_default();
        let whole = match memrchr(b'\n', text) {
            _ if read == 0 => filled,
            Some(last) => last + 1,
            None => continue,
        };
        let lines = mark(finder, text.get(..whole).unwrap_or_default(), marks);
        marks = marks.get_mut(lines..).unwrap_or_default();
        if read == 0 {
            return Ok(());
        }
        buffer.copy_within(whole..filled, 0);
        filled -= whole;
    }
}

/// Marks the lines that have the text, and answers how many lines there are. Line by line, because a text that nearly all
/// lines have (a letter) stands in each several times, and one place is enough.
fn mark(finder: &Finder<'_>, texts: &[u8], marks: &mut [bool]) -> usize {
    if finder.find(texts).is_none() {
        return memchr_iter(b'\n', texts).count();
    }
    let mut from = 0;
    let mut lines = 0;
    for end in memchr_iter(b'\n', texts) {
        let line = texts.get(from..end).unwrap_or_default();
        if let Some(mark) = marks.get_mut(lines) {
            *mark = finder.find(line).is_some();
        }
        from = end + 1;
        lines += 1;
    }
    lines
}

fn texts(engine: &Engine, run: &str) -> PathBuf {
    run_folder(engine, run).join(TEXTS)
}

/// Sees to it that the texts of a run are those of its targets, with the names of the last complete listing.
///
/// # Errors
/// [`Error::File`] where they cannot be written; those of the store.
pub(super) async fn prepare(engine: &Engine, run: &rows::Run) -> Result<(), Error> {
    let (ordinal, scope) = (run.ordinal, run.scope);
    let noted = engine
        .store
        .read(move |c| {
            let now = texts_of(c, ordinal, scope)?;
            let noted = c
                .prepare_cached("SELECT targets, listing FROM target_text_of WHERE run = ?1")?
                .query_row([ordinal], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()?;
            Ok(noted == Some(now))
        })
        .await?;
    if !noted || !texts(engine, &run.id).exists() {
        let (engine, run) = (engine.clone(), run.clone());
        tokio::task::spawn_blocking(move || note(&engine, &run)).await??;
    }
    Ok(())
}

/// Writes ids and names of all targets of a run down for searching. What they were made from is in the store only while
/// the file is whole.
///
/// # Errors
/// [`Error::File`]; those of the store.
pub(super) fn note(engine: &Engine, run: &rows::Run) -> Result<(), Error> {
    let (ordinal, scope) = (run.ordinal, run.scope);
    let path = texts(engine, &run.id);
    engine.store.write_now(|tx| {
        tx.execute("DELETE FROM target_text_of WHERE run = ?1", [ordinal])?;
        Ok(())
    })?;
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(Error::file(folder))?;
    }
    let (targets, listing) = engine.store.read_now(|c| {
        // Ids, names and what they are made from of one moment.
        let moment = c.unchecked_transaction()?;
        write_texts(&moment, run, &path)?;
        texts_of(&moment, ordinal, scope)
    })?;
    engine.store.write_now(|tx| {
        tx.execute(
            "INSERT OR REPLACE INTO target_text_of (run, targets, listing) VALUES (?1, ?2, ?3)",
            params![ordinal, targets, listing],
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

/// The file comes under its name when it is whole.
fn write_texts(connection: &Connection, run: &rows::Run, path: &Path) -> Result<(), Error> {
    let chosen = Chosen::at(path)?;
    let mut to = BufWriter::with_capacity(BLOCK, chosen.create()?);
    let mut statement = connection.prepare_cached(&format!(
        "SELECT t.target, g.name FROM target t {} WHERE t.run = ?1 ORDER BY t.position",
        super::targets::names(run.scope)
    ))?;
    let mut rows = statement.query([run.ordinal])?;
    while let Some(row) = rows.next()? {
        let id = stored::text(row, 0)?.unwrap_or_default().to_lowercase();
        let name = stored::text(row, 1)?.unwrap_or_default().to_lowercase();
        writeln!(to, "{}\t{}", id.replace('\n', " "), name.replace('\n', " "))
            .map_err(Error::file(path))?;
    }
    to.flush().map_err(Error::file(path))?;
    drop(to);
    chosen.put()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    /// Gives its bytes a few at a time.
    struct Crumbs<'a>(&'a [u8], usize);

    impl Read for Crumbs<'_> {
        fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
            let (now, later) = self.0.split_at(self.0.len().min(self.1).min(room.len()));
            room.get_mut(..now.len()).unwrap().copy_from_slice(now);
            self.0 = later;
            Ok(now.len())
        }
    }

    #[test]
    fn lines_are_marked_wherever_a_block_ends() {
        let long = format!("{}needle", "x".repeat(3 * BLOCK));
        let text = format!("a\tneedle needle\nb\t\n{long}\nneed\tle\n\tneedle\n");
        for crumb in [1_000, 65_536, usize::MAX] {
            let mut marks = [false; 5];
            mark_all(
                Crumbs(text.as_bytes(), crumb),
                &Finder::new("needle"),
                &mut marks,
            )
            .unwrap();
            assert_eq!(marks, [true, false, true, false, true], "{crumb}");
        }
    }
}
