//! Permissions as values: policy documents, what the execution role needs, what the caller needs.
//!
//! Sources: *facts* (the project's permission notes), *guide* (AWS IoT Greengrass V1 Developer Guide, "Create bulk
//! deployments for groups"), *IAM* (IAM User Guide: "IAM JSON policy elements", "IAM and STS quotas").

mod app;
mod bucket;
mod document;
mod evaluate;
mod groups;
mod meaning;
mod objects;
mod packing;
mod role;

pub use app::{app_document, pass_role_document};
pub use bucket::{BUCKET_POLICY_LIMIT, NotMerged, merge_statement, own_beyond, remove_statement};
pub use document::{Document, NotAPolicy, Statement, escaped};
pub use evaluate::{Answer, Asker, Rules, Said, Truth};
pub use groups::{GROUPS_KEPT, Groups};
pub use objects::{Objects, ReadBy, bucket_statement, read_statement};
pub use packing::{
    ATTACHED_POLICIES_LIMIT, INLINE_POLICIES_LIMIT, MANAGED_POLICY_LIMIT, POLICY_NAME, POLICY_PATH,
    Pack, Packed, Packing, PackingChoice, Room, TooLarge, managed_policy_name, pack,
    packing_choices, whole,
};
pub use role::{
    NotARoleName, Place, TRUST_LIMIT, named_role, role_name, role_path, trust, trust_statement,
    wildcard_arn,
};

/// The service principal of Greengrass V1 (guide).
pub const GREENGRASS: &str = "greengrass.amazonaws.com";
