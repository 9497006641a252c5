//! The values of secrets, read and put.

use serde_json::{Map, Value, json};

use super::model::Version;
use super::operations::{made, seconds};
use super::{Call, Refusal};

impl Call<'_> {
    pub(super) fn value(&self) -> Result<Value, Refusal> {
        let secrets = self.world.secrets();
        let name = self.secret_id("GetSecretValue", &secrets)?;
        let secret = secrets.secrets.get(&name).ok_or_else(Refusal::not_found)?;
        if secret.deleted_ms.is_some() {
            return Err(Refusal::request(
                "You can't perform this operation on the secret because it was marked for deletion.",
            ));
        }
        let stage = self.text("VersionStage");
        let wanted = |version: &&Version| match (self.text("VersionId"), stage) {
            (Some(id), _) => version.id == id,
            (None, stage) => secret
                .stages(&version.id)
                .contains(&stage.unwrap_or("AWSCURRENT")),
        };
        let version = secret.versions.iter().rev().find(wanted).ok_or_else(|| {
            let stage = stage.unwrap_or("AWSCURRENT");
            Refusal::new(
                "ResourceNotFoundException",
                format!("Secrets Manager can't find the specified secret value for staging label: {stage}"),
            )
        })?;
        let mut answer = Map::new();
        answer.insert("ARN".to_owned(), secret.arn.as_str().into());
        answer.insert("Name".to_owned(), name.as_str().into());
        answer.insert("VersionId".to_owned(), version.id.as_str().into());
        if let Some(text) = &version.text {
            answer.insert("SecretString".to_owned(), text.as_str().into());
        }
        if let Some(binary) = &version.binary {
            answer.insert("SecretBinary".to_owned(), binary.as_str().into());
        }
        answer.insert(
            "VersionStages".to_owned(),
            json!(secret.stages(&version.id)),
        );
        answer.insert("CreatedDate".to_owned(), seconds(version.created_ms));
        Ok(Value::Object(answer))
    }

    pub(super) fn put_value(&self) -> Result<Value, Refusal> {
        let mut secrets = self.world.secrets();
        let name = self.secret_id("PutSecretValue", &secrets)?;
        let version = self.version()?.ok_or_else(|| {
            Refusal::parameter("You must provide either SecretString or SecretBinary.")
        })?;
        let now = self.world.now_ms();
        let secret = secrets
            .secrets
            .get_mut(&name)
            .ok_or_else(Refusal::not_found)?;
        if secret.deleted_ms.is_some() {
            return Err(Refusal::request(
                "You can't perform this operation on the secret because it was marked for deletion.",
            ));
        }
        match secret.versions.iter().find(|known| known.id == version.id) {
            Some(known) if known.text != version.text || known.binary != version.binary => {
                return Err(Refusal::new(
                    "ResourceExistsException",
                    "A version with this ClientRequestToken has another value.",
                ));
            }
            Some(_) => {}
            None => {
                secret.versions.push(version.clone());
                secret.changed_ms = now;
            }
        }
        let mut answer = made(&name, &secret.arn, Some(&version));
        let stages = json!(secret.stages(&version.id));
        if let Some(fields) = answer.as_object_mut() {
            fields.insert("VersionStages".to_owned(), stages);
        }
        self.save(&secrets)?;
        Ok(answer)
    }
}
