//! The policies that grants make, within the characters that a role has left.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::{EngineRole, Grant, engine_grants, role_document};
use crate::permissions::{Document, Statement};

/// The policy of the devices' role: what it says now, and these grants. Nothing is taken out, since devices work with it
/// that other plans have given components: a grant whose statement is there adds its resources to it.
#[must_use]
pub fn device_document(present: Option<&Document>, grants: &[Grant]) -> Document {
    let present = present.cloned();
    let first = present.unwrap_or_else(|| Document::new(Vec::new()));
    grants.iter().fold(first, |document, grant| {
        let arns = grant.resources.iter().map(|resource| resource.arn.clone());
        added(&document, grant, &arns.collect::<Vec<_>>())
    })
}

/// A policy with resources of a grant.
pub(super) fn added(document: &Document, grant: &Grant, arns: &[String]) -> Document {
    let actions: Vec<&str> = grant.actions.iter().map(String::as_str).collect();
    let wanted = |sid: &str, there: Vec<String>| {
        let mut known: HashSet<&str> = HashSet::new();
        let all = there.iter().chain(arns);
        let resources: Vec<String> = all.filter(|arn| known.insert(arn)).cloned().collect();
        Statement::allow(sid, &actions, &resources)
    };
    let fresh = wanted(&grant.sid, Vec::new());
    let mut statements: Vec<Statement> = document.statements().to_vec();
    match statements.iter_mut().find(|there| alike(there, &fresh)) {
        Some(there) => {
            let sid = there.sid().unwrap_or(&grant.sid).to_owned();
            *there = wanted(&sid, texts(there.field("Resource")));
            Document::new(statements)
        }
        // `with` gives a statement whose name is taken another one.
        None => document.with(fresh),
    }
}

/// Whether a statement is one that this app made for such a grant: it allows the same actions, and only resources differ,
/// and the number that its name got where the name was taken.
pub(super) fn alike(there: &Statement, wanted: &Statement) -> bool {
    let actions = |statement: &Statement| -> HashSet<String> {
        texts(statement.field("Action")).into_iter().collect()
    };
    let named = |(there, wanted): (&str, &str)| {
        there
            .strip_prefix(wanted)
            .is_some_and(|number| number.chars().all(|c| c.is_ascii_digit()))
    };
    let fields = ["Sid", "Effect", "Action", "Resource"];
    there.sid().zip(wanted.sid()).is_some_and(named)
        && there.field("Effect") == wanted.field("Effect")
        && there
            .fields()
            .keys()
            .all(|key| fields.contains(&key.as_str()))
        && there.fields().len() == fields.len()
        && actions(there) == actions(wanted)
}

/// A field that is one text or a list of them.
pub(super) fn texts(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::String(text)) => vec![text.clone()],
        Some(Value::Array(list)) => list
            .iter()
            .filter_map(|item| item.as_str().map(str::to_owned))
            .collect(),
        _ => Vec::new(),
    }
}

/// What the engine needs, with targets one by one where they are few and fit into `room` characters, and otherwise any
/// thing; and what that widens, in a sentence.
#[must_use]
pub fn engine_fitting(role: &EngineRole<'_>, room: u32) -> (Vec<Grant>, Option<String>) {
    let named = engine_grants(role);
    if role.things.is_empty() {
        return (named, None);
    }
    if let Some(widened) = role.widened() {
        return (named, Some(widened));
    }
    let size = role_document(&named).size();
    if size <= room {
        return (named, None);
    }
    let any = EngineRole {
        things: &[],
        ..*role
    };
    let widened = format!(
        "The {} targets one by one take {size} characters, and the role has room for {room} in a policy: it may deploy to \
         every thing of the account in {}.",
        role.things.len(),
        role.place.region
    );
    (engine_grants(&any), Some(widened))
}

/// Grants of several lists as one: those of one name together, each resource once for each component.
#[must_use]
pub fn gathered(lists: impl IntoIterator<Item = Vec<Grant>>) -> Vec<Grant> {
    let mut all: Vec<Grant> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut seen = HashSet::new();
    for grant in lists.into_iter().flatten() {
        let place = *places.entry(grant.sid.clone()).or_insert_with(|| {
            all.push(Grant {
                resources: Vec::new(),
                ..grant.clone()
            });
            all.len() - 1
        });
        for resource in grant.resources {
            let key = (place, resource.arn.clone(), resource.component.clone());
            if seen.insert(key)
                && let Some(there) = all.get_mut(place)
            {
                there.resources.push(resource);
            }
        }
    }
    all
}
