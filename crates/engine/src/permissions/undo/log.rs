//! The log of changes, as undoing reads it: what a plan made, and whose a document is that is there now.

use overseed_domain::{Millis, permissions::Document};
use rusqlite::{Row as SqlRow, params};

use crate::{
    Error, Session,
    permissions::kind::{RoleKind, beside},
};

/// A change of the log.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) id: i64,
    pub(super) plan: String,
    pub(super) at: Millis,
    pub(super) operation: String,
    pub(super) summary: String,
    pub(super) role: String,
    pub(super) subject: String,
    pub(super) before: Option<String>,
    pub(super) after: Option<String>,
    /// Whether AWS has done it, or may have. What it refused may still have been done: the answer to an earlier try of
    /// the same call may have been lost.
    pub(super) done: bool,
    /// Whether it was taken back.
    undone: bool,
    /// Whether it takes another one back.
    undoes: bool,
}

/// A document of the role that calls write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Thing {
    /// An inline policy of ours, by its name.
    Inline(String),
    /// A managed policy, by its name.
    Managed(String),
}

/// All changes of one role in the account, by whichever plan, oldest first.
#[derive(Debug)]
pub(super) struct Log(Vec<Row>);

const COLUMNS: &str = "change.id, change.plan, change.at, change.operation, change.summary, change.role,
    change.subject, change.before, change.after, coalesce(change.outcome, 'done') = 'done', change.undone,
    change.undoes IS NOT NULL";

fn row(row: &SqlRow<'_>) -> rusqlite::Result<Row> {
    Ok(Row {
        id: row.get(0)?,
        plan: row.get(1)?,
        at: Millis(row.get(2)?),
        operation: row.get(3)?,
        summary: row.get(4)?,
        role: row.get(5)?,
        subject: row.get(6)?,
        before: row.get(7)?,
        after: row.get(8)?,
        done: row.get(9)?,
        undone: row.get(10)?,
        undoes: row.get(11)?,
    })
}

