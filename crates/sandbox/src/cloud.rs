//! What one service of the sandbox asks of the rest of the account.

use std::fmt;
use std::path::PathBuf;

use crate::exchange::Caller;

/// A role that a service assumed: the proof that its trust policy allowed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleSession {
    /// The role's ARN.
    pub role_arn: String,
    /// The role's name, without its path.
    pub role_name: String,
}

/// Why a service may not assume a role. The real service does not tell these apart to its caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AssumeFailure {
    /// No such role (or not an ARN of a role).
    #[error("the role does not exist")]
    NoSuchRole,
    /// The role or its trust policy is younger than IAM takes to tell other services.
    #[error("the role is not visible to other services yet")]
    NotVisibleYet,
    /// The trust policy does not allow it.
    #[error("the trust policy of the role does not allow it")]
    TrustDenies,
}

/// Why an object cannot be read in a role's name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ObjectFailure {
    /// Neither the role's policies nor the bucket's allow `s3:GetObject`, or one denies it.
    #[error("Access Denied")]
    AccessDenied,
    /// There is no such bucket.
    #[error("The specified bucket does not exist")]
    NoSuchBucket,
    /// The bucket exists, the key does not.
    #[error("The specified key does not exist.")]
    NoSuchKey,
    /// The bucket is in another Region than asked for.
    #[error("the bucket is in {region}")]
    WrongRegion {
        /// Where it is.
        region: String,
    },
    /// The object is encrypted with a KMS key, which Greengrass cannot use for input files.
    #[error("the object is encrypted with SSE-KMS")]
    KmsEncrypted,
}

/// An object found for reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredObject {
    /// The file that holds the bytes. It goes away when the object is replaced: open it at once.
    pub path: PathBuf,
    /// Bytes.
    pub size: u64,
    /// Without quotes.
    pub etag: String,
}

/// What may be told of a secret: never its values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownSecret {
    /// With the six characters that the service puts after the name.
    pub arn: String,
    /// The keys of its JSON object, if it is one.
    pub keys: Vec<String>,
}

/// The account around a service: IAM's answers and S3's objects.
pub trait Cloud: Send + Sync + fmt::Debug {
    /// Assumes `role_arn` for the service `service_principal` (such as `greengrass.amazonaws.com`), with
    /// `aws:SourceAccount` and `aws:SourceArn` as given. A role created, or whose trust policy changed, less
    /// than eight simulated seconds ago is not visible yet.
    ///
    /// # Errors
    /// Why the trust policy does not let it.
    fn assume_role(
        &self,
        role_arn: &str,
        service_principal: &str,
        source_account: &str,
        source_arn: &str,
    ) -> Result<RoleSession, AssumeFailure>;

    /// Whether the role's policies (inline, attached, boundary) allow `action` on `resource`. Fast enough
    /// to be asked for each record of an input file: the policies are compiled once and kept until one
    /// changes. `context` is condition keys with values, such as `aws:SourceAccount`.
    fn allowed(
        &self,
        role: &RoleSession,
        action: &str,
        resource: &str,
        context: &[(&str, &str)],
    ) -> bool;

    /// Whether the caller's policies allow `action` on `resource`; `*` as resource for actions that know none.
    /// `iam:PassRole` takes `iam:PassedToService` in `context`.
    ///
    /// # Errors
    /// The refusal in IAM's words: "User: ARN is not authorized to perform: ACTION on resource: …".
    fn caller_allowed(
        &self,
        caller: &Caller,
        action: &str,
        resource: &str,
        context: &[(&str, &str)],
    ) -> Result<(), String>;

    /// Finds the object for reading in the role's name, by the role's policies or the bucket's.
    /// `region` is where the asking service runs.
    ///
    /// # Errors
    /// Why it cannot be read.
    fn object_as(
        &self,
        role: &RoleSession,
        bucket: &str,
        key: &str,
        region: &str,
    ) -> Result<StoredObject, ObjectFailure>;

    /// Finds the object for reading in the caller's name, by the caller's policies or the bucket's.
    ///
    /// # Errors
    /// Why it cannot be read.
    fn object_for(
        &self,
        caller: &Caller,
        bucket: &str,
        key: &str,
        region: &str,
    ) -> Result<StoredObject, ObjectFailure>;

    /// A secret of Secrets Manager by name or ARN; `None` if there is none, or it is to be deleted.
    fn secret(&self, id: &str) -> Option<KnownSecret>;

    /// The Region of a bucket, or `None` if there is none of this name.
    fn bucket_region(&self, bucket: &str) -> Option<String>;

    /// Whether a role of this ARN exists (AssociateServiceRoleToAccount looks).
    fn role_exists(&self, role_arn: &str) -> bool;
}

/// A service behind the front.
pub trait Service: Send + Sync + fmt::Debug {
    /// Answers one verified request. Runs on a thread that may block.
    /// `now_ms` is the sandbox's own time: it stands still while the sandbox is not running.
    fn answer(
        &self,
        request: &crate::exchange::Request,
        cloud: &dyn Cloud,
        now_ms: i64,
    ) -> crate::exchange::Response;

    /// What must survive a restart. Written to disk after each answered request that was not a GET;
    /// so keep bulk in files of its own under `Settings::state_dir` (in a folder of the service's name).
    fn snapshot(&self) -> serde_json::Value;

    /// Whether something still moves by itself at `now_ms` (a bulk deployment runs): an idle sandbox ends itself.
    fn busy(&self, now_ms: i64) -> bool;
}
