//! AWS IoT Greengrass V1: bulk deployments.

use std::collections::BTreeMap;

use aws_sdk_greengrass::{operation::RequestId as _, types};
use overseed_domain::rollout::BulkStatus;

use crate::{
    Clients, Error, Page,
    classify::failed,
    greengrass::{PAGE, next, required},
};

/// What StartBulkDeployment takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StartBulkDeployment {
    /// ARN of the execution role.
    pub role_arn: String,
    /// URI of the input file, such as `s3://bucket/key`.
    pub input_file_uri: String,
    /// At most 64 ASCII characters. A repeated start is safe only with the same token and the same parameters.
    pub client_token: String,
    /// Tags by which a run finds its bulk deployment again; GetBulkDeploymentStatus returns them.
    pub tags: BTreeMap<String, String>,
}

/// A bulk deployment that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Started {
    /// The bulk deployment's id.
    pub id: String,
    /// Its ARN.
    pub arn: String,
    /// AWS's request id.
    pub request_id: Option<String>,
}

/// A bulk deployment as ListBulkDeployments answers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulkDeployment {
    /// Its id.
    pub id: String,
    /// Its ARN.
    pub arn: String,
    /// When it was created, in the service's words (ISO 8601).
    pub created_at: Option<String>,
}

/// How a bulk deployment stands (service model: `GetBulkDeploymentStatusResponse`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulkDeploymentReport {
    /// Its status.
    pub status: BulkStatus,
    /// Records attempted so far.
    pub records_processed: u32,
    /// Records that will not be retried: bad format, unknown version, no permission.
    pub invalid_input_records: u32,
    /// Retries made after errors such as throttling; up to 5 a group.
    pub retry_attempts: u32,
    /// When it was created, in the service's words.
    pub created_at: Option<String>,
    /// The service's words for what went wrong with the whole.
    pub message: Option<String>,
    /// Details of that.
    pub errors: Vec<ErrorDetail>,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
}

/// One detail of an error (service model: `ErrorDetail`). A code of the 400s is a fault of input or caller.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ErrorDetail {
    /// The code, such as `400`.
    pub code: Option<String>,
    /// The service's words.
    pub message: Option<String>,
}

/// How one group of a bulk deployment stands (service model: `BulkDeploymentResult`). It may change until the
/// deployment is terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DetailedReport {
    /// The group's deployment; absent where none could be made.
    pub deployment_id: Option<String>,
    /// ARN of the deployment.
    pub deployment_arn: Option<String>,
    /// ARN of the group or group version.
    pub group_arn: Option<String>,
    /// `Building`, `InProgress`, `Success`, `Failure`, or a word that is new; empty where there is none.
    pub status: String,
    /// When the deployment was created, in the service's words.
    pub created_at: Option<String>,
    /// The service's words for what went wrong.
    pub message: Option<String>,
    /// Details of that.
    pub errors: Vec<ErrorDetail>,
}

impl Clients {
    /// Starts a bulk deployment (StartBulkDeployment). The token has to be stored before.
    ///
    /// # Errors
    /// Those of the call; [`crate::Kind::ConcurrentBulkDeployment`] while another one has not ended,
    /// [`crate::Kind::AssumeRole`] where Greengrass cannot assume the role.
    pub async fn start_bulk_deployment(
        &self,
        start: &StartBulkDeployment,
    ) -> Result<Started, Error> {
        let operation = "greengrass:StartBulkDeployment";
        let tags = start.tags.clone().into_iter().collect();
        let answer = self
            .greengrass
            .start_bulk_deployment()
            .execution_role_arn(&start.role_arn)
            .input_file_uri(&start.input_file_uri)
            .amzn_client_token(&start.client_token)
            .set_tags(Some(tags))
            .send()
            .await
            .map_err(|error| failed(operation, error))?;
        let request_id = answer.request_id().map(str::to_owned);
        Ok(Started {
            id: required(operation, "BulkDeploymentId", answer.bulk_deployment_id)?,
            arn: answer.bulk_deployment_arn.unwrap_or_default(),
            request_id,
        })
    }

