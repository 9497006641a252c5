//! Step Functions: the runs of a Distributed Map.

use aws_sdk_sfn::operation::RequestId as _;
use overseed_domain::Millis;

use super::count;
use crate::{Clients, Error, Page, classify::failed, greengrass::next, timestamp::of_date_time};

/// Items of a page at most (service model: `PageSize`).
const PAGE: i32 = 1000;

/// A map run as ListMapRuns answers it (service model: `MapRunListItem`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MapRun {
    /// Its ARN.
    pub arn: String,
    /// ARN of the execution that it belongs to.
    pub execution_arn: String,
    /// When it began.
    pub started_at: Option<Millis>,
    /// When it ended.
    pub stopped_at: Option<Millis>,
}

/// How many items or child executions are in which state (service model: `MapRunItemCounts`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MapRunCounts {
    /// Not begun.
    pub pending: u64,
    /// Running.
    pub running: u64,
    /// Succeeded.
    pub succeeded: u64,
    /// Failed.
    pub failed: u64,
    /// Took too long.
    pub timed_out: u64,
    /// Stopped.
    pub aborted: u64,
    /// All that are known so far.
    pub total: u64,
    /// Results that are in S3.
    pub results_written: u64,
}

/// How a map run stands (DescribeMapRun).
#[derive(Debug, Clone, PartialEq)]
pub struct MapRunDetail {
    /// ARNs and times.
    pub run: MapRun,
    /// `RUNNING`, `SUCCEEDED`, `FAILED`, `ABORTED`, or a word that is new.
    pub status: String,
    /// Child executions at once at most.
    pub max_concurrency: u32,
    /// Percent of items that may fail.
    pub tolerated_failure_percentage: f32,
    /// Its items.
    pub items: MapRunCounts,
    /// Its child executions.
    pub executions: MapRunCounts,
}

/// What UpdateMapRun changes; what is absent stays.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct MapRunPace {
    /// Child executions at once at most. Those that run already are not stopped.
    pub max_concurrency: Option<u32>,
    /// Percent of items that may fail.
    pub tolerated_failure_percentage: Option<f32>,
}

/// Both kinds of counts have the same fields, and no type in common.
macro_rules! counts {
    ($counts:expr) => {
        $counts
            .map(|counts| MapRunCounts {
                pending: count(counts.pending),
                running: count(counts.running),
                succeeded: count(counts.succeeded),
                failed: count(counts.failed),
                timed_out: count(counts.timed_out),
                aborted: count(counts.aborted),
                total: count(counts.total),
                results_written: count(counts.results_written),
            })
            .unwrap_or_default()
    };
}

impl Clients {
    /// One page of an execution's map runs (ListMapRuns).
    ///
    /// # Errors
    /// Those of the call; [`crate::Kind::NotFound`] where the execution does not exist.
    pub async fn list_map_runs(
        &self,
        execution_arn: &str,
        token: Option<&str>,
    ) -> Result<Page<MapRun>, Error> {
        let answer = self
            .states()
            .list_map_runs()
            .execution_arn(execution_arn)
            .max_results(PAGE)
            .set_next_token(token.map(str::to_owned))
            .send()
            .await
            .map_err(|error| failed("states:ListMapRuns", error))?;
        let items = answer
            .map_runs
            .into_iter()
            .map(|run| MapRun {
                arn: run.map_run_arn,
                execution_arn: run.execution_arn,
                started_at: of_date_time(run.start_date),
                stopped_at: run.stop_date.and_then(of_date_time),
            })
            .collect();
        Ok(Page {
            items,
            next: next(answer.next_token),
        })
    }

    /// How a map run stands (DescribeMapRun).
    ///
    /// # Errors
    /// Those of the call; [`crate::Kind::NotFound`] where it does not exist.
    pub async fn describe_map_run(&self, arn: &str) -> Result<MapRunDetail, Error> {
        let answer = self
            .states()
            .describe_map_run()
            .map_run_arn(arn)
            .send()
            .await
            .map_err(|error| failed("states:DescribeMapRun", error))?;
        Ok(MapRunDetail {
            run: MapRun {
                arn: answer.map_run_arn,
                execution_arn: answer.execution_arn,
                started_at: of_date_time(answer.start_date),
                stopped_at: answer.stop_date.and_then(of_date_time),
            },
            status: answer.status.as_str().to_owned(),
            max_concurrency: u32::try_from(answer.max_concurrency).unwrap_or(0),
            tolerated_failure_percentage: answer.tolerated_failure_percentage,
            items: counts!(answer.item_counts),
            executions: counts!(answer.execution_counts),
        })
    }

    /// Changes how fast a map run goes (UpdateMapRun). Answers AWS's request id.
    ///
    /// # Errors
    /// Those of the call; [`crate::Kind::NotFound`] where it does not exist.
    pub async fn update_map_run(
        &self,
        arn: &str,
        pace: MapRunPace,
    ) -> Result<Option<String>, Error> {
        let concurrency = pace
            .max_concurrency
            .map(|most| i32::try_from(most).unwrap_or(i32::MAX));
        self.states()
            .update_map_run()
            .map_run_arn(arn)
            .set_max_concurrency(concurrency)
            .set_tolerated_failure_percentage(pace.tolerated_failure_percentage)
            .send()
            .await
            .map(|answer| answer.request_id().map(str::to_owned))
            .map_err(|error| failed("states:UpdateMapRun", error))
    }
}
