//! How the groups fit into policies: one inline policy, customer-managed policies, or a wildcard.

use std::fmt;

use serde::{Deserialize, Serialize};
use specta::Type;
use thiserror::Error;

use super::{Document, Groups, Place, Statement, document::escaped, wildcard_arn};
use crate::figures::grouped;

/// The name of the one inline policy that this app writes; all other policies of a role are left alone.
pub const POLICY_NAME: &str = "OverseedBulkDeployment";

/// The path of the managed policies that this app makes; with their tag it tells them from those of others.
pub const POLICY_PATH: &str = "/overseed/";

/// Characters of all inline policies of a role together, unless the account's quota says otherwise (IAM).
pub const INLINE_POLICIES_LIMIT: u32 = 10_240;

/// Characters of a managed policy, unless the account's quota says otherwise (IAM).
pub const MANAGED_POLICY_LIMIT: u32 = 6_144;

/// Managed policies that a role can have, unless the account's quota says otherwise; 20 at most (IAM).
pub const ATTACHED_POLICIES_LIMIT: u32 = 10;

/// The packing that someone asks for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Pack {
    /// The first that fits, in the order of [`Packing`].
    #[default]
    Auto,
    /// [`Packing::Inline`].
    Inline,
    /// [`Packing::Managed`].
    Managed,
    /// [`Packing::Wildcard`].
    Wildcard,
}

/// How the groups are packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Packing {
    /// Each group by its ARN in one inline policy.
    Inline,
    /// Each group by its ARN in customer-managed policies; what exceeds the role's attachments goes into the inline
    /// policy.
    Managed,
    /// `…:/greengrass/groups/*` of this account and Region.
    Wildcard,
}

/// What a role has room for, in characters as IAM counts them: other policies of the role have taken theirs already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// For our inline policy.
    pub inline: u32,
    /// For each managed policy.
    pub managed: u32,
    /// Managed policies that can still be attached.
    pub attachments: u32,
}

/// The policies that the role is to have.
#[derive(Debug, Clone, PartialEq)]
pub struct Packed {
    /// How the groups are packed.
    pub packing: Packing,
    /// The inline policy [`POLICY_NAME`]; absent where nothing is left for it.
    pub inline: Option<Document>,
    /// The managed policies, in the order of their numbers.
    pub managed: Vec<Document>,
    /// What the packing widens, in a sentence; absent where it widens nothing.
    pub widened: Option<String>,
}

/// One way to pack, with what it takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct PackingChoice {
    /// The way.
    pub packing: Packing,
    /// Whether it fits.
    pub fits: bool,
    /// Policies, inline and managed together.
    pub policies: u32,
    /// Characters of all of them, white space not counted.
    pub size: u32,
    /// Characters that this way has room for.
    pub room: u32,
    /// What it means, or why it does not fit, in a sentence.
    pub detail: String,
}

/// The groups do not fit in the way that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub struct TooLarge {
    /// Why, in a sentence.
    pub reason: String,
    /// The narrowest way that fits; absent where none does.
    pub fits: Option<Packing>,
}

impl fmt::Display for TooLarge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)?;
        match self.fits {
            Some(packing) => write!(f, " {} would fit.", packing.title()),
            None => f.write_str(
                " Nothing else fits either: the role has no room left. Choose another role.",
            ),
        }
    }
}

impl Default for Room {
    /// The room of a role without other policies, by IAM's documented quotas.
    fn default() -> Self {
        Self {
            inline: INLINE_POLICIES_LIMIT,
            managed: MANAGED_POLICY_LIMIT,
            attachments: ATTACHED_POLICIES_LIMIT,
        }
    }
}

impl Packing {
    /// All, the narrowest and simplest first.
    pub const ALL: [Self; 3] = [Self::Inline, Self::Managed, Self::Wildcard];

    /// Its name in a sentence's beginning.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Inline => "One inline policy",
            Self::Managed => "Managed policies",
            Self::Wildcard => "A wildcard",
        }
    }
}

impl Pack {
    const fn packing(self) -> Option<Packing> {
        match self {
            Self::Auto => None,
            Self::Inline => Some(Packing::Inline),
            Self::Managed => Some(Packing::Managed),
            Self::Wildcard => Some(Packing::Wildcard),
        }
    }
}

impl Packed {
    /// All documents: the inline one first.
    pub fn documents(&self) -> impl Iterator<Item = &Document> {
        self.inline.iter().chain(&self.managed)
    }

