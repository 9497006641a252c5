//! From what there is and what is needed: what holds, what is missing, and which changes mend it.

use overseed_domain::arn::role_arn;
use overseed_domain::permissions::{Document, GREENGRASS, Place, trust, trust_statement};

pub(super) use super::evaluate::Answer;
use super::{
    caller::Caller,
    evaluate::{Asker, Rules},
    found::{Found, Reading, RoleFound},
    needs::{self, Needs},
    policy::{self, Policy},
    wire::{PermissionChange, Permissions, Requirement, RequirementState},
};
use crate::{Error, Session};

/// A change with all that its call needs.
#[derive(Debug, Clone)]
pub(super) enum Call {
    /// CreateRole with this trust policy.
    CreateRole(Document),
    /// UpdateAssumeRolePolicy.
    UpdateTrust(Document),
    /// PutRolePolicy.
    PutPolicy(Document),
}

/// What was found, what follows from it.
#[derive(Debug, Clone)]
pub(super) struct Judged {
    pub(super) place: Place,
    pub(super) name: String,
    pub(super) found: Found,
    pub(super) caller: Caller,
    pub(super) permissions: Permissions,
    /// One for each of `permissions.changes`.
    pub(super) calls: Vec<Call>,
}

/// Looks at everything and judges it.
pub(super) async fn look(session: &Session, needs: &Needs) -> Result<Judged, Error> {
    let place = needs::place(session);
    let name = needs.role_name(&place)?.to_owned();
    let found = Found::read(&session.clients, &name, &needs.bucket).await?;
    let arn = arn_of(&found, &place, &name);
    let caller = Caller::ask(&session.clients, &session.connection, &place, &arn).await?;
    again(place, name, found, caller, needs).await
}

/// Judges what is known, without a look at the account. Thousands of groups are evaluated: off the async threads.
pub(super) async fn again(
    place: Place,
    name: String,
    found: Found,
    caller: Caller,
    needs: &Needs,
) -> Result<Judged, Error> {
    let needs = needs.clone();
    Ok(tokio::task::spawn_blocking(move || judge(place, name, found, caller, &needs)).await?)
}

fn arn_of(found: &Found, place: &Place, name: &str) -> String {
    match &found.role {
        Reading::Read(Some(role)) => role.arn.clone(),
        _ => role_arn(place.partition, &place.account, name),
    }
}

