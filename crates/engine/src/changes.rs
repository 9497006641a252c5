//! The log of calls that change something in the account: the intent is in the store before the call, the
//! outcome after it. An entry without outcome is one that a crash cut off.

use overseed_domain::Millis;
use rusqlite::params;

use crate::{Error, Session};

/// What is about to be done.
#[derive(Debug, Clone, Default)]
pub struct Intent {
    /// The plan (and run) it belongs to.
    pub plan: String,
    /// The call, such as `iam:PutRolePolicy`.
    pub operation: &'static str,
    /// What it is about, in a sentence.
    pub summary: String,
    /// What is there now, where there is something to go back to.
    pub before: Option<String>,
    /// What is asked for.
    pub after: Option<String>,
    /// Of a change of permissions: the execution role's name.
    pub role: Option<String>,
    /// And what is changed: a role's name, a policy's ARN, a bucket.
    pub subject: Option<String>,
    /// The change that this one takes back.
    pub undoes: Option<i64>,
}

/// An intent in the store, waiting for its outcome.
#[derive(Debug, Clone, Copy)]
pub struct Intended(i64);

/// Writes down what is about to be done.
///
/// # Errors
/// Those of the store: without this row the call must not be made.
pub async fn intend(session: &Session, intent: Intent) -> Result<Intended, Error> {
    let (scope, at) = (session.scope, session.clock().now());
    let identity = session.connection.identity.clone();
    session
        .store()
        .write(move |tx| {
            tx.execute(
                "INSERT INTO change (scope, plan, at, operation, summary, identity, before, after, role, subject, undoes)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
                params![
                    scope,
                    intent.plan,
                    at.0,
                    intent.operation,
                    intent.summary,
                    identity,
                    intent.before,
                    intent.after,
                    intent.role,
                    intent.subject,
                    intent.undoes
                ],
            )?;
            Ok(Intended(tx.last_insert_rowid()))
        })
        .await
}

/// Writes down how the call ended: its request id, or the error.
///
/// # Errors
/// Those of the store.
pub async fn ended(
    session: &Session,
    intended: Intended,
    result: Result<Option<String>, &overseed_aws::Error>,
) -> Result<(), Error> {
    let at: Millis = session.clock().now();
    let (outcome, request_id, detail) = match result {
        Ok(request_id) => ("done", request_id, None),
        Err(error) => ("failed", error.request_id.clone(), Some(error.to_string())),
    };
    session
        .store()
        .write(move |tx| {
            tx.execute(
                "UPDATE change SET outcome = ?2, ended_at = ?3, request_id = ?4, detail = ?5 WHERE id = ?1",
                params![intended.0, outcome, at.0, request_id, detail],
            )?;
            Ok(())
        })
        .await
}
