//! From a recorded wave to a bulk deployment: permissions, upload, start. Never two for one wave.

use std::{collections::BTreeMap, time::Duration};

use overseed_aws::{Kind, StartBulkDeployment, Started};
use overseed_domain::{
    Millis,
    rollout::{RunState, WaveState},
};
use rusqlite::params;

use super::{
    driver::Driver,
    intents::{self, Ask},
    pace::Api,
    record::{plan_file, wave_file},
    refusal::{may_pass, of_the_role, refused},
    rows::{Run, RunSettings, WaveRow, json, word},
    skip,
};
use crate::{
    Error, ErrorCode, Problem,
    changes::{self, Intent},
    input_file,
    job::{JobKind, Progress},
    permissions, review,
};

/// The tag that names the run.
pub const RUN_TAG: &str = "overseed:run";

/// The tag that numbers the wave.
pub const WAVE_TAG: &str = "overseed:wave";

/// How long an assume-role failure of a fresh role is waited out (IAM is eventually consistent).
const ROLE_PATIENCE: Duration = Duration::from_secs(120);

/// Between two tries with a fresh role.
const ROLE_PAUSE: Duration = Duration::from_secs(4);

/// How many of the newest bulk deployments are looked at most when searching for our own by its tags.
const SEARCHED: usize = 1_000;

/// Bulk deployments made so much earlier than the run are none of its own, even where the computer's clock is wrong.
pub(super) const EARLIER_MS: i64 = 24 * 60 * 60 * 1000;

/// What a run does before a wave is started: a run whose first wave was started is under way.
pub(super) const fn before_start(wave: &WaveRow) -> RunState {
    if wave.wave.number == 1 {
        RunState::Preparing
    } else {
        RunState::Running
    }
}

impl Driver {
    /// Permissions where the driver sees to them, once for the whole plan; the object; and then the client token: on
    /// disk before the first try.
    pub(super) async fn prepare(&self, run: &Run, wave: &WaveRow) -> Result<(), Error> {
        if wave.sent() == 0 {
            // All of its targets were left out.
            return self.move_wave(wave.wave.number, WaveState::Skipped).await;
        }
        let (_, waves) = self.read().await?;
        let first = !waves.iter().any(WaveRow::is_started);
        // A start that was refused has to find mended what it was refused for.
        let again = first || wave.client_token.is_some();
        if again {
            self.say(before_start(wave), "Checking once more").await?;
            let looked = review::before_writing(&self.session, &self.id, &wave.bucket);
            tokio::select! {
                biased;
                () = self.cancel.cancelled() => return Err(Error::Cancelled),
                looked = looked => looked?,
            }
        }
        if run.settings.provision && again {
            self.say(before_start(wave), "Checking and applying permissions")
                .await?;
            self.provision(run).await?;
            if self.asked_anew().await? {
                return Ok(());
            }
        }
        self.say(before_start(wave), "Uploading the input file")
            .await?;
        let remade = if wave.wave.skipped > 0 {
            Some(skip::remake(&self.session, run, wave).await?)
        } else {
            None
        };
        let sha256 = remade
            .as_ref()
            .map_or(&wave.wave.sha256, |file| &file.sha256);
        self.upload(wave, sha256).await?;
        let token = uuid::Uuid::new_v4().to_string();
        let (run, wave) = (self.ordinal, wave.clone());
        self.session
            .store()
            .write(move |tx| {
                if let Some(file) = &remade {
                    skip::remade(tx, run, &wave, file)?;
                }
                // Where more targets were left out meanwhile, the file is made once more.
                tx.execute(
                    "UPDATE wave SET client_token = ?3, state = ?4
                     WHERE run = ?1 AND number = ?2 AND skipped = ?5",
                    params![
                        run,
                        wave.wave.number,
                        token,
                        word(&WaveState::Starting)?,
                        wave.wave.skipped
                    ],
                )?;
                Ok(())
            })
            .await
    }

