//! The checks of what makes the deployments: whether it can, and what it needs.

use super::named_role;
use crate::{
    Session, buckets,
    review::{Check, CheckState, checks::told},
    v2::plan::{DIRECT_TARGETS, PlanV2, Way},
};
use overseed_domain::figures::grouped;

/// Things that this app puts into a thing group at most: ten a second, which is most of an hour.
const GROUP_TARGETS: u32 = 20_000;

/// Targets of the direct way beyond which it is told that another one suits better.
const DIRECT_MANY: u32 = 10 * DIRECT_TARGETS;

/// How a plan, or what a draft comes to, is carried out.
pub(super) struct CarriedOut<'a> {
    /// As chosen, or as proposed.
    pub(super) v2: PlanV2,
    pub(super) bucket: &'a str,
    pub(super) targets: u32,
    /// Whether all targets get one and the same.
    pub(super) one_outcome: bool,
    /// Targets whose own deployment a thing group's would contradict.
    pub(super) contradict_own: u32,
}

/// The checks of the way.
pub(super) async fn checks(session: &Session, plan: &CarriedOut<'_>) -> Vec<Check> {
    match plan.v2.way {
        Way::Direct => vec![direct(plan)],
        Way::ThingGroup => vec![thing_group(plan)],
        Way::StepFunctions => {
            vec![step_functions(&plan.v2), bucket(session, plan.bucket).await]
        }
    }
}

/// ARN of the role by its name, where the way has one.
pub(super) fn role_arn(session: &Session, typed: &str, way: Way) -> String {
    match way {
        Way::StepFunctions => named_role(session, typed),
        Way::Direct | Way::ThingGroup => String::new(),
    }
}

fn check(state: CheckState, detail: String) -> Check {
    let title = "The way of making the deployments suits the plan";
    Check::new("way", title, state, detail).step("rollout")
}

fn direct(plan: &CarriedOut<'_>) -> Check {
    let open = format!(
        "The app makes the deployments itself and has to stay open until they are made, about {} min; closed or \
         killed it goes on when it is opened again.",
        grouped((plan.targets / 300).max(1))
    );
    if plan.targets > DIRECT_MANY {
        let more = "Step Functions would go on without it.";
        return check(CheckState::Warn, format!("{open} {more}"));
    }
    check(CheckState::Pass, open)
}

fn thing_group(plan: &CarriedOut<'_>) -> Check {
    if plan.targets > 0 && !plan.one_outcome {
        let detail = "A thing group's deployment is the same for all of its things, but these devices would get \
                      different ones. Let the app or Step Functions make the deployments, or want the same of all.";
        return check(CheckState::Fail, detail.to_owned());
    }
    if plan.contradict_own > 0 {
        return check(
            CheckState::Fail,
            format!(
                "{} devices have a deployment of their own that a thing group's would contradict: it is added to that, \
                 and can neither remove nor change what it has. Let the app or Step Functions make the deployments.",
                grouped(plan.contradict_own)
            ),
        );
    }
    let detail = "A thing group is made for each wave and stays: whatever is put into it later gets the deployment too.";
    let state = if plan.targets > GROUP_TARGETS {
        CheckState::Warn
    } else {
        CheckState::Pass
    };
    check(
        state,
        format!(
            "{detail} Putting the devices into it takes about {} min.",
            grouped((plan.targets / 300).max(1))
        ),
    )
}

fn step_functions(v2: &PlanV2) -> Check {
    let detail = format!(
        "A state machine makes the deployments and goes on without the app, {} core devices at once to begin with.",
        v2.concurrency
            .unwrap_or(overseed_domain::v2::state_machine::FIRST_CONCURRENCY)
    );
    check(CheckState::Pass, detail)
}

/// The bucket is there, in this Region, and can be read by the state machine.
async fn bucket(session: &Session, name: &str) -> Check {
    let check = |state, detail| {
        let title = "The state machine can read from the bucket and write to it";
        Check::new("bucket", title, state, detail).step("rollout")
    };
    if name.is_empty() {
        return check(CheckState::Fail, "No bucket is chosen.".to_owned());
    }
    let found = match buckets::bucket_check(session, name).await {
        Ok(found) => found,
        Err(error) => return check(CheckState::Fail, told(&error.problem())),
    };
    if !found.problems.is_empty() {
        let problems: Vec<String> = found.problems.iter().map(told).collect();
        return check(CheckState::Fail, problems.join(" "));
    }
    match (found.region, found.encryption) {
        (Some(region), Some(encryption)) => check(
            CheckState::Pass,
            format!("{name} is in {region}; encryption: {encryption}."),
        ),
        _ => check(
            CheckState::NotChecked,
            format!(
                "You may not look at {name} closely: it has to be in {}, and not encrypted with a KMS key.",
                session.connection.region
            ),
        ),
    }
}
