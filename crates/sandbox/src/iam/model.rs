//! The account's identities: users, roles, managed policies, access keys and sessions.

use std::collections::BTreeMap;

use rand::Rng;
use serde::{Deserialize, Serialize};

/// Tags in their order.
pub type Tags = Vec<(String, String)>;

/// What a user or role may do, and its tags.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Grants {
    /// Documents by policy name.
    pub inline: BTreeMap<String, String>,
    /// ARNs of managed policies in the order of attaching.
    pub attached: Vec<String>,
    /// ARN of the permissions boundary.
    pub boundary: Option<String>,
    pub tags: Tags,
}

/// An IAM user.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct User {
    pub name: String,
    pub id: String,
    pub path: String,
    pub created_ms: i64,
    pub grants: Grants,
}

/// An IAM role.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Role {
    pub name: String,
    pub id: String,
    pub path: String,
    pub created_ms: i64,
    /// When the trust policy was last put: other services see it some seconds later.
    pub trust_changed_ms: i64,
    pub trust: String,
    pub description: Option<String>,
    pub max_session_seconds: i64,
    pub grants: Grants,
}

/// One version of a managed policy.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PolicyVersion {
    pub id: String,
    pub document: String,
    pub created_ms: i64,
}

/// A customer managed policy, or one of AWS's own that this sandbox knows.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ManagedPolicy {
    pub arn: String,
    pub name: String,
    pub id: String,
    pub path: String,
    pub description: Option<String>,
    pub created_ms: i64,
    pub updated_ms: i64,
    pub versions: Vec<PolicyVersion>,
    pub default_version: String,
    /// Versions are numbered without using a number twice.
    pub last_number: u32,
    pub tags: Tags,
}

impl ManagedPolicy {
    /// The document that counts.
    #[must_use]
    pub fn document(&self) -> Option<&str> {
        let version = self
            .versions
            .iter()
            .find(|version| version.id == self.default_version)?;
        Some(&version.document)
    }

    /// Whether it is one of AWS's own, which cannot be changed.
    #[must_use]
    pub fn is_aws(&self) -> bool {
        self.arn.contains(":iam::aws:")
    }
}

/// A long-lived access key of a user.
#[derive(Clone, Serialize, Deserialize)]
pub struct AccessKey {
    pub id: String,
    pub secret: String,
    pub user: String,
    pub created_ms: i64,
}

/// Temporary credentials from AssumeRole.
#[derive(Clone, Serialize, Deserialize)]
pub struct Session {
    pub access_key: String,
    pub secret: String,
    pub token: String,
    pub role: String,
    pub name: String,
    /// By the computer's clock, not by the sandbox's own: clients compare it with theirs.
    pub expires_ms: i64,
    /// A session policy narrows what the role may.
    pub policy: Option<String>,
}

impl std::fmt::Debug for AccessKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AccessKey")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session")
            .field("access_key", &self.access_key)
            .finish_non_exhaustive()
    }
}

/// All of IAM.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Iam {
    pub account: String,
    pub partition: String,
    pub users: BTreeMap<String, User>,
    pub roles: BTreeMap<String, Role>,
    pub policies: BTreeMap<String, ManagedPolicy>,
    pub keys: BTreeMap<String, AccessKey>,
    pub sessions: BTreeMap<String, Session>,
}

impl Iam {
    #[must_use]
    pub fn role_arn(&self, role: &Role) -> String {
        format!(
            "arn:{}:iam::{}:role{}{}",
            self.partition, self.account, role.path, role.name
        )
    }

    #[must_use]
    pub fn user_arn(&self, user: &User) -> String {
        format!(
            "arn:{}:iam::{}:user{}{}",
            self.partition, self.account, user.path, user.name
        )
    }

    #[must_use]
    pub fn policy_arn(&self, path: &str, name: &str) -> String {
        format!(
            "arn:{}:iam::{}:policy{path}{name}",
            self.partition, self.account
        )
    }

    /// The role of an ARN, whatever its path is; names are unique in an account.
    #[must_use]
    pub fn role_by_arn(&self, arn: &str) -> Option<&Role> {
        let name = arn.rsplit('/').next()?;
        self.roles
            .get(name)
            .filter(|role| self.role_arn(role) == arn)
    }

    /// Whether a policy may name this principal: one of this account must exist, others cannot be known.
    #[must_use]
    pub fn principal_exists(&self, id: &str) -> bool {
        let own = format!("arn:{}:iam::{}:", self.partition, self.account);
        match id.strip_prefix(&own) {
            Some("root") => true,
            Some(_) => self.grants_of(id).is_some(),
            None => id == "*" || id.starts_with("arn:") || id.len() == 12,
        }
    }

    /// The policy documents of inline and attached policies.
    #[must_use]
    pub fn documents(&self, grants: &Grants) -> Vec<String> {
        let managed = grants
            .attached
            .iter()
            .filter_map(|arn| self.policies.get(arn)?.document());
        grants
            .inline
            .values()
            .map(String::as_str)
            .chain(managed)
            .map(str::to_owned)
            .collect()
    }

    /// How many users and roles a managed policy is attached to.
    #[must_use]
    pub fn attachments(&self, arn: &str) -> usize {
        let has = |grants: &Grants| grants.attached.iter().any(|item| item == arn);
        self.users.values().filter(|user| has(&user.grants)).count()
            + self.roles.values().filter(|role| has(&role.grants)).count()
    }
}

/// A new id of IAM: a prefix of four letters (AIDA user, AROA role, ANPA policy, AKIA key, ASIA session)
/// and 17 or 16 characters.
#[must_use]
pub fn new_id(prefix: &str) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let length = if matches!(prefix, "AKIA" | "ASIA") {
        16
    } else {
        17
    };
    format!("{prefix}{}", random_text(LETTERS, length))
}

/// A new secret of 40 characters.
#[must_use]
pub fn new_secret() -> String {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    random_text(LETTERS, 40)
}

fn random_text(letters: &[u8], length: usize) -> String {
    let mut random = rand::rng();
    (0..length)
        .filter_map(|_| {
            letters
                .get(random.random_range(0..letters.len()))
                .copied()
                .map(char::from)
        })
        .collect()
}
