//! From what there is and what is needed: what holds, what is missing, and which changes mend it.

use overseed_domain::permissions::{
    Answer, Asker, Document, GREENGRASS, Place, Rules, packing_choices, read_statement, trust,
    trust_statement,
};
use overseed_domain::{Millis, arn::role_arn};

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
    /// When it was judged.
    pub(super) now: Millis,
    /// One for each of `permissions.changes`.
    pub(super) calls: Vec<Call>,
}

/// What is known beside the plan's needs.
#[derive(Debug, Clone)]
pub(super) struct Known {
    /// The keys of the plan's input files.
    pub(super) keys: Vec<String>,
    /// The time: statements may hold from or until a moment.
    pub(super) now: Millis,
}

/// `aws:CurrentTime` and `aws:EpochTime` (IAM: "Global condition keys").
pub(super) fn moment(now: Millis) -> [String; 2] {
    let seconds = now.0.div_euclid(1000);
    let time = jiff::Timestamp::from_second(seconds).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    [time.to_string(), seconds.to_string()]
}

/// Looks at everything and judges it; the caller is asked about the changes that follow.
pub(super) async fn look(session: &Session, needs: &Needs, plan: &str) -> Result<Judged, Error> {
    let mut judged = look_at_role(session, needs, plan).await?;
    let caller = Caller::ask(session, needs, &judged).await?;
    caller.said(&mut judged.permissions);
    Ok(judged)
}

/// Looks at role, policies and bucket only: what the caller may is left out.
pub(super) async fn look_at_role(
    session: &Session,
    needs: &Needs,
    plan: &str,
) -> Result<Judged, Error> {
    let name = needs.role_name(&needs::place(session))?.to_owned();
    let found = Found::read(&session.clients, &name, Some(&needs.bucket)).await?;
    again(session, name, found, needs, plan).await
}

/// Judges what is known, without a look at the account. Thousands of groups are evaluated: off the async threads.
pub(super) async fn again(
    session: &Session,
    name: String,
    found: Found,
    needs: &Needs,
    plan: &str,
) -> Result<Judged, Error> {
    let (needs, keys) = (needs.clone(), needs.keys(plan));
    let (place, now) = (needs::place(session), session.clock().now());
    let judged = move || judge(place, name, found, &needs, &Known { keys, now });
    Ok(tokio::task::spawn_blocking(judged).await?)
}

fn arn_of(found: &Found, place: &Place, name: &str, needs: &Needs) -> String {
    match &found.role {
        Reading::Read(Some(role)) => role.arn.clone(),
        _ => needs
            .role_arn(place)
            .unwrap_or_else(|_| role_arn(place.partition, &place.account, name)),
    }
}

/// State, what was found, and the id of the change that mends it.
type Told = (RequirementState, String, Option<String>);

fn judge(place: Place, name: String, found: Found, needs: &Needs, known: &Known) -> Judged {
    let arn = arn_of(&found, &place, &name, needs);
    let (role, trusts, call) = role_of(&place, &name, &found, needs, known.now);
    let policy = policy::policy_of(&place, &arn, &name, &found, needs, known);
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
        warnings: policy::policy_warnings(&found, &calls),
        calls: Vec::new(),
        made: Vec::new(),
    };
    Judged {
        place,
        name,
        found,
        permissions,
        now: known.now,
        calls,
    }
}

