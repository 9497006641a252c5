//! From what there is and what is needed: what holds, what is missing, and which changes mend it.

use overseed_domain::permissions::{Place, packing_choices, read_statement};
use overseed_domain::{Millis, arn::role_arn};

use super::{
    asked,
    caller::Caller,
    calls::Call,
    found::{Found, Reading},
    kind::RoleKind,
    needs::{self, Needs},
    policy,
    trusted::{Told, Trusted},
    wire::{Permissions, ReadBy, Requirement},
};
use crate::{Error, Session};

/// What was found, what follows from it.
#[derive(Debug, Clone)]
pub(crate) struct Judged {
    pub(crate) place: Place,
    pub(crate) name: String,
    pub(crate) found: Found,
    pub(crate) permissions: Permissions,
    /// When it was judged.
    pub(crate) now: Millis,
    /// One for each of `permissions.changes`.
    pub(crate) calls: Vec<Call>,
}

/// What is known beside the plan's needs.
#[derive(Debug, Clone)]
pub(crate) struct Known {
    /// The keys of the plan's input files.
    pub(crate) keys: Vec<String>,
    /// The time: statements may hold from or until a moment.
    pub(crate) now: Millis,
}

/// `aws:CurrentTime` and `aws:EpochTime` (IAM: "Global condition keys").
pub(crate) fn moment(now: Millis) -> [String; 2] {
    let seconds = now.0.div_euclid(1000);
    let time = jiff::Timestamp::from_second(seconds).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    [time.to_string(), seconds.to_string()]
}

/// Looks at everything and judges it; the caller is asked about the changes that follow.
pub(crate) async fn look(session: &Session, needs: &Needs, plan: &str) -> Result<Judged, Error> {
    let mut judged = look_at_role(session, needs, plan).await?;
    let caller = Caller::ask(session, needs, &judged).await?;
    caller.said(&mut judged.permissions);
    Ok(judged)
}

/// Looks at role, policies and bucket only: what the caller may is left out.
pub(crate) async fn look_at_role(
    session: &Session,
    needs: &Needs,
    plan: &str,
) -> Result<Judged, Error> {
    let name = needs.role_name(&needs::place(session))?.to_owned();
    let ours = [RoleKind::Execution.policy().to_owned()];
    let found = Found::read(&session.clients, &name, Some(&needs.bucket), &ours).await?;
    again(session, name, found, needs, plan).await
}

/// Judges what is known, without a look at the account. Thousands of groups are evaluated: off the async threads.
pub(crate) async fn again(
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

fn judge(place: Place, name: String, found: Found, needs: &Needs, known: &Known) -> Judged {
    let arn = arn_of(&found, &place, &name, needs);
    let path = needs.role_path(&place).unwrap_or_else(|_| "/".to_owned());
    let trusted = Trusted::execution(&place);
    let (role, trusts, call) = trusted.role_of((&name, &path, &needs.role), &found, known.now);
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
        choices: if policy.deploys_by_others {
            Vec::new()
        } else {
            packing_choices(&place, &needs.groups, read.as_ref(), found.room())
        },
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
