//! Greengrass V2: core devices, what is installed on them, and the deployments that reached them.

use std::collections::BTreeMap;

use overseed_domain::Millis;

use super::{tags, text};
use crate::{
    Clients, Error, Page,
    classify::failed,
    greengrass::{next, required},
    timestamp::of_date_time,
};

/// Items of a page at most (service model: `DefaultMaxResults`).
pub(super) const PAGE: i32 = 100;

/// A core device as ListCoreDevices answers it (service model: `CoreDevice`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CoreDevice {
    /// Name of its IoT thing.
    pub thing_name: String,
    /// `HEALTHY`, `UNHEALTHY`, or a word that is new. A device that is off keeps its last one.
    pub status: Option<String>,
    /// When the device last told its status; no heartbeat, by default once in 24 hours.
    pub last_status_at: Option<Millis>,
    /// Operating system, such as `linux`.
    pub platform: Option<String>,
    /// Architecture, such as `aarch64`.
    pub architecture: Option<String>,
    /// `aws_nucleus_classic` or `aws_nucleus_lite`.
    pub runtime: Option<String>,
}

/// A core device as GetCoreDevice answers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CoreDeviceDetail {
    /// What the listing tells as well.
    pub device: CoreDevice,
    /// Version of the nucleus.
    pub nucleus: Option<String>,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
}

/// A component on a core device (service model: `InstalledComponent`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstalledComponent {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Lifecycle state, such as `RUNNING` or `BROKEN`.
    pub state: Option<String>,
    /// What the device says about the state.
    pub state_words: Option<String>,
    /// Codes that explain the state.
    pub codes: Vec<String>,
    /// Whether a deployment names it; else it came as a dependency.
    pub is_root: bool,
    /// When the device last reported it.
    pub reported_at: Option<Millis>,
    /// Where it came from: a deployment's target ARN, or `LOCAL`.
    pub source: Option<String>,
}

/// A deployment as one device stands to it (service model: `EffectiveDeployment`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EffectiveDeployment {
    /// The deployment's id.
    pub deployment_id: String,
    /// Its name.
    pub name: String,
    /// Job of AWS IoT, where there is one.
    pub job_id: Option<String>,
    /// ARN of the thing or thing group that it was made for.
    pub target_arn: String,
    /// The service's word, such as `SUCCEEDED`.
    pub status: String,
    /// The service's reason for the status.
    pub reason: Option<String>,
    /// Codes from general to specific, where it failed (nucleus from 2.8).
    pub error_stack: Vec<String>,
    /// Types of the codes, such as `DEPENDENCY_ERROR`.
    pub error_types: Vec<String>,
    /// When the deployment was created.
    pub created_at: Option<Millis>,
    /// When the device's state last changed.
    pub modified_at: Option<Millis>,
}

impl Clients {
    /// One page of the account's core devices (ListCoreDevices). The operation's filter by thing group is of no use: it
    /// means devices that have had a deployment of the group, and keeps those that have left it (API Reference).
    ///
    /// # Errors
    /// Those of the call.
    pub async fn list_core_devices(&self, token: Option<&str>) -> Result<Page<CoreDevice>, Error> {
        let operation = "greengrass:ListCoreDevices";
        let answer = self
            .greengrass_v2()
            .list_core_devices()
            .max_results(PAGE)
            .set_next_token(token.map(str::to_owned))
            .send()
            .await
            .map_err(|error| failed(operation, error))?;
        let items = answer
            .core_devices
            .unwrap_or_default()
            .into_iter()
            .map(|device| {
                Ok(CoreDevice {
                    thing_name: required(
                        operation,
                        "coreDeviceThingName",
                        device.core_device_thing_name,
                    )?,
                    status: device.status.map(|status| status.as_str().to_owned()),
                    last_status_at: device.last_status_update_timestamp.and_then(of_date_time),
                    platform: text(device.platform),
                    architecture: text(device.architecture),
                    runtime: text(device.runtime),
                })
            })
            .collect::<Result<_, Error>>()?;
        Ok(Page {
            items,
            next: next(answer.next_token),
        })
    }

