//! The operations of Secrets Manager.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::model::{Secret, Secrets, Version};
use super::{Call, Refusal};

const DAY_MS: i64 = 86_400_000;
/// Characters that a name may have ("CreateSecret": letters, numbers and `/_+=.@-`).
const PUNCTUATION: &str = "/_+=.@-";

impl Call<'_> {
    pub(super) fn text(&self, member: &str) -> Option<&str> {
        self.fields
            .get(member)
            .and_then(Value::as_str)
            .filter(|text| !text.is_empty())
    }

    pub(super) fn allow(&self, action: &str, resource: &str) -> Result<(), Refusal> {
        let caller = &self.request.caller;
        self.world
            .authorize(
                caller,
                &format!("secretsmanager:{action}"),
                resource,
                &[],
                None,
            )
            .map_err(|message| Refusal::new("AccessDeniedException", message))
    }

    fn arn(&self, name: &str, ending: &str) -> String {
        let settings = &self.world.settings;
        let (partition, region, account) =
            (settings.partition(), &settings.region, &settings.account);
        format!("arn:{partition}:secretsmanager:{region}:{account}:secret:{name}-{ending}")
    }

    /// The name of the secret that is asked for. Who asks for one that there is not is judged by its name.
    pub(super) fn secret_id(&self, action: &str, secrets: &Secrets) -> Result<String, Refusal> {
        let id = self
            .text("SecretId")
            .ok_or_else(|| Refusal::parameter("You must provide a SecretId."))?;
        let found = secrets
            .name_of(id)
            .and_then(|name| Some((name, secrets.secrets.get(name)?)));
        match found {
            Some((name, secret)) => {
                self.allow(action, &secret.arn)?;
                Ok(name.clone())
            }
            None => {
                let resource = if id.starts_with("arn:") {
                    id.to_owned()
                } else {
                    self.arn(id, "??????")
                };
                self.allow(action, &resource)?;
                Err(Refusal::not_found())
            }
        }
    }

    pub(super) fn save(&self, secrets: &Secrets) -> Result<(), Refusal> {
        self.world.save_secrets(secrets).map_err(|error| Refusal {
            status: http::StatusCode::INTERNAL_SERVER_ERROR,
            code: "InternalServiceError",
            message: format!("the sandbox cannot write its state: {error}"),
        })
    }

    /// The version that a request brings.
    pub(super) fn version(&self) -> Result<Option<Version>, Refusal> {
        let (text, binary) = (self.text("SecretString"), self.text("SecretBinary"));
        if text.is_none() && binary.is_none() {
            return Ok(None);
        }
        if text.is_some() && binary.is_some() {
            return Err(Refusal::parameter(
                "You can't specify both a binary secret value and a string secret value in the same secret.",
            ));
        }
        if text.or(binary).is_some_and(|value| value.len() > 65_536) {
            return Err(Refusal::parameter(
                "The secret value has more than 65536 bytes.",
            ));
        }
        let id = match self.text("ClientRequestToken") {
            Some(token) if (32..=64).contains(&token.len()) => token.to_owned(),
            Some(_) => {
                return Err(Refusal::parameter(
                    "ClientRequestToken must be 32-64 characters long.",
                ));
            }
            None => Uuid::new_v4().to_string(),
        };
        Ok(Some(Version {
            id,
            created_ms: self.world.now_ms(),
            text: text.map(str::to_owned),
            binary: binary.map(str::to_owned),
        }))
    }

    pub(super) fn create(&self) -> Result<Value, Refusal> {
        let name = self
            .text("Name")
            .ok_or_else(|| Refusal::parameter("You must provide a name."))?;
        let fits = name.len() <= 512
            && name
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || PUNCTUATION.contains(c));
        if !fits {
            return Err(Refusal::parameter(
                "Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!",
            ));
        }
        let ending: String = Uuid::new_v4()
            .simple()
            .to_string()
            .chars()
            .take(6)
            .collect();
        let arn = self.arn(name, &ending);
        self.allow("CreateSecret", &arn)?;
        let version = self.version()?;
        let mut secrets = self.world.secrets();
        if let Some(known) = secrets.secrets.get(name) {
            if known.deleted_ms.is_some() {
                return Err(Refusal::request(
                    "You can't create this secret because a secret with this name is already scheduled for deletion.",
                ));
            }
            let same = version.as_ref().is_some_and(|version| {
                known.versions.iter().any(|other| {
                    other.id == version.id
                        && other.text == version.text
                        && other.binary == version.binary
                })
            });
            if !same {
                let message =
                    format!("The operation failed because the secret {name} already exists.");
                return Err(Refusal::new("ResourceExistsException", message));
            }
            return Ok(made(name, &known.arn, version.as_ref()));
        }
        let now = self.world.now_ms();
        let secret = Secret {
            arn: arn.clone(),
            description: self.text("Description").map(str::to_owned),
            key: self.text("KmsKeyId").map(str::to_owned),
            created_ms: now,
            changed_ms: now,
            deleted_ms: None,
            tags: self.tags(),
            versions: version.clone().into_iter().collect(),
        };
        secrets.secrets.insert(name.to_owned(), secret);
        self.save(&secrets)?;
        Ok(made(name, &arn, version.as_ref()))
    }

    fn tags(&self) -> Vec<(String, String)> {
        let list = self.fields.get("Tags").and_then(Value::as_array);
        let pair = |tag: &Value| {
            let text = |member: &str| tag.get(member).and_then(Value::as_str).map(str::to_owned);
            Some((text("Key")?, text("Value").unwrap_or_default()))
        };
        list.into_iter().flatten().filter_map(pair).collect()
    }

    pub(super) fn describe(&self) -> Result<Value, Refusal> {
        let secrets = self.world.secrets();
        let name = self.secret_id("DescribeSecret", &secrets)?;
        let secret = secrets.secrets.get(&name).ok_or_else(Refusal::not_found)?;
        let mut answer = described(&name, secret);
        answer.insert("VersionIdsToStages".to_owned(), stages(secret));
        Ok(Value::Object(answer))
    }

    pub(super) fn list(&self) -> Result<Value, Refusal> {
        self.allow("ListSecrets", "*")?;
        let secrets = self.world.secrets();
        let size = match self.fields.get("MaxResults") {
            None | Some(Value::Null) => 100,
            Some(number) => match number
                .as_u64()
                .and_then(|number| usize::try_from(number).ok())
            {
                Some(number) if (1..=100).contains(&number) => number,
                _ => return Err(Refusal::parameter("MaxResults must be between 1 and 100.")),
            },
        };
        let planned = self
            .fields
            .get("IncludePlannedDeletion")
            .and_then(Value::as_bool)
            == Some(true);
        let filters = self.fields.get("Filters").and_then(Value::as_array);
        let wanted = |name: &str, secret: &Secret| {
            filters.into_iter().flatten().all(|filter| {
                let key = filter
                    .get("Key")
                    .and_then(Value::as_str)
                    .unwrap_or_default();
                let values = filter.get("Values").and_then(Value::as_array);
                values
                    .into_iter()
                    .flatten()
                    .filter_map(Value::as_str)
                    .any(|value| match key {
                        "name" => name.starts_with(value),
                        "description" => secret
                            .description
                            .as_deref()
                            .is_some_and(|text| text.contains(value)),
                        "tag-key" => secret.tags.iter().any(|(key, _)| key.starts_with(value)),
                        "tag-value" => secret.tags.iter().any(|(_, tag)| tag.starts_with(value)),
                        _ => name.contains(value),
                    })
            })
        };
        // Tokens are the last name of the page before: names are in order.
        let after = self.text("NextToken").unwrap_or_default();
        let mut entries = Vec::new();
        let mut next = None;
        let mut last = String::new();
        for (name, secret) in &secrets.secrets {
            let shown = planned || secret.deleted_ms.is_none();
            if name.as_str() <= after || !shown || !wanted(name, secret) {
                continue;
            }
            if entries.len() == size {
                next = Some(last);
                break;
            }
            let mut entry = described(name, secret);
            entry.insert("SecretVersionsToStages".to_owned(), stages(secret));
            entries.push(Value::Object(entry));
            last.clone_from(name);
        }
        let mut answer = Map::new();
        answer.insert("SecretList".to_owned(), Value::Array(entries));
        if let Some(next) = next {
            answer.insert("NextToken".to_owned(), next.into());
        }
        Ok(Value::Object(answer))
    }

    pub(super) fn delete(&self) -> Result<Value, Refusal> {
        let mut secrets = self.world.secrets();
        let name = self.secret_id("DeleteSecret", &secrets)?;
        let force = self
            .fields
            .get("ForceDeleteWithoutRecovery")
            .and_then(Value::as_bool)
            == Some(true);
        let days = match self
            .fields
            .get("RecoveryWindowInDays")
            .filter(|days| !days.is_null())
        {
            None => 30,
            Some(_) if force => {
                return Err(Refusal::parameter(
                    "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.",
                ));
            }
            Some(days) => match days.as_i64() {
                Some(days) if (7..=30).contains(&days) => days,
                _ => {
                    return Err(Refusal::parameter(
                        "The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).",
                    ));
                }
            },
        };
        let gone_ms = self.world.now_ms() + if force { 0 } else { days * DAY_MS };
        let secret = secrets
            .secrets
            .get_mut(&name)
            .ok_or_else(Refusal::not_found)?;
        if secret.deleted_ms.is_some() && !force {
            return Err(Refusal::request(
                "You tried to perform the operation on a secret that's currently marked deleted.",
            ));
        }
        let arn = secret.arn.clone();
        secret.deleted_ms = Some(gone_ms);
        if force {
            secrets.secrets.remove(&name);
        }
        self.save(&secrets)?;
        Ok(json!({ "ARN": arn, "Name": name, "DeletionDate": seconds(gone_ms) }))
    }
}

