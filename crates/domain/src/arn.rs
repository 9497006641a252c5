//! Amazon Resource Names, as far as the wizard needs them.

use std::fmt;

use serde::{Deserialize, Serialize};
use specta::Type;
use thiserror::Error;

/// An AWS partition; ARNs of one never work in another (source: IAM User Guide, "ARNs").
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type,
)]
pub enum Partition {
    /// The commercial Regions.
    #[serde(rename = "aws")]
    Aws,
    /// The Regions in China.
    #[serde(rename = "aws-cn")]
    China,
    /// AWS GovCloud (US).
    #[serde(rename = "aws-us-gov")]
    UsGov,
}

impl Partition {
    /// The partition that a Region's name belongs to.
    #[must_use]
    pub fn of_region(region: &str) -> Self {
        if region.starts_with("cn-") {
            Self::China
        } else if region.starts_with("us-gov-") {
            Self::UsGov
        } else {
            Self::Aws
        }
    }

    /// The second field of an ARN.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Aws => "aws",
            Self::China => "aws-cn",
            Self::UsGov => "aws-us-gov",
        }
    }
}

impl fmt::Display for Partition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The six fields of an ARN, borrowed from its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Arn<'a> {
    /// Second field, such as `aws`.
    pub partition: &'a str,
    /// Third field, such as `iam`.
    pub service: &'a str,
    /// Fourth field; empty for IAM and S3.
    pub region: &'a str,
    /// Fifth field: twelve digits, or empty for S3.
    pub account: &'a str,
    /// All the rest, colons and slashes included.
    pub resource: &'a str,
}

/// A text that is not an ARN.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{0}` is not an ARN: six fields divided by colons are expected, the first one `arn`")]
pub struct NotAnArn(pub String);

impl<'a> Arn<'a> {
    /// Splits an ARN into its fields.
    ///
    /// # Errors
    /// [`NotAnArn`] where the text has fewer than six fields or does not begin with `arn:`.
    pub fn parse(text: &'a str) -> Result<Self, NotAnArn> {
        let mut fields = text.splitn(6, ':');
        match (
            fields.next(),
            fields.next(),
            fields.next(),
            fields.next(),
            fields.next(),
            fields.next(),
        ) {
            (
                Some("arn"),
                Some(partition),
                Some(service),
                Some(region),
                Some(account),
                Some(resource),
            ) if !partition.is_empty() && !service.is_empty() => Ok(Self {
                partition,
                service,
                region,
                account,
                resource,
            }),
            _ => Err(NotAnArn(text.to_owned())),
        }
    }
}

/// The ARN of a Greengrass V1 group (service authorization reference: `/greengrass/groups/ID`).
#[must_use]
pub fn group_arn(partition: Partition, region: &str, account: &str, group_id: &str) -> String {
    format!("arn:{partition}:greengrass:{region}:{account}:/greengrass/groups/{group_id}")
}

/// The ARN of an IAM role without a path.
#[must_use]
pub fn role_arn(partition: Partition, account: &str, role_name: &str) -> String {
    format!("arn:{partition}:iam::{account}:role/{role_name}")
}

/// The group id at the end of a group's or a group version's ARN, if there is one.
#[must_use]
pub fn group_id_of_arn(arn: &str) -> Option<&str> {
    let tail = arn.split_once("/greengrass/groups/")?.1;
    let id = tail.split('/').next().unwrap_or(tail);
    (!id.is_empty()).then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arn_has_six_fields() {
        let arn = Arn::parse("arn:aws:iam::123456789012:role/path/Name").ok();
        assert_eq!(
            arn.map(|a| (a.service, a.resource)),
            Some(("iam", "role/path/Name"))
        );
        assert!(Arn::parse("arn:aws:iam").is_err());
    }

    #[test]
    fn a_group_is_found_in_its_version_arn() {
        let arn = group_arn(Partition::China, "cn-north-1", "123456789012", "7f3c");
        assert_eq!(group_id_of_arn(&format!("{arn}/versions/1")), Some("7f3c"));
        assert_eq!(group_id_of_arn("arn:aws:s3:::bucket"), None);
    }
}
