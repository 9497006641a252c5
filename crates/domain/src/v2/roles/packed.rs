//! How grants come into the policies of the devices' role: in the order of V1's packing, inline first and then managed
//! policies, but where each statement has come it stays. Devices work with these policies all the time: moved from one to
//! another, a right would be missing in between.

use std::collections::HashSet;

use super::{
    Grant,
    document::{added, alike, device_document, texts},
};
use crate::{
    figures::grouped,
    permissions::{Document, Packed, Packing, Room},
};

/// No resource takes less in a list: two quotes, a comma and one character.
const LEAST: u32 = 4;

/// Our policies of the devices' role, as they are.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DevicePolicies {
    /// The inline policy.
    pub inline: Option<Document>,
    /// The managed policies in the order of their numbers, each with whether it may grow: one that others have as well
    /// may not.
    pub managed: Vec<(Document, bool)>,
}

impl DevicePolicies {
    fn documents(&self) -> impl Iterator<Item = &Document> {
        let managed = self.managed.iter().map(|(document, _)| document);
        self.inline.iter().chain(managed)
    }
}

/// A grant's resources that no policy of ours names yet.
struct Lacking<'a> {
    grant: &'a Grant,
    arns: Vec<String>,
}

/// The policies with these grants. Nothing is taken out and nothing is moved. What is missing comes into the inline policy
/// where all of it fits and there is no managed one yet; else into managed policies, and what exceeds those into the inline
/// one. The managed policies of the answer begin with those that are there, in their order.
///
/// # Errors
/// Why it does not fit, in a sentence.
pub fn pack_device(
    present: &DevicePolicies,
    grants: &[Grant],
    room: Room,
) -> Result<Packed, String> {
    let mut lacking = lacking(present, grants);
    let mut managed: Vec<Document> = Vec::new();
    let inline = present.inline.clone().unwrap_or_else(empty);
    let whole = grown(&inline, &lacking);
    let fits = present.managed.is_empty() && whole.size() <= room.inline;
    if lacking.is_empty() || fits {
        managed.extend(present.managed.iter().map(|(document, _)| document.clone()));
        return Ok(packed(whole, managed));
    }
    for (document, grows) in &present.managed {
        managed.push(if *grows {
            fill(document, &mut lacking, room.managed)
        } else {
            document.clone()
        });
    }
    let attachments = usize::try_from(room.attachments).unwrap_or(usize::MAX);
    while !lacking.is_empty() && managed.len() < attachments {
        let document = fill(&empty(), &mut lacking, room.managed);
        if document.statements().is_empty() {
            break;
        }
        managed.push(document);
    }
    let inline = fill(&inline, &mut lacking, room.inline);
    if lacking.is_empty() {
        return Ok(packed(inline, managed));
    }
    Err(format!(
        "What is needed takes {} characters: the role has {} left for inline policies, and can have {} managed policies of \
         {} each beside those of others.",
        grouped(device_document(None, grants).size()),
        grouped(room.inline),
        room.attachments,
        grouped(room.managed),
    ))
}

fn empty() -> Document {
    Document::new(Vec::new())
}

fn packed(inline: Document, managed: Vec<Document>) -> Packed {
    Packed {
        packing: if managed.is_empty() {
            Packing::Inline
        } else {
            Packing::Managed
        },
        inline: (!inline.statements().is_empty()).then_some(inline),
        managed,
        widened: None,
    }
}

fn lacking<'a>(present: &DevicePolicies, grants: &'a [Grant]) -> Vec<Lacking<'a>> {
    let mut all = Vec::new();
    for grant in grants {
        let wanted = grant.statement();
        let there: HashSet<String> = present
            .documents()
            .flat_map(Document::statements)
            .filter(|statement| alike(statement, &wanted))
            .flat_map(|statement| texts(statement.field("Resource")))
            .collect();
        let mut arns = texts(wanted.field("Resource"));
        arns.retain(|arn| !there.contains(arn));
        if !arns.is_empty() {
            all.push(Lacking { grant, arns });
        }
    }
    all
}

fn grown(document: &Document, lacking: &[Lacking<'_>]) -> Document {
    lacking.iter().fold(document.clone(), |document, more| {
        added(&document, more.grant, &more.arns)
    })
}

/// The policy with as much of what is lacking as it has room for.
fn fill(document: &Document, lacking: &mut Vec<Lacking<'_>>, room: u32) -> Document {
    let mut document = document.clone();
    for more in lacking.iter_mut() {
        let most = usize::try_from(room / LEAST).unwrap_or(usize::MAX);
        let (mut fits, mut over) = (0, more.arns.len().min(most) + 1);
        while over - fits > 1 {
            let count = fits + (over - fits) / 2;
            let tried = more.arns.get(..count).unwrap_or_default();
            if added(&document, more.grant, tried).size() <= room {
                fits = count;
            } else {
                over = count;
            }
        }
        if fits > 0 {
            let here: Vec<String> = more.arns.drain(..fits).collect();
            document = added(&document, more.grant, &here);
        }
    }
    lacking.retain(|more| !more.arns.is_empty());
    document
}