    /// One core device, with the version of its nucleus (GetCoreDevice).
    ///
    /// # Errors
    /// Those of the call; [`crate::Kind::NotFound`] where the thing is no core device.
    pub async fn core_device(&self, thing_name: &str) -> Result<CoreDeviceDetail, Error> {
        let operation = "greengrass:GetCoreDevice";
        let answer = self
            .greengrass_v2()
            .get_core_device()
            .core_device_thing_name(thing_name)
            .send()
            .await
            .map_err(|error| failed(operation, error))?;
        Ok(CoreDeviceDetail {
            device: CoreDevice {
                thing_name: required(
                    operation,
                    "coreDeviceThingName",
                    answer.core_device_thing_name,
                )?,
                status: answer.status.map(|status| status.as_str().to_owned()),
                last_status_at: answer.last_status_update_timestamp.and_then(of_date_time),
                platform: text(answer.platform),
                architecture: text(answer.architecture),
                runtime: text(answer.runtime),
            },
            nucleus: text(answer.core_version),
            tags: tags(answer.tags),
        })
    }

    /// One page of what is installed on a core device, dependencies included (ListInstalledComponents).
    ///
    /// # Errors
    /// Those of the call; [`crate::Kind::NotFound`] where the thing is no core device.
    pub async fn installed_components(
        &self,
        thing_name: &str,
        token: Option<&str>,
    ) -> Result<Page<InstalledComponent>, Error> {
        let operation = "greengrass:ListInstalledComponents";
        let answer = self
            .greengrass_v2()
            .list_installed_components()
            .core_device_thing_name(thing_name)
            .topology_filter(aws_sdk_greengrassv2::types::InstalledComponentTopologyFilter::All)
            .max_results(PAGE)
            .set_next_token(token.map(str::to_owned))
            .send()
            .await
            .map_err(|error| failed(operation, error))?;
        let items = answer
            .installed_components
            .unwrap_or_default()
            .into_iter()
            .map(|component| {
                Ok(InstalledComponent {
                    name: required(operation, "componentName", component.component_name)?,
                    version: component.component_version.unwrap_or_default(),
                    state: component.lifecycle_state.map(|s| s.as_str().to_owned()),
                    state_words: text(component.lifecycle_state_details),
                    codes: component.lifecycle_status_codes.unwrap_or_default(),
                    is_root: component.is_root,
                    reported_at: component.last_reported_timestamp.and_then(of_date_time),
                    source: text(component.last_installation_source),
                })
            })
            .collect::<Result<_, Error>>()?;
        Ok(Page {
            items,
            next: next(answer.next_token),
        })
    }

    /// One page of the deployments that a core device has been given, newest first (ListEffectiveDeployments).
    ///
    /// # Errors
    /// Those of the call; [`crate::Kind::NotFound`] where the thing is no core device.
    pub async fn effective_deployments(
        &self,
        thing_name: &str,
        token: Option<&str>,
    ) -> Result<Page<EffectiveDeployment>, Error> {
        let operation = "greengrass:ListEffectiveDeployments";
        let answer = self
            .greengrass_v2()
            .list_effective_deployments()
            .core_device_thing_name(thing_name)
            .max_results(PAGE)
            .set_next_token(token.map(str::to_owned))
            .send()
            .await
            .map_err(|error| failed(operation, error))?;
        let items = answer
            .effective_deployments
            .unwrap_or_default()
            .into_iter()
            .map(|effective| {
                let details = effective.status_details;
                let (error_stack, error_types) = details
                    .map(|details| {
                        (
                            details.error_stack.unwrap_or_default(),
                            details.error_types.unwrap_or_default(),
                        )
                    })
                    .unwrap_or_default();
                EffectiveDeployment {
                    deployment_id: effective.deployment_id,
                    name: effective.deployment_name,
                    job_id: text(effective.iot_job_id),
                    target_arn: effective.target_arn,
                    status: effective.core_device_execution_status.as_str().to_owned(),
                    reason: text(effective.reason),
                    error_stack,
                    error_types,
                    created_at: of_date_time(effective.creation_timestamp),
                    modified_at: of_date_time(effective.modified_timestamp),
                }
            })
            .collect();
        Ok(Page {
            items,
            next: next(answer.next_token),
        })
    }
}