/// Whether the role is there and Greengrass may assume it, and the call that makes it so.
fn role_of(
    place: &Place,
    name: &str,
    found: &Found,
    needs: &Needs,
    now: Millis,
) -> (Told, Told, Option<Call>) {
    match &found.role {
        Reading::Read(None) => {
            let missing = format!("There is no role {name} in this account yet.");
            let later = "The role will be made so that Greengrass may assume it.".to_owned();
            let mends = || Some("role".to_owned());
            (
                (RequirementState::NotYet, missing, mends()),
                (RequirementState::NotYet, later, mends()),
                Some(Call::CreateRole {
                    path: needs.role_path(place).unwrap_or_else(|_| "/".to_owned()),
                    trust: trust(place),
                }),
            )
        }
        Reading::Read(Some(role)) => {
            let (state, detail, document) = trust_of(role, place, found.limits.trust, now);
            let call = document.map(|after| Call::UpdateTrust {
                before: role.trust.clone(),
                after,
            });
            let mends = call.as_ref().map(|_| "trust".to_owned());
            (named_so(role, needs), (state, detail, mends), call)
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

/// Names are unique within an account whatever their paths: an ARN with another path is none of this role's.
fn named_so(role: &RoleFound, needs: &Needs) -> Told {
    let named = needs.role.trim();
    if named.starts_with("arn:") && named != role.arn {
        let detail = format!(
            "There is no role {named}: the account's role of that name is {}. Name that one, or another name.",
            role.arn
        );
        return (RequirementState::No, detail, None);
    }
    (RequirementState::Yes, role.arn.clone(), None)
}

/// Whether Greengrass of this account and Region may assume the role, and the document that lets it.
fn trust_of(
    role: &RoleFound,
    place: &Place,
    limit: u32,
    now: Millis,
) -> (RequirementState, String, Option<Document>) {
    let unclear = match may_assume(&role.trust, place, &role.arn, now) {
        Answer::Allowed => {
            let foreign = Place {
                account: "000000000001".into(),
                ..place.clone()
            };
            let open = may_assume(&role.trust, &foreign, &role.arn, now) == Answer::Allowed;
            let detail = if open {
                "The trust policy allows it, for Greengrass on behalf of any account: conditions on aws:SourceAccount \
                 and aws:SourceArn would keep others out."
            } else {
                "The trust policy allows it, for this account."
            };
            return (RequirementState::Yes, detail.into(), None);
        }
        Answer::Unclear(reason) => Some(format!(
            "The trust policy has a statement that cannot be evaluated in advance. {reason}."
        )),
        Answer::Denied | Answer::Silent => None,
    };
    let merged = role.trust.with(trust_statement(place));
    let then = may_assume(&merged, place, &role.arn, now);
    match (unclear, &then) {
        // With our statement it would be certain.
        (Some(reason), Answer::Allowed) if merged.size() <= limit => {
            return (RequirementState::NotChecked, reason, Some(merged));
        }
        (Some(reason), _) => return (RequirementState::NotChecked, reason, None),
        (None, _) => {}
    }
    if merged.size() > limit {
        let detail = format!(
            "The trust policy does not allow it, and with one more statement it would have {} characters where {limit} are \
             allowed. Choose another role.",
            merged.size()
        );
        return (RequirementState::No, detail, None);
    }
    let missing = "The trust policy does not name Greengrass for this account and Region.";
    match then {
        Answer::Allowed => return (RequirementState::NotYet, missing.into(), Some(merged)),
        // What is missing is put; whether it suffices is not known.
        Answer::Unclear(reason) => {
            let detail = format!("{missing} One of its statements may deny it. {reason}.");
            return (RequirementState::NotChecked, detail, Some(merged));
        }
        Answer::Denied | Answer::Silent => {}
    }
    let detail =
        "A statement of the trust policy denies it; this app takes away nothing of others.";
    (RequirementState::No, detail.into(), None)
}

/// What a trust policy says to Greengrass working for this account and Region.
pub(super) fn may_assume(document: &Document, place: &Place, role: &str, now: Millis) -> Answer {
    let asker = Asker::Service(GREENGRASS);
    let source = format!(
        "arn:{}:greengrass:{}:{}:/greengrass/bulk/deployments/any",
        place.partition, place.region, place.account
    );
    let [time, epoch] = moment(now);
    let context = [
        ("aws:SourceAccount", place.account.as_str()),
        ("aws:SourceArn", &source),
        ("aws:CurrentTime", &time),
        ("aws:EpochTime", &epoch),
    ];
    Rules::read([document], asker, &context).ask("sts:AssumeRole", role)
}