    async fn provision(&self, run: &Run) -> Result<(), Error> {
        let settings = run.settings.clone();
        let file = plan_file(&self.session, run);
        let needs = tokio::task::spawn_blocking(move || {
            permissions::Needs::of_plan(&settings.plan(), &file)
        })
        .await??;
        let progress = self.progress(JobKind::Permissions);
        let after = permissions::apply_for(&self.session, &needs, &run.id, &progress).await?;
        let unmet = after.requirements.iter().find(|requirement| {
            matches!(
                requirement.now,
                permissions::RequirementState::No | permissions::RequirementState::NotYet
            )
        });
        match unmet {
            None => self.set_role(run, after.role_arn.clone()).await,
            Some(requirement) => Err(Problem::new(
                ErrorCode::PreflightFailed,
                format!("Not so yet: {}", requirement.title),
            )
            .detail(&requirement.detail)
            .hint("Mend it in the permissions step, or have an administrator apply what the step hands over; then resume the run.")
            .into()),
        }
    }

    /// The ARN that the role really has: one with a path cannot be told from its name.
    pub(super) async fn set_role(&self, run: &Run, role_arn: String) -> Result<(), Error> {
        let settings = json(&RunSettings {
            role_arn,
            ..run.settings.clone()
        })?;
        let run = self.ordinal;
        self.session
            .store()
            .write(move |tx| {
                tx.execute(
                    "UPDATE run SET settings = ?2 WHERE ordinal = ?1",
                    params![run, settings],
                )?;
                Ok(())
            })
            .await
    }

    /// Puts the wave's file where Greengrass will read it, unless it is there already as it should be.
    pub(super) async fn upload(&self, wave: &WaveRow, sha256: &str) -> Result<(), Error> {
        let path = wave_file(&self.session, &self.id, wave.wave.number);
        let progress = self.progress(JobKind::Upload);
        let upload = input_file::put_and_compare(
            &self.session,
            &self.id,
            &path,
            &wave.bucket,
            &wave.key,
            sha256,
            &progress,
        )
        .await?;
        let (run, number) = (self.ordinal, wave.wave.number);
        self.session
            .store()
            .write(move |tx| {
                tx.execute(
                    "UPDATE wave SET uploaded_at = ?3 WHERE run = ?1 AND number = ?2",
                    params![run, number, upload.checked_at.0],
                )?;
                Ok(())
            })
            .await
    }

    /// Starts the wave's bulk deployment, or finds the one that an earlier try has started.
    pub(super) async fn start(
        &mut self,
        run: &Run,
        wave: &WaveRow,
        stop: bool,
    ) -> Result<(), Error> {
        self.say(
            before_start(wave),
            "Looking for a bulk deployment of this run",
        )
        .await?;
        if let Some(id) = self.find_started(run, wave).await? {
            return self.started(wave, &id).await;
        }
        if stop {
            return self.skip_rest().await;
        }
        let Some(token) = wave.client_token.clone() else {
            return self.move_wave(wave.wave.number, WaveState::Waiting).await;
        };
        self.say(before_start(wave), "Starting the bulk deployment")
            .await?;
        let request = StartBulkDeployment {
            role_arn: run.settings.role_arn.clone(),
            input_file_uri: wave.wave.input_file_uri.clone(),
            client_token: token,
            tags: BTreeMap::from([
                (RUN_TAG.to_owned(), self.id.clone()),
                (WAVE_TAG.to_owned(), wave.wave.number.to_string()),
            ]),
        };
        let intended = changes::intend(
            &self.session,
            Intent {
                plan: self.id.clone(),
                operation: "greengrass:StartBulkDeployment",
                summary: format!(
                    "Start wave {} with {} groups from {}",
                    wave.wave.number,
                    wave.sent(),
                    wave.wave.input_file_uri
                ),
                ..Intent::default()
            },
        )
        .await?;
        let result = self.start_patiently(run, wave, &request).await;
        match result {
            Ok(started) => {
                changes::ended(&self.session, intended, Ok(started.request_id.clone())).await?;
                self.started(wave, &started.id).await
            }
            Err(Error::Aws(error)) => {
                changes::ended(&self.session, intended, Err(&error)).await?;
                // The answer may have been lost on its way: look before giving up.
                match self.find_started(run, wave).await? {
                    Some(id) => self.started(wave, &id).await,
                    None if self.stop_asked().await? => self.skip_rest().await,
                    None => {
                        // Who resumes has role and object looked at once more.
                        if refused(error.kind) {
                            self.move_wave(wave.wave.number, WaveState::Waiting).await?;
                        }
                        Err(match of_the_role(&error, &run.settings) {
                            Some(problem) => problem.into(),
                            None => error.into(),
                        })
                    }
                }
            }
            Err(error) => Err(error),
        }
    }

    pub(super) async fn stop_asked(&self) -> Result<bool, Error> {
        Ok(intents::newest(&self.session.engine, self.ordinal, Ask::Stop).await? > 0)
    }

