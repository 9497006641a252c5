//! Tests that inject each kind of fault into each call of a run, whichever way it is carried out, and end the driver at
//! each step of its journal. However a run was disturbed, it ends as it would have without, or holds, says why, and goes on from there;
//! its sums are the plan's, and no device gets two deployments.

use std::{collections::BTreeMap, pin::Pin};

use futures::{StreamExt, stream};
use overseed_domain::{
    rollout::{Counts, RunState},
    waves::{WaveCut, Waves},
};
use overseed_engine::{
    Error, ErrorCode, Session,
    run::{RunSnapshot, run_drive, run_get},
    v2::plan::Way,
};
use overseed_sandbox::{Fault, FaultKind, Scenario};
use tokio_util::sync::CancellationToken;

use crate::{
    hurried::Hurried,
    world::{Planned, World, each_once, ended, made_by, sums, targets, until},
};

/// Worlds at once.
const AT_ONCE: usize = 16;

/// Calls that a passing fault hits: more than the SDK makes for one.
const OFTEN: u64 = 9;

/// Holds that a run may come to.
const HOLDS: usize = 6;

/// Timeouts are minutes: where they are waited for, time runs so much faster still.
const FASTER: u32 = 60;

/// Core devices of a world.
pub const DEVICES: u32 = 12;

/// Tables whose rows are the journal of a run.
const JOURNAL: [&str; 5] = ["run", "wave", "change", "sample", "target"];

pub type Outcome = (String, Result<(), String>);

pub type Case = Pin<Box<dyn Future<Output = Outcome> + Send>>;

