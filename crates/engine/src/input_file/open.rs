//! Takes an input file from disk into the draft, byte by byte as it is.

use std::{fs::File, path::Path};

use overseed_domain::{
    group::{Deployable, bare_id},
    input_file::{FileSummary, Unknown},
};
use rusqlite::{Connection, OptionalExtension, params};

use super::{
    findings::Gathered,
    place::Passing,
    read::{self, Watched, cancelled_or},
};
use crate::{
    Error, Session,
    draft::{self, Draft, DraftFile},
    groups::stored,
    job::Progress,
};

/// Copies a file into the draft and checks all its lines; where the groups have been listed, each group and version
/// is looked up as well. The file is taken whatever is found, so that the findings can be read.
///
/// # Errors
/// [`Error::File`], [`Error::Cancelled`], those of the store.
pub async fn file_open(
    session: &Session,
    from: &Path,
    progress: &Progress,
) -> Result<Draft, Error> {
    let name = from
        .file_name()
        .unwrap_or(from.as_os_str())
        .to_string_lossy()
        .into_owned();
    let place = draft::file_path(&session.engine, session.scope);
    let (at_work, watched, from) = (session.clone(), progress.clone(), from.to_owned());
    let (summary, first_lines) =
        tokio::task::spawn_blocking(move || take(&at_work, &from, &place, &watched)).await??;
    let (scope, sandbox) = (session.scope, session.connection.sandbox.is_some());
    session
        .store()
        .write(move |tx| {
            let mut draft = draft::load_or_make(tx, scope, sandbox)?;
            draft.file = Some(DraftFile {
                opened: Some(name),
                summary,
                first_lines,
                stale: false,
            });
            draft.upload = None;
            draft::save(tx, scope, &draft)?;
            Ok(draft)
        })
        .await
}

fn take(
    session: &Session,
    from: &Path,
    place: &Path,
    progress: &Progress,
) -> Result<(FileSummary, Vec<String>), Error> {
    let source = File::open(from).map_err(Error::file(from))?;
    let bytes = source.metadata().map_err(Error::file(from))?.len();
    progress.stage("Copying the file", Some(bytes));
    let passing = Passing::beside(place)?;
    let mut file = passing.create()?;
    std::io::copy(
        &mut Watched {
            inner: source,
            progress,
            done: 0,
        },
        &mut file,
    )
    .map_err(|error| cancelled_or(progress, from, error))?;
    file.sync_all().map_err(Error::file(place))?;
    drop(file);

    let mut gathered = Gathered::begin(place)?;
    let summary = session.store().read_now(|connection| {
        let mut sink = |finding| gathered.keep(&finding);
        if !listed(connection, session.scope)? {
            return read::check_watched(passing.path(), progress, None, &mut sink);
        }
        let mut lookup = Lookup {
            connection,
            session,
            failed: None,
        };
        let mut known = |group: &str, version: &str| lookup.unknown(group, version);
        let summary = read::check_watched(passing.path(), progress, Some(&mut known), &mut sink)?;
        lookup.failed.map_or(Ok(summary), Err)
    })?;
    let first_lines = read::first_lines(passing.path())?;
    progress.check()?;
    passing.put(place)?;
    gathered.put(place)?;
    Ok((summary, first_lines))
}

/// Whether a listing of the groups has ever come to its end: before, no group can be called unknown.
pub(super) fn listed(connection: &Connection, scope: i64) -> Result<bool, Error> {
    let at: Option<Option<i64>> = connection
        .query_row(
            "SELECT complete_at FROM listing WHERE scope = ?1",
            [scope],
            |row| row.get(0),
        )
        .optional()?;
    Ok(at.flatten().is_some())
}

/// The group's id as the inventory has it and its latest version; ids may come with or without the account.
pub(super) fn find(
    connection: &Connection,
    scope: i64,
    account: &str,
    group: &str,
) -> Result<Option<(String, Option<String>)>, Error> {
    let bare = bare_id(group);
    let mut statement = connection.prepare_cached(
        "SELECT id, latest_version, deployable FROM inventory_group WHERE scope = ?1 AND id = ?2",
    )?;
    for id in [group, bare, &format!("{account}:{bare}")] {
        let row: Option<(String, Option<String>, i64)> = statement
            .query_row(params![scope, id], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?))
            })
            .optional()?;
        if let Some((id, latest, deployable)) = row
            && stored::deployable_from_store(deployable)? != Deployable::Gone
        {
            return Ok(Some((id, latest)));
        }
    }
    Ok(None)
}

struct Lookup<'a> {
    connection: &'a Connection,
    session: &'a Session,
    /// The first failure of the store; what follows is not looked up.
    failed: Option<Error>,
}

impl Lookup<'_> {
    fn unknown(&mut self, group: &str, version: &str) -> Option<Unknown> {
        if self.failed.is_some() {
            return None;
        }
        match self.look_up(group, version) {
            Ok(unknown) => unknown,
            Err(error) => {
                self.failed = Some(error);
                None
            }
        }
    }

    fn look_up(&self, group: &str, version: &str) -> Result<Option<Unknown>, Error> {
        let scope = self.session.scope;
        let account = &self.session.connection.account;
        let Some((id, latest)) = find(self.connection, scope, account, group)? else {
            return Ok(Some(Unknown::Group));
        };
        if latest.as_deref() == Some(version) {
            return Ok(None);
        }
        // Older versions are known only for groups whose versions were read.
        let mut statement = self.connection.prepare_cached(
            "SELECT version = ?3 FROM group_version WHERE scope = ?1 AND group_id = ?2",
        )?;
        let mut rows = statement.query(params![scope, id, version])?;
        let mut read = latest.is_none();
        while let Some(row) = rows.next()? {
            read = true;
            if row.get::<_, bool>(0)? {
                return Ok(None);
            }
        }
        Ok(read.then_some(Unknown::Version))
    }
}
