//! Core devices: listed, and looked at one by one.

use serde_json::{Value, json};

use super::call::{Call, seconds};
use super::place::TargetName;
use super::refusal::{Answer, Refusal};

const RUNTIME: &str = "aws_nucleus_classic";

impl Call<'_> {
    /// The number of a core device.
    pub(crate) fn core(&self, name: &str) -> Result<u32, Refusal> {
        self.fixed
            .cores
            .index(name)
            .filter(|index| !self.state.gone_cores.contains(index))
            .ok_or_else(|| Refusal::not_found("CoreDevice", name))
    }

    pub(crate) fn list_core_devices(&self) -> Answer {
        let page = self.page(50, 100)?;
        let status = match self.request.query_value("status") {
            None | Some("") => None,
            Some(text @ ("HEALTHY" | "UNHEALTHY")) => Some(text),
            Some(other) => {
                return Err(Refusal::field(
                    "status",
                    format!("Value '{other}' must be one of HEALTHY, UNHEALTHY"),
                ));
            }
        };
        let group = match self.request.query_value("thingGroupArn") {
            None | Some("") => None,
            Some(arn) => match self.fixed.place.read_target(arn) {
                Some(TargetName::Group(name)) if self.group_exists(name) => Some(name),
                _ => {
                    return Err(Refusal::field(
                        "thingGroupArn",
                        format!("There is no thing group {arn}"),
                    ));
                }
            },
        };
        let runtime = self.request.query_value("runtime").unwrap_or(RUNTIME);
        let first = u32::try_from(page.from).unwrap_or(u32::MAX);
        let mut entries = Vec::new();
        let mut next = None;
        for index in first..self.fixed.cores.count {
            let wanted = !self.state.gone_cores.contains(&index)
                && runtime == RUNTIME
                && group.is_none_or(|name| self.in_group(name, index))
                && status.is_none_or(|status| self.health(index).0 == status);
            if !wanted {
                continue;
            }
            if entries.len() == page.size {
                next = Some(u64::from(index));
                break;
            }
            entries.push(self.core_entry(index));
        }
        Ok(self.listed("coreDevices", entries, next))
    }

    fn core_entry(&self, index: u32) -> Value {
        let (platform, architecture) = self.fixed.cores.machine(index);
        let (status, at_ms) = self.health(index);
        json!({
            "coreDeviceThingName": self.fixed.cores.name(index),
            "status": status,
            "lastStatusUpdateTimestamp": seconds(at_ms),
            "platform": platform,
            "architecture": architecture,
            "runtime": RUNTIME,
        })
    }

    /// Status and when the device told it: once a day, and after each deployment.
    pub(crate) fn health(&self, index: u32) -> (&'static str, i64) {
        let cores = &self.fixed.cores;
        let usual_ms = cores.last_status_ms(index, self.now);
        let (ended_ms, broken) = self.last_end(index);
        let healthy = !broken && !cores.sick(index);
        let status = if healthy { "HEALTHY" } else { "UNHEALTHY" };
        (status, usual_ms.max(ended_ms))
    }

    pub(crate) fn get_core_device(&self, name: &str) -> Answer {
        let index = self.core(name)?;
        let mut answer = self.core_entry(index);
        let arn = self.fixed.place.greengrass(&format!("coreDevices:{name}"));
        if let Some(fields) = answer.as_object_mut() {
            fields.insert("coreVersion".to_owned(), self.nucleus_of(index).into());
            fields.insert("tags".to_owned(), self.tags_of(&arn));
        }
        Ok(answer)
    }

    /// The device is forgotten by Greengrass; its thing stays.
    pub(crate) fn delete_core_device(&mut self, name: &str) -> Answer {
        let index = self.core(name)?;
        self.state.gone_cores.insert(index);
        self.changed = true;
        Ok(Value::Null)
    }
}
