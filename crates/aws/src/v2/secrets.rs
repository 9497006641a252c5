//! Secrets Manager: which secrets there are, and making one. Values are never asked for: components read them on the
//! device.

use aws_sdk_secretsmanager::operation::RequestId as _;
use overseed_domain::{Millis, v2::secret::SecretValue};

use super::text;
use crate::{
    Clients, Error, Kind, Page,
    classify::failed,
    greengrass::{next, required},
    timestamp::of_date_time,
};

/// Items of a page at most (service model: `MaxResultsType`).
const PAGE: i32 = 100;

/// A secret without its value (service model: `SecretListEntry`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Secret {
    /// Its name.
    pub name: String,
    /// Its ARN, which ends in six random characters.
    pub arn: String,
    /// Its description.
    pub description: Option<String>,
    /// The KMS key that encrypts it; absent for the account's own `aws/secretsmanager`.
    pub kms_key: Option<String>,
    /// When it was last changed.
    pub changed_at: Option<Millis>,
    /// When its deletion was asked for: it cannot be read any more.
    pub deleted_at: Option<Millis>,
}

/// A secret that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreatedSecret {
    /// Its ARN.
    pub arn: String,
    /// The request's id.
    pub request_id: Option<String>,
}

impl Clients {
    /// Makes a secret (CreateSecret), encrypted with the account's own key `aws/secretsmanager`. With the same token and
    /// value it is made once. The SDK marks the value as sensitive: it prints none of it.
    ///
    /// # Errors
    /// Those of the call: [`Kind::Conflict`] where there is one of the name, [`Kind::BadRequest`] also where one of the
    /// name is being deleted.
    pub async fn create_secret(
        &self,
        name: &str,
        value: &SecretValue,
        client_token: &str,
    ) -> Result<CreatedSecret, Error> {
        let operation = "secretsmanager:CreateSecret";
        let answer = self
            .secrets()
            .create_secret()
            .name(name)
            .secret_string(value.expose())
            .client_request_token(client_token)
            .send()
            .await
            .map_err(|error| {
                let error = failed(operation, error);
                // A broken proxy may answer with what it was sent.
                let message = value.hidden_in(&error.message);
                Error { message, ..error }
            })?;
        let request_id = answer.request_id().map(str::to_owned);
        Ok(CreatedSecret {
            arn: required(operation, "ARN", answer.arn)?,
            request_id,
        })
    }

    /// One page of the account's secrets (ListSecrets).
    ///
    /// # Errors
    /// Those of the call.
    pub async fn list_secrets(&self, token: Option<&str>) -> Result<Page<Secret>, Error> {
        let operation = "secretsmanager:ListSecrets";
        let answer = self
            .secrets()
            .list_secrets()
            .max_results(PAGE)
            .set_next_token(token.map(str::to_owned))
            .send()
            .await
            .map_err(|error| failed(operation, error))?;
        let items = answer
            .secret_list
            .unwrap_or_default()
            .into_iter()
            .map(|secret| {
                Ok(Secret {
                    name: required(operation, "Name", secret.name)?,
                    arn: required(operation, "ARN", secret.arn)?,
                    description: text(secret.description),
                    kms_key: text(secret.kms_key_id),
                    changed_at: secret.last_changed_date.and_then(of_date_time),
                    deleted_at: secret.deleted_date.and_then(of_date_time),
                })
            })
            .collect::<Result<_, Error>>()?;
        Ok(Page {
            items,
            next: next(answer.next_token),
        })
    }

    /// A secret by name or ARN; `None` where there is none (DescribeSecret).
    ///
    /// # Errors
    /// Those of the call.
    pub async fn describe_secret(&self, id: &str) -> Result<Option<Secret>, Error> {
        let operation = "secretsmanager:DescribeSecret";
        let answer = match self.secrets().describe_secret().secret_id(id).send().await {
            Ok(answer) => answer,
            Err(error) => {
                let error = failed(operation, error);
                return if error.kind == Kind::NotFound {
                    Ok(None)
                } else {
                    Err(error)
                };
            }
        };
        Ok(Some(Secret {
            name: required(operation, "Name", answer.name)?,
            arn: required(operation, "ARN", answer.arn)?,
            description: text(answer.description),
            kms_key: text(answer.kms_key_id),
            changed_at: answer.last_changed_date.and_then(of_date_time),
            deleted_at: answer.deleted_date.and_then(of_date_time),
        }))
    }
}
