//! Plans made of V2 runs: the same documents once more, or those that devices had before.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    path::Path,
};

use overseed_domain::{
    figures::counted, input_file::FileSummary, v2::document::DeploymentDocument,
};
use rusqlite::{Connection, params};

use super::{
    super::{
        record::plan_file,
        retried,
        retry::{LeftOut, MadeFor, RetryPlan, RetryVersion, RetryWhat, nothing_left},
        rows::Run,
    },
    causes::OVERTAKEN,
    way,
};
use crate::{
    Error, ErrorCode, Problem, Session,
    plan::{PlanHeader, PlanSink, PlanWriting, plan_read_whole},
    v2::plan::{Loaded, Way, proposed_way},
};

/// Said of targets that somebody else has deployed to.
const PLAN_ANEW: &str = "Somebody else has deployed to it since the plan was made. Plan it anew on what it has now, with plan new, \
                         or retry it in the window, which reads that first";

/// A target of the new plan: its thing, and the hashes of what it gets and of what it had before that, as far as it is
/// known.
struct Again {
    thing: String,
    document: String,
    before: Option<String>,
    /// The deployment that it has, as far as the run knows: empty for none.
    replaces: Option<String>,
}

/// What the targets of a run's plan had when it was made.
#[derive(Default)]
struct Replaced(HashMap<String, String>);

impl PlanSink for Replaced {
    fn document(&mut self, _: &str, _: DeploymentDocument) -> Result<(), Error> {
        Ok(())
    }

    fn target(&mut self, target: &str, _: &str, before: Option<&str>) -> Result<(), Error> {
        if before == Some("") {
            self.0.insert(target.to_owned(), String::new());
        }
        Ok(())
    }

    fn target_replacing(
        &mut self,
        target: &str,
        _: &str,
        _: Option<&str>,
        replaces: &str,
    ) -> Result<(), Error> {
        self.0.insert(target.to_owned(), replaces.to_owned());
        Ok(())
    }
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
    (out, made_for): (&Path, MadeFor),
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
        let mut replaced = Replaced::default();
        plan_read_whole(&plan_file(&session, &run), &mut replaced)?;
        let (again, left_out) = session
            .store()
            .read_now(|c| targets(c, &run, &what, (version, made_for), &replaced))?;
        if again.is_empty() {
            return Err(none_of(&run, &left_out));
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
            from_earlier_runs: 0,
            left_out,
        })
    })
    .await?
}

/// Why nothing is left of all that was asked for: what holds for most of them.
fn none_of(run: &Run, left_out: &[LeftOut]) -> Error {
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    for LeftOut { why, .. } in left_out {
        *reasons.entry(why).or_default() += 1;
    }
    let nothing = nothing_left(run.generation);
    match reasons.into_iter().max_by_key(|(_, targets)| *targets) {
        Some((why, targets)) => nothing
            .problem()
            .hint(format!("{}: {why}.", counted(targets, "core device")))
            .into(),
        None => nothing,
    }
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
        let (thing, document, before) = (&target.thing, &target.document, target.before.as_deref());
        match &target.replaces {
            Some(replaces) => writing.target_replacing(thing, document, before, replaces)?,
            None => writing.target(thing, document, before)?,
        }
    }
    writing.end()
}

/// The targets asked for that can be taken over, and the others.
fn targets(
    connection: &Connection,
    run: &Run,
    what: &RetryWhat,
    (version, made_for): (RetryVersion, MadeFor),
    replaced: &Replaced,
) -> Result<(Vec<Again>, Vec<LeftOut>), Error> {
    let (mut again, mut left_out) = (Vec::new(), Vec::new());
    let mut before = connection.prepare_cached(
        "SELECT b.document, t.deployment, t.cause IS ?3 FROM target t INDEXED BY target_by_id
         LEFT JOIN target_before b ON b.run = t.run AND b.position = t.position
         WHERE t.run = ?1 AND t.target = ?2",
    )?;
    retried::for_each(connection, run.ordinal, what, &mut |thing, deployed| {
        let (had, made, overtaken): (Option<String>, Option<String>, bool) = before
            .query_row(params![run.ordinal, thing, OVERTAKEN], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?))
            })?;
        if overtaken && made_for == MadeFor::File {
            // The plan would name the same latest deployment again, and be refused again.
            left_out.push(LeftOut {
                target: thing.to_owned(),
                why: PLAN_ANEW.to_owned(),
            });
            return Ok(());
        }
        // A thing group's deployment does not take the place of the device's own.
        let replaces = made
            .filter(|_| way(run) != Way::ThingGroup)
            .or_else(|| replaced.0.get(thing).cloned());
        let why = match (version, had.as_deref()) {
            (RetryVersion::Previous, None) => "It is not known what it had before the run",
            (RetryVersion::Previous, Some("")) => {
                "It had no deployment before the run, so there is nothing to go back to; what is to go is removed by a new deployment"
            }
            (RetryVersion::Previous, Some(had)) => {
                again.push(Again {
                    thing: thing.to_owned(),
                    document: had.to_owned(),
                    before: Some(deployed.to_owned()),
                    replaces,
                });
                return Ok(());
            }
            _ => {
                again.push(Again {
                    thing: thing.to_owned(),
                    document: deployed.to_owned(),
                    before: had,
                    replaces,
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
