//! All reports of a bulk deployment, page by page, at a pace that leaves the quota to others.

use std::time::Duration;

use overseed_aws::{DetailedReport, cancellable};

use super::foreign::cancelled;
use crate::{Error, Session, job::Progress};

/// Between two pages of reports: 3 pages a second are 10 % of the API's 30 requests a second (limits).
const PAUSE: Duration = Duration::from_millis(334);

/// Failures of one page in a row that are waited out, twice as long each time: 40 seconds in all.
const PATIENCE: u32 = 6;

/// Where a reading of all reports is.
#[derive(Debug)]
pub(super) struct ReportPages<'a> {
    session: &'a Session,
    bulk: &'a str,
    progress: &'a Progress,
    token: Option<String>,
    done: u64,
    begun: bool,
}

impl<'a> ReportPages<'a> {
    /// Before the first page.
    pub(super) fn begin(
        session: &'a Session,
        bulk: &'a str,
        records: u32,
        progress: &'a Progress,
    ) -> Self {
        progress.stage("Reading the groups' reports", Some(u64::from(records)));
        Self {
            session,
            bulk,
            progress,
            token: None,
            done: 0,
            begun: false,
        }
    }

    /// The next page; `None` after the last one.
    ///
    /// # Errors
    /// Those of the call, once faults that pass were waited out; [`Error::Cancelled`].
    pub(super) async fn next(&mut self) -> Result<Option<Vec<DetailedReport>>, Error> {
        const OPERATION: &str = "greengrass:ListBulkDeploymentDetailedReports";
        if self.begun {
            if self.token.is_none() {
                return Ok(None);
            }
            self.pause(PAUSE).await?;
        }
        let mut failures = 0;
        loop {
            let call = self
                .session
                .clients
                .detailed_reports(self.bulk, self.token.as_deref());
            match cancellable(OPERATION, self.progress.cancel(), call).await {
                Ok(page) => {
                    self.begun = true;
                    self.done += page.items.len() as u64;
                    self.progress.done(self.done);
                    self.token = page.next;
                    return Ok(Some(page.items));
                }
                // Thousands of pages are not begun anew for a fault that passes.
                Err(error) if error.is_transient() && failures < PATIENCE => {
                    failures += 1;
                    tracing::debug!(%error, failures, "reading the reports of a bulk deployment");
                    self.pause(PAUSE * 2_u32.pow(failures)).await?;
                }
                Err(error) => return Err(cancelled(error)),
            }
        }
    }

    async fn pause(&self, pause: Duration) -> Result<(), Error> {
        tokio::select! {
            biased;
            () = self.progress.cancel().cancelled() => Err(Error::Cancelled),
            () = self.session.clock().sleep(pause) => Ok(()),
        }
    }
}
