//! The role's permission policy: what its policies allow now, and the one that this app would put.

use overseed_domain::permissions::{
    Document, POLICY_NAME, Packing, Place, execution, object_arn, wildcard_arn,
};

use super::{
    evaluate::{Answer, Asker, Rules},
    found::{Found, Reading},
    needs::Needs,
    wire::{PermissionChange, RequirementState},
};

/// State, what was found, and the change that mends it.
type Verdict = (RequirementState, String, Option<&'static str>);

/// The part of the judgement that is about the role's permissions.
pub(super) struct Policy {
    pub(super) deploy: Verdict,
    pub(super) read: Verdict,
    pub(super) proposal: Option<(PermissionChange, Document)>,
    pub(super) packing: Packing,
    pub(super) widened: Option<String>,
}

/// What the policies say of one need.
#[derive(Debug, PartialEq, Eq)]
enum Grant {
    Whole,
    /// Why not.
    Lacking(String),
    Unclear(String),
}

/// Judges deploying and reading, and proposes our policy where one of them is missing.
pub(super) fn policy_of(place: &Place, role: &str, found: &Found, needs: &Needs) -> Policy {
    let room = found.inline_limit.saturating_sub(found.others_size());
    let made = execution(place, &needs.groups, &needs.bucket, &needs.prefix, room);
    let size = made.document.size();
    let fits = size <= room;
    let ours = match &found.policies {
        Reading::Read(policies) => policies.iter().find(|policy| policy.is_ours()),
        Reading::Unreadable(_) => None,
    };
    let proposal = || PermissionChange {
        id: "policy".into(),
        title: match ours {
            None => format!("Add the inline policy {POLICY_NAME}; all other policies stay"),
            Some(_) => format!("Replace the inline policy {POLICY_NAME}; all other policies stay"),
        },
        operation: "iam:PutRolePolicy".into(),
        before: ours.map(|policy| policy.document.canonical()),
        after: made.document.canonical(),
        size,
        limit: room,
        outcome: None,
    };
    let others = match &found.policies {
        Reading::Unreadable(reason) => {
            let detail = format!("The role's policies could not be looked at. {reason}");
            let unknown = || {
                (
                    RequirementState::NotChecked,
                    detail.clone(),
                    fits.then_some("policy"),
                )
            };
            return Policy {
                deploy: unknown(),
                read: unknown(),
                proposal: fits.then(|| (proposal(), made.document.clone())),
                packing: made.packing,
                widened: made.widened,
            };
        }
        Reading::Read(policies) => policies,
    };
    let asker = Asker::Role(role);
    let now = Rules::read(others.iter().map(|policy| &policy.document), asker);
    let then = Rules::read(
        others
            .iter()
            .filter(|policy| !policy.is_ours())
            .map(|policy| &policy.document)
            .chain([&made.document]),
        asker,
    );
    let bucket = match &found.bucket_policy {
        Reading::Read(document) => Rules::read(document, asker),
        Reading::Unreadable(_) => Rules::default(),
    };
    let context = context(place, role);
    let deploy_now = may_deploy(&now, place, asker, needs, &context);
    let read_now = may_read(&now, &bucket, place, asker, needs, &context);
    // With our policy in place nothing is lost that is granted now.
    let deploy_then = match deploy_now {
        Grant::Whole => Grant::Whole,
        _ => may_deploy(&then, place, asker, needs, &context),
    };
    let suffices = deploy_now == Grant::Whole && read_now == Grant::Whole;
    let boundary = match &found.role {
        Reading::Read(Some(role)) => role.boundary.as_deref(),
        _ => None,
    };
    let judge = |now: Grant, then: Grant, yes: String| -> Verdict {
        match (now, then) {
            (Grant::Whole, _) => match boundary {
                None => (RequirementState::Yes, yes, None),
                Some(boundary) => (
                    RequirementState::NotChecked,
                    format!(
                        "{yes} But the role has a permissions boundary that may take it away: {boundary}."
                    ),
                    None,
                ),
            },
            (Grant::Lacking(reason), Grant::Whole) if fits => {
                (RequirementState::NotYet, reason, Some("policy"))
            }
            (Grant::Lacking(reason), Grant::Whole) => (
                RequirementState::No,
                format!(
                    "{reason} The policy for it has {size} characters, and the role's other inline policies leave {room} of \
                     {}. Choose another role.",
                    found.inline_limit
                ),
                None,
            ),
            (_, Grant::Lacking(reason)) => (RequirementState::No, reason, None),
            (Grant::Unclear(reason), _) | (_, Grant::Unclear(reason)) => {
                (RequirementState::NotChecked, reason, None)
            }
        }
    };
    let count = needs.groups.count();
    let deploy = judge(
        deploy_now,
        deploy_then,
        format!("Its policies allow greengrass:CreateDeployment on all {count} groups."),
    );
    let mut read = judge(
        read_now,
        may_read(&then, &bucket, place, asker, needs, &context),
        format!(
            "Allowed: s3:GetObject on {}.",
            object_arn(place.partition, &needs.bucket, &needs.prefix)
        ),
    );
    if let Reading::Unreadable(reason) = &found.bucket_policy {
        read.1.push_str(&format!(
            " The bucket's own policy could not be looked at. {reason}"
        ));
    }
    let mends = [&deploy, &read].iter().any(|verdict| verdict.2.is_some());
    Policy {
        deploy,
        read,
        proposal: mends.then(|| (proposal(), made.document.clone())),
        packing: made.packing,
        widened: if suffices { None } else { made.widened },
    }
}

/// What is true of a request that Greengrass makes in the role's name.
fn context<'a>(place: &'a Place, role: &'a str) -> Vec<(&'static str, &'a str)> {
    vec![
        ("aws:PrincipalArn", role),
        ("aws:PrincipalAccount", &place.account),
        ("aws:PrincipalType", "AssumedRole"),
        ("aws:ResourceAccount", &place.account),
        ("s3:ResourceAccount", &place.account),
        ("aws:RequestedRegion", &place.region),
        ("aws:SecureTransport", "true"),
    ]
}

