//! Targets of a run as a plan file.

use std::path::Path;

use overseed_domain::{group::bare_id, input_file::Writer, rollout::Generation};
use rusqlite::Connection;

use super::{
    super::{
        retried::{self, Found, Version},
        rows::Run,
        v2,
    },
    LeftOut, RetryPlan, RetryVersion, RetryWhat, name_of, nothing_left_of,
};
use crate::{
    Error, ErrorCode, Problem, Session,
    input_file::{self, Passing},
    plan::{FORMAT, PlanConnection, PlanHeader, plan_write},
    versions::version_latest,
};

/// What a plan is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum MadeFor {
    /// A draft, which is held against what devices have by then.
    Draft,
    /// A file that is started as it is.
    File,
}

/// Writes the plan; what the draft holds stays.
pub(super) async fn make(
    session: &Session,
    run: Run,
    (what, version): (RetryWhat, RetryVersion),
    why: &str,
    (out, made_for): (&Path, MadeFor),
) -> Result<RetryPlan, Error> {
    if run.found_bulk.is_some() {
        return Err(Problem::new(
            ErrorCode::InvalidInput,
            "This bulk deployment was not started by Overseed: its role and bucket are not known",
        )
        .hint("Retry it in the window, where they can be chosen; or list the groups (run targets --json) and make a plan of them with plan new --groups.")
        .into());
    }
    let header = PlanHeader {
        format: FORMAT,
        id: uuid::Uuid::new_v4().to_string(),
        generation: run.generation,
        name: name_of(&run.name, why),
        connection: PlanConnection::of(session),
        settings: run.settings.plan(),
        parent: Some(run.id.clone()),
    };
    if run.generation == Generation::V2 {
        return v2::retry_plan(session, run, (what, version), header, (out, made_for)).await;
    }
    let (session, out) = (session.clone(), out.to_owned());
    tokio::task::spawn_blocking(move || {
        let made = Passing::beside(&session.engine.data_dir().join("plan.jsonl"))?;
        let mut writer = Writer::new(made.create()?);
        let (left_out, from_earlier_runs) = session.store().read_now(|c| {
            write_records(c, &run, (&what, version), &mut |target, version| {
                writer
                    .record(target, version)
                    .map_err(Error::file(made.path()))
            })
        })?;
        let (_, file) = writer.finish().map_err(Error::file(made.path()))?;
        if file.records == 0 {
            let nothing = session
                .store()
                .read_now(|c| nothing_left_of(c, &run, &what))?;
            return Err(nothing);
        }
        plan_write(&out, &header, |target| {
            input_file::for_each_record(made.path(), &mut |_, group, version| {
                target(group, version)
            })
        })?;
        Ok(RetryPlan {
            header,
            file,
            from_earlier_runs,
            left_out,
        })
    })
    .await?
}

/// Hands on each target that can be retried with its version; answers the others, and how many got a version that an
/// earlier run has deployed.
fn write_records(
    connection: &Connection,
    run: &Run,
    (what, version): (&RetryWhat, RetryVersion),
    record: &mut dyn FnMut(&str, &str) -> Result<(), Error>,
) -> Result<(Vec<LeftOut>, u32), Error> {
    let (mut left_out, mut earlier) = (Vec::new(), 0);
    retried::for_each(connection, run.ordinal, what, &mut |target, deployed| {
        let why = match retried::find(connection, run, target, deployed, version)? {
            Found::Known { version, .. } => match version {
                Version::Earlier(version) => {
                    earlier += 1;
                    return record(target, &version);
                }
                Version::Latest(version) | Version::Other(version) | Version::Before(version) => {
                    return record(target, &version);
                }
                Version::None(why) => why,
            },
            // What the run deployed needs no inventory.
            Found::Missing if version == RetryVersion::Same && !deployed.is_empty() => {
                return record(target, deployed);
            }
            Found::Missing if version == RetryVersion::Latest => {
                match version_latest(connection, run.scope, bare_id(target))? {
                    Ok(latest) => return record(target, &latest),
                    Err(why) => why,
                }
            }
            Found::Missing => "The inventory does not know the group: list the groups again",
        };
        left_out.push(LeftOut {
            target: target.to_owned(),
            why: why.to_owned(),
        });
        Ok(())
    })?;
    Ok((left_out, earlier))
}
