//! Looking in the account for a deployment that this run has made: a client token is remembered for eight hours only.

use overseed_aws::Kind;

use super::super::{
    driver::Driver,
    pace::Api,
    rows::Run,
    start::{EARLIER_MS, RUN_TAG, WAVE_TAG},
};
use crate::Error;

/// How many of a target's newest deployments are looked at.
const SEARCHED: usize = 20;

impl Driver {
    /// The deployment of a target that has the tags of this run and wave.
    pub(super) async fn find_made(
        &mut self,
        run: &Run,
        wave: u32,
        target_arn: &str,
    ) -> Result<Option<String>, Error> {
        let (number, clients) = (wave.to_string(), self.session.clients.clone());
        self.leave_quota(Api::Deployments).await?;
        // The first page has the newest hundred.
        let page = match self
            .call(clients.list_deployments(Some(target_arn), false, None))
            .await
        {
            Ok(page) => page,
            // There is no such thing (any more).
            Err(Error::Aws(error)) if error.kind == Kind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let own = page.items.iter().filter(|listed| {
            listed.target_arn == target_arn
                // Even where the computer's clock is wrong.
                && listed
                    .created_at
                    .is_none_or(|made| run.started_at.since(made) <= EARLIER_MS)
        });
        for listed in own.take(SEARCHED) {
            self.leave_quota(Api::Deployments).await?;
            let made = match self.call(clients.get_deployment(&listed.id)).await {
                Ok(made) => made,
                Err(Error::Aws(error)) if error.kind == Kind::NotFound => continue,
                Err(error) => return Err(error),
            };
            if made.tags.get(RUN_TAG) == Some(&self.id) && made.tags.get(WAVE_TAG) == Some(&number)
            {
                return Ok(Some(listed.id.clone()));
            }
        }
        Ok(None)
    }
}
