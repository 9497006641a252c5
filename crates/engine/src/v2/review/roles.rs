//! The checks of roles and rights: whether the devices' role and the state machine's suffice, and whether the caller may.

use std::sync::Arc;

use crate::{
    Error, Session,
    job::Progress,
    permissions::{Requirement, RequirementState, RoleKind},
    plan::PlanHeader,
    review::{Check, CheckState, checks::told},
    v2::{
        permissions::{DevicePermissions, Recipes, RolePermissions, RolesNeeded, device_check_for},
        plan::Whole,
    },
};

/// The checks of what a plan needs.
///
/// # Errors
/// [`Error::Cancelled`].
pub(super) async fn checks(
    session: &Session,
    plan: PlanHeader,
    whole: &Arc<Whole>,
    recipes: &Recipes,
    progress: &Progress,
) -> Result<Vec<Check>, Error> {
    let looked = async {
        let needed = RolesNeeded::of_whole(session, plan, whole, recipes, progress).await?;
        device_check_for(session, &needed, progress).await
    };
    match looked.await {
        Ok(permissions) => Ok(of(&permissions)),
        Err(Error::Cancelled) => Err(Error::Cancelled),
        Err(error) => {
            let state = match &error {
                Error::Problem(_) => CheckState::Fail,
                _ => CheckState::NotChecked,
            };
            let title = "The roles suffice";
            Ok(vec![
                Check::new("role", title, state, told(&error.problem())).step("permissions"),
            ])
        }
    }
}

fn of(permissions: &DevicePermissions) -> Vec<Check> {
    let mut checks: Vec<Check> = permissions.roles.iter().map(role).collect();
    checks.extend(permissions.caller.iter().map(|requirement| {
        let state = match requirement.now {
            RequirementState::Yes => CheckState::Pass,
            RequirementState::No => CheckState::Fail,
            RequirementState::NotYet => CheckState::Warn,
            RequirementState::NotChecked => CheckState::NotChecked,
        };
        let detail = requirement.detail.clone();
        Check::new(&requirement.id, &requirement.title, state, detail).step("permissions")
    }));
    checks
}

fn role(role: &RolePermissions) -> Check {
    let (id, title) = match role.kind {
        RoleKind::Device | RoleKind::Execution => (
            "device_role",
            "The devices' role allows what the components need",
        ),
        RoleKind::Engine => ("role", "The state machine's role suffices"),
    };
    let having = |state: RequirementState| -> Vec<&Requirement> {
        let all = role.requirements.iter();
        all.filter(|requirement| requirement.now == state).collect()
    };
    let (no, not_yet, unknown) = (
        having(RequirementState::No),
        having(RequirementState::NotYet),
        having(RequirementState::NotChecked),
    );
    let lacking: Vec<&Requirement> = no.iter().chain(&not_yet).copied().collect();
    let (state, detail) = if lacking.is_empty() && unknown.is_empty() {
        (CheckState::Pass, role.role_arn.clone())
    } else if lacking.is_empty() {
        let detail = format!(
            "{} could not be looked at whole. {}",
            role.role,
            words(&unknown)
        );
        (CheckState::NotChecked, detail)
    } else {
        let mend = match role.kind {
            RoleKind::Engine if no.is_empty() => "The run makes it so when it begins, if you may.",
            RoleKind::Engine => "The run can't make it so: see the permissions step.",
            _ => {
                "Devices may fail to get their components. Apply the changes of the permissions step, or check that the \
                  devices use another role."
            }
        };
        // Which role devices use is said by their configuration, which is not in the account.
        let state = if role.kind == RoleKind::Engine && !no.is_empty() {
            CheckState::Fail
        } else {
            CheckState::Warn
        };
        (state, format!("{}: {} {mend}", role.role, words(&lacking)))
    };
    Check::new(id, title, state, detail).step("permissions")
}

fn words(requirements: &[&Requirement]) -> String {
    let told: Vec<String> = requirements
        .iter()
        .map(|requirement| match requirement.now {
            RequirementState::No => format!("Not so: {}.", requirement.title),
            RequirementState::NotYet => format!("Not yet: {}.", requirement.title),
            _ => format!("{}: {}", requirement.title, requirement.detail),
        })
        .collect();
    told.join(" ")
}
