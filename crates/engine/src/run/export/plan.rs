//! The plan of a run, as a file.

use std::{fs::File, path::Path};

use overseed_domain::rollout::Generation;
use rusqlite::Connection;

use crate::{
    Engine, Error, ErrorCode, Problem, StoreError,
    input_file::{Chosen, for_each_record},
    plan::{FORMAT, PlanConnection, PlanHeader, plan_write},
    run::{
        lock::run_folder,
        record::{PLAN, WHOLE},
        rows::Run,
    },
};

/// Writes the plan that a run carries out: started again, it is the same run. Of a plan that was cut into waves the
/// order is kept beside the waves' files; in the store its targets are in the order of the waves.
pub(super) fn write(
    connection: &Connection,
    engine: &Engine,
    run: &Run,
    path: &Path,
) -> Result<(), Error> {
    if run.found_bulk.is_some() {
        return Err(Problem::new(
            ErrorCode::InvalidInput,
            "There is no plan of this bulk deployment: it was started elsewhere",
        )
        .hint("Retry its groups: that makes a plan.")
        .into());
    }
    if run.generation == Generation::V2 {
        return copy(&run_folder(engine, &run.id).join(PLAN), path);
    }
    let header = PlanHeader {
        format: FORMAT,
        id: run.id.clone(),
        generation: run.generation,
        name: run.name.clone(),
        connection: planned(connection, run)?,
        settings: run.settings.plan(),
        parent: run.parent.clone(),
    };
    if !run.settings.waves.is_one() {
        let whole = run_folder(engine, &run.id).join(WHOLE);
        return plan_write(path, &header, |on_target| {
            for_each_record(&whole, &mut |_, target, version| on_target(target, version))
        });
    }
    plan_write(path, &header, |on_target| {
        let mut statement = connection
            .prepare("SELECT target, version FROM target WHERE run = ?1 ORDER BY position")?;
        let mut rows = statement.query([run.ordinal])?;
        while let Some(row) = rows.next()? {
            let (target, version): (String, String) = (row.get(0)?, row.get(1)?);
            on_target(&target, &version)?;
        }
        Ok(())
    })
}

/// A V2 plan with its documents is kept as it was when it was started.
fn copy(kept: &Path, path: &Path) -> Result<(), Error> {
    let chosen = Chosen::at(path)?;
    let mut from = File::open(kept).map_err(Error::file(kept))?;
    let mut to = chosen.create()?;
    std::io::copy(&mut from, &mut to)
        .and_then(|_| to.sync_all())
        .map_err(Error::file(path))?;
    drop(to);
    chosen.put()
}

/// Where the run belongs.
fn planned(connection: &Connection, run: &Run) -> Result<PlanConnection, Error> {
    let (request, account, region, sandbox): (String, String, String, String) = connection
        .query_row(
            "SELECT r.connection, s.account, s.region, s.sandbox FROM run r JOIN scope s ON s.id = r.scope
             WHERE r.ordinal = ?1",
            [run.ordinal],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)),
        )?;
    Ok(PlanConnection {
        request: serde_json::from_str(&request).map_err(|source| StoreError::Json {
            what: "run.connection",
            source,
        })?,
        account,
        region,
        sandbox: (!sandbox.is_empty()).then_some(sandbox),
    })
}
