//! Looking at bulk deployments, and stopping them.

use serde_json::{Map, Value, json};

use super::{Bulk, Record, Status, Verdict};
use crate::greengrass::call::Call;
use crate::greengrass::deployments::Seen;
use crate::greengrass::ids::Named;
use crate::greengrass::refusal::{Answer, Refusal, details};
use crate::greengrass::timestamp;

/// Simulated seconds that a retry takes.
const RETRY_S: f64 = 2.0;

impl Call<'_> {
    pub(in crate::greengrass) fn bulk_ordinal(&self, id: &str) -> Result<usize, Refusal> {
        let place = match self.world.ids.read(self.world.bare(id)) {
            Some(Named::Bulk { ordinal }) => usize::try_from(ordinal).ok(),
            _ => None,
        };
        place
            .filter(|place| *place < self.state.bulks.len())
            .ok_or_else(|| Refusal::no_such_id(format!("The bulk deployment {id} does not exist.")))
    }

    fn bulk(&self, id: &str) -> Result<&Bulk, Refusal> {
        let place = self.bulk_ordinal(id)?;
        self.state
            .bulks
            .get(place)
            .ok_or_else(|| Refusal::internal("A bulk deployment is lost."))
    }

    fn bulk_id(&self, bulk: &Bulk) -> (String, String) {
        let id = self.world.ids.text(Named::Bulk {
            ordinal: bulk.ordinal,
        });
        let arn = self.world.arn(&format!("bulk/deployments/{id}"));
        (id, arn)
    }

    pub(in crate::greengrass) fn list_bulks(&self) -> Answer {
        let page = self.page()?;
        let count = self.state.bulks.len();
        // Newest first; the token counts from the oldest, so that a new one shifts nothing.
        let end = page
            .from
            .map_or(count, |from| usize::try_from(from).unwrap_or(0).min(count));
        let first = end.saturating_sub(page.size);
        let entries = self
            .state
            .bulks
            .get(first..end)
            .unwrap_or_default()
            .iter()
            .rev()
            .map(|bulk| {
                let (id, arn) = self.bulk_id(bulk);
                json!({
                    "BulkDeploymentArn": arn,
                    "BulkDeploymentId": id,
                    "CreatedAt": timestamp::text(bulk.created_ms),
                })
            });
        Ok(self.listed(
            "BulkDeployments",
            entries.collect(),
            u64::try_from(first).ok().filter(|n| *n > 0),
        ))
    }

    pub(in crate::greengrass) fn bulk_status(&self, id: &str) -> Answer {
        let bulk = self.bulk(id)?;
        let status = bulk.status(self.now, self.pace());
        let (_, arn) = self.bulk_id(bulk);
        let mut answer = json!({
            "BulkDeploymentMetrics": {
                "InvalidInputRecords": bulk.run.invalid,
                "RecordsProcessed": bulk.processed(),
                "RetryAttempts": bulk.run.retries,
            },
            "BulkDeploymentStatus": status.name(),
            "CreatedAt": timestamp::text(bulk.created_ms),
            "tags": self.tags_of(&arn),
        });
        if let (Status::Failed, Some(fault), Some(fields)) =
            (status, &bulk.fault, answer.as_object_mut())
        {
            put_error(fields, fault, "400");
        }
        Ok(answer)
    }

    pub(in crate::greengrass) fn stop_bulk(&mut self, id: &str) -> Answer {
        let place = self.bulk_ordinal(id)?;
        let (now, pace) = (self.now, self.pace());
        if let Some(bulk) = self.state.bulks.get_mut(place) {
            match bulk.status(now, pace) {
                Status::Initializing | Status::Running => bulk.stop_ms = Some(now),
                Status::Stopping | Status::Stopped => {}
                ended @ (Status::Completed | Status::Failed) => {
                    return Err(Refusal::bad_request(format!(
                        "The bulk deployment {id} is {} and cannot be stopped.",
                        ended.name()
                    )));
                }
            }
        }
        Ok(json!({}))
    }

    pub(in crate::greengrass) fn bulk_reports(&self, id: &str) -> Answer {
        let bulk = self.bulk(id)?;
        let page = self.page()?;
        // Newest first, counted down to the first record: pages stay where they are while records are added.
        let end = bulk.processed();
        let end = page
            .from
            .map_or(end, |from| u32::try_from(from).unwrap_or(0).min(end));
        let first = end.saturating_sub(u32::try_from(page.size).unwrap_or(u32::MAX));
        let entries = (first..end).rev().map(|place| self.report(bulk, place));
        Ok(self.listed(
            "Deployments",
            entries.collect(),
            (first > 0).then_some(u64::from(first)),
        ))
    }

    /// One detailed report. A record that made no deployment has one too, without a deployment's id, so that
    /// there are as many reports as records processed.
    fn report(&self, bulk: &Bulk, place: u32) -> Value {
        let mut entry = Map::new();
        let created = bulk.record_ms(place, self.pace());
        entry.insert("CreatedAt".to_owned(), timestamp::text(created).into());
        entry.insert("DeploymentType".to_owned(), "NewDeployment".into());
        if let Some(seen) = self.see_record(bulk, place) {
            entry.insert("DeploymentArn".to_owned(), seen.arn(self.world).into());
            entry.insert("DeploymentId".to_owned(), seen.id.clone().into());
            entry.insert("DeploymentStatus".to_owned(), seen.stage.status().into());
            entry.insert(
                "GroupArn".to_owned(),
                self.world.group_arn(seen.group).into(),
            );
            if let Some((message, code)) = self.failure_said(&seen) {
                put_error(&mut entry, &message, &code);
            }
        } else {
            let (arn, message, code) = self.why_invalid(bulk, place);
            entry.insert("DeploymentStatus".to_owned(), "Failure".into());
            entry.insert("GroupArn".to_owned(), arn.into());
            put_error(&mut entry, &message, code);
        }
        Value::Object(entry)
    }

    /// The group's ARN, the message and the detailed error code of a record that made no deployment.
    fn why_invalid(&self, bulk: &Bulk, place: u32) -> (String, String, &'static str) {
        let mark = usize::try_from(place)
            .ok()
            .and_then(|place| bulk.run.marks.get(place));
        let verdict = mark.map_or(Verdict::NoGroup, |mark| Verdict::read(*mark).0);
        let (arn, group, version_id) = match bulk.run.records.get(place) {
            Some(Record::Known { group, version }) => (
                self.world.group_arn(group),
                self.world.group_id(group),
                self.world.group_version_id(group, version),
            ),
            Some(Record::NoVersion { group, version_id }) => (
                self.world.group_arn(group),
                self.world.group_id(group),
                version_id,
            ),
            Some(Record::NoGroup { group_id }) => (
                self.world.arn(&format!("groups/{group_id}")),
                group_id,
                String::new(),
            ),
            None => (String::new(), String::new(), String::new()),
        };
        match verdict {
            Verdict::NotAllowed => {
                let partition = self.world.settings.partition();
                let (account, role) = (&self.world.settings.account, &bulk.role_name);
                let message = format!(
                    "User: arn:{partition}:sts::{account}:assumed-role/{role}/GreengrassBulkDeployment is not authorized to perform: greengrass:CreateDeployment on resource: {arn}"
                );
                (arn, message, "403")
            }
            Verdict::NoGroup => (
                arn,
                "That group definition does not exist.".to_owned(),
                "404",
            ),
            Verdict::NoVersion => {
                let message =
                    format!("Version {version_id} of Group Definition {group} does not exist.");
                (arn, message, "404")
            }
            Verdict::ManyCores => {
                let message = "The group is invalid or corrupted. (ErrorDetails: [A group version has exactly one Greengrass core])";
                (arn, message.to_owned(), "GG-400")
            }
            Verdict::NoCore | Verdict::Made | Verdict::NoServiceRole => {
                let message = "You need a Greengrass Core in this Group before you can deploy.";
                (arn, message.to_owned(), "GG-303")
            }
        }
    }

    /// The deployment of a record as it is now.
    pub(in crate::greengrass) fn see_record(&self, bulk: &Bulk, place: u32) -> Option<Seen> {
        let deployment = self.record_deployment(bulk, place)?;
        let retries = self
            .world
            .fleet
            .retries(deployment.group, deployment.attempt);
        let created_ms = bulk.record_ms(place, self.pace());
        let begun_ms = bulk.after_ms(created_ms, RETRY_S * f64::from(retries));
        let id = self.world.ids.text(Named::BulkRecord {
            bulk: bulk.ordinal,
            record: place,
        });
        Some(self.see(deployment, id, (created_ms, begun_ms), bulk.speed))
    }

    /// All deployments that bulk deployments made for a group, newest first.
    pub(in crate::greengrass) fn bulk_deployments_of(&self, group: u32) -> Vec<Seen> {
        let of = |bulk: &Bulk| -> Vec<Seen> {
            bulk.run
                .records
                .of_group(group)
                .filter_map(|place| self.see_record(bulk, place))
                .collect()
        };
        self.state.bulks.iter().rev().flat_map(of).collect()
    }
}

/// `ErrorMessage` and `ErrorDetails`.
pub(in crate::greengrass) fn put_error(fields: &mut Map<String, Value>, message: &str, code: &str) {
    fields.insert("ErrorMessage".to_owned(), message.into());
    let entries = [(code.to_owned(), message.to_owned())];
    fields.insert("ErrorDetails".to_owned(), details(&entries));
}
