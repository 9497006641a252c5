//! Execution role, its policies, trust and the caller's rights: now beside proposed, applied change by change.

pub(crate) mod apply;
pub(crate) mod asked;
pub(crate) mod asking;
mod call_words;
pub(crate) mod caller;
pub(crate) mod calls;
mod commands;
pub(crate) mod found;
mod hand_over;
pub(crate) mod in_use;
pub(crate) mod judge;
pub(crate) mod kind;
pub(crate) mod needs;
pub(crate) mod policy;
mod roles;
mod save;
pub(crate) mod trusted;
pub(crate) mod undo;
mod wire;

pub use apply::{apply_for, permissions_apply};
pub(crate) use commands::{Command, commands};
pub(crate) use hand_over::{Combined, combined};
pub use hand_over::{
    hand_over_for, listed_groups, permissions_hand_over, permissions_show, typed_place,
};
pub use kind::RoleKind;
pub use needs::Needs;
pub(crate) use needs::{place, possible_role};
pub use roles::roles_list;
pub use save::permissions_save;
pub use undo::{permissions_undo, undo_for};
pub use wire::{
    ChangeOutcome, HandOver, Made, MayI, Pack, Packing, PackingChoice, PermissionChange,
    Permissions, ReadBy, Requirement, RequirementState, Role, Undone,
};

use crate::{Error, Session, draft};

/// What the draft's role has to be allowed, and what of it is so now.
///
/// # Errors
/// A role, bucket or file that is missing from the draft; a broken connection. What the caller may not look at is
/// no error: the requirement says so.
pub async fn permissions_check(session: &Session) -> Result<Permissions, Error> {
    let needs = Needs::of_draft(session).await?;
    let plan = draft::draft_get(session).await?.plan;
    check_for(session, &needs, &plan).await
}

/// The same for a plan.
///
/// # Errors
/// An invalid role name; a broken connection.
pub async fn check_for(session: &Session, needs: &Needs, plan: &str) -> Result<Permissions, Error> {
    let judged = judge::look(session, needs, plan).await?;
    let warnings = in_use::warnings(session, &judged, plan).await?;
    let mut permissions = judged.permissions;
    permissions.made = undo::made(session, plan).await?;
    permissions.warnings.extend(warnings);
    Ok(permissions)
}