    /// The call itself; a role that Greengrass cannot assume *yet*, or whose rights it does not see yet that were applied
    /// just now, is waited for, within bounds.
    async fn start_patiently(
        &self,
        run: &Run,
        wave: &WaveRow,
        request: &StartBulkDeployment,
    ) -> Result<Started, Error> {
        let since = self.session.clock().now();
        loop {
            let result = self
                .call(self.session.clients.start_bulk_deployment(request))
                .await;
            match result {
                Err(Error::Aws(error)) if may_pass(&error, &run.settings) => {
                    let waited = self.session.clock().now().since(since);
                    if u128::try_from(waited).unwrap_or(0) >= ROLE_PATIENCE.as_millis() {
                        return Err(error.into());
                    }
                    self.say(
                        before_start(wave),
                        "Waiting until Greengrass sees the new role",
                    )
                    .await?;
                    self.wait(ROLE_PAUSE).await?;
                    if self.stop_asked().await? {
                        return Err(error.into());
                    }
                }
                other => return other,
            }
        }
    }

    /// Looks in the account for a bulk deployment with the tags of this run and wave: how long a client token
    /// is remembered is not documented.
    async fn find_started(&mut self, run: &Run, wave: &WaveRow) -> Result<Option<String>, Error> {
        let number = wave.wave.number.to_string();
        let (mut token, mut seen) = (None::<String>, 0);
        loop {
            self.leave_quota(Api::Bulk).await?;
            let page = self
                .call(self.session.clients.list_bulk_deployments(token.as_deref()))
                .await?;
            for item in &page.items {
                if seen == SEARCHED || is_earlier(item.created_at.as_deref(), run.started_at) {
                    return Ok(None);
                }
                seen += 1;
                self.leave_quota(Api::Status).await?;
                let report = match self
                    .call(self.session.clients.bulk_deployment_status(&item.id))
                    .await
                {
                    Ok(report) => report,
                    Err(Error::Aws(error)) if error.kind == Kind::NotFound => continue,
                    Err(error) => return Err(error),
                };
                if report.tags.get(RUN_TAG) == Some(&self.id)
                    && report.tags.get(WAVE_TAG) == Some(&number)
                {
                    return Ok(Some(item.id.clone()));
                }
            }
            match page.next {
                Some(next) => token = Some(next),
                None => return Ok(None),
            }
        }
    }

    pub(super) async fn started(&self, wave: &WaveRow, bulk_deployment: &str) -> Result<(), Error> {
        let (run, number, at) = (self.ordinal, wave.wave.number, self.session.clock().now());
        let bulk_deployment = bulk_deployment.to_owned();
        self.session
            .store()
            .write(move |tx| {
                tx.execute(
                    "UPDATE wave SET bulk_deployment = ?3, started_at = ?4, state = ?5
                     WHERE run = ?1 AND number = ?2",
                    params![
                        run,
                        number,
                        bulk_deployment,
                        at.0,
                        word(&WaveState::Running)?
                    ],
                )?;
                super::rows::set_state(
                    tx,
                    run,
                    RunState::Running,
                    "The bulk deployment has been started",
                )
            })
            .await
    }

    /// Progress of work that the driver does in line; its cancel is the driver's.
    pub(super) fn progress(&self, kind: JobKind) -> Progress {
        Progress::within(kind, self.session.clock().clone(), self.cancel.clone()).0
    }
}

/// Whether a bulk deployment was made so long before the run that neither it nor those after it in the list, which
/// is newest first, can be the run's. One whose time cannot be read is looked at.
fn is_earlier(made: Option<&str>, run: Millis) -> bool {
    made.and_then(|made| made.parse::<jiff::Timestamp>().ok())
        .is_some_and(|made| run.since(Millis(made.as_millisecond())) > EARLIER_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bulk_deployments_of_days_before_are_not_looked_at() {
        // 2026-11-21T09:00:00Z.
        let run = Millis(1_795_251_600_000);
        assert!(is_earlier(Some("2026-11-20T08:59:59.000Z"), run));
        assert!(!is_earlier(Some("2026-11-20T10:00:00.000+01:00"), run));
        assert!(!is_earlier(Some("2026-11-21T09:00:01.000Z"), run));
        assert!(!is_earlier(Some("yesterday"), run));
        assert!(!is_earlier(None, run));
    }
}
