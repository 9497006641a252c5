//! How devices stand to the deployments that were made for them: one look each, a few at once, in turns.

use std::time::Duration;

use futures::future::join_all;
use overseed_aws::{Kind, v2::EffectiveDeployment};
use overseed_domain::{
    rollout::{Counts, TargetState},
    v2::effective::EffectiveStatus,
};
use rusqlite::{Transaction, params};

use super::{
    super::{
        driver::Driver,
        pace::{Api, V2_AT_ONCE},
        readings::read_at,
        rows::{self, WaveRow, json},
        samples,
    },
    failure::Failure,
    targets::{self, Made},
};
use crate::Error;

/// Pages of a device's deployments that are looked through: what was made lately is on the first one.
const PAGES: usize = 3;

/// Looks after which figures are taken down, in batches.
const COUNTED: u32 = 10;

/// What a round of looks brought.
#[derive(Debug)]
pub(super) struct Round {
    /// How the wave's targets stand now.
    pub(super) counts: Counts,
    /// Whether that is news.
    pub(super) changed: bool,
    /// Whether it was broken off because something was asked of the driver.
    pub(super) broken_off: bool,
}

impl Driver {
    /// Looks at each device of a wave once that has not said its last word.
    pub(super) async fn look_at_all(&mut self, wave: &WaveRow) -> Result<Round, Error> {
        let (mut from, end) = (wave.first_position, wave.positions().end);
        let (mut changed, mut batches) = (false, 0_u32);
        loop {
            let (news, next) = self.look_at_some(from..end).await?;
            changed |= news;
            let Some(next) = next else { break };
            from = next;
            batches += 1;
            if batches.is_multiple_of(COUNTED) {
                self.take_down(wave).await?;
            }
            // A stop that is known already is not helped by looking less.
            if self.seen == 0 && self.asked_anew().await? {
                let counts = self.take_down(wave).await?;
                return Ok(Round {
                    counts,
                    changed,
                    broken_off: true,
                });
            }
        }
        let counts = self.take_down(wave).await?;
        Ok(Round {
            counts,
            changed: changed || counts != wave.wave.counts,
            broken_off: false,
        })
    }

    /// Looks at a few devices, each time at the next ones: while there is other work to be done.
    pub(super) async fn look_at_next(&mut self, wave: &WaveRow) -> Result<(), Error> {
        let positions = wave.positions();
        let from = if positions.contains(&self.v2.next_look) {
            self.v2.next_look
        } else {
            positions.start
        };
        let (_, next) = self.look_at_some(from..positions.end).await?;
        self.v2.next_look = next.unwrap_or(positions.start);
        Ok(())
    }

    /// Looks at the first few devices of some targets; answers whether there was news, and where to go on.
    async fn look_at_some(
        &mut self,
        positions: std::ops::Range<u32>,
    ) -> Result<(bool, Option<u32>), Error> {
        let run = self.ordinal;
        let made = self
            .session
            .store()
            .read(move |c| targets::unended(c, run, &positions, V2_AT_ONCE))
            .await?;
        let next = made
            .get(V2_AT_ONCE - 1)
            .map(|last| last.position.saturating_add(1));
        if made.is_empty() {
            return Ok((false, None));
        }
        let now = self.session.clock().now();
        let waits: Vec<Duration> = made
            .iter()
            .map(|_| self.pace.before_request(Api::Devices, now))
            .collect();
        let looks = made
            .iter()
            .zip(waits)
            .map(|(made, wait)| self.look(made, wait));
        let (mut seen, mut failed) = (Vec::new(), None);
        for (made, look) in made.iter().zip(join_all(looks).await) {
            match look {
                Ok(Some(said)) => seen.push((made.clone(), said)),
                Ok(None) => {}
                Err(error) => failed = Some(error),
            }
        }
        let news = self
            .session
            .store()
            .write_readable_again(move |tx| {
                let mut news = false;
                for (made, said) in &seen {
                    news |= note(tx, run, made, said)?;
                }
                Ok(news)
            })
            .await?;
        match failed {
            Some(error) => Err(error),
            None => Ok((news, next)),
        }
    }

    /// What a device says of a deployment; nothing where it does not know of it (yet).
    pub(super) async fn look(
        &self,
        made: &Made,
        wait: Duration,
    ) -> Result<Option<EffectiveDeployment>, Error> {
        self.call(async {
            self.session.clock().sleep(wait).await;
            Ok(())
        })
        .await?;
        let mut token = None;
        for _ in 0..PAGES {
            let page = self
                .call(
                    self.session
                        .clients
                        .effective_deployments(&made.thing, token.as_deref()),
                )
                .await;
            let page = match page {
                Ok(page) => page,
                // The thing is no core device (any more): nobody will say anything.
                Err(Error::Aws(error)) if error.kind == Kind::NotFound => return Ok(None),
                Err(error) => return Err(error),
            };
            let mut items = page.items.into_iter();
            if let Some(said) = items.find(|said| said.deployment_id == made.deployment) {
                return Ok(Some(said));
            }
            token = page.next;
            if token.is_none() {
                break;
            }
        }
        Ok(None)
    }

    /// Counts a wave and takes the figures down: AWS could be read.
    pub(super) async fn take_down(&mut self, wave: &WaveRow) -> Result<Counts, Error> {
        let (run, number, at) = (self.ordinal, wave.wave.number, self.session.clock().now());
        let missed_after = self.pace.missed_after();
        self.v2.sampled_at = Some(at);
        self.session
            .store()
            .write(move |tx| {
                let counts = rows::recount(tx, run, number)?;
                read_at(tx, run, at)?;
                samples::add(tx, run, at, missed_after)?;
                Ok(counts)
            })
            .await
    }
}

/// Writes down what a device says; answers whether it is news.
pub(super) fn note(
    tx: &Transaction<'_>,
    run: i64,
    made: &Made,
    said: &EffectiveDeployment,
) -> Result<bool, Error> {
    let state = EffectiveStatus::parse(&said.status).state();
    if state == made.state {
        return Ok(false);
    }
    let failure = (state == TargetState::Failed).then(|| Failure::of_device(said));
    set_state(tx, run, made.position, state, failure.as_ref())?;
    Ok(true)
}

/// The state of a target, and why where it failed.
pub(super) fn set_state(
    tx: &Transaction<'_>,
    run: i64,
    position: u32,
    state: TargetState,
    failure: Option<&Failure>,
) -> Result<(), Error> {
    let details = failure.map(|failure| json(&failure.details)).transpose()?;
    tx.prepare_cached(
        "UPDATE target SET state = ?3, cause = ?4, code = ?5, message = ?6, details = ?7
         WHERE run = ?1 AND position = ?2",
    )?
    .execute(params![
        run,
        position,
        state.number(),
        failure.map(|failure| &failure.cause),
        failure.and_then(|failure| failure.code.as_ref()),
        failure.and_then(|failure| failure.message.as_ref()),
        details
    ])?;
    Ok(())
}
