//! The roles to choose from.

use overseed_domain::Millis;
use overseed_domain::permissions::{Answer, Document, Place};

use super::{needs, trusted::Trusted, wire::Role};
use crate::{Error, Session};

/// The account's roles whose name or ARN contains a text, those that Greengrass may assume first. Service-linked roles
/// are left out: nobody can change or pass them.
///
/// # Errors
/// Those of ListRoles.
pub async fn roles_list(session: &Session, text: &str) -> Result<Vec<Role>, Error> {
    let place = needs::place(session);
    let now = session.clock().now();
    let wanted = text.trim().to_lowercase();
    let mut roles: Vec<Role> = session
        .clients
        .list_roles()
        .await?
        .into_iter()
        .filter(|role| !role.arn.contains(":role/aws-service-role/"))
        .filter(|role| role.arn.to_lowercase().contains(&wanted))
        .map(|role| Role {
            trusted: trusted(&role.trust, &place, &role.arn, now),
            name: role.name,
            arn: role.arn,
        })
        .collect();
    roles.sort_by(|a, b| b.trusted.cmp(&a.trusted).then_with(|| a.name.cmp(&b.name)));
    Ok(roles)
}

fn trusted(trust: &str, place: &Place, arn: &str, now: Millis) -> bool {
    Document::parse(trust).is_ok_and(|trust| {
        Trusted::execution(place).may_assume(&trust, arn, now) == Answer::Allowed
    })
}
