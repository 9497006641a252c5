//! From what there is and what is needed: what holds, what is missing, and which changes mend it.

use overseed_domain::arn::role_arn;
use overseed_domain::permissions::{
    Answer, Asker, Document, GREENGRASS, Place, Rules, packing_choices, read_statement, trust,
    trust_statement,
};

use super::{
    asked,
    caller::Caller,
    calls::Call,
    found::{Found, Reading, RoleFound},
    needs::{self, Needs},
    policy,
    wire::{Permissions, ReadBy, Requirement, RequirementState},
};
use crate::{Error, Session};

/// What was found, what follows from it.
#[derive(Debug, Clone)]
pub(super) struct Judged {
    pub(super) place: Place,
    pub(super) name: String,
    pub(super) found: Found,
    pub(super) permissions: Permissions,
    /// One for each of `permissions.changes`.
    pub(super) calls: Vec<Call>,
}

/// Looks at everything and judges it; the caller is asked about the changes that follow.
pub(super) async fn look(session: &Session, needs: &Needs) -> Result<Judged, Error> {
    let mut judged = look_at_role(session, needs).await?;
    let caller = Caller::ask(session, needs, &judged).await?;
    caller.said(&mut judged.permissions);
    Ok(judged)
}

/// Looks at role, policies and bucket only: what the caller may is left out.
pub(super) async fn look_at_role(session: &Session, needs: &Needs) -> Result<Judged, Error> {
    let place = needs::place(session);
    let name = needs.role_name(&place)?.to_owned();
    let found = Found::read(&session.clients, &name, Some(&needs.bucket)).await?;
    again(place, name, found, needs).await
}

/// Judges what is known, without a look at the account. Thousands of groups are evaluated: off the async threads.
pub(super) async fn again(
    place: Place,
    name: String,
    found: Found,
    needs: &Needs,
) -> Result<Judged, Error> {
    let needs = needs.clone();
    Ok(tokio::task::spawn_blocking(move || judge(place, name, found, &needs)).await?)
}

fn arn_of(found: &Found, place: &Place, name: &str) -> String {
    match &found.role {
        Reading::Read(Some(role)) => role.arn.clone(),
        _ => role_arn(place.partition, &place.account, name),
    }
}

/// State, what was found, and the id of the change that mends it.
type Told = (RequirementState, String, Option<String>);

fn judge(place: Place, name: String, found: Found, needs: &Needs) -> Judged {
    let arn = arn_of(&found, &place, &name);
    let (role, trusts, call) = role_of(&place, &name, &found);
    let policy = policy::policy_of(&place, &arn, &name, &found, needs);
    let inline_room = found.room().inline;
    let change = |call: &Call| call.change(&name, found.limits, inline_room);
    let first = |wanted: fn(&Call) -> bool| {
        let mut calls = policy.calls.iter();
        calls.find(|call| wanted(call)).map(|call| change(call).id)
    };
    let of_role = first(|call| !matches!(call, Call::PutBucketPolicy { .. }));
    let of_bucket = first(|call| matches!(call, Call::PutBucketPolicy { .. }));
    let by_bucket = needs.read_by == ReadBy::Bucket;
    let told = |verdict: asked::Verdict, change: Option<String>| -> Told {
        (verdict.0, verdict.1, change.filter(|_| verdict.2))
    };
    let deploy = told(policy.deploy, of_role.clone());
    let read = told(policy.read, if by_bucket { of_bucket } else { of_role });
    let requirement = |id: &str, title: &str, (now, detail, change): Told| Requirement {
        id: id.into(),
        title: title.into(),
        now,
        detail,
        change,
    };
    let requirements = vec![
        requirement("role", "The execution role exists", role),
        requirement("trust", "Greengrass may assume the role", trusts),
        requirement("deploy", "The role may deploy each selected group", deploy),
        requirement("read", "The role may read the input file", read),
    ];
    let calls: Vec<Call> = call.into_iter().chain(policy.calls).collect();
    let arn_of_objects = needs.objects.arn(place.partition, &needs.bucket);
    let read = (!by_bucket).then(|| read_statement(&arn_of_objects));
    let permissions = Permissions {
        role: name.clone(),
        role_arn: arn,
        exists: matches!(found.role, Reading::Read(Some(_))),
        requirements,
        changes: calls.iter().map(change).collect(),
        pack: needs.pack,
        packing: policy.packed.as_ref().map(|packed| packed.packing),
        choices: packing_choices(&place, &needs.groups, read.as_ref(), found.room()),
        read_by: needs.read_by,
        widened: policy
            .packed
            .as_ref()
            .and_then(|packed| packed.widened.clone()),
        warnings: Vec::new(),
        calls: Vec::new(),
        made: Vec::new(),
    };
    Judged {
        place,
        name,
        found,
        permissions,
        calls,
    }
}

/// Whether the role is there and Greengrass may assume it, and the call that makes it so.
fn role_of(place: &Place, name: &str, found: &Found) -> (Told, Told, Option<Call>) {
    match &found.role {
        Reading::Read(None) => {
            let missing = format!("There is no role {name} in this account yet.");
            let later = "The role will be made so that Greengrass may assume it.".to_owned();
            let mends = || Some("role".to_owned());
            (
                (RequirementState::NotYet, missing, mends()),
                (RequirementState::NotYet, later, mends()),
                Some(Call::CreateRole {
                    trust: trust(place),
                }),
            )
        }
        Reading::Read(Some(role)) => {
            let (state, detail, document) = trust_of(role, place, found.limits.trust);
            let call = document.map(|after| Call::UpdateTrust {
                before: role.trust.clone(),
                after,
            });
            let mends = call.as_ref().map(|_| "trust".to_owned());
            (
                (RequirementState::Yes, role.arn.clone(), None),
                (state, detail, mends),
                call,
            )
        }
        Reading::Unreadable(reason) => {
            let unknown = || {
                let detail = format!("The role could not be looked at. {reason}");
                (RequirementState::NotChecked, detail, None)
            };
            (unknown(), unknown(), None)
        }
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