    /// One page of the account's bulk deployments, newest first (ListBulkDeployments).
    ///
    /// # Errors
    /// Those of the call.
    pub async fn list_bulk_deployments(
        &self,
        token: Option<&str>,
    ) -> Result<Page<BulkDeployment>, Error> {
        let operation = "greengrass:ListBulkDeployments";
        let answer = self
            .greengrass
            .list_bulk_deployments()
            .set_next_token(token.map(str::to_owned))
            .send()
            .await
            .map_err(|error| failed(operation, error))?;
        let items = answer
            .bulk_deployments
            .unwrap_or_default()
            .into_iter()
            .map(|bulk| {
                Ok(BulkDeployment {
                    id: required(operation, "BulkDeploymentId", bulk.bulk_deployment_id)?,
                    arn: bulk.bulk_deployment_arn.unwrap_or_default(),
                    created_at: bulk.created_at,
                })
            })
            .collect::<Result<_, Error>>()?;
        Ok(Page {
            items,
            next: next(answer.next_token),
        })
    }

    /// How a bulk deployment stands (GetBulkDeploymentStatus).
    ///
    /// # Errors
    /// Those of the call; [`crate::Kind::NotFound`] where it does not exist.
    pub async fn bulk_deployment_status(&self, id: &str) -> Result<BulkDeploymentReport, Error> {
        let operation = "greengrass:GetBulkDeploymentStatus";
        let answer = self
            .greengrass
            .get_bulk_deployment_status()
            .bulk_deployment_id(id)
            .send()
            .await
            .map_err(|error| failed(operation, error))?;
        let status = answer.bulk_deployment_status.ok_or_else(|| {
            Error::unreadable(operation, "the answer has no BulkDeploymentStatus")
        })?;
        let metrics = answer.bulk_deployment_metrics;
        let count = |of: fn(&types::BulkDeploymentMetrics) -> Option<i32>| {
            metrics
                .as_ref()
                .and_then(of)
                .and_then(|n| u32::try_from(n).ok())
                .unwrap_or(0)
        };
        Ok(BulkDeploymentReport {
            status: BulkStatus::parse(status.as_str()),
            records_processed: count(|m| m.records_processed),
            invalid_input_records: count(|m| m.invalid_input_records),
            retry_attempts: count(|m| m.retry_attempts),
            created_at: answer.created_at,
            message: answer.error_message.filter(|m| !m.is_empty()),
            errors: details(answer.error_details),
            tags: answer.tags.unwrap_or_default().into_iter().collect(),
        })
    }

    /// One page of the reports of a bulk deployment's groups, newest first
    /// (ListBulkDeploymentDetailedReports).
    ///
    /// # Errors
    /// Those of the call; [`crate::Kind::NotFound`] where the bulk deployment does not exist.
    pub async fn detailed_reports(
        &self,
        id: &str,
        token: Option<&str>,
    ) -> Result<Page<DetailedReport>, Error> {
        let operation = "greengrass:ListBulkDeploymentDetailedReports";
        let answer = self
            .greengrass
            .list_bulk_deployment_detailed_reports()
            .bulk_deployment_id(id)
            .max_results(PAGE)
            .set_next_token(token.map(str::to_owned))
            .send()
            .await
            .map_err(|error| failed(operation, error))?;
        let items = answer
            .deployments
            .unwrap_or_default()
            .into_iter()
            .map(|deployment| DetailedReport {
                deployment_id: deployment.deployment_id.filter(|id| !id.is_empty()),
                deployment_arn: deployment.deployment_arn.filter(|arn| !arn.is_empty()),
                group_arn: deployment.group_arn.filter(|arn| !arn.is_empty()),
                status: deployment.deployment_status.unwrap_or_default(),
                created_at: deployment.created_at,
                message: deployment.error_message.filter(|m| !m.is_empty()),
                errors: details(deployment.error_details),
            })
            .collect();
        Ok(Page {
            items,
            next: next(answer.next_token),
        })
    }

    /// Asks a bulk deployment to stop; what was deployed stays, what is pending goes on
    /// (StopBulkDeployment). Answers AWS's request id.
    ///
    /// # Errors
    /// Those of the call; [`crate::Kind::NotFound`] where it does not exist.
    pub async fn stop_bulk_deployment(&self, id: &str) -> Result<Option<String>, Error> {
        let operation = "greengrass:StopBulkDeployment";
        let answer = self
            .greengrass
            .stop_bulk_deployment()
            .bulk_deployment_id(id)
            .send()
            .await
            .map_err(|error| failed(operation, error))?;
        Ok(answer.request_id().map(str::to_owned))
    }
}

fn details(details: Option<Vec<types::ErrorDetail>>) -> Vec<ErrorDetail> {
    details
        .unwrap_or_default()
        .into_iter()
        .map(|detail| ErrorDetail {
            code: detail.detailed_error_code,
            message: detail.detailed_error_message,
        })
        .collect()
}
