//! Other runs that work with the same role: our policies are the role's, not the plan's.

use rusqlite::params;

use super::wire::Permissions;
use crate::{Error, Session};

/// One sentence for each run that has not ended and uses the role that is about to be changed.
pub(super) async fn warnings(
    session: &Session,
    permissions: &Permissions,
    plan: &str,
) -> Result<Vec<String>, Error> {
    if permissions.changes.is_empty() {
        return Ok(Vec::new());
    }
    let (scope, plan) = (session.scope, plan.to_owned());
    let role = permissions.role_arn.clone();
    let names: Vec<String> = session
        .store()
        .read(move |c| {
            let mut query = c.prepare(
                "SELECT name FROM run WHERE scope = ?1 AND id <> ?2 AND ended_at IS NULL
                   AND settings ->> 'roleArn' = ?3 ORDER BY ordinal",
            )?;
            let rows = query.query_map(params![scope, plan, role], |row| row.get(0))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
        .await?;
    let warn = |name: String| {
        format!(
            "The run {name} has not ended and works with this role. Our policies will name the groups of this plan only: \
             apply the changes after that run has ended, or its remaining groups will be refused."
        )
    };
    Ok(names.into_iter().map(warn).collect())
}
