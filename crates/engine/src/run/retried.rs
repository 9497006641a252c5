//! Which targets of a run are retried, and the version that each gets.

use overseed_domain::{group::bare_id, rollout::TargetState};
use rusqlite::{Connection, OptionalExtension, params};

use super::{
    retry::{RetryVersion, RetryWhat},
    rows::Run,
    skip::SKIPPED,
};
use crate::{
    Error, ErrorCode, Problem,
    versions::{version_before, version_latest},
};

/// Targets that are named in an error.
const NAMED: usize = 3;

/// Said of a target whose version a run that was recorded from its reports does not know.
const VERSION_UNKNOWN: &str = "It is not known which version the run deployed to it";

/// Hands on id and version of each target asked for, in the order of the run.
///
/// # Errors
/// [`ErrorCode::NotFound`] where a named target is not of the run; those of the store and of `on`.
pub(super) fn for_each(
    connection: &Connection,
    run: i64,
    what: &RetryWhat,
    on: &mut dyn FnMut(&str, &str) -> Result<(), Error>,
) -> Result<(), Error> {
    let states = match (&*what.states, &*what.targets) {
        // A cause says enough: groups that a failed bulk deployment never attempted wait.
        ([], []) if what.cause.is_none() => vec![TargetState::Failed, TargetState::Unknown],
        ([], _) => TargetState::ALL.to_vec(),
        (states, _) => states.to_vec(),
    };
    let asked = |state: u8, cause: Option<&str>| {
        TargetState::from_number(state).is_some_and(|state| states.contains(&state))
            && what
                .cause
                .as_deref()
                .is_none_or(|asked| cause == Some(asked))
    };
    if !what.targets.is_empty() {
        for (_, target, version, state, cause) in named(connection, run, &what.targets)? {
            if asked(state, cause.as_deref()) {
                on(&target, &version)?;
            }
        }
        return Ok(());
    }
    let numbers: Vec<String> = states.iter().map(|s| s.number().to_string()).collect();
    let mut targets = connection.prepare(&format!(
        "SELECT target, version FROM target
         WHERE run = ?1 AND state IN ({}) AND iif(?2 IS NULL, cause IS NOT ?3, cause = ?2) ORDER BY position",
        numbers.join(", ")
    ))?;
    // What somebody left out on purpose stays out unless that is asked for.
    let mut found = targets.query(params![run, what.cause, SKIPPED])?;
    while let Some(row) = found.next()? {
        let (target, version): (String, String) = (row.get(0)?, row.get(1)?);
        on(&target, &version)?;
    }
    Ok(())
}

type Row = (u32, String, String, u8, Option<String>);

/// The targets with these ids, with or without the account before them, in the order of the run.
fn named(connection: &Connection, run: i64, targets: &[String]) -> Result<Vec<Row>, Error> {
    let account: String = connection.query_row(
        "SELECT account FROM scope WHERE id = (SELECT scope FROM run WHERE ordinal = ?1)",
        [run],
        |row| row.get(0),
    )?;
    let mut statement = connection.prepare_cached(
        "SELECT position, target, version, state, cause FROM target INDEXED BY target_by_id
         WHERE run = ?1 AND target IN (?2, ?3, ?4)",
    )?;
    let (mut found, mut missing) = (Vec::new(), Vec::new());
    for target in targets {
        let bare = bare_id(target.trim());
        let prefixed = format!("{account}:{bare}");
        let before = found.len();
        // The name of a thing may have colons.
        let rows = statement.query_map(params![run, bare, prefixed, target.trim()], |row| {
            Ok((
                row.get(0)?,
                row.get(1)?,
                row.get(2)?,
                row.get(3)?,
                row.get(4)?,
            ))
        })?;
        for row in rows {
            found.push(row?);
        }
        if found.len() == before {
            missing.push(target.as_str());
        }
    }
    if let Some(count) = std::num::NonZeroUsize::new(missing.len()) {
        missing.truncate(NAMED);
        return Err(Problem::new(
            ErrorCode::NotFound,
            format!("{count} of the named targets are not of this run"),
        )
        .detail(missing.join(", "))
        .hint(
            "Name targets as the run lists them: groups by their ids, core devices by their names.",
        )
        .into());
    }
    found.sort_unstable();
    found.dedup_by_key(|row| row.0);
    Ok(found)
}

