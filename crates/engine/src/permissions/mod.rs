//! Execution role, its policies, trust and the caller's rights: now beside proposed, applied change by change.

mod apply;
mod caller;
mod evaluate;
mod found;
mod hand_over;
mod judge;
mod needs;
mod policy;
mod roles;
mod wire;

pub use apply::{apply_for, permissions_apply};
pub use hand_over::{hand_over_for, permissions_hand_over};
pub use needs::Needs;
pub(crate) use needs::place;
pub use roles::roles_list;
pub use wire::{
    ChangeOutcome, HandOver, Packing, PermissionChange, Permissions, Requirement, RequirementState,
    Role,
};

use crate::{Error, Session};

/// What the draft's role has to be allowed, and what of it is so now.
///
/// # Errors
/// A role, bucket or file that is missing from the draft; a broken connection. What the caller may not look at is
/// no error: the requirement says so.
pub async fn permissions_check(session: &Session) -> Result<Permissions, Error> {
    let needs = Needs::of_draft(session).await?;
    check_for(session, &needs).await
}

/// The same for a plan.
///
/// # Errors
/// An invalid role name; a broken connection.
pub async fn check_for(session: &Session, needs: &Needs) -> Result<Permissions, Error> {
    let judged = judge::look(session, needs).await?;
    Ok(judged.permissions)
}
