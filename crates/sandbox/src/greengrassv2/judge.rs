//! What becomes of a deployment on a device, decided when the device takes it, by what is there at that time.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

use super::call::Call;
use super::create_component::digest;
use super::ledger::{Deployment, Due, Entry, Stop, Target};
use super::recipe::s3_parts;
use super::refusal::Refusal;
use super::resolve::{Resolved, Wanted};
use super::troubles::Trouble;
use crate::cloud::{ObjectFailure, RoleSession};

/// Who lends core devices their role.
const CREDENTIALS: &str = "credentials.iot.amazonaws.com";

/// What was found out about artifacts and the like in one go: the same for all devices.
type Known = HashMap<String, Option<Trouble>>;

impl Call<'_> {
    /// Carries out what has become due since the last request.
    pub(crate) fn advance(&mut self) -> Result<(), Refusal> {
        let mut known = Known::new();
        let mut entries = Vec::new();
        while let Some((at_ms, deployment, thing, due)) = self.ledger.next_due(self.now) {
            match due {
                Due::Taken => self.take(at_ms, deployment, thing, &mut known, &mut entries),
                Due::Ended => self.end(at_ms, deployment, thing, &mut entries),
            }
            // Later decisions build on earlier ones.
            if !entries.is_empty() {
                self.note(std::mem::take(&mut entries))?;
            }
        }
        Ok(())
    }

    fn take(
        &mut self,
        at_ms: i64,
        deployment: u32,
        thing: u32,
        known: &mut Known,
        entries: &mut Vec<Entry>,
    ) {
        let Some(made) = self.ledger.get(deployment) else {
            return;
        };
        let stopped = made.stopped.is_some_and(|(stop, _)| stop <= at_ms);
        let waiting = made
            .executions
            .get(&thing)
            .is_some_and(|execution| execution.mark.is_none());
        if stopped || !waiting || self.state.gone_cores.contains(&thing) {
            return;
        }
        // A device works on one deployment at a time.
        let others = self
            .ledger
            .of_thing(thing)
            .iter()
            .filter(|other| **other != deployment);
        let ends = others.filter_map(|other| {
            let mark = self.ledger.get(*other)?.executions.get(&thing)?.mark?;
            (mark.taken_ms <= at_ms && at_ms < mark.ended_ms).then_some(mark.ended_ms)
        });
        if let Some(free_ms) = ends.max() {
            self.ledger.put_off(free_ms + 1, deployment, thing);
            return;
        }
        let document = made.document.clone();
        let trouble = self.judge(deployment, made, thing, known);
        let pace = &self.fixed.pace;
        let mut working_s = pace.working_s(deployment, thing);
        let value: Value = serde_json::from_str(&document).unwrap_or_default();
        let limit = value.pointer("/iotJobConfiguration/timeoutConfig/inProgressTimeoutInMinutes");
        let limit_s = limit.and_then(Value::as_f64).map(|minutes| minutes * 60.0);
        let trouble = match limit_s {
            Some(limit_s) if limit_s < working_s => {
                working_s = limit_s;
                Some(Trouble::timed_out())
            }
            _ => trouble,
        };
        let place = trouble.map(|trouble| {
            let known = self
                .ledger
                .troubles
                .iter()
                .position(|other| *other == trouble);
            let place = known.unwrap_or_else(|| {
                entries.push(Entry::Trouble(Box::new(trouble)));
                self.ledger.troubles.len()
            });
            u32::try_from(place).unwrap_or(u32::MAX)
        });
        entries.push(Entry::Judged {
            deployment,
            thing,
            taken_ms: at_ms,
            ended_ms: pace.after_ms(at_ms, working_s),
            trouble: place,
        });
    }

    /// Counts an execution that ended, and stops the job where its abort criteria say so.
    fn end(&mut self, at_ms: i64, deployment: u32, thing: u32, entries: &mut Vec<Entry>) {
        let status = self.ledger.get(deployment).and_then(|made| {
            let execution = made.executions.get(&thing)?;
            made.status(execution, &self.ledger.troubles, at_ms)
        });
        let Some(kind) = status.and_then(|(status, _)| status.place()) else {
            return;
        };
        let Some(made) = self.ledger.count(deployment, kind) else {
            return;
        };
        if made.stopped.is_none() && kind > 0 && aborts(made) {
            entries.push(Entry::Stopped {
                deployment,
                at_ms,
                why: Stop::Aborted,
            });
        }
    }

    /// What goes wrong, if anything: first what is truly wrong, then what is drawn.
    fn judge(
        &self,
        ordinal: u32,
        made: &Deployment,
        thing: u32,
        known: &mut Known,
    ) -> Option<Trouble> {
        let mut wanted = Wanted::default();
        let mut installed = BTreeMap::new();
        for applied in self.applied(thing) {
            let document: Value = serde_json::from_str(&applied.document).unwrap_or_default();
            let mut before = Wanted::default();
            before.add(&applied.target, &document, self);
            installed.extend(before.versions());
            if applied.target != made.target {
                wanted.add(&applied.target, &document, self);
            }
        }
        let document: Value = serde_json::from_str(&made.document).unwrap_or_default();
        wanted.add(&made.target, &document, self);
        let platform = self.platform(thing);
        let nucleus = self.nucleus_of(thing);
        let resolved = match self.resolve(&wanted, &platform, &nucleus, &installed) {
            Ok(resolved) => resolved,
            Err(trouble) => return Some(*trouble),
        };
        for (component, recipe) in &resolved.recipes {
            if installed.get(component) == Some(&recipe.version) {
                continue;
            }
            let manifest = recipe.manifest_for(platform.os, platform.architecture);
            for (uri, digest) in manifest
                .into_iter()
                .flat_map(|manifest| &manifest.artifacts)
            {
                let key = format!("{component} {} {uri}", recipe.version);
                let artifact = (uri.as_str(), component.as_str(), recipe.version.as_str());
                let found = known
                    .entry(key)
                    .or_insert_with(|| self.download(artifact, digest.as_deref(), &resolved));
                if let Some(trouble) = found {
                    return Some(trouble.clone());
                }
            }
        }
        let rolls_back = super::present::rolls_back(&made.document);
        self.secrets(&wanted, &resolved, rolls_back)
            .or_else(|| self.drawn(ordinal, made, thing, &document))
    }

    /// The role that devices have, if it can be had.
    fn device_role(&self) -> Option<RoleSession> {
        let settings = &self.fixed.settings;
        let source = self.fixed.place.thing("*");
        let role = settings.device_role_arn();
        self.cloud
            .assume_role(&role, CREDENTIALS, &settings.account, &source)
            .ok()
    }

    /// What a device meets that fetches an artifact.
    fn download(
        &self,
        artifact: (&str, &str, &str),
        expected: Option<&str>,
        resolved: &Resolved,
    ) -> Option<Trouble> {
        let (uri, ..) = artifact;
        if let Some(image) = uri.strip_prefix("docker:") {
            return self.pull(artifact, image, resolved);
        }
        let (bucket, key) = s3_parts(uri)?;
        let refused = |stack: &[&str], kind: &str, words: &str| {
            Some(Trouble::artifact(stack, kind, artifact, words))
        };
        let Some(role) = self.device_role() else {
            return refused(
                &["S3_ERROR", "S3_HEAD_OBJECT_ACCESS_DENIED"],
                "PERMISSION_ERROR",
                "The token exchange role of the device cannot be assumed",
            );
        };
        let partition = self.fixed.settings.partition();
        let bucket_arn = format!("arn:{partition}:s3:::{bucket}");
        let region = &self.fixed.settings.region;
        let may = |action: &str| self.cloud.allowed(&role, action, &bucket_arn, &[]);
        match self.cloud.object_as(&role, bucket, key, region) {
            _ if !may("s3:GetBucketLocation") => refused(
                &["S3_ERROR", "S3_GET_BUCKET_LOCATION_ACCESS_DENIED"],
                "PERMISSION_ERROR",
                "Failed to determine S3 bucket location",
            ),
            Ok(object) => match (expected, digest(&object.path)) {
                (Some(expected), Ok(found)) if found != expected => refused(
                    &["ARTIFACT_CHECKSUM_MISMATCH"],
                    "COMPONENT_RECIPE_ERROR",
                    "Integrity check for downloaded artifact failed. Probably due to file corruption.",
                ),
                _ => None,
            },
            // Who may not list a bucket does not learn that a key is missing.
            Err(ObjectFailure::NoSuchKey) if may("s3:ListBucket") => refused(
                &["S3_ERROR", "S3_HEAD_OBJECT_RESOURCE_NOT_FOUND"],
                "REQUEST_ERROR",
                "S3 HeadObject returns 404 Resource Not Found",
            ),
            Err(ObjectFailure::NoSuchBucket) => refused(
                &["S3_ERROR", "S3_GET_BUCKET_LOCATION_RESOURCE_NOT_FOUND"],
                "REQUEST_ERROR",
                "Failed to determine S3 bucket location",
            ),
            Err(_) => refused(
                &["S3_ERROR", "S3_HEAD_OBJECT_ACCESS_DENIED"],
                "PERMISSION_ERROR",
                "S3 HeadObject returns 403 Access Denied. Ensure the IAM role associated with the core device has a policy granting s3:GetObject",
            ),
        }
    }

    /// What a device meets that pulls a container image.
    fn pull(
        &self,
        artifact: (&str, &str, &str),
        image: &str,
        resolved: &Resolved,
    ) -> Option<Trouble> {
        let missing = |component: &str, code: &str, words: &str| {
            let there = resolved.versions.contains_key(component);
            (!there).then(|| Trouble::early(&[code], "REQUEST_ERROR", words))
        };
        let plugin = missing(
            "aws.greengrass.DockerApplicationManager",
            "MISSING_DOCKER_APPLICATION_MANAGER",
            "The deployment has artifacts that are container images, and no component aws.greengrass.DockerApplicationManager",
        );
        if plugin.is_some() {
            return plugin;
        }
        let (host, rest) = image.split_once('/')?;
        let (registry, host_rest) = host.split_once(".dkr.ecr.")?;
        let exchange = missing(
            "aws.greengrass.TokenExchangeService",
            "MISSING_TOKEN_EXCHANGE_SERVICE",
            "The deployment has artifacts in a private registry, and no component aws.greengrass.TokenExchangeService",
        );
        if exchange.is_some() {
            return exchange;
        }
        let region = host_rest.split('.').next().unwrap_or_default();
        let name = rest.split(['@', ':']).next().unwrap_or_default();
        let partition = self.fixed.settings.partition();
        let repository = format!("arn:{partition}:ecr:{region}:{registry}:repository/{name}");
        let allowed = self.device_role().is_some_and(|role| {
            let may = |action: &str, on: &str| self.cloud.allowed(&role, action, on, &[]);
            may("ecr:GetAuthorizationToken", "*")
                && may("ecr:BatchGetImage", &repository)
                && may("ecr:GetDownloadUrlForLayer", &repository)
        });
        (!allowed).then(|| {
            Trouble::artifact(
                &["DOCKER_ERROR", "GET_ECR_CREDENTIAL_ERROR"],
                "PERMISSION_ERROR",
                artifact,
                "Failed to get auth token for docker login",
            )
        })
    }

    /// What components meet that read secrets: those of the secret manager, and those that name one as the Edge
    /// Impulse components do.
    fn secrets(&self, wanted: &Wanted, resolved: &Resolved, rolls_back: bool) -> Option<Trouble> {
        for (component, recipe) in &resolved.recipes {
            let configuration = wanted.configuration(component, recipe);
            let mut ids: Vec<(String, Option<String>)> = Vec::new();
            let listed = configuration.get("cloudSecrets").and_then(Value::as_array);
            for secret in listed.into_iter().flatten() {
                if let Some(arn) = secret.get("arn").and_then(Value::as_str) {
                    ids.push((arn.to_owned(), None));
                }
            }
            for scope in [Some(&configuration), configuration.get("Parameters")]
                .into_iter()
                .flatten()
            {
                let text = |member: &str| scope.get(member).and_then(Value::as_str);
                if let Some(id) = text("ei_sm_secret_id") {
                    ids.push((id.to_owned(), text("ei_sm_secret_name").map(str::to_owned)));
                }
            }
            for (id, key) in ids {
                let words = match self.cloud.secret(&id) {
                    None => format!("Secrets Manager can't find the specified secret {id}"),
                    Some(secret) if !key.as_ref().is_none_or(|key| secret.keys.contains(key)) => {
                        format!("The secret {id} has no key {}", key.unwrap_or_default())
                    }
                    Some(secret) => {
                        let action = "secretsmanager:GetSecretValue";
                        let may = self.device_role().is_some_and(|role| {
                            self.cloud.allowed(&role, action, &secret.arn, &[])
                        });
                        if may {
                            continue;
                        }
                        format!(
                            "The device's role is not authorized to perform: {action} on resource: {}",
                            secret.arn
                        )
                    }
                };
                return Some(Trouble::broken(
                    component,
                    "STARTUP_ERROR",
                    rolls_back,
                    &words,
                ));
            }
        }
        None
    }
}

/// Whether a job's abort criteria are met.
fn aborts(made: &Deployment) -> bool {
    if !matches!(made.target, Target::Group(_)) {
        return false;
    }
    let document: Value = serde_json::from_str(&made.document).unwrap_or_default();
    let criteria = document.pointer("/iotJobConfiguration/abortConfig/criteriaList");
    let [_, failed, rejected, timed_out] = made.tally;
    let executed: u32 = made.tally.iter().sum();
    criteria
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .any(|criterion| {
            let count = match criterion.get("failureType").and_then(Value::as_str) {
                Some("FAILED") => failed,
                Some("REJECTED") => rejected,
                Some("TIMED_OUT") => timed_out,
                _ => failed + rejected + timed_out,
            };
            let number = |member: &str| criterion.get(member).and_then(Value::as_f64);
            let least = number("minNumberOfExecutedThings").unwrap_or(1.0);
            let threshold = number("thresholdPercentage").unwrap_or(100.0);
            f64::from(executed) >= least
                && f64::from(count) * 100.0 >= threshold * f64::from(executed)
        })
}