/// A case on a task of its own: what it panics with is its outcome.
pub fn case(what: String, work: impl Future<Output = ()> + Send + 'static) -> Case {
    Box::pin(async move {
        let result = tokio::spawn(work).await;
        (what, result.map_err(|error| error.to_string()))
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_goes_wrong_each_device_gets_its_deployment_once() {
    let mut cases = Vec::new();
    for operation in operations(Way::Direct).await {
        for kind in kinds() {
            // The first calls, and some in the middle.
            for after in [0, 7] {
                cases.push(faulty(Way::Direct, &operation, kind.clone(), after));
            }
        }
    }
    cases.extend(journal(Way::Direct, 1).await);
    survive(cases).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_goes_wrong_a_state_machine_is_started_once() {
    let mut cases = Vec::new();
    for operation in operations(Way::StepFunctions).await {
        // What children call meets faults as well, but these are the machine's to try again.
        if operation.starts_with("greengrassv2:") {
            continue;
        }
        for kind in kinds() {
            cases.push(faulty(Way::StepFunctions, &operation, kind, 0));
        }
    }
    cases.extend(journal(Way::StepFunctions, 4).await);
    survive(cases).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_goes_wrong_a_thing_group_gets_one_deployment() {
    let mut cases = Vec::new();
    for operation in operations(Way::ThingGroup).await {
        for kind in kinds() {
            cases.push(faulty(Way::ThingGroup, &operation, kind, 0));
        }
    }
    cases.extend(journal(Way::ThingGroup, 3).await);
    survive(cases).await;
}

pub async fn survive(cases: Vec<Case>) {
    let all = cases.len();
    let outcomes: Vec<Outcome> = stream::iter(cases)
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    let lost: Vec<_> = outcomes
        .iter()
        .filter_map(|(what, outcome)| Some((what, outcome.as_ref().err()?)))
        .collect();
    println!("{all} faults injected, {} survived", all - lost.len());
    assert!(lost.is_empty(), "{lost:#?}");
}

pub fn kinds() -> Vec<FaultKind> {
    vec![
        FaultKind::Throttle,
        FaultKind::Status(500),
        FaultKind::Status(503),
        FaultKind::Reset,
        FaultKind::LostAnswer,
        FaultKind::Stall,
        FaultKind::Silence,
        FaultKind::CutBody,
        FaultKind::ExpiredCredentials,
        FaultKind::ClockSkew,
    ]
}

/// Whatever such a run calls: none is left out because nobody thought of it.
async fn operations(way: Way) -> Vec<String> {
    let world = World::of(DEVICES, Scenario::AllWell);
    let session = world.face().await;
    let id = planned(&world, &session, way).await;
    let before = world.sandbox.faults().all_calls();
    let run = drive(&session, &id).await;
    let calls = world.sandbox.faults().all_calls();
    check(&session, &run, way).await;
    let made: BTreeMap<_, _> = calls
        .into_iter()
        .filter(|(name, calls)| before.get(name) != Some(calls))
        .collect();
    let expected = match way {
        Way::Direct => ["CreateDeployment", "ListEffectiveDeployments"],
        Way::StepFunctions => ["StartExecution", "DescribeMapRun"],
        Way::ThingGroup => ["AddThingToThingGroup", "ListJobExecutionsForJob"],
    };
    for expected in expected {
        assert!(made.keys().any(|name| name.ends_with(expected)), "{made:?}");
    }
    made.into_keys().collect()
}

/// A plan of two waves and of a thing that the account does not have.
pub async fn planned(world: &World, session: &Session, way: Way) -> String {
    let mut planned = Planned::of(session, way).await.and_a_stranger();
    planned.waves = Waves {
        cuts: vec![WaveCut::Count { targets: 4 }],
        ..Waves::default()
    };
    planned.recorded(world, session).await
}

async fn drive(session: &Session, id: &str) -> RunSnapshot {
    run_drive(session, id, &CancellationToken::new())
        .await
        .unwrap()
}

fn faulty(way: Way, operation: &str, kind: FaultKind, after: u64) -> Case {
    let what = format!("{way:?} {operation} {kind:?} after {after}");
    let silent = matches!(kind, FaultKind::Stall | FaultKind::Silence);
    let times = match kind {
        FaultKind::ExpiredCredentials | FaultKind::ClockSkew => None,
        // An object is given ten minutes to arrive: one timeout is enough.
        _ if silent && operation.starts_with("s3:") => Some(1),
        _ if silent => Some(2),
        _ => Some(OFTEN),
    };
    let operation = operation.to_owned();
    case(what, async move {
        let clock = if silent {
            Hurried::faster(FASTER)
        } else {
            Hurried::new()
        };
        let world = World::with(DEVICES, Scenario::AllWell, 20.0, clock);
        let session = world.face().await;
        let id = planned(&world, &session, way).await;
        world.sandbox.faults().add(Fault {
            operation,
            kind,
            times,
            after,
        });
        drop(drive(&session, &id).await);
        world.sandbox.faults().clear();
        let run = after_hold(&session, &id).await;
        check(&session, &run, way).await;
    })
}

/// A run that holds says clearly why, and goes on once that is over.
async fn after_hold(session: &Session, id: &str) -> RunSnapshot {
    for _ in 0..HOLDS {
        let run = until(session, id, |run| ended(run) && !run.row.driven).await;
        if run.row.state.is_terminal() {
            return run;
        }
        let problem = run.problem.clone().unwrap();
        assert!(!problem.message.is_empty(), "{problem:?}");
        assert!(problem.hint.is_some(), "{problem:?}");
        assert_eq!(run.row.counts.total(), targets(&run));
        if let Err(error) = run_drive(session, id, &CancellationToken::new()).await {
            assert_eq!(error.problem().code, ErrorCode::RunDriven, "{error}");
        }
    }
    let run = run_get(session, id).await.unwrap();
    assert!(run.row.state.is_terminal(), "{:?}", run.problem);
    run
}

/// The end is the one that an undisturbed run comes to, and each device got its deployment once.
pub async fn check(session: &Session, run: &RunSnapshot, way: Way) {
    assert_eq!(run.row.state, RunState::Finished, "{:?}", run.problem);
    let all = Counts {
        succeeded: DEVICES,
        failed: 1,
        ..Counts::default()
    };
    sums(run, all);
    assert_eq!(run.blind, None);
    if way == Way::ThingGroup {
        let made = made_by(session, &run.row.id).await;
        assert_eq!(made.len(), 2, "{made:?}");
        assert!(made.values().all(|ids| ids.len() == 1), "{made:?}");
    } else {
        each_once(session, run).await;
    }
}

/// One case for each step, or each so-and-so-many-th, that an undisturbed run writes down: there, nothing more is written
/// or done, as after a kill; the step itself is not on disk.
async fn journal(way: Way, every: usize) -> Vec<Case> {
    let world = World::of(DEVICES, Scenario::AllWell);
    let session = world.face().await;
    let id = planned(&world, &session, way).await;
    end_at(&session, i64::MAX).await;
    drive(&session, &id).await;
    let left: i64 = session
        .store()
        .read(|c| Ok(c.query_row("SELECT steps FROM left", [], |row| row.get(0))?))
        .await
        .unwrap();
    let steps = i64::MAX - left;
    assert!(steps > 20, "{steps}");
    (0..steps)
        .step_by(every)
        .map(|step| {
            case(format!("{way:?} ended before step {step}"), async move {
                let world = World::of(DEVICES, Scenario::AllWell);
                let session = world.face().await;
                let id = planned(&world, &session, way).await;
                end_at(&session, step).await;
                let driven = run_drive(&session, &id, &CancellationToken::new()).await;
                let ended = match driven {
                    Err(Error::Store(_)) => true,
                    // It took fewer readings than in the other world.
                    Ok(_) => false,
                    Err(error) => panic!("{error}"),
                };
                go_on(&session).await;
                drop(session);
                let face = world.face().await;
                let run = drive(&face, &id).await;
                assert!(ended || step > 20, "nothing was disturbed");
                check(&face, &run, way).await;
            })
        })
        .collect()
}

/// Lets so many steps of the journal be written down, and no other.
async fn end_at(session: &Session, steps: i64) {
    session
        .store()
        .write(move |tx| {
            tx.execute_batch("CREATE TABLE left (steps INTEGER NOT NULL)")?;
            tx.execute("INSERT INTO left VALUES (?1)", [steps])?;
            for table in JOURNAL {
                for change in ["INSERT", "UPDATE"] {
                    tx.execute_batch(&format!(
                        "CREATE TRIGGER end_{table}_{change} BEFORE {change} ON {table} BEGIN
                             SELECT RAISE(ABORT, 'ended here') FROM left WHERE steps = 0;
                             UPDATE left SET steps = steps - 1;
                         END"
                    ))?;
                }
            }
            Ok(())
        })
        .await
        .unwrap();
}

async fn go_on(session: &Session) {
    session
        .store()
        .write(|tx| {
            for table in JOURNAL {
                for change in ["INSERT", "UPDATE"] {
                    tx.execute_batch(&format!("DROP TRIGGER end_{table}_{change}"))?;
                }
            }
            Ok(tx.execute_batch("DROP TABLE left")?)
        })
        .await
        .unwrap();
}
