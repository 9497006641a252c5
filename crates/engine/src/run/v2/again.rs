//! Reading once more how the devices of a run that has ended stand: one that was off may have taken its deployment since.

use std::time::Duration;

use futures::future::join_all;
use overseed_aws::v2::EffectiveDeployment;
use overseed_domain::{rollout::TargetState, v2::effective::EffectiveStatus};
use rusqlite::{Connection, Transaction, params};

use super::{
    super::{
        driver::Driver,
        pace::{Api, V2_AT_ONCE},
        reread,
        rows::{self, Run, WaveRow},
    },
    causes::{AT_WORK, IN_DOUBT, NOT_TAKEN},
    failure::Failure,
    looks, settle,
    targets::{self, Made},
    way,
};
use crate::{
    Error, Session,
    job::Progress,
    v2::plan::{Way, thing_arn},
};

/// Before a few devices are asked once more that could not be asked; twice as long each time.
const PAUSE: Duration = Duration::from_millis(334);

/// How often that is done: 40 seconds in all.
const PATIENCE: u32 = 6;

/// A target without a last word.
#[derive(Debug, Clone)]
struct Open {
    position: u32,
    thing: String,
    wave: u32,
    deployment: Option<String>,
    state: TargetState,
    in_doubt: bool,
}

/// What was found out about one.
#[derive(Debug)]
struct Found {
    open: Open,
    /// Its deployment, where there is one.
    deployment: Option<String>,
    /// What the device says of it.
    said: Option<EffectiveDeployment>,
}

/// Gives each device without a last word the one that it says by now, and each deployment in doubt its id. Of an ended run
/// nothing else changes: no deployment is made, and gates are not asked again.
///
/// # Errors
/// Those of the calls, once faults that pass were waited out; [`Error::Cancelled`]; those of the store. What was read is
/// kept.
pub(in super::super) async fn read_again(
    session: &Session,
    run: &Run,
    progress: &Progress,
) -> Result<(), Error> {
    let ordinal = run.ordinal;
    let (open, waves) = session
        .store()
        .read(move |c| Ok((count(c, ordinal)?, rows::waves(c, ordinal)?)))
        .await?;
    if open == 0 {
        return Ok(());
    }
    progress.stage("Asking core devices once more", Some(open));
    let mut reader = Driver::of_ended(session, run, progress.cancel());
    let (mut from, mut done) = (0, 0);
    loop {
        let some = session
            .store()
            .read(move |c| open_from(c, ordinal, from))
            .await?;
        let Some(last) = some.last() else { break };
        from = last.position.saturating_add(1);
        done += some.len() as u64;
        let found = reader.ask_again(run, &waves, some).await?;
        session
            .store()
            .write(move |tx| {
                for found in &found {
                    take(tx, ordinal, found)?;
                    rows::recount(tx, ordinal, found.open.wave)?;
                }
                Ok(())
            })
            .await?;
        progress.done(done);
    }
    let (run, at) = (run.clone(), session.clock().now());
    session
        .store()
        .write(move |tx| {
            for row in &waves {
                let number = row.wave.number;
                let counts = rows::recount(tx, run.ordinal, number)?;
                let in_doubt = settle::in_doubt(tx, run.ordinal, &row.positions())?;
                let found = settle::discrepancies(row.wave.targets, in_doubt, counts);
                reread::replace_discrepancies(tx, &run, number, found)?;
            }
            reread::read_anew(tx, &run, at)
        })
        .await
}

impl Driver {
    /// Asks a few devices at once, and waits faults out that pass.
    async fn ask_again(
        &mut self,
        run: &Run,
        waves: &[WaveRow],
        some: Vec<Open>,
    ) -> Result<Vec<Found>, Error> {
        let mut failures = 0;
        loop {
            match self.ask_once(run, waves, &some).await {
                Err(Error::Aws(error)) if error.is_transient() && failures < PATIENCE => {
                    failures += 1;
                    tracing::debug!(%error, failures, "asking core devices once more");
                    self.wait(PAUSE * 2_u32.pow(failures)).await?;
                }
                asked => return asked,
            }
        }
    }

