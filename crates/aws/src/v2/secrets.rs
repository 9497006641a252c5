//! Secrets Manager: which secrets there are. Their values are never asked for: components read them on the device.

use overseed_domain::Millis;

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

impl Clients {
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
