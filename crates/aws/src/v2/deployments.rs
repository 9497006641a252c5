//! Greengrass V2: deployments.

use std::collections::BTreeMap;

use aws_sdk_greengrassv2::{operation::RequestId as _, types::DeploymentHistoryFilter};
use overseed_domain::{Millis, v2::document::DeploymentDocument};
use serde::Serialize;

use super::{
    cores::PAGE,
    document_wire::{
        UnknownWord, component_of_wire, component_to_wire, job_of_wire, job_to_wire,
        policies_of_wire, policies_to_wire,
    },
    tags, text,
};
use crate::{
    Clients, Error, Kind, Page,
    classify::failed,
    greengrass::{next, required},
    timestamp::of_date_time,
};

/// What CreateDeployment takes. As JSON it has the service model's names.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CreateDeployment {
    /// ARN of a thing or of a static thing group. Its present deployment is replaced.
    pub target_arn: String,
    /// What is deployed; its tags are those by which a run finds its deployments again.
    #[serde(flatten)]
    pub document: DeploymentDocument,
    /// Matches `^[a-zA-Z0-9-]{1,64}$`. A repeated call is safe with the same token and the same request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_token: Option<String>,
}

/// A deployment that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreatedDeployment {
    /// Its id.
    pub id: String,
    /// Its job, where it has one.
    pub job_id: Option<String>,
    /// ARN of the job.
    pub job_arn: Option<String>,
    /// AWS's request id.
    pub request_id: Option<String>,
}

/// A deployment as ListDeployments answers it (service model: `Deployment`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedDeployment {
    /// Its id.
    pub id: String,
    /// Its target.
    pub target_arn: String,
    /// Its name.
    pub name: Option<String>,
    /// `ACTIVE`, `COMPLETED`, `CANCELED`, `FAILED`, `INACTIVE`, or a word that is new. `ACTIVE` says nothing of devices.
    pub status: String,
    /// Its number among those of the target.
    pub revision: Option<String>,
    /// Whether it is the target's latest.
    pub is_latest: bool,
    /// When it was created.
    pub created_at: Option<Millis>,
    /// The group whose subdeployment it is.
    pub parent_target_arn: Option<String>,
}

/// A deployment with all it says (GetDeployment).
#[derive(Debug, Clone, PartialEq)]
pub struct Deployment {
    /// What the listing tells as well.
    pub listed: ListedDeployment,
    /// What was deployed, its tags included; what is not known where it says something new.
    pub document: Result<DeploymentDocument, UnknownWord>,
    /// Its job, where it has one.
    pub job_id: Option<String>,
    /// ARN of the job.
    pub job_arn: Option<String>,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
}

impl Clients {
    /// One page of deployments, newest first: of one target, or of all. With `latest_only` those that are the latest
    /// of their targets (ListDeployments).
    ///
    /// # Errors
    /// Those of the call.
    pub async fn list_deployments(
        &self,
        target_arn: Option<&str>,
        latest_only: bool,
        token: Option<&str>,
    ) -> Result<Page<ListedDeployment>, Error> {
        let operation = "greengrass:ListDeployments";
        let answer = self
            .greengrass_v2()
            .list_deployments()
            .set_target_arn(target_arn.map(str::to_owned))
            .history_filter(if latest_only {
                DeploymentHistoryFilter::LatestOnly
            } else {
                DeploymentHistoryFilter::All
            })
            .max_results(PAGE)
            .set_next_token(token.map(str::to_owned))
            .send()
            .await
            .map_err(|error| failed(operation, error))?;
        let items = answer
            .deployments
            .unwrap_or_default()
            .into_iter()
            .map(|deployment| {
                Ok(ListedDeployment {
                    id: required(operation, "deploymentId", deployment.deployment_id)?,
                    target_arn: required(operation, "targetArn", deployment.target_arn)?,
                    name: text(deployment.deployment_name),
                    status: deployment
                        .deployment_status
                        .map(|status| status.as_str().to_owned())
                        .unwrap_or_default(),
                    revision: text(deployment.revision_id),
                    is_latest: deployment.is_latest_for_target,
                    created_at: deployment.creation_timestamp.and_then(of_date_time),
                    parent_target_arn: text(deployment.parent_target_arn),
                })
            })
            .collect::<Result<_, Error>>()?;
        Ok(Page {
            items,
            next: next(answer.next_token),
        })
    }