    async fn ask_once(
        &mut self,
        run: &Run,
        waves: &[WaveRow],
        some: &[Open],
    ) -> Result<Vec<Found>, Error> {
        let mut asked = Vec::with_capacity(some.len());
        for open in some {
            let deployment = self.deployment_of(run, waves, open).await?;
            let wait = deployment.is_some().then(|| {
                self.pace
                    .before_request(Api::Devices, self.session.clock().now())
            });
            asked.push((open, deployment, wait.unwrap_or_default()));
        }
        let looks = asked.iter().map(|(open, deployment, wait)| async {
            match deployment {
                None => Ok(None),
                Some(deployment) => {
                    let made = Made {
                        position: open.position,
                        thing: open.thing.clone(),
                        deployment: deployment.clone(),
                        state: open.state,
                    };
                    self.look(&made, *wait).await
                }
            }
        });
        let said = join_all(looks).await;
        let mut found = Vec::with_capacity(asked.len());
        for ((open, deployment, _), said) in asked.into_iter().zip(said) {
            found.push(Found {
                open: open.clone(),
                deployment,
                said: said?,
            });
        }
        Ok(found)
    }

    /// The deployment that was made for a target: that of its group, or one with the tags of the run.
    async fn deployment_of(
        &mut self,
        run: &Run,
        waves: &[WaveRow],
        open: &Open,
    ) -> Result<Option<String>, Error> {
        if open.deployment.is_some() {
            return Ok(open.deployment.clone());
        }
        if way(run) == Way::ThingGroup {
            let wave = waves.iter().find(|row| row.wave.number == open.wave);
            return Ok(wave.and_then(|row| row.wave.bulk_deployment.clone()));
        }
        let connection = &self.session.connection;
        let arn = thing_arn(
            connection.partition,
            &connection.region,
            &connection.account,
            &open.thing,
        );
        self.find_made(run, open.wave, &arn).await
    }
}

fn count(connection: &Connection, run: i64) -> Result<u64, Error> {
    let open: u32 = connection.query_row(
        "SELECT count(*) FROM target WHERE run = ?1 AND state IN (1, 2, 5)",
        [run],
        |row| row.get(0),
    )?;
    Ok(open.into())
}

fn open_from(connection: &Connection, run: i64, from: u32) -> Result<Vec<Open>, Error> {
    let mut statement = connection.prepare_cached(
        "SELECT position, target, wave, deployment, state, cause IS ?3 FROM target
         WHERE run = ?1 AND position >= ?2 AND state IN (1, 2, 5) ORDER BY position LIMIT ?4",
    )?;
    let most = i64::try_from(V2_AT_ONCE).unwrap_or(i64::MAX);
    let rows = statement.query_map(params![run, from, IN_DOUBT, most], |row| {
        Ok(Open {
            position: row.get(0)?,
            thing: row.get(1)?,
            wave: row.get(2)?,
            deployment: row.get(3)?,
            state: TargetState::from_number(row.get(4)?).unwrap_or(TargetState::Unknown),
            in_doubt: row.get(5)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Takes over what is a last word. Of what is still open nothing new is known, but that its deployment was made.
fn take(tx: &Transaction<'_>, run: i64, found: &Found) -> Result<(), Error> {
    let Found {
        open,
        deployment,
        said,
    } = found;
    let state = said
        .as_ref()
        .map(|said| EffectiveStatus::parse(&said.status).state());
    // That its group has a deployment does not say that the device was told.
    let made = deployment
        .as_ref()
        .filter(|_| open.deployment.is_none() && (said.is_some() || open.in_doubt));
    if let Some(deployment) = made {
        targets::set_made(tx, run, open.position, deployment)?;
    }
    match (state, said) {
        (Some(state), Some(said)) if state.is_terminal() => {
            let failure = (state == TargetState::Failed).then(|| Failure::of_device(said));
            looks::set_state(tx, run, open.position, state, failure.as_ref())
        }
        (state, _) if open.in_doubt && made.is_some() => {
            let cause = if state == Some(TargetState::InProgress) {
                AT_WORK
            } else {
                NOT_TAKEN
            };
            tx.prepare_cached("UPDATE target SET cause = ?3 WHERE run = ?1 AND position = ?2")?
                .execute(params![run, open.position, cause])?;
            Ok(())
        }
        _ => Ok(()),
    }
}
