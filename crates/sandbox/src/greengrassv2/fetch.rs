//! What a device meets that fetches what its components need, in the name of its role: artifacts, images, secrets.

use serde_json::Value;

use super::call::Call;
use super::create_component::digest;
use super::recipe::s3_parts;
use super::resolve::{Resolved, Wanted};
use super::troubles::Trouble;
use crate::cloud::{ObjectFailure, RoleSession};

/// Who lends core devices their role.
const CREDENTIALS: &str = "credentials.iot.amazonaws.com";

impl Call<'_> {
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
    pub(super) fn download(
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
    pub(super) fn missing_secret(
        &self,
        wanted: &Wanted,
        resolved: &Resolved,
        rolls_back: bool,
    ) -> Option<Trouble> {
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
