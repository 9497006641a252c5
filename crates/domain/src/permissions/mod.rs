//! Permissions as values: policy documents, what the execution role needs, what the caller needs.
//!
//! Sources: *facts* (the project's permission notes), *guide* (AWS IoT Greengrass V1 Developer Guide, "Create bulk
//! deployments for groups"), *IAM* (IAM User Guide: "IAM JSON policy elements", "IAM and STS quotas").

mod app;
mod document;
mod meaning;
mod role;

pub use app::{app_document, pass_role_document};
pub use document::{Document, NotAPolicy, Statement};
pub use role::{
    Execution, GROUPS_KEPT, Groups, INLINE_POLICIES_LIMIT, NotARoleName, POLICY_NAME, Packing,
    Place, TRUST_LIMIT, execution, object_arn, role_name, trust, trust_statement, wildcard_arn,
};

/// The service principal of Greengrass V1 (guide).
pub const GREENGRASS: &str = "greengrass.amazonaws.com";
