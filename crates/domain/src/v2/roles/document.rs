//! The policies that grants make, within the characters that a role has left.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::{EngineRole, Grant, engine_grants, role_document};
use crate::permissions::{Document, Statement};

/// The policy of the devices' role: what it says now, and these grants. Nothing is taken out, since devices work with it
/// that other plans have given components: a grant whose statement is there adds its resources to it.
#[must_use]
pub fn device_document(present: Option<&Document>, grants: &[Grant]) -> Document {
    let Some(present) = present else {
        return role_document(grants);
    };
    let mut statements: Vec<Statement> = present.statements().to_vec();
    let mut new = Vec::new();
    for grant in grants {
        let wanted = grant.statement();
        let alike = statements.iter_mut().find(|there| is_alike(there, &wanted));
        match alike {
            Some(there) => {
                let mut resources = texts(there.field("Resource"));
                for arn in texts(wanted.field("Resource")) {
                    if !resources.contains(&arn) {
                        resources.push(arn);
                    }
                }
                let actions = texts(wanted.field("Action"));
                let actions: Vec<&str> = actions.iter().map(String::as_str).collect();
                *there = Statement::allow(&grant.sid, &actions, &resources);
            }
            None => new.push(wanted),
        }
    }
    // `with` gives a statement whose name is taken another one.
    new.into_iter()
        .fold(Document::new(statements), |document, statement| {
            document.with(statement)
        })
}

/// Whether a statement is one that this app made for such a grant: it allows the same actions, and only resources differ.
fn is_alike(there: &Statement, wanted: &Statement) -> bool {
    let actions = |statement: &Statement| -> HashSet<String> {
        texts(statement.field("Action")).into_iter().collect()
    };
    let fields = ["Sid", "Effect", "Action", "Resource"];
    there.sid() == wanted.sid()
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
        "The {} targets one by one take {size} characters, and {room} are left for inline policies of this role: it may \
         deploy to every thing of the account in {}.",
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
