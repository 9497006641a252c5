//! Making a secret that components read. Its value goes from a file to AWS: it is in no answer, no error, no log and not
//! in the store.

use std::{
    fs::File,
    io::Read,
    path::{Path, PathBuf},
};

use overseed_aws::Kind;
use overseed_domain::v2::secret::{SECRET_LIMIT, SecretFault, SecretValue, is_secret_name};
use serde::{Deserialize, Serialize};
use specta::Type;
use uuid::Uuid;

use crate::{
    Error, ErrorCode, Problem, Session,
    changes::{self, Intent},
};

/// A secret that is to be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SecretRequest {
    /// Its name.
    pub name: String,
    /// A key that its JSON has to have, where a component asks for one.
    pub key: Option<String>,
}

/// A secret that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SecretMade {
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
}

/// Reads a secret's value; `place` is what it is called in errors. It blocks.
///
/// # Errors
/// [`Error::File`]; [`ErrorCode::FileInvalid`] for what is no JSON object of strings or too large, without a word of it.
pub fn secret_read(from: impl Read, place: &Path) -> Result<SecretValue, Error> {
    let mut bytes = Vec::new();
    from.take(SECRET_LIMIT as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(Error::file(place))?;
    SecretValue::read(&bytes).map_err(|fault: SecretFault| {
        Problem::new(
            ErrorCode::FileInvalid,
            format!("{} cannot be a secret's value. {fault}", place.display()),
        )
        .hint("Choose a JSON file with an object of strings, such as {\"NAME\": \"VALUE\"}.")
        .into()
    })
}

/// Makes a secret from a JSON file with an object of strings. One call, in the log of changes by its name alone.
///
/// # Errors
/// As [`secret_read`] and [`secret_create`].
pub async fn secret_create_from(
    session: &Session,
    request: SecretRequest,
    file: PathBuf,
) -> Result<SecretMade, Error> {
    let read = tokio::task::spawn_blocking(move || {
        let opened = File::open(&file).map_err(Error::file(&file))?;
        secret_read(opened, &file)
    });
    secret_create(session, request, read.await??).await
}

/// Makes a secret.
///
/// # Errors
/// [`ErrorCode::InvalidInput`] for a name that can be none, and for an ARN; [`ErrorCode::FileInvalid`] where the value
/// lacks the key; [`ErrorCode::Conflict`] where there is one of the name, also one that is being deleted;
/// [`ErrorCode::AccessDenied`]; those of the store and of the connection.
pub async fn secret_create(
    session: &Session,
    request: SecretRequest,
    value: SecretValue,
) -> Result<SecretMade, Error> {
    let SecretRequest { name, key } = request;
    if !is_secret_name(&name) {
        return Err(Problem::new(
            ErrorCode::InvalidInput,
            format!("No secret can be made with the name {name}"),
        )
        .hint(
            "A name has 1 to 512 letters, digits and /_+=.@-; AWS itself gives the ARN. Name it so in the component's \
             configuration as well.",
        )
        .into());
    }
    if let Some(key) = key.filter(|key| !value.has(key)) {
        return Err(Problem::new(
            ErrorCode::FileInvalid,
            format!(
                "The component reads the key {key} of the secret {name}, and the file has none"
            ),
        )
        .hint(format!("Write {{\"{key}\": \"VALUE\"}} into the file."))
        .into());
    }
    let intent = Intent {
        plan: format!("secret {name}"),
        operation: "secretsmanager:CreateSecret",
        summary: format!("Make the secret {name}"),
        ..Intent::default()
    };
    let intended = changes::intend(session, intent).await?;
    let token = Uuid::new_v4().to_string();
    // Not cut off by a cancel: whether the secret is there has to be known.
    let created = session.clients.create_secret(&name, &value, &token).await;
    let outcome = created.as_ref().map(|created| created.request_id.clone());
    changes::ended(session, intended, outcome).await?;
    match created {
        Ok(created) => Ok(SecretMade {
            name,
            arn: created.arn,
        }),
        Err(error) => Err(refused(&name, error)),
    }
}

fn refused(name: &str, error: overseed_aws::Error) -> Error {
    let deleted = error.message.contains("scheduled for deletion");
    let (code, message, hint) = match error.kind {
        Kind::AccessDenied => (
            ErrorCode::AccessDenied,
            format!("The secret {name} may not be made with these rights"),
            "Who makes it needs secretsmanager:CreateSecret on this name.".to_owned(),
        ),
        _ if deleted => (
            ErrorCode::Conflict,
            format!("A secret {name} is being deleted, so that none of the name can be made"),
            format!("Bring it back: aws secretsmanager restore-secret --secret-id={name}"),
        ),
        Kind::Conflict => (
            ErrorCode::Conflict,
            format!("There is a secret {name} already"),
            "Check again. Overseed changes no value of a secret that is there.".to_owned(),
        ),
        _ => return error.into(),
    };
    let request_id = error.request_id.clone();
    Problem {
        request_id,
        ..Problem::new(code, message).detail(&error).hint(hint)
    }
    .into()
}