pub(super) fn made(name: &str, arn: &str, version: Option<&Version>) -> Value {
    let mut answer = Map::new();
    answer.insert("ARN".to_owned(), arn.into());
    answer.insert("Name".to_owned(), name.into());
    if let Some(version) = version {
        answer.insert("VersionId".to_owned(), version.id.as_str().into());
    }
    Value::Object(answer)
}

/// What DescribeSecret and ListSecrets have in common.
fn described(name: &str, secret: &Secret) -> Map<String, Value> {
    let mut entry = Map::new();
    entry.insert("ARN".to_owned(), secret.arn.as_str().into());
    entry.insert("Name".to_owned(), name.into());
    for (member, text) in [
        ("Description", &secret.description),
        ("KmsKeyId", &secret.key),
    ] {
        if let Some(text) = text {
            entry.insert(member.to_owned(), text.as_str().into());
        }
    }
    let tag = |(key, value): &(String, String)| json!({ "Key": key, "Value": value });
    entry.insert("Tags".to_owned(), secret.tags.iter().map(tag).collect());
    entry.insert("CreatedDate".to_owned(), seconds(secret.created_ms));
    entry.insert("LastChangedDate".to_owned(), seconds(secret.changed_ms));
    if let Some(gone_ms) = secret.deleted_ms {
        entry.insert("DeletedDate".to_owned(), seconds(gone_ms));
    }
    entry
}

fn stages(secret: &Secret) -> Value {
    let staged = secret
        .versions
        .iter()
        .map(|version| (version.id.clone(), secret.stages(&version.id)));
    let staged = staged.filter(|(_, stages)| !stages.is_empty());
    Value::Object(staged.map(|(id, stages)| (id, json!(stages))).collect())
}

/// Seconds of Unix time with their fractions, as awsJson writes times.
pub(super) fn seconds(ms: i64) -> Value {
    #[expect(clippy::cast_precision_loss, reason = "milliseconds fit into 53 bits")]
    let seconds = ms as f64 / 1_000.0;
    seconds.into()
}
