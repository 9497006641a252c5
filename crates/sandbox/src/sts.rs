//! STS: who am I, and temporary credentials.

use iam_rs::Decision;

use crate::exchange::Caller;
use crate::iam::evaluate::{Asker, Compiled};
use crate::iam::model::{Session, new_id, new_secret};
use crate::iam::params::Params;
use crate::iam::{Answer, Failure, document, result};
use crate::world::World;
use crate::xml::{Element, timestamp};

/// Carries out an operation of STS.
///
/// # Errors
/// The refusal in STS's words.
pub fn call(world: &World, action: &str, params: &Params, caller: &Caller) -> Answer {
    match action {
        "GetCallerIdentity" => Ok(Some(
            result()
                .text("Arn", &caller.arn)
                .text("UserId", &caller.user_id)
                .text("Account", &caller.account),
        )),
        "AssumeRole" => assume_role(world, params, caller),
        other => Err(Failure::new(
            "InvalidAction",
            format!("Could not find operation {other} for version 2011-06-15"),
        )),
    }
}

fn assume_role(world: &World, params: &Params, caller: &Caller) -> Answer {
    let role_arn = params.need("RoleArn")?;
    let session_name = params.name("RoleSessionName", 64)?;
    let session_policy = params.get("Policy");
    if let Some(text) = session_policy {
        document::check(text, document::Use::Identity)
            .map_err(|message| Failure::new("MalformedPolicyDocument", message))?;
    }
    let denied = || {
        let arn = &caller.arn;
        Failure::new(
            "AccessDenied",
            format!(
                "User: {arn} is not authorized to perform: sts:AssumeRole on resource: {role_arn}"
            ),
        )
    };
    // An unknown role is refused in the same words: nobody learns which roles exist.
    let (trust, role_name, role_id, most_seconds) = {
        let iam = world.iam();
        let role = iam.role_by_arn(role_arn).ok_or_else(denied)?;
        (
            role.trust.clone(),
            role.name.clone(),
            role.id.clone(),
            role.max_session_seconds,
        )
    };
    let seconds = match params.get("DurationSeconds") {
        None => 3600,
        Some(text) => text.parse::<i64>().ok().filter(|seconds| *seconds >= 900).ok_or_else(|| {
            Failure::validation(format!(
                "1 validation error detected: Value '{text}' at 'durationSeconds' failed to satisfy \
                 constraint: Member must have value greater than or equal to 900"
            ))
        })?,
    };
    if seconds > most_seconds {
        return Err(Failure::validation(
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
                .to_owned(),
        ));
    }
    let external_id = params.get("ExternalId").map(|id| ("sts:ExternalId", id));
    let mut context = vec![("aws:PrincipalArn", caller.arn.as_str())];
    context.extend(external_id);
    let trust = Compiled::new([trust.as_str()]);
    let root = format!(
        "arn:{}:iam::{}:root",
        world.settings.partition(),
        caller.account
    );
    let trusted = |arn: &str| trust.decide(Asker::Aws(arn), "sts:AssumeRole", role_arn, &context);
    let allowed = match (trusted(&caller.arn), trusted(&root)) {
        (Decision::Deny, _) | (_, Decision::Deny) => false,
        // Named itself: enough within one account, unless its own policies deny it.
        (Decision::Allow, _) => {
            let own = world.authorize(caller, "sts:AssumeRole", role_arn, &[], None);
            own.err()
                .is_none_or(|reason| !reason.contains("explicit deny"))
        }
        // The account is trusted: the caller's own policies decide.
        (_, Decision::Allow) => world
            .authorize(caller, "sts:AssumeRole", role_arn, &[], None)
            .is_ok(),
        _ => false,
    };
    if !allowed {
        return Err(denied());
    }
    let session = Session {
        access_key: new_id("ASIA"),
        secret: new_secret(),
        token: format!("FwoGZXIvYXdz{}{}", new_secret(), new_secret()),
        role: role_name.clone(),
        name: session_name.to_owned(),
        expires_ms: world.wall_ms() + seconds * 1000,
        policy: session_policy.map(str::to_owned),
    };
    let account = &world.settings.account;
    let partition = world.settings.partition();
    let credentials = Element::new("Credentials")
        .text("AccessKeyId", &session.access_key)
        .text("SecretAccessKey", &session.secret)
        .text("SessionToken", &session.token)
        .text("Expiration", timestamp(session.expires_ms));
    let user = Element::new("AssumedRoleUser")
        .text("AssumedRoleId", format!("{role_id}:{session_name}"))
        .text(
            "Arn",
            format!("arn:{partition}:sts::{account}:assumed-role/{role_name}/{session_name}"),
        );
    let mut iam = world.iam();
    let wall_ms = world.wall_ms();
    // Credentials that ended a day ago need no "expired" any more.
    iam.sessions
        .retain(|_, old| old.expires_ms + 86_400_000 > wall_ms);
    iam.sessions.insert(session.access_key.clone(), session);
    world.save_iam(&iam).map_err(|error| Failure {
        status: http::StatusCode::INTERNAL_SERVER_ERROR,
        code: "InternalFailure",
        message: format!("the sandbox cannot write its state: {error}"),
    })?;
    Ok(Some(result().child(credentials).child(user)))
}
