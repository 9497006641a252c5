//! AWS IoT: the jobs that carry the deployments of thing groups.

use aws_sdk_iot::types::JobExecutionStatus;
use overseed_domain::Millis;

use super::{count, text};
use crate::{
    Clients, Error, Page,
    classify::failed,
    greengrass::{next, required},
    timestamp::of_date_time,
};

/// Items of a page at most (service model: `LaserMaxResults`).
const PAGE: i32 = 250;

/// How many things are in which state (service model: `JobProcessDetails`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct JobCounts {
    /// Not told yet.
    pub queued: u64,
    /// At it.
    pub in_progress: u64,
    /// Succeeded.
    pub succeeded: u64,
    /// Failed.
    pub failed: u64,
    /// Refused it.
    pub rejected: u64,
    /// Took too long.
    pub timed_out: u64,
    /// Cancelled.
    pub canceled: u64,
    /// Left the group.
    pub removed: u64,
}

/// A job (service model: `Job`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Its id.
    pub id: String,
    /// Its ARN.
    pub arn: Option<String>,
    /// `IN_PROGRESS`, `CANCELED`, `COMPLETED`, `DELETION_IN_PROGRESS`, `SCHEDULED`, or a word that is new.
    pub status: String,
    /// Why it was cancelled, as a code.
    pub reason: Option<String>,
    /// Words to that.
    pub comment: Option<String>,
    /// ARNs of its targets.
    pub targets: Vec<String>,
    /// How its things stand.
    pub counts: JobCounts,
    /// When it was created.
    pub created_at: Option<Millis>,
    /// When it last changed.
    pub updated_at: Option<Millis>,
    /// When it was done. A continuous job never is.
    pub completed_at: Option<Millis>,
}

/// A job as one thing stands to it (service model: `JobExecutionSummaryForJob`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobExecution {
    /// ARN of the thing.
    pub thing_arn: String,
    /// `QUEUED`, `IN_PROGRESS`, `SUCCEEDED`, `FAILED`, `TIMED_OUT`, `REJECTED`, `REMOVED`, `CANCELED`, or a word that
    /// is new.
    pub status: String,
    /// When it was queued.
    pub queued_at: Option<Millis>,
    /// When the thing began.
    pub started_at: Option<Millis>,
    /// When it last changed.
    pub updated_at: Option<Millis>,
}

impl Clients {
    /// A job with its counts (DescribeJob).
    ///
    /// # Errors
    /// Those of the call; [`crate::Kind::NotFound`] where it does not exist.
    pub async fn describe_job(&self, id: &str) -> Result<Job, Error> {
        let operation = "iot:DescribeJob";
        let answer = self
            .iot()
            .describe_job()
            .job_id(id)
            .send()
            .await
            .map_err(|error| failed(operation, error))?;
        let job = answer
            .job
            .ok_or_else(|| Error::unreadable(operation, "the answer has no job"))?;
        let details = job.job_process_details;
        let of = |field: fn(&aws_sdk_iot::types::JobProcessDetails) -> Option<i32>| {
            count(details.as_ref().and_then(field).unwrap_or(0))
        };
        Ok(Job {
            id: job.job_id.unwrap_or_else(|| id.to_owned()),
            arn: text(job.job_arn),
            status: job
                .status
                .map(|status| status.as_str().to_owned())
                .unwrap_or_default(),
            reason: text(job.reason_code),
            comment: text(job.comment),
            targets: job.targets.unwrap_or_default(),
            counts: JobCounts {
                queued: of(|d| d.number_of_queued_things),
                in_progress: of(|d| d.number_of_in_progress_things),
                succeeded: of(|d| d.number_of_succeeded_things),
                failed: of(|d| d.number_of_failed_things),
                rejected: of(|d| d.number_of_rejected_things),
                timed_out: of(|d| d.number_of_timed_out_things),
                canceled: of(|d| d.number_of_canceled_things),
                removed: of(|d| d.number_of_removed_things),
            },
            created_at: job.created_at.and_then(of_date_time),
            updated_at: job.last_updated_at.and_then(of_date_time),
            completed_at: job.completed_at.and_then(of_date_time),
        })
    }

    /// One page of how things stand to a job, of one status where it is given (ListJobExecutionsForJob).
    ///
    /// # Errors
    /// Those of the call; [`crate::Kind::NotFound`] where the job does not exist.
    pub async fn job_executions(
        &self,
        id: &str,
        status: Option<&str>,
        token: Option<&str>,
    ) -> Result<Page<JobExecution>, Error> {
        let operation = "iot:ListJobExecutionsForJob";
        let answer = self
            .iot()
            .list_job_executions_for_job()
            .job_id(id)
            .set_status(status.map(JobExecutionStatus::from))
            .max_results(PAGE)
            .set_next_token(token.map(str::to_owned))
            .send()
            .await
            .map_err(|error| failed(operation, error))?;
        let items = answer
            .execution_summaries
            .unwrap_or_default()
            .into_iter()
            .map(|execution| {
                let summary = execution.job_execution_summary;
                let summary = summary.as_ref();
                Ok(JobExecution {
                    thing_arn: required(operation, "thingArn", execution.thing_arn)?,
                    status: summary
                        .and_then(|s| s.status.as_ref())
                        .map(|status| status.as_str().to_owned())
                        .unwrap_or_default(),
                    queued_at: summary.and_then(|s| s.queued_at).and_then(of_date_time),
                    started_at: summary.and_then(|s| s.started_at).and_then(of_date_time),
                    updated_at: summary
                        .and_then(|s| s.last_updated_at)
                        .and_then(of_date_time),
                })
            })
            .collect::<Result<_, Error>>()?;
        Ok(Page {
            items,
            next: next(answer.next_token),
        })
    }
}