    fn policies(&self) -> u32 {
        u32::try_from(self.documents().count()).unwrap_or(u32::MAX)
    }

    fn size(&self) -> u32 {
        self.documents().map(Document::size).sum()
    }
}

/// The name of the `number`th managed policy of a role, from 1.
#[must_use]
pub fn managed_policy_name(role: &str, number: usize) -> String {
    format!("Overseed-{role}-{number}")
}

/// One document as a policy of its own: inline, or managed where it does not fit there; `None` where it fits nowhere.
#[must_use]
pub fn whole(document: Document, room: Room) -> Option<Packed> {
    let size = document.size();
    let (packing, inline, managed) = if size <= room.inline {
        (Packing::Inline, Some(document), Vec::new())
    } else if size <= room.managed && room.attachments > 0 {
        (Packing::Managed, None, vec![document])
    } else {
        return None;
    };
    Some(Packed {
        packing,
        inline,
        managed,
        widened: None,
    })
}

/// The policies by which a role may deploy the groups and, with `read`, read the input files.
///
/// # Errors
/// [`TooLarge`]: the way asked for does not fit, or none does.
pub fn pack(
    place: &Place,
    groups: &Groups,
    read: Option<&Statement>,
    room: Room,
    pack: Pack,
) -> Result<Packed, TooLarge> {
    let bale = Bale::new(place, groups, read, room);
    let first = || {
        Packing::ALL
            .into_iter()
            .find(|way| bale.packed(*way).is_ok())
    };
    let Some(packing) = pack.packing().or_else(first) else {
        let reason = bale.packed(Packing::Wildcard).err().unwrap_or_default();
        return Err(TooLarge { reason, fits: None });
    };
    bale.packed(packing).map_err(|reason| TooLarge {
        reason,
        fits: first(),
    })
}

/// All ways to pack, each with what it takes.
#[must_use]
pub fn packing_choices(
    place: &Place,
    groups: &Groups,
    read: Option<&Statement>,
    room: Room,
) -> Vec<PackingChoice> {
    let bale = Bale::new(place, groups, read, room);
    let choice = |packing| match bale.packed(packing) {
        Ok(packed) => PackingChoice {
            packing,
            fits: true,
            policies: packed.policies(),
            size: packed.size(),
            room: bale.room_of(packing),
            detail: match (packing, packed.widened) {
                (_, Some(widened)) => widened,
                (Packing::Inline, None) => {
                    "Names each group. It belongs to the role and goes with it.".to_owned()
                }
                (_, None) => format!(
                    "Names each group, in managed policies under {POLICY_PATH} that only this role uses."
                ),
            },
        },
        Err(detail) => PackingChoice {
            packing,
            fits: false,
            policies: 0,
            size: bale.size(),
            room: bale.room_of(packing),
            detail,
        },
    };
    Packing::ALL.into_iter().map(choice).collect()
}

/// The groups on their way into policies.
struct Bale<'a> {
    place: &'a Place,
    /// All groups by ARN, sorted and each once; empty where there are too many to be kept.
    arns: Vec<String>,
    count: u32,
    read: Option<&'a Statement>,
    room: Room,
}

impl<'a> Bale<'a> {
    fn new(place: &'a Place, groups: &Groups, read: Option<&'a Statement>, room: Room) -> Self {
        let mut arns = Vec::new();
        if groups.complete() {
            arns.extend(groups.ids().iter().map(|id| place.group_arn(id)));
            arns.sort_unstable();
            arns.dedup();
        }
        Self {
            place,
            arns,
            count: groups.count(),
            read,
            room,
        }
    }

    fn packed(&self, packing: Packing) -> Result<Packed, String> {
        match packing {
            Packing::Inline => self.inline(),
            Packing::Managed => self.managed(),
            Packing::Wildcard => self.wildcard(),
        }
    }

    fn room_of(&self, packing: Packing) -> u32 {
        let Room {
            inline,
            managed,
            attachments,
        } = self.room;
        match packing {
            Packing::Managed => managed.saturating_mul(attachments).saturating_add(inline),
            Packing::Inline | Packing::Wildcard => inline,
        }
    }

