//! Plans made of V2 runs: the same documents once more, or those that devices had before.

use std::{collections::BTreeSet, path::Path};

use overseed_domain::input_file::FileSummary;
use rusqlite::{Connection, OptionalExtension, params};

use super::super::{
    retried,
    retry::{LeftOut, RetryPlan, RetryVersion, RetryWhat, nothing_left},
    rows::Run,
};
use crate::{
    Error, ErrorCode, Problem, Session,
    plan::{PlanHeader, PlanWriting},
    v2::plan::{Loaded, Way, proposed_way},
};

/// A target of the new plan: its thing, and the hashes of what it gets and of what it had before that, as far as it is
/// known.
struct Again {
    thing: String,
    document: String,
    before: Option<String>,
}

/// Makes a plan file of targets of a V2 run. What a device had before the run is what it had before the new one as well,
/// unless it goes back to that.
///
/// # Errors
/// [`ErrorCode::NothingSelected`] where none is left; [`ErrorCode::InvalidInput`] where later versions are asked for;
/// [`Error::File`], those of the store.
pub(in super::super) async fn retry_plan(
    session: &Session,
    run: Run,
    (what, version): (RetryWhat, RetryVersion),
    mut header: PlanHeader,
    out: &Path,
) -> Result<RetryPlan, Error> {
    if version == RetryVersion::Latest {
        return Err(Problem::new(
            ErrorCode::InvalidInput,
            "A deployment of Greengrass V2 names the versions of its components",
        )
        .hint("Make a new plan with the versions that the devices are to get.")
        .into());
    }
    let (session, out) = (session.clone(), out.to_owned());
    tokio::task::spawn_blocking(move || {
        let (again, left_out) = session
            .store()
            .read_now(|c| targets(c, &run, &what, version))?;
        if again.is_empty() {
            return Err(nothing_left(run.generation));
        }
        let outcomes: BTreeSet<&str> = again.iter().map(|t| t.document.as_str()).collect();
        if let Some(v2) = &mut header.settings.v2
            && v2.way == Way::ThingGroup
            && outcomes.len() > 1
        {
            // They do not all get the same any more.
            v2.way = proposed_way(u32::try_from(again.len()).unwrap_or(u32::MAX));
            v2.job = None;
        }
        write(&session, &run, &header, &again, &out)?;
        let file: FileSummary = Loaded::read(&out, session.engine.data_dir())?.summary;
        Ok(RetryPlan {
            header,
            file,
            left_out,
        })
    })
    .await?
}

fn write(
    session: &Session,
    run: &Run,
    header: &PlanHeader,
    again: &[Again],
    out: &Path,
) -> Result<(), Error> {
    let mut writing = PlanWriting::begin(out, header)?;
    let needed: BTreeSet<&str> = again
        .iter()
        .flat_map(|target| [Some(target.document.as_str()), target.before.as_deref()])
        .flatten()
        .filter(|hash| !hash.is_empty())
        .collect();
    session.store().read_now(|c| {
        let mut body =
            c.prepare_cached("SELECT body FROM document WHERE run = ?1 AND hash = ?2")?;
        for hash in needed {
            let body: String = body.query_row(params![run.ordinal, hash], |row| row.get(0))?;
            writing.document(hash, &body)?;
        }
        Ok(())
    })?;
    for target in again {
        writing.target(&target.thing, &target.document, target.before.as_deref())?;
    }
    writing.end()
}

/// The targets asked for that can be taken over, and the others.
fn targets(
    connection: &Connection,
    run: &Run,
    what: &RetryWhat,
    version: RetryVersion,
) -> Result<(Vec<Again>, Vec<LeftOut>), Error> {
    let (mut again, mut left_out) = (Vec::new(), Vec::new());
    let mut before = connection.prepare_cached(
        "SELECT b.document FROM target t INDEXED BY target_by_id
         JOIN target_before b ON b.run = t.run AND b.position = t.position
         WHERE t.run = ?1 AND t.target = ?2",
    )?;
    retried::for_each(connection, run.ordinal, what, &mut |thing, deployed| {
        let had: Option<String> = before
            .query_row(params![run.ordinal, thing], |row| row.get(0))
            .optional()?;
        let why = match (version, had.as_deref()) {
            (RetryVersion::Previous, None) => "It is not known what it had before the run",
            (RetryVersion::Previous, Some("")) => {
                "It had no deployment before the run: there is nothing to go back to"
            }
            (RetryVersion::Previous, Some(had)) => {
                again.push(Again {
                    thing: thing.to_owned(),
                    document: had.to_owned(),
                    before: Some(deployed.to_owned()),
                });
                return Ok(());
            }
            _ => {
                again.push(Again {
                    thing: thing.to_owned(),
                    document: deployed.to_owned(),
                    before: had,
                });
                return Ok(());
            }
        };
        left_out.push(LeftOut {
            target: thing.to_owned(),
            why: why.to_owned(),
        });
        Ok(())
    })?;
    Ok((again, left_out))
}
