//! What a V2 plan would do, as calls that can be made without Overseed: those of its run, before there is one.

use std::path::Path;

use overseed_domain::{
    arn::role_arn,
    v2::line::{client_token, request},
};
use serde_json::Value;

use super::{
    machine::{Names, definition_of},
    told::{CallText, GroupOfWave, NAMED, deployment_calls, group_calls, machine_calls},
};
use crate::{
    Error, Session,
    input_file::object_key,
    plan::PlanSettings,
    v2::plan::{Loaded, WaveFiles, Way, cut},
};

/// A user's retry is a plan of its own.
const ATTEMPT: u32 = 1;

/// How much of a plan is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Told {
    /// The first core device of the first wave.
    One,
    /// Each wave, and the first core devices of each.
    All,
}

/// The head of a wave.
struct Head {
    number: u32,
    targets: u32,
    /// Its first place in the run.
    position: u32,
    /// Its first core devices with their requests.
    requests: Vec<(String, Value)>,
}

/// What starts the waves of a plan. Names and tokens are those of the plan's run, so that what was made by hand is found
/// by the app, and made once.
///
/// # Errors
/// [`crate::ErrorCode::PlanInvalid`], [`crate::ErrorCode::RunElsewhere`]; [`Error::File`].
pub(crate) async fn plan_calls(
    session: &Session,
    path: &Path,
    told: Told,
) -> Result<Vec<CallText>, Error> {
    let (at_work, path) = (session.clone(), path.to_owned());
    let read = tokio::task::spawn_blocking(move || {
        let mut plan = Loaded::read(&path, at_work.engine.data_dir())?;
        plan.header.connection.check(&at_work)?;
        let heads = heads(&at_work, &mut plan, told)?;
        Ok::<_, Error>((plan.header, heads))
    });
    let (header, heads) = read.await??;
    let mut calls = Vec::new();
    for head in heads {
        calls.extend(wave_calls(session, &header.id, &header.settings, head).await);
    }
    Ok(calls)
}

fn heads(session: &Session, plan: &mut Loaded, told: Told) -> Result<Vec<Head>, Error> {
    let run = plan.header.id.clone();
    let files = WaveFiles::new(session, &run);
    let cut = cut(&plan.header.settings.waves, &plan.targets);
    let mut places: Vec<u32> = (0..).take(plan.targets.len()).collect();
    places.sort_by_key(|place| cut.wave_of(*place));
    let (waves, most) = match told {
        Told::One => (1, 1),
        Told::All => (cut.waves.len(), NAMED),
    };
    let (mut heads, mut position) = (Vec::new(), 0_u32);
    for (number, wave) in (1..).zip(cut.waves.iter().take(waves)) {
        let mut requests = Vec::new();
        let tags = files.tags(number);
        for nth in (position..).take(wave.targets.min(most) as usize) {
            let place = places.get(nth as usize).copied().unwrap_or(u32::MAX);
            let Some(target) = plan.targets.get(place as usize) else {
                break;
            };
            let document = plan.shelf.document(target.document)?;
            let (arn, token) = (files.arn(&target.thing), files.token(nth));
            let asked = request(&arn, &token, &document, &tags);
            requests.push((target.thing.to_string(), asked));
        }
        heads.push(Head {
            number,
            targets: wave.targets,
            position,
            requests,
        });
        position = position.saturating_add(wave.targets);
    }
    Ok(heads)
}

async fn wave_calls(
    session: &Session,
    run: &str,
    settings: &PlanSettings,
    head: Head,
) -> Vec<CallText> {
    let v2 = settings.v2.clone().unwrap_or_default();
    let named = u32::try_from(head.requests.len()).unwrap_or(u32::MAX);
    let left = head.targets.saturating_sub(named);
    match v2.way {
        Way::Direct => {
            let more = (left > 0).then(|| format!("{left} more follow in the same way"));
            deployment_calls(head.number, head.requests, more)
        }
        Way::ThingGroup => {
            let group = GroupOfWave {
                wave: head.number,
                name: Names::of(session, run, head.number).name,
                left,
                token: Some(client_token(run, head.position, ATTEMPT)),
            };
            group_calls(session, group, head.requests, v2.job.as_ref())
        }
        Way::StepFunctions => {
            let key = object_key(&settings.prefix, run, head.number);
            let place = (settings.bucket.as_str(), key.as_str());
            let definition = definition_of(session, place, settings.settle_minutes, v2.concurrency);
            let names = Names::of(session, run, head.number);
            let uri = format!("s3://{}/{key}", settings.bucket);
            let file = CallText::new(
                Some(format!(
                    "Wave {}: its file, one line for each of {} core devices, which Overseed writes at the start",
                    head.number, head.targets
                )),
                "s3api put-object",
                [
                    ("--bucket", settings.bucket.clone()),
                    ("--key", key.clone()),
                    ("--body", "wave.jsonl".to_owned()),
                ],
            );
            let role = engine_role(session, &settings.role).await;
            let made = machine_calls(names, (head.number, &uri), role, &definition);
            std::iter::once(file.aside()).chain(made).collect()
        }
    }
}

/// The ARN of the state machine's role: the true one where it can be looked up, since a role's path is not in its name.
async fn engine_role(session: &Session, role: &str) -> String {
    if role.starts_with("arn:") {
        return role.to_owned();
    }
    let connection = &session.connection;
    match session.clients.get_role(role).await {
        Ok(Some(found)) => found.arn,
        Ok(None) | Err(_) => role_arn(connection.partition, &connection.account, role),
    }
}
