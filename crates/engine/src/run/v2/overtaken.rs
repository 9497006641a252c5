//! What targets have right before their deployments are made: CreateDeployment replaces whatever is there, and the plan
//! was made against what was there when it was read.

use std::time::Duration;

use futures::future::join_all;
use overseed_aws::{Kind, v2::Deployment};
use overseed_domain::v2::line::LineRecord;

use super::{
    super::{
        driver::Driver,
        pace::{Api, V2_AT_ONCE},
        start::{RUN_TAG, WAVE_TAG},
    },
    failure::Failure,
    targets::ToMake,
};
use crate::Error;

/// A target whose latest deployment is not the expected one.
pub(super) enum Otherwise {
    /// It is this wave's own: an earlier try has made it.
    Own(String),
    /// Somebody else has made it.
    Overtaken(Failure),
}

/// Targets that are as the plan expects them, and the others by their positions.
pub(super) type Looked = (Vec<(ToMake, LineRecord)>, Vec<(u32, Otherwise)>);

impl Driver {
    /// Looks at what each target has now. Those of which the plan does not know what they had are not looked at.
    ///
    /// # Errors
    /// Those of ListDeployments and GetDeployment: nothing is deployed over what could not be looked at.
    pub(super) async fn as_expected(
        &mut self,
        wave: u32,
        batch: Vec<(ToMake, LineRecord)>,
    ) -> Result<Looked, Error> {
        let (mut fine, mut others) = (Vec::with_capacity(batch.len()), Vec::new());
        let mut batch = batch.into_iter().peekable();
        while batch.peek().is_some() {
            let some: Vec<_> = batch.by_ref().take(V2_AT_ONCE).collect();
            let now = self.session.clock().now();
            let waits: Vec<_> = some
                .iter()
                .map(|(_, record)| {
                    record
                        .replaces
                        .is_some()
                        .then(|| self.pace.before_request(Api::Present, now))
                })
                .collect();
            let looks = some
                .iter()
                .zip(waits)
                .map(|((_, record), wait)| self.look_before(&record.target_arn, wait));
            let looked: Vec<Result<Option<String>, Error>> = join_all(looks).await;
            for ((target, record), found) in some.into_iter().zip(looked) {
                let expected = record.replaces.as_deref().unwrap_or_default();
                match found? {
                    Some(found) if found != expected => {
                        let other = self.whose(wave, expected, &found).await?;
                        others.push((target.position, other));
                    }
                    Some(_) | None => fine.push((target, record)),
                }
            }
        }
        Ok((fine, others))
    }

    /// The same after a pause; nothing where nothing is to be looked at.
    async fn look_before(
        &self,
        target_arn: &str,
        wait: Option<Duration>,
    ) -> Result<Option<String>, Error> {
        let Some(wait) = wait else {
            return Ok(None);
        };
        self.call(async {
            self.session.clock().sleep(wait).await;
            Ok(())
        })
        .await?;
        self.latest(target_arn).await.map(Some)
    }

    /// The id of a target's latest deployment, as the plan was made by; empty where it has none.
    async fn latest(&self, target_arn: &str) -> Result<String, Error> {
        let clients = &self.session.clients;
        match self
            .call(clients.list_deployments(Some(target_arn), true, None))
            .await
        {
            Ok(page) => Ok(page
                .items
                .into_iter()
                .find(|listed| listed.target_arn == target_arn)
                .map(|listed| listed.id)
                .unwrap_or_default()),
            // There is no such thing (any more): making its deployment says so.
            Err(Error::Aws(error)) if error.kind == Kind::NotFound => Ok(String::new()),
            Err(error) => Err(error),
        }
    }

    async fn whose(&mut self, wave: u32, expected: &str, found: &str) -> Result<Otherwise, Error> {
        if found.is_empty() {
            return Ok(Otherwise::Overtaken(Failure::overtaken(
                expected, found, None,
            )));
        }
        self.leave_quota(Api::Present).await?;
        let clients = self.session.clients.clone();
        let there: Option<Deployment> = match self.call(clients.get_deployment(found)).await {
            Ok(there) => Some(there),
            Err(Error::Aws(error)) if error.kind == Kind::NotFound => None,
            Err(error) => return Err(error),
        };
        let tag = |name: &str| {
            let tags = there.as_ref().map(|there| &there.tags);
            tags.and_then(|tags| tags.get(name)).map(String::as_str)
        };
        if tag(RUN_TAG) == Some(self.id.as_str())
            && tag(WAVE_TAG) == Some(wave.to_string().as_str())
        {
            return Ok(Otherwise::Own(found.to_owned()));
        }
        let failure = Failure::overtaken(expected, found, tag(RUN_TAG));
        Ok(Otherwise::Overtaken(failure))
    }
}