    /// A deployment with all it says (GetDeployment).
    ///
    /// # Errors
    /// Those of the call; [`Kind::NotFound`] where it does not exist.
    pub async fn get_deployment(&self, id: &str) -> Result<Deployment, Error> {
        let operation = "greengrass:GetDeployment";
        let answer = self
            .greengrass_v2()
            .get_deployment()
            .deployment_id(id)
            .send()
            .await
            .map_err(|error| failed(operation, error))?;
        let (name, parent) = (text(answer.deployment_name), text(answer.parent_target_arn));
        let tags = tags(answer.tags);
        let components = answer.components.unwrap_or_default().into_iter();
        let policies = answer.deployment_policies.map(policies_of_wire).transpose();
        let job = answer.iot_job_configuration.map(job_of_wire).transpose();
        let document = policies.and_then(|deployment_policies| {
            Ok(DeploymentDocument {
                components: components
                    .map(|(name, spec)| (name, component_of_wire(spec)))
                    .collect(),
                deployment_name: name.clone(),
                deployment_policies,
                iot_job_configuration: job?,
                parent_target_arn: parent.clone(),
                tags: tags.clone(),
            })
        });
        Ok(Deployment {
            listed: ListedDeployment {
                id: required(operation, "deploymentId", answer.deployment_id)?,
                target_arn: required(operation, "targetArn", answer.target_arn)?,
                name,
                status: answer
                    .deployment_status
                    .map(|status| status.as_str().to_owned())
                    .unwrap_or_default(),
                revision: text(answer.revision_id),
                is_latest: answer.is_latest_for_target,
                created_at: answer.creation_timestamp.and_then(of_date_time),
                parent_target_arn: parent,
            },
            document,
            job_id: text(answer.iot_job_id),
            job_arn: text(answer.iot_job_arn),
            tags,
        })
    }

    /// The deployment that a target has now, with all it says; `None` where it never had one. A cancelled or failed one
    /// is still the target's latest, and what a new one replaces.
    ///
    /// # Errors
    /// Those of the calls.
    pub async fn current_deployment(&self, target_arn: &str) -> Result<Option<Deployment>, Error> {
        let listed = self.list_deployments(Some(target_arn), true, None).await?;
        match listed
            .items
            .into_iter()
            .find(|d| d.target_arn == target_arn)
        {
            Some(latest) => self.get_deployment(&latest.id).await.map(Some),
            None => Ok(None),
        }
    }

    /// Makes a deployment for one target (CreateDeployment). The token has to be stored before.
    ///
    /// # Errors
    /// Those of the call; [`Kind::BadRequest`] where the request is not complete,
    /// [`Kind::Conflict`] while the same target is being worked on.
    pub async fn create_deployment(
        &self,
        request: &CreateDeployment,
    ) -> Result<CreatedDeployment, Error> {
        let operation = "greengrass:CreateDeployment";
        let incomplete = |error: aws_sdk_greengrassv2::error::BuildError| {
            Error::here(operation, Kind::BadRequest, error.to_string())
        };
        let document = &request.document;
        let components = document
            .components
            .iter()
            .map(|(name, spec)| Ok((name.clone(), component_to_wire(spec)?)))
            .collect::<Result<_, _>>()
            .map_err(incomplete)?;
        let job = document
            .iot_job_configuration
            .as_ref()
            .map(job_to_wire)
            .transpose()
            .map_err(incomplete)?;
        let tags = (!document.tags.is_empty()).then(|| document.tags.clone().into_iter().collect());
        let answer = self
            .greengrass_v2()
            .create_deployment()
            .target_arn(&request.target_arn)
            .set_deployment_name(document.deployment_name.clone())
            .set_components(Some(components))
            .set_deployment_policies(document.deployment_policies.as_ref().map(policies_to_wire))
            .set_iot_job_configuration(job)
            .set_parent_target_arn(document.parent_target_arn.clone())
            .set_tags(tags)
            .set_client_token(request.client_token.clone())
            .send()
            .await
            .map_err(|error| failed(operation, error))?;
        let request_id = answer.request_id().map(str::to_owned);
        Ok(CreatedDeployment {
            id: required(operation, "deploymentId", answer.deployment_id)?,
            job_id: text(answer.iot_job_id),
            job_arn: text(answer.iot_job_arn),
            request_id,
        })
    }

    /// Cancels a deployment: devices that have received it already stay as they are, those that have not never get it
    /// (CancelDeployment). Answers AWS's request id.
    ///
    /// # Errors
    /// Those of the call; [`Kind::NotFound`] where it does not exist.
    pub async fn cancel_deployment(&self, id: &str) -> Result<Option<String>, Error> {
        self.greengrass_v2()
            .cancel_deployment()
            .deployment_id(id)
            .send()
            .await
            .map(|answer| answer.request_id().map(str::to_owned))
            .map_err(|error| failed("greengrass:CancelDeployment", error))
    }
}
