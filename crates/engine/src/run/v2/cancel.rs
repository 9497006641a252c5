//! Cancelling the deployments of a run that have not ended: devices that have them already stay as they are, the others
//! never get them.

use overseed_aws::Kind;
use overseed_domain::rollout::{RunState, WaveState};

use super::{
    super::{
        driver::Driver,
        intents::{self, Ask},
        pace::{Api, V2_AT_ONCE},
        rows::WaveRow,
    },
    log, targets,
};
use crate::Error;

/// The call, as the log names it.
const CANCEL: &str = "greengrass:CancelDeployment";

impl Driver {
    /// Cancels what was made, where that was asked for and no more is made; answers whether it did, or tried to.
    pub(super) async fn cancel_where_asked(&mut self, wave: &WaveRow) -> Result<bool, Error> {
        let making = matches!(wave.wave.state, WaveState::Running | WaveState::Starting);
        if making || intents::newest(&self.session.engine, self.ordinal, Ask::Cancel).await? == 0 {
            return Ok(false);
        }
        self.say(RunState::Stopping, "Cancelling deployments")
            .await?;
        match self.cancel_made().await {
            Ok(()) => {}
            Err(error) => self.pause_after(Err(error)).await?,
        }
        Ok(true)
    }

    async fn cancel_made(&mut self) -> Result<(), Error> {
        let summary = "Cancel the deployments of this run that have not ended".to_owned();
        self.intend_once(CANCEL, summary).await?;
        let (run, id, clients) = (self.ordinal, self.id.clone(), self.session.clients.clone());
        let (mut from, mut cancelled, mut ended) = (0, 0_u32, 0_u32);
        // The devices of a thing group have one deployment in common.
        let mut last_one = None;
        loop {
            let made = self
                .session
                .store()
                .read(move |c| targets::uncancelled(c, run, from, V2_AT_ONCE))
                .await?;
            let Some(last) = made.last() else { break };
            from = last.position.saturating_add(1);
            for made in &made {
                if last_one.as_ref() == Some(&made.deployment) {
                    continue;
                }
                last_one = Some(made.deployment.clone());
                self.leave_quota(Api::Deployments).await?;
                match self.call(clients.cancel_deployment(&made.deployment)).await {
                    Ok(_) => cancelled += 1,
                    // It ended meanwhile, or was cancelled by an earlier try.
                    Err(Error::Aws(error))
                        if matches!(error.kind, Kind::Conflict | Kind::NotFound) =>
                    {
                        ended += 1;
                    }
                    Err(error) => return Err(error),
                }
            }
        }
        let at = self.session.clock().now();
        self.session
            .store()
            .write(move |tx| {
                intents::obeyed(tx, run, Ask::Cancel, at)?;
                let detail = format!("{cancelled} cancelled, {ended} had ended");
                log::done(tx, &id, CANCEL, &detail, at)
            })
            .await
    }
}
