//! What has to be there beside the recipe: secrets, rights, files.

use std::collections::BTreeSet;

use super::Sink;
use crate::v2::recipe::{
    Configured, NeededSecret, Recipe, RecipeFinding, RecipeFindingCode as Code,
    needs::{kinesis_video, secrets},
    uploads,
};

const SECRET_MANAGER: &str = "aws.greengrass.SecretManager";
const TOKEN_EXCHANGE: &str = "aws.greengrass.TokenExchangeService";

/// What is known to be there. `None` means that nobody looked.
#[derive(Debug, Clone, Copy, Default)]
pub struct Present<'a> {
    /// Names and ARNs of secrets in the Region.
    pub secrets: Option<&'a BTreeSet<String>>,
    /// Names of the files in the folder of artifacts.
    pub files: Option<&'a BTreeSet<String>>,
    /// Objects in S3, as `s3://BUCKET/KEY`.
    pub objects: Option<&'a BTreeSet<String>>,
}

pub(super) fn check(recipe: &Recipe, sink: &mut Sink<'_>) {
    let component = recipe.component();
    let configured = Configured::by_default(recipe);
    for secret in secrets(&configured) {
        let key = secret
            .key
            .as_ref()
            .map(|key| format!(" with the key {key}"));
        let path = configuration_path(recipe, &secret.path);
        sink.note(
            Code::SecretNeeded,
            &path,
            format!("The secret {}{} has to exist in the Region.", secret.id, key.unwrap_or_default()),
            "Make it in AWS Secrets Manager, and let the device role read it: secretsmanager:GetSecretValue on this one.",
        );
        if !component.depends_on(TOKEN_EXCHANGE) && !component.depends_on(SECRET_MANAGER) {
            sink.warning(
                Code::TokenExchangeMissing,
                &path,
                format!(
                    "To read the secret {} a component gets credentials from {TOKEN_EXCHANGE}.",
                    secret.id
                ),
                "Add it to ComponentDependencies.",
            );
        }
    }
    if let Some(dependency) = component
        .dependencies
        .iter()
        .find(|d| d.name == SECRET_MANAGER)
    {
        sink.note(
            Code::SecretNeeded,
            &dependency.path,
            format!("{SECRET_MANAGER} keeps those secrets on the device that its cloudSecrets name."),
            "Name them by ARN in the deployment's configuration of it, and let the device role read each.",
        );
    }
    if let Some(path) = kinesis_video(&configured) {
        sink.note(
            Code::KinesisVideoNeeded,
            &configuration_path(recipe, &path),
            "The sink for Kinesis Video Streams is built and used.".to_owned(),
            "Let the device role write to the stream: kinesisvideo:DescribeStream, GetDataEndpoint and PutMedia.",
        );
    }
}

fn missing_secret(recipe: &Recipe, secret: NeededSecret, sink: &mut Sink<'_>) {
    let command = secret.command();
    let remedy = match &command {
        Some(command) => format!(
            "Make it in AWS Secrets Manager ({command}), or name another one in the configuration."
        ),
        None => "Make it in AWS Secrets Manager and name it here, or name another one in the configuration.".to_owned(),
    };
    sink.warning(
        Code::MissingSecret,
        &configuration_path(recipe, &secret.path),
        format!(
            "There is no secret {} in this Region: the version can be published, but devices fail without it.",
            secret.id
        ),
        &remedy,
    );
    if command.is_some() {
        sink.of_secret(secret);
    }
}

/// The recipe's path of a pointer in its default configuration.
fn configuration_path(recipe: &Recipe, pointer: &str) -> String {
    let outer = recipe.root.field("ComponentConfiguration");
    let inner = outer.and_then(|entry| entry.value.field("DefaultConfiguration"));
    match (outer, inner) {
        (Some(outer), Some(inner)) => format!("/{}/{}{pointer}", outer.key, inner.key),
        _ => String::new(),
    }
}

/// What a component needs and what is there: secrets and artifacts that are missing.
///
/// A missing artifact is an error: AWS reads the artifacts when a version is made, and refuses it or cannot make it
/// deployable. A missing secret is a warning: AWS does not look for it then, the version is the same whether it is there or
/// not, and another configuration may come with the deployment. It is devices that fail without it, so the review before a
/// deployment refuses it, and knows the configuration that they get.
#[must_use]
pub fn check_present(component: &Configured<'_>, present: &Present<'_>) -> Vec<RecipeFinding> {
    let mut sink = Sink::new(component.recipe);
    if let Some(known) = present.secrets {
        for secret in secrets(component) {
            // An ARN ends in a hyphen and six characters of AWS's own.
            let named = |arn: &String| arn.contains(&format!(":secret:{}-", secret.id));
            if !known.contains(&secret.id) && !known.iter().any(named) {
                missing_secret(component.recipe, secret, &mut sink);
            }
        }
    }
    for upload in uploads(component.recipe) {
        let local = present.files.map(|files| files.contains(&upload.file_name));
        let uri = format!("s3://{}/{}", upload.bucket, upload.key);
        let remote = present.objects.map(|objects| objects.contains(&uri));
        let missing = match (local, remote) {
            (Some(false), None | Some(false)) => {
                format!("{} is not among the files.", upload.file_name)
            }
            (None, Some(false)) => format!("{uri} does not exist."),
            _ => continue,
        };
        let path = upload.paths.first().map_or("", String::as_str);
        sink.error(
            Code::MissingArtifact,
            path,
            missing,
            "Add the file, or take it out of Artifacts.",
        );
    }
    sink.sorted()
}
