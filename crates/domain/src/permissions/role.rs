//! The execution role: its name, and who may assume it.

use thiserror::Error;

use super::{Document, GREENGRASS, POLICY_PATH, Statement};
use crate::{
    Arn, Partition,
    arn::{group_arn, role_arn},
};

/// Characters of a trust policy, unless the account's quota says otherwise; 4,096 at most (IAM).
pub const TRUST_LIMIT: u32 = 2_048;

/// Where permissions hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The Region's partition.
    pub partition: Partition,
    /// The Region.
    pub region: String,
    /// The account: twelve digits.
    pub account: String,
}

/// A text that cannot be a role's name.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NotARoleName {
    /// Nothing was typed.
    #[error("no role is named")]
    Empty,
    /// Longer than 64 characters (IAM).
    #[error("a role's name has 64 characters at most, this one has {0}")]
    TooLong(usize),
    /// A character that IAM does not take.
    #[error("`{0}` cannot stand in a role's name: letters, digits and _+=,.@- can")]
    Character(char),
    /// A path that IAM does not take.
    #[error(
        "`{0}` cannot be a role's path: it begins and ends with a slash and has 512 characters at most, without spaces"
    )]
    Path(String),
    /// An ARN, but not of a role in this account.
    #[error("`{0}` is not a role of this account")]
    OtherArn(String),
}

impl Place {
    /// The ARN of a group here.
    #[must_use]
    pub fn group_arn(&self, id: &str) -> String {
        group_arn(self.partition, &self.region, &self.account, id)
    }

    /// The ARN of a managed policy that this app makes here.
    #[must_use]
    pub fn managed_policy_arn(&self, name: &str) -> String {
        let Self {
            partition, account, ..
        } = self;
        format!("arn:{partition}:iam::{account}:policy{POLICY_PATH}{name}")
    }

    /// What Greengrass says of itself when it assumes a role: `aws:SourceArn` lies under this pattern (guide, "Cross-service
    /// confused deputy prevention").
    #[must_use]
    pub fn source_arn(&self) -> String {
        format!(
            "arn:{}:greengrass:{}:{}:*",
            self.partition, self.region, self.account
        )
    }
}

/// The pattern that covers every group of an account and Region.
#[must_use]
pub fn wildcard_arn(place: &Place) -> String {
    place.group_arn("*")
}

/// The trust policy of a new role: Greengrass, for this account and Region only (facts: confused-deputy conditions).
#[must_use]
pub fn trust(place: &Place) -> Document {
    Document::new(vec![trust_statement(place)])
}

/// The statement by which Greengrass of this account and Region may assume a role.
#[must_use]
pub fn trust_statement(place: &Place) -> Statement {
    // Sids are letters and digits (IAM). The Region makes room for the same role in several Regions.
    let region: String = place
        .region
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect();
    Statement::trust(&format!("OverseedGreengrass{region}"), GREENGRASS)
        .when("StringEquals", "aws:SourceAccount", &place.account)
        .when("ArnLike", "aws:SourceArn", &place.source_arn())
}

/// The name of a role, from what someone typed: a name, or the ARN of a role in this account.
///
/// # Errors
/// [`NotARoleName`] (service model of IAM: `roleNameType`, `[\w+=,.@-]+`, 1 to 64).
pub fn role_name<'a>(typed: &'a str, place: &Place) -> Result<&'a str, NotARoleName> {
    let typed = typed.trim();
    let name = match Arn::parse(typed) {
        Ok(arn) => {
            let here = arn.service == "iam"
                && arn.account == place.account
                && arn.partition == place.partition.as_str();
            match arn.resource.strip_prefix("role/") {
                Some(path) if here => path.rsplit('/').next().unwrap_or(path),
                _ => return Err(NotARoleName::OtherArn(typed.to_owned())),
            }
        }
        Err(_) => typed,
    };
    if name.is_empty() {
        return Err(NotARoleName::Empty);
    }
    let valid = |c: &char| c.is_ascii_alphanumeric() || "_+=,.@-".contains(*c);
    if let Some(c) = name.chars().find(|c| !valid(c)) {
        return Err(NotARoleName::Character(c));
    }
    if name.len() > 64 {
        return Err(NotARoleName::TooLong(name.len()));
    }
    Ok(name)
}

/// The path of a role, from what someone typed: `/` but for an ARN that has one.
///
/// # Errors
/// [`NotARoleName`] (service model of IAM: `pathType`, `(/)|(/[!-~]+/)`, 512 at most).
pub fn role_path(typed: &str, place: &Place) -> Result<String, NotARoleName> {
    let name = role_name(typed, place)?;
    let Ok(arn) = Arn::parse(typed.trim()) else {
        return Ok("/".to_owned());
    };
    let path = arn
        .resource
        .strip_prefix("role")
        .and_then(|path| path.strip_suffix(name))
        .unwrap_or("/");
    if path.len() > 512 || path.contains("//") || !path.bytes().all(|b| b.is_ascii_graphic()) {
        return Err(NotARoleName::Path(path.to_owned()));
    }
    Ok(path.to_owned())
}

/// The ARN of the role that someone typed, by name or by ARN, its path included.
///
/// # Errors
/// [`NotARoleName`].
pub fn named_role(typed: &str, place: &Place) -> Result<String, NotARoleName> {
    let (name, path) = (role_name(typed, place)?, role_path(typed, place)?);
    Ok(role_arn(
        place.partition,
        &place.account,
        &format!("{}{name}", path.trim_start_matches('/')),
    ))
}
