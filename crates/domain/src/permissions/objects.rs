//! The input files in S3, and the statements by which the role may read them.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::Statement;
use crate::Partition;

/// The beginning of the `Sid` of each statement that this app puts into a bucket's policy.
const BUCKET_SID: &str = "OverseedReadInputFiles";

/// Which objects the role may read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Objects {
    /// Every input file under a prefix, so that the next plan needs no change.
    Prefix(String),
    /// One object: the stricter choice (facts).
    Key(String),
}

/// Which policy lets the role read the input file; within an account either is enough (IAM: "Policy evaluation logic").
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ReadBy {
    /// A statement of the role's own policy.
    #[default]
    Role,
    /// A statement of the bucket's policy.
    Bucket,
}

impl Objects {
    /// Their ARN, a pattern for a prefix. What IAM would read as a wildcard in prefix or key is escaped (IAM: "Policy
    /// variables", special characters).
    #[must_use]
    pub fn arn(&self, partition: Partition, bucket: &str) -> String {
        let escaped = |path: &str| {
            let mut text = String::with_capacity(path.len());
            for c in path.chars() {
                match c {
                    '*' | '?' | '$' => text.extend(['$', '{', c, '}']),
                    c => text.push(c),
                }
            }
            text
        };
        match self {
            Self::Key(key) => format!("arn:{partition}:s3:::{bucket}/{}", escaped(key)),
            Self::Prefix(prefix) => {
                let path = escaped(prefix.trim_matches('/'));
                let slash = if path.is_empty() { "" } else { "/" };
                format!("arn:{partition}:s3:::{bucket}/{path}{slash}*")
            }
        }
    }
}

/// The statement of the role's policy by which it reads these objects; `arn` is that of [`Objects::arn`].
#[must_use]
pub fn read_statement(arn: &str) -> Statement {
    Statement::allow(BUCKET_SID, &["s3:GetObject"], &[arn.to_owned()])
}

/// The statement of the bucket's policy by which a role reads these objects. Its `Sid` tells it from those of others; role
/// and objects in it keep those of several roles and plans apart (a `Sid` of S3 may have spaces and hyphens, but letters
/// and digits do).
#[must_use]
pub fn bucket_statement(role_arn: &str, arn: &str) -> Statement {
    let name = role_arn.rsplit('/').next().unwrap_or(role_arn);
    let name: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    let mark = mark(&[role_arn, arn]);
    Statement::allow(
        &format!("{BUCKET_SID}{name}{mark:016x}"),
        &["s3:GetObject"],
        &[arn.to_owned()],
    )
    .to_principal("AWS", role_arn)
}

/// FNV-1a of 64 bits: the same in every version of this app, and no secret.
fn mark(texts: &[&str]) -> u64 {
    let bytes = texts.iter().flat_map(|text| text.bytes().chain([0]));
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// Whether this app wrote a statement of a bucket's policy, for whichever role and objects.
#[must_use]
pub fn is_own(statement: &Statement) -> bool {
    statement
        .sid()
        .is_some_and(|sid| sid.starts_with(BUCKET_SID))
}

/// Whether a statement of a bucket's policy is one that this app wrote for the role and the objects of `ours`. Older
/// versions gave it a `Sid` with the role's name only.
pub(super) fn is_ours(statement: &Statement, ours: &Statement) -> bool {
    is_own(statement)
        && ["Principal", "Resource"]
            .into_iter()
            .all(|field| statement.field(field) == ours.field(field))
}