/// Each group that is kept, and the pattern for all groups where not all are.
fn may_deploy(
    rules: &Rules,
    place: &Place,
    asker: Asker<'_>,
    needs: &Needs,
    context: &[(&str, &str)],
) -> Grant {
    const ACTION: &str = "greengrass:CreateDeployment";
    let groups = &needs.groups;
    let mut lacking = 0_u32;
    let mut first: Option<(String, Answer)> = None;
    let pattern = (!groups.complete()).then(|| wildcard_arn(place));
    for arn in pattern
        .into_iter()
        .chain(groups.ids().iter().map(|id| place.group_arn(id)))
    {
        match rules.ask(asker, ACTION, &arn, context) {
            Answer::Allowed => {}
            Answer::Unclear(reason) => {
                return Grant::Unclear(format!("A statement cannot be evaluated: {reason}"));
            }
            answer => {
                lacking += 1;
                first.get_or_insert((arn, answer));
            }
        }
    }
    let Some((arn, answer)) = first else {
        return Grant::Whole;
    };
    let how = if answer == Answer::Denied {
        "denied by a statement"
    } else {
        "not allowed"
    };
    Grant::Lacking(if groups.complete() {
        format!(
            "{ACTION} is {how} on {lacking} of {} groups, such as {arn}.",
            groups.count()
        )
    } else {
        format!("{ACTION} is {how} on {arn}.")
    })
}

/// Within an account the role's policies or the bucket's may allow it, and either may deny it (IAM, "Policy evaluation
/// logic").
fn may_read(
    rules: &Rules,
    bucket: &Rules,
    place: &Place,
    asker: Asker<'_>,
    needs: &Needs,
    context: &[(&str, &str)],
) -> Grant {
    const ACTION: &str = "s3:GetObject";
    let arn = object_arn(place.partition, &needs.bucket, &needs.prefix);
    // Asked of the pattern: the next plan's file is to be readable as well.
    let asked = arn
        .replace("${*}", "*")
        .replace("${?}", "?")
        .replace("${$}", "$");
    let ask = |rules: &Rules| rules.ask(asker, ACTION, &asked, context);
    match (ask(rules), ask(bucket)) {
        (Answer::Denied, _) => {
            Grant::Lacking(format!("A policy of the role denies {ACTION} on {arn}."))
        }
        (_, Answer::Denied) => {
            Grant::Lacking(format!("The bucket's policy denies {ACTION} on {arn}."))
        }
        (Answer::Unclear(reason), _) | (_, Answer::Unclear(reason)) => {
            Grant::Unclear(format!("A statement cannot be evaluated: {reason}"))
        }
        (Answer::Allowed, _) | (_, Answer::Allowed) => Grant::Whole,
        (Answer::Silent, Answer::Silent) => {
            Grant::Lacking(format!("No policy allows {ACTION} on {arn}."))
        }
    }
}

#[cfg(test)]
mod tests;
