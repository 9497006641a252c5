//! The bucket for the input file: found, checked or created.

mod name;

pub(crate) use name::possible as possible_name;
mod problems;
mod rights;

use overseed_aws::{Encryption, Kind};
use serde::{Deserialize, Serialize};
use specta::Type;

pub(crate) use problems::{kms, refused};

use crate::{
    Error, ErrorCode, Problem, Session,
    changes::{self, Intent},
    draft,
};

/// A bucket that the caller can see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Bucket {
    /// Its name.
    pub name: String,
    /// Its Region, where the listing tells.
    pub region: Option<String>,
}

/// Whether a bucket suits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct BucketCheck {
    /// Its name.
    pub name: String,
    /// Its Region, if it could be read.
    pub region: Option<String>,
    /// `none`, `SSE-S3`, `SSE-KMS`, S3's own word for anything newer, or absent if it could not be read.
    pub encryption: Option<String>,
    /// Findings that stand against it; empty where it suits.
    pub problems: Vec<Problem>,
}

/// The account's buckets: those of the connection's Region first, then by name.
///
/// # Errors
/// Those of ListBuckets.
pub async fn buckets_list(session: &Session) -> Result<Vec<Bucket>, Error> {
    let here = session.connection.region.as_str();
    let mut buckets: Vec<Bucket> = session
        .clients
        .list_buckets()
        .await?
        .into_iter()
        .map(|(name, region)| Bucket { name, region })
        .collect();
    buckets.sort_by(|a, b| {
        let elsewhere = |bucket: &Bucket| bucket.region.as_deref().is_some_and(|r| r != here);
        (elsewhere(a), &a.name).cmp(&(elsewhere(b), &b.name))
    });
    Ok(buckets)
}

/// Checks whether a bucket suits: it exists, lies in the connection's Region (guide), does not encrypt with a KMS
/// key (guide), and the caller may write and read. What could not be read is absent in the answer and no problem.
///
/// # Errors
/// [`ErrorCode::InvalidInput`] where the name can be no bucket's; those of the calls but for refusals, which are
/// problems in the answer.
pub async fn bucket_check(session: &Session, name: &str) -> Result<BucketCheck, Error> {
    name::possible(name)?;
    let mut check = BucketCheck {
        name: name.to_owned(),
        region: None,
        encryption: None,
        problems: Vec::new(),
    };
    match session.clients.bucket_region(name).await {
        Ok(region) => check.region = Some(region),
        Err(error) if error.kind == Kind::NotFound => {
            check.problems.push(problems::missing(name, Some(&error)));
            return Ok(check);
        }
        Err(error) if is_refusal(&error) => {}
        Err(error) => return Err(error.into()),
    }
    let here = &session.connection.region;
    if let Some(region) = check.region.as_ref().filter(|region| *region != here) {
        // Another Region's bucket answers the next questions with redirections only.
        check.problems.push(problems::region(name, region, here));
        return Ok(check);
    }
    match session.clients.bucket_encryption(name).await {
        Ok(encryption) => {
            if encryption.is_kms() {
                check.problems.push(kms(name));
            }
            check.encryption = Some(word(encryption));
        }
        Err(error) if error.kind == Kind::NotFound => {
            check.problems.push(problems::missing(name, Some(&error)));
            return Ok(check);
        }
        Err(error) if is_refusal(&error) => {}
        Err(error) => return Err(error.into()),
    }
    if let Some(problem) = rights::lacking(session, name).await {
        check.problems.push(problem);
    }
    Ok(check)
}

/// Creates a bucket in the connection's Region, encrypted with S3's own keys and closed to the public, and checks
/// it. A bucket of that name that is the account's own already is only checked.
///
/// # Errors
/// [`ErrorCode::InvalidInput`] where the name breaks a rule, before any call; [`ErrorCode::Conflict`] where it is
/// taken; those of the calls.
pub async fn bucket_create(session: &Session, name: &str) -> Result<BucketCheck, Error> {
    name::allowed(name)?;
    let plan = draft::draft_get(session).await?.plan;
    let intended = changes::intend(
        session,
        Intent {
            plan,
            operation: "s3:CreateBucket",
            summary: format!(
                "Create the bucket {name} in {}, encrypted with S3's keys, closed to the public",
                session.connection.region
            ),
            ..Intent::default()
        },
    )
    .await?;
    let result = session.clients.create_bucket(name).await;
    changes::ended(session, intended, result.as_ref().cloned()).await?;
    match result {
        Ok(_) => {}
        Err(error) if error.code.as_deref() == Some("BucketAlreadyOwnedByYou") => {}
        Err(error) if error.kind == Kind::Conflict => {
            return Err(Problem {
                request_id: error.request_id.clone(),
                ..Problem::new(ErrorCode::Conflict, format!("The name {name} is taken"))
                    .detail(&error)
                    .hint("Bucket names are shared by all accounts of the partition: choose another one.")
            }
            .into());
        }
        Err(error) => return Err(error.into()),
    }
    bucket_check(session, name).await
}

fn word(encryption: Encryption) -> String {
    match encryption {
        Encryption::None => "none".to_owned(),
        Encryption::SseS3 => "SSE-S3".to_owned(),
        Encryption::SseKms(_) | Encryption::DsseKms(_) => "SSE-KMS".to_owned(),
        Encryption::Other(word) => word,
    }
}

/// Whether the caller may not ask, or the endpoint does not know the question: then it stays open.
fn is_refusal(error: &overseed_aws::Error) -> bool {
    error.kind == Kind::AccessDenied
        || matches!(error.status, Some(403 | 405 | 501))
            && !matches!(
                error.kind,
                Kind::CredentialsExpired | Kind::CredentialsInvalid | Kind::ClockSkew
            )
}