/// What was changed for a plan and was not taken back, newest first.
pub(super) async fn made(session: &Session, plan: &str) -> Result<Vec<Row>, Error> {
    let (scope, plan) = (session.scope, plan.to_owned());
    session
        .store()
        .read(move |c| {
            // Without an outcome nobody knows whether it was done: it is looked at as well. Old versions of policies
            // cannot be brought back under their number; nothing depends on them.
            let mut query = c.prepare(&format!(
                "SELECT {COLUMNS} FROM change
                 WHERE scope = ?1 AND plan = ?2 AND undoes IS NULL AND undone = 0 AND role IS NOT NULL
                   AND operation <> 'iam:DeletePolicyVersion'
                 ORDER BY id DESC",
            ))?;
            let rows = query.query_map(params![scope, plan], row)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
        .await
}

impl Row {
    /// The document of the role that the call writes.
    pub(super) fn thing(&self) -> Option<Thing> {
        match self.operation.as_str() {
            "iam:PutRolePolicy" | "iam:DeleteRolePolicy" => {
                Some(Thing::Inline(self.inline().to_owned()))
            }
            "iam:CreatePolicy" | "iam:CreatePolicyVersion" | "iam:DeletePolicy" => {
                Some(Thing::Managed(self.policy().to_owned()))
            }
            _ => None,
        }
    }

    /// The name of the inline policy that the call is about: it stands behind the role's, but for V1's.
    fn inline(&self) -> &str {
        let subject = self.subject.strip_prefix(self.role.as_str());
        subject
            .and_then(|rest| rest.strip_prefix('/'))
            .unwrap_or(RoleKind::Execution.policy())
    }

    /// The name of the managed policy that the call is about.
    pub(super) fn policy(&self) -> &str {
        self.subject.rsplit('/').next().unwrap_or(&self.subject)
    }

    /// Whether it was made for a plan and is not taken back.
    const fn stands(&self) -> bool {
        !self.undone && !self.undoes
    }
}

impl Log {
    /// Roles are the account's: runs of all Regions count.
    pub(super) async fn of(session: &Session, role: &str) -> Result<Self, Error> {
        let (scope, role) = (session.scope, role.to_owned());
        session
            .store()
            .read(move |c| {
                let mut query = c.prepare(&format!(
                    "SELECT {COLUMNS} FROM change
                       JOIN scope here ON here.id = ?1
                       JOIN scope there ON there.id = change.scope AND there.partition = here.partition
                            AND there.account = here.account AND there.sandbox = here.sandbox
                     WHERE change.role = ?2 AND change.operation <> 'iam:DeletePolicyVersion'
                     ORDER BY change.id",
                ))?;
                let rows = query.query_map(params![scope, role], row)?;
                Ok(Self(rows.collect::<Result<_, _>>()?))
            })
            .await
    }

    /// The plan whose document is there now: the newest change that stands and wrote just that.
    pub(super) fn owner(&self, thing: &Thing, present: Option<&Document>) -> Option<&str> {
        let wrote = |row: &&Row| {
            row.stands()
                && row.thing().as_ref() == Some(thing)
                && same(present, document(row.after.as_deref()).as_ref())
        };
        self.0.iter().rev().find(wrote).map(|row| row.plan.as_str())
    }

    /// The names of all inline policies that this app has ever written for the role, or that managed policies which it
    /// has written stand beside.
    pub(super) fn policies(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for row in &self.0 {
            let name = match row.thing() {
                Some(Thing::Inline(name)) => Some(name),
                _ => beside(row.policy(), &row.role),
            };
            if let Some(name) = name.filter(|name| !names.contains(name)) {
                names.push(name);
            }
        }
        names
    }

    /// What was there before a plan's first change that stands, and before all documents of this app under it: none of
    /// another plan comes back. What devices of other plans still work with does, unless that was taken back as well.
    pub(super) fn origin(&self, thing: &Thing, plan: &str) -> Option<Document> {
        let of = |row: &&Row| row.thing().as_ref() == Some(thing);
        let of_devices = {
            let policy = match thing {
                Thing::Inline(name) => Some(name.clone()),
                Thing::Managed(name) => self.0.first().and_then(|row| beside(name, &row.role)),
            };
            policy.as_deref() == Some(RoleKind::Device.policy())
        };
        let first = self
            .0
            .iter()
            .filter(of)
            .find(|row| row.stands() && row.plan == plan)?;
        let (mut before, mut id) = (document(first.before.as_deref()), first.id);
        while before.is_some() {
            let wrote = |row: &&Row| {
                row.id < id
                    && !(of_devices && row.stands())
                    && same(before.as_ref(), document(row.after.as_deref()).as_ref())
            };
            let Some(row) = self.0.iter().rev().filter(of).find(wrote) else {
                break;
            };
            (before, id) = (document(row.before.as_deref()), row.id);
        }
        before
    }

    /// Whether this app made a managed policy, as far as this computer knows.
    pub(super) fn made_policy(&self, name: &str) -> bool {
        let made =
            |row: &Row| row.operation == "iam:CreatePolicy" && !row.undoes && row.policy() == name;
        self.0.iter().any(made)
    }

    /// The role was made for another plan, of which all else was taken back: then it was left for those that worked with
    /// it.
    pub(super) fn left_roles(&self, plan: &str) -> Vec<Row> {
        let left = |row: &&Row| {
            let alike = |other: &&Row| other.plan == row.plan && !other.undoes;
            row.operation == "iam:CreateRole"
                && row.stands()
                && row.plan != plan
                && self.0.iter().filter(alike).any(|other| other.undone)
                && self
                    .0
                    .iter()
                    .filter(alike)
                    .all(|other| other.undone || other.id == row.id)
        };
        self.0.iter().filter(left).cloned().collect()
    }
}

/// Whether both say the same, or neither is there.
pub(super) fn same(a: Option<&Document>, b: Option<&Document>) -> bool {
    match (a, b) {
        (None, None) => true,
        (Some(a), Some(b)) => a.same_meaning(b),
        _ => false,
    }
}

pub(super) fn document(text: Option<&str>) -> Option<Document> {
    text.and_then(|text| Document::parse(text).ok())
}