/// A target in the inventory.
#[derive(Debug)]
pub(super) enum Found {
    /// Its place in selections, and the version that it gets.
    Known { ordinal: u32, version: Version },
    /// Not there.
    Missing,
}

/// The version that a target gets.
#[derive(Debug)]
pub(super) enum Version {
    /// The latest, by which it is listed.
    Latest(String),
    /// Another one.
    Other(String),
    /// The one that an earlier run has deployed.
    Earlier(String),
    /// The one that is listed before that which the run deployed.
    Before(String),
    /// None, and why.
    None(&'static str),
}

/// Looks a target up and tells its version.
pub(super) fn find(
    connection: &Connection,
    run: &Run,
    target: &str,
    deployed: &str,
    version: RetryVersion,
) -> Result<Found, Error> {
    let (scope, id) = (run.scope, bare_id(target));
    let group: Option<(u32, Option<String>)> = connection
        .prepare_cached(
            "SELECT ordinal, latest_version FROM inventory_group WHERE scope = ?1 AND id = ?2",
        )?
        .query_row(params![scope, id], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((ordinal, latest)) = group else {
        return Ok(Found::Missing);
    };
    let version = match (version, latest) {
        // What the inventory says may be old; the versions were asked for just now.
        (RetryVersion::Latest, _) => match version_latest(connection, scope, id)? {
            Ok(latest) => Version::Latest(latest),
            Err(why) => Version::None(why),
        },
        (RetryVersion::Same, _) if deployed.is_empty() => Version::None(VERSION_UNKNOWN),
        (RetryVersion::Same, Some(latest)) if latest == deployed => Version::Latest(latest),
        (RetryVersion::Same, _) => Version::Other(deployed.to_owned()),
        (RetryVersion::Previous, _) => match deployed_before(connection, run, target, deployed)? {
            Some(version) => Version::Earlier(version),
            None => match version_before(connection, scope, id, deployed)? {
                Ok(version) => Version::Before(version),
                Err(why) => Version::None(why),
            },
        },
    };
    Ok(Found::Known { ordinal, version })
}

/// The version that a group had before a run, as far as runs of this app say: the last one that succeeded before, and is
/// another one than the run's. Versions are listed as they were made, which says nothing of what was deployed.
pub(super) fn deployed_before(
    connection: &Connection,
    run: &Run,
    target: &str,
    deployed: &str,
) -> Result<Option<String>, Error> {
    if deployed.is_empty() {
        return Ok(None);
    }
    // From the runs to the index of their targets: never through the targets of a run.
    let version = connection
        .prepare_cached(
            "SELECT t.version FROM run r JOIN scope s ON s.id = r.scope
             CROSS JOIN target t INDEXED BY target_by_id
                ON t.run = r.ordinal AND t.target IN (?3, s.account || ':' || ?3)
             WHERE r.scope = ?2 AND r.ordinal <> ?1 AND r.generation = 'v1' AND r.started_at < ?4
               AND t.state = ?5 AND t.version NOT IN ('', ?6)
             ORDER BY r.started_at DESC, r.ordinal DESC LIMIT 1",
        )?
        .query_row(
            params![
                run.ordinal,
                run.scope,
                bare_id(target),
                run.started_at.0,
                TargetState::Succeeded.number(),
                deployed
            ],
            |row| row.get(0),
        )
        .optional()?;
    Ok(version)
}

/// Targets that wait and were not left out.
pub(super) fn waiting(connection: &Connection, run: i64) -> Result<u32, Error> {
    let waiting = connection.query_row(
        "SELECT count(*) FROM target WHERE run = ?1 AND state = ?2 AND cause IS NOT ?3",
        params![run, TargetState::Waiting.number(), SKIPPED],
        |row| row.get(0),
    )?;
    Ok(waiting)
}