fn judge(place: Place, name: String, found: Found, caller: Caller, needs: &Needs) -> Judged {
    let arn = arn_of(&found, &place, &name);
    let mut changes = Vec::new();
    let mut calls = Vec::new();
    let mut propose = |change, call| {
        changes.push(change);
        calls.push(call);
    };
    let (role, trusts) = match &found.role {
        Reading::Read(None) => {
            let document = trust(&place);
            propose(
                PermissionChange {
                    id: "role".into(),
                    title: format!("Create the role {name}, which Greengrass may assume"),
                    operation: "iam:CreateRole".into(),
                    before: None,
                    after: document.canonical(),
                    size: document.size(),
                    limit: found.trust_limit,
                    outcome: None,
                },
                Call::CreateRole(document),
            );
            let missing = format!("There is no role {name} in this account yet.");
            let later = "The role will be made so that Greengrass may assume it.".to_owned();
            (
                (RequirementState::NotYet, missing, Some("role")),
                (RequirementState::NotYet, later, Some("role")),
            )
        }
        Reading::Read(Some(role)) => {
            let (state, detail, document) = trust_of(role, &place, found.trust_limit);
            if let Some(document) = &document {
                propose(
                    PermissionChange {
                        id: "trust".into(),
                        title: format!("Let Greengrass assume {name}; all other statements stay"),
                        operation: "iam:UpdateAssumeRolePolicy".into(),
                        before: Some(role.trust.canonical()),
                        after: document.canonical(),
                        size: document.size(),
                        limit: found.trust_limit,
                        outcome: None,
                    },
                    Call::UpdateTrust(document.clone()),
                );
            }
            let change = document.map(|_| "trust");
            (
                (RequirementState::Yes, role.arn.clone(), None),
                (state, detail, change),
            )
        }
        Reading::Unreadable(reason) => {
            let unknown = || {
                let detail = format!("The role could not be looked at. {reason}");
                (RequirementState::NotChecked, detail, None)
            };
            (unknown(), unknown())
        }
    };
    let Policy {
        deploy,
        read,
        proposal,
        packing,
        widened,
    } = policy::policy_of(&place, &arn, &found, needs);
    if let Some((change, document)) = proposal {
        propose(change, Call::PutPolicy(document));
    }
    let mut requirements = Vec::new();
    let mut require = |id: &str, title: &str, (now, detail, change): (_, String, Option<&str>)| {
        requirements.push(Requirement {
            id: id.into(),
            title: title.into(),
            now,
            detail,
            change: change.map(str::to_owned),
        });
    };
    require("role", "The execution role exists", role);
    require("trust", "Greengrass may assume the role", trusts);
    require("deploy", "The role may deploy each selected group", deploy);
    require("read", "The role may read the input file", read);
    let (pass, start) = (caller.pass.clone(), caller.start.clone());
    require(
        "pass",
        "You may pass the role to Greengrass",
        (pass.0, pass.1, None),
    );
    require(
        "start",
        "You may start, watch and stop bulk deployments",
        (start.0, start.1, None),
    );
    let permissions = Permissions {
        role: name.clone(),
        role_arn: arn,
        exists: matches!(found.role, Reading::Read(Some(_))),
        requirements,
        changes,
        packing,
        widened,
    };
    Judged {
        place,
        name,
        found,
        caller,
        permissions,
        calls,
    }
}

/// Whether Greengrass of this account and Region may assume the role, and the document that lets it.
fn trust_of(
    role: &RoleFound,
    place: &Place,
    limit: u32,
) -> (RequirementState, String, Option<Document>) {
    match may_assume(&role.trust, place, &role.arn) {
        Answer::Allowed => {
            let foreign = Place {
                account: "000000000001".into(),
                ..place.clone()
            };
            let open = may_assume(&role.trust, &foreign, &role.arn) == Answer::Allowed;
            let detail = if open {
                "The trust policy allows it, for Greengrass on behalf of any account: conditions on aws:SourceAccount \
                 and aws:SourceArn would keep others out."
            } else {
                "The trust policy allows it, for this account."
            };
            return (RequirementState::Yes, detail.into(), None);
        }
        Answer::Unclear(reason) => {
            let detail =
                format!("The trust policy has a statement that cannot be evaluated: {reason}");
            return (RequirementState::NotChecked, detail, None);
        }
        Answer::Denied | Answer::Silent => {}
    }
    let merged = role.trust.with(trust_statement(place));
    if merged.size() > limit {
        let detail = format!(
            "The trust policy does not allow it, and with one more statement it would have {} characters where {limit} are \
             allowed. Choose another role.",
            merged.size()
        );
        return (RequirementState::No, detail, None);
    }
    if may_assume(&merged, place, &role.arn) == Answer::Allowed {
        let detail = "The trust policy does not name Greengrass for this account and Region.";
        return (RequirementState::NotYet, detail.into(), Some(merged));
    }
    let detail =
        "A statement of the trust policy denies it; this app takes away nothing of others.";
    (RequirementState::No, detail.into(), None)
}

/// What a trust policy says to Greengrass working for this account and Region.
pub(super) fn may_assume(document: &Document, place: &Place, role: &str) -> Answer {
    let asker = Asker::Service(GREENGRASS);
    let source = format!(
        "arn:{}:greengrass:{}:{}:/greengrass/bulk/deployments/any",
        place.partition, place.region, place.account
    );
    let context = [
        ("aws:SourceAccount", place.account.as_str()),
        ("aws:SourceArn", &source),
    ];
    Rules::read([document], asker).ask(asker, "sts:AssumeRole", role, &context)
}
