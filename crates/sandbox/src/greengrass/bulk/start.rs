//! StartBulkDeployment: everything that is looked at before the service says yes.

use std::fs::File;
use std::io::BufReader;

use serde_json::json;

use super::input::{self, Fault, TOO_LARGE};
use super::records::{Files, Record, Records};
use super::{Bulk, Run, uri};
use crate::cloud::{ObjectFailure, RoleSession, StoredObject};
use crate::greengrass::call::{Call, text};
use crate::greengrass::ids::Named;
use crate::greengrass::refusal::{Answer, Refusal};
use crate::greengrass::{PRINCIPAL, tags};
use crate::settings::Scenario;

/// Simulated seconds of Initializing.
const INITIALIZING_S: f64 = 8.0;
const SLOW_INITIALIZING_S: f64 = 240.0;
/// In larger files nobody looks for a record that the role may deploy; each is judged in its turn.
const LOOKED_THROUGH: u32 = 20_000;

impl Call<'_> {
    /// The caller's own right to start was checked before, and the client token looked up.
    pub(in crate::greengrass) fn start_bulk(&mut self) -> Answer {
        let body = self.body()?;
        let role_arn = text(&body, "ExecutionRoleArn")?;
        let input_uri = text(&body, "InputFileUri")?;
        let tags = tags::read(&body)?;
        self.may_pass(role_arn)?;
        self.refuse_second()?;

        let ordinal = u32::try_from(self.state.bulks.len())
            .ok()
            .filter(|ordinal| *ordinal < 1 << 24)
            .ok_or_else(|| Refusal::bad_request("The account has too many bulk deployments."))?;
        let id = self.world.ids.text(Named::Bulk { ordinal });
        let arn = self.world.arn(&format!("bulk/deployments/{id}"));
        let role = self.assume(role_arn, &arn)?;
        let object = self.input_object(&role, input_uri)?;

        let mut records = Records::default();
        let read = self.read_input(&object, &mut records);
        let fault = match read {
            Ok(()) => None,
            Err(Fault::Unreadable(error)) => {
                return Err(Refusal::internal(format!(
                    "The input file cannot be read: {error}"
                )));
            }
            Err(fault) => Some(fault.to_string()),
        };
        if fault.is_none() {
            self.refuse_powerless(&role, &records)?;
            let files = Files::of(self.folder, ordinal);
            let saved = files
                .clear_marks()
                .and_then(|()| records.save(&files.records));
            saved.map_err(|error| Refusal::internal(format!("The sandbox's disk: {error}")))?;
        }

        let seconds = match self.world.settings.scenario {
            Scenario::SlowStart => SLOW_INITIALIZING_S,
            _ => INITIALIZING_S,
        };
        let mut bulk = Bulk {
            ordinal,
            role_arn: role.role_arn,
            role_name: role.role_name,
            created_ms: self.now,
            begin_ms: self.now,
            lines: if fault.is_none() { records.len() } else { 0 },
            fault,
            stop_ms: None,
            speed: self.world.settings.speed.max(f64::MIN_POSITIVE),
            run: Run::default(),
        };
        bulk.begin_ms = bulk.after_ms(self.now, seconds);
        if bulk.fault.is_none() {
            bulk.run.records = records;
        }
        self.state.bulks.push(bulk);
        self.set_tags(&arn, tags);
        Ok(json!({ "BulkDeploymentArn": arn, "BulkDeploymentId": id }))
    }

    /// One at a time, Stopping included.
    fn refuse_second(&self) -> Result<(), Refusal> {
        let pace = self.pace();
        for bulk in self.state.bulks.iter().rev() {
            let status = bulk.status(self.now, pace);
            if !status.terminal() {
                let id = self.world.ids.text(Named::Bulk {
                    ordinal: bulk.ordinal,
                });
                let status = status.name();
                return Err(Refusal::bad_request(format!(
                    "Concurrent Deployment Error: bulk deployment {id} of this account is {status}. Start another one when it has ended."
                )));
            }
        }
        Ok(())
    }

    fn assume(&self, role_arn: &str, bulk_arn: &str) -> Result<RoleSession, Refusal> {
        let account = &self.world.settings.account;
        self.cloud.assume_role(role_arn, PRINCIPAL, account, bulk_arn).map_err(|reason| {
            // A real service does not tell its caller why; whoever runs the sandbox may know.
            tracing::debug!(%reason, role_arn, "execution role not assumed");
            Refusal::bad_request(format!(
                "Greengrass is not authorized to assume the execution role {role_arn} (sts:AssumeRole). Check that the role exists and trusts {PRINCIPAL}."
            ))
        })
    }

    fn input_object(&self, role: &RoleSession, input_uri: &str) -> Result<StoredObject, Refusal> {
        let (bucket, key) = uri::bucket_and_key(input_uri).ok_or_else(|| {
            Refusal::bad_request(format!(
                "InputFileUri is not the address of an object in S3: {input_uri}"
            ))
        })?;
        let region = &self.world.settings.region;
        self.cloud.object_as(role, &bucket, &key, region).map_err(|failure| {
            let (partition, role_arn) = (self.world.settings.partition(), &role.role_arn);
            let object = format!("arn:{partition}:s3:::{bucket}/{key}");
            Refusal::bad_request(match failure {
                ObjectFailure::AccessDenied => format!(
                    "The execution role {role_arn} is not authorized to perform: s3:GetObject on resource: {object}"
                ),
                ObjectFailure::NoSuchBucket | ObjectFailure::NoSuchKey => {
                    format!("The input file {object} cannot be read: {failure}")
                }
                ObjectFailure::WrongRegion { region: other } => format!(
                    "The bucket {bucket} of the input file is in {other}; it must be in {region}, the Region of Greengrass."
                ),
                ObjectFailure::KmsEncrypted => format!(
                    "The input file {object} is encrypted with SSE-KMS, which bulk deployments do not support."
                ),
            })
        })
    }

    fn read_input(&self, object: &StoredObject, records: &mut Records) -> Result<(), Fault> {
        if object.size >= TOO_LARGE {
            return Err(Fault::TooLarge);
        }
        let file = BufReader::with_capacity(1 << 16, File::open(&object.path)?);
        input::read(file, |group_id, version_id| {
            let record = match self.find_group(group_id) {
                None => Record::NoGroup {
                    group_id: group_id.to_owned(),
                },
                Some(group) => match self.find_group_version(group, version_id) {
                    None => Record::NoVersion {
                        group,
                        version_id: version_id.to_owned(),
                    },
                    Some(version) => Record::Known { group, version },
                },
            };
            records.push(record);
        })
    }

    /// A role that may deploy none of the file's groups is refused at once; single ones become invalid records.
    fn refuse_powerless(&self, role: &RoleSession, records: &Records) -> Result<(), Refusal> {
        if records.len() > LOOKED_THROUGH {
            return Ok(());
        }
        let mut first = None;
        for place in 0..records.len() {
            let arn = match records.get(place) {
                Some(Record::Known { group, .. } | Record::NoVersion { group, .. }) => {
                    self.world.group_arn(group)
                }
                _ => continue,
            };
            if self
                .cloud
                .allowed(role, "greengrass:CreateDeployment", &arn, &[])
            {
                return Ok(());
            }
            first.get_or_insert(arn);
        }
        match first {
            // No group of this account in it: nothing to be allowed.
            None => Ok(()),
            Some(arn) => Err(Refusal::bad_request(format!(
                "The execution role {} is not authorized to perform: greengrass:CreateDeployment on resource: {arn}",
                role.role_arn
            ))),
        }
    }
}
