//! The execution role: who may assume it, and what it may do.

use serde::{Deserialize, Serialize};
use specta::Type;
use thiserror::Error;

use super::{Document, GREENGRASS, Statement};
use crate::{Arn, Partition, arn::group_arn, group::bare_id};

/// The name of the one inline policy that this app writes; all other policies of a role are left alone.
pub const POLICY_NAME: &str = "OverseedBulkDeployment";

/// Characters of all inline policies of a role together, unless the account's quota says otherwise (IAM).
pub const INLINE_POLICIES_LIMIT: u32 = 10_240;

/// Characters of a trust policy, unless the account's quota says otherwise; 4,096 at most (IAM).
pub const TRUST_LIMIT: u32 = 2_048;

/// So many ids of a plan are kept for looking at permissions one by one.
pub const GROUPS_KEPT: usize = 20_000;

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

/// The groups of a plan: all ids of small plans, the first [`GROUPS_KEPT`] of others.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Groups {
    count: u32,
    ids: Vec<String>,
}

/// How the groups fit into policies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Packing {
    /// Each group by its ARN in one inline policy.
    Inline,
    /// `…:/greengrass/groups/*` of this account and Region.
    Wildcard,
}

/// What the role has to be allowed, as one policy.
#[derive(Debug, Clone, PartialEq)]
pub struct Execution {
    /// The policy.
    pub document: Document,
    /// How the groups fit into it.
    pub packing: Packing,
    /// What the packing widens, in a sentence.
    pub widened: Option<String>,
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
    /// An ARN, but not of a role in this account.
    #[error("`{0}` is not a role of this account")]
    OtherArn(String),
}

impl Groups {
    /// Takes one more group; account prefixes are no part of a group's ARN.
    pub fn push(&mut self, id: &str) {
        self.count = self.count.saturating_add(1);
        if self.ids.len() < GROUPS_KEPT {
            self.ids.push(bare_id(id).to_owned());
        }
    }

    /// How many there are.
    #[must_use]
    pub const fn count(&self) -> u32 {
        self.count
    }

    /// The ids that are kept.
    #[must_use]
    pub fn ids(&self) -> &[String] {
        &self.ids
    }

    /// Whether all ids are kept.
    #[must_use]
    pub fn complete(&self) -> bool {
        usize::try_from(self.count).is_ok_and(|count| count == self.ids.len())
    }
}

impl<T: AsRef<str>> FromIterator<T> for Groups {
    fn from_iter<I: IntoIterator<Item = T>>(ids: I) -> Self {
        let mut groups = Self::default();
        for id in ids {
            groups.push(id.as_ref());
        }
        groups
    }
}

impl Place {
    /// The ARN of a group here.
    #[must_use]
    pub fn group_arn(&self, id: &str) -> String {
        group_arn(self.partition, &self.region, &self.account, id)
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

/// The pattern that covers every input file of a bucket and prefix, so that the next plan needs no change. What IAM would
/// read as a wildcard in the prefix is escaped (IAM, "Policy variables: special characters").
#[must_use]
pub fn object_arn(partition: Partition, bucket: &str, prefix: &str) -> String {
    let mut path = String::with_capacity(prefix.len());
    for c in prefix.trim_matches('/').chars() {
        match c {
            '*' | '?' | '$' => path.extend(['$', '{', c, '}']),
            c => path.push(c),
        }
    }
    let slash = if path.is_empty() { "" } else { "/" };
    format!("arn:{partition}:s3:::{bucket}/{path}{slash}*")
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

/// The permission policy: CreateDeployment on each group by its ARN where that fits into `room` characters, else on every
/// group here; and reading the input files (facts).
#[must_use]
pub fn execution(
    place: &Place,
    groups: &Groups,
    bucket: &str,
    prefix: &str,
    room: u32,
) -> Execution {
    let read = Statement::allow(
        "OverseedReadInputFiles",
        &["s3:GetObject"],
        &[object_arn(place.partition, bucket, prefix)],
    );
    let deploy = |sid: &str, resources: &[String]| {
        let deploy = Statement::allow(sid, &["greengrass:CreateDeployment"], resources);
        Document::new(vec![deploy, read.clone()])
    };
    // Some sixty characters are the least for an ARN: far too many groups need no try.
    let tried = groups.complete() && groups.ids().len() <= 1_000;
    let mut size = groups.count().saturating_mul(room_of_one(place));
    if tried {
        let mut arns: Vec<String> = groups.ids().iter().map(|id| place.group_arn(id)).collect();
        arns.sort_unstable();
        arns.dedup();
        let document = deploy("OverseedDeployToSelectedGroups", &arns);
        size = document.size();
        if size <= room && !arns.is_empty() {
            return Execution {
                document,
                packing: Packing::Inline,
                widened: None,
            };
        }
    }
    let widened = format!(
        "The role may then deploy to every group of account {} in {}, not only to the {} of this plan: one by one they \
         would take {}{size} characters, and {room} are left for inline policies of this role.",
        place.account,
        place.region,
        groups.count(),
        if tried { "" } else { "about " },
    );
    Execution {
        document: deploy("OverseedDeployToAnyGroup", &[wildcard_arn(place)]),
        packing: Packing::Wildcard,
        widened: Some(widened),
    }
}

/// Characters that one more group takes: its ARN with a UUID, quotes and a comma.
fn room_of_one(place: &Place) -> u32 {
    u32::try_from(place.group_arn("").len() + 36 + 3).unwrap_or(u32::MAX)
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