    fn inline(&self) -> Result<Packed, String> {
        let room = self.room.inline;
        let (here, rest) = self.cut(&self.arns, self.read, room);
        if here.is_empty() || !rest.is_empty() {
            return Err(format!(
                "The {} groups one by one take {} characters, and {} are left for inline policies of this role.",
                grouped(self.count),
                self.size_in_words(),
                grouped(room),
            ));
        }
        Ok(Packed {
            packing: Packing::Inline,
            inline: Some(selected(here, self.read)),
            managed: Vec::new(),
            widened: None,
        })
    }

    fn managed(&self) -> Result<Packed, String> {
        let mut managed = Vec::new();
        let mut left = &self.arns[..];
        for number in 0..self.room.attachments {
            let read = self.read.filter(|_| number == 0);
            let (here, rest) = self.cut(left, read, self.room.managed);
            if here.is_empty() {
                break;
            }
            managed.push(selected(here, read));
            left = rest;
        }
        let (here, rest) = self.cut(left, None, self.room.inline);
        if managed.is_empty() || !rest.is_empty() {
            return Err(format!(
                "The {} groups one by one take {} characters. The role can be given {} more managed policies of {} \
                 each, and {} are left for its inline policies.",
                grouped(self.count),
                self.size_in_words(),
                self.room.attachments,
                grouped(self.room.managed),
                grouped(self.room.inline),
            ));
        }
        Ok(Packed {
            packing: Packing::Managed,
            inline: (!here.is_empty()).then(|| selected(here, None)),
            managed,
            widened: None,
        })
    }

    fn wildcard(&self) -> Result<Packed, String> {
        let arn = wildcard_arn(self.place);
        let document = document("OverseedDeployToAnyGroup", &[arn], self.read);
        let size = document.size();
        let attachments = self.room.attachments;
        let Some(packed) = whole(document, self.room) else {
            return Err(format!(
                "Even a wildcard takes {} characters: {} are left for inline policies of this role, and {attachments} \
                 managed policies can still be attached to it.",
                grouped(size),
                grouped(self.room.inline),
            ));
        };
        Ok(Packed {
            packing: Packing::Wildcard,
            widened: Some(format!(
                "The role may then deploy to every group of account {} in {}, not only to the {} of this plan.",
                self.place.account,
                self.place.region,
                grouped(self.count),
            )),
            ..packed
        })
    }

    /// As many of the ARNs as fit into a policy of `room` characters, and the rest.
    fn cut<'b>(
        &self,
        arns: &'b [String],
        read: Option<&Statement>,
        room: u32,
    ) -> (&'b [String], &'b [String]) {
        // The list has one comma less than it has members.
        let mut left = i64::from(room) + 1 - i64::from(empty_size(read));
        let fit = arns
            .iter()
            .take_while(|arn| {
                left -= i64::from(member_size(arn));
                left >= 0
            })
            .count();
        arns.split_at(fit)
    }

    /// Characters of one policy with all groups, whatever the limit; about, where not all are kept.
    fn size(&self) -> u32 {
        let members = if self.arns.is_empty() {
            // An ARN with a UUID, quotes and a comma.
            let one = self.place.group_arn("").len() + 36 + 3;
            self.count
                .saturating_mul(u32::try_from(one).unwrap_or(u32::MAX))
        } else {
            self.arns.iter().map(|arn| member_size(arn)).sum()
        };
        members
            .saturating_add(empty_size(self.read))
            .saturating_sub(1)
    }

    fn size_in_words(&self) -> String {
        let about = if self.arns.is_empty() { "about " } else { "" };
        format!("{about}{}", grouped(self.size()))
    }
}

/// Characters of a member of a list: quotes, a comma, and what JSON escapes.
fn member_size(arn: &str) -> u32 {
    let text = escaped(&serde_json::Value::from(arn).to_string());
    u32::try_from(text.chars().count() + 1).unwrap_or(u32::MAX)
}

/// Characters of a policy whose list of groups is empty.
fn empty_size(read: Option<&Statement>) -> u32 {
    let two = selected(&["a".to_owned(), "b".to_owned()], read);
    two.size() - u32::try_from(r#""a","b""#.len()).unwrap_or(0)
}

fn selected(arns: &[String], read: Option<&Statement>) -> Document {
    document("OverseedDeployToSelectedGroups", arns, read)
}

fn document(sid: &str, arns: &[String], read: Option<&Statement>) -> Document {
    let deploy = Statement::allow(sid, &["greengrass:CreateDeployment"], arns);
    Document::new(std::iter::once(deploy).chain(read.cloned()).collect())
}
