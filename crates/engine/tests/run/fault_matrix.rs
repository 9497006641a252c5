//! One test that injects each kind of fault into each operation that a run makes, and ends the driver at each step
//! of its journal. However a run was disturbed, it ends as it would have without, or holds, says why, and goes on
//! from there; its sums are the plan's, nothing is submitted twice, and nothing runs that it does not know of.

use std::{collections::BTreeMap, pin::Pin};

use futures::{StreamExt, stream};
use overseed_domain::{
    rollout::{Counts, RunState, TargetState},
    waves::{WaveCut, Waves},
};
use overseed_engine::{
    ErrorCode, Session,
    run::{
        RunSnapshot, run_causes, run_drive, run_fleet, run_get, run_resume, run_samples,
        run_start_plan, run_stop,
    },
};
use overseed_sandbox::{Fault, FaultKind, Scenario};
use tokio_util::sync::CancellationToken;

use crate::{
    faults::{LIST, REPORTS, START, STATUS, STOP},
    hurried::Hurried,
    kills,
    world::{World, change_targets, ended, plan_in_waves, until},
};

/// Worlds at once.
const AT_ONCE: usize = 32;

/// Calls that a passing fault hits: more than the SDK makes for one.
const OFTEN: u64 = 9;

/// Holds that a run may come to.
const HOLDS: usize = 5;

/// Timeouts are minutes: where they are waited for, time runs so much faster still.
const FASTER: u32 = 60;

/// What came of one disturbed run.
pub type Outcome = (String, Result<(), String>);

pub type Case = Pin<Box<dyn Future<Output = Outcome> + Send>>;

/// A case on a task of its own: what it panics with is its outcome.
pub fn case(what: String, work: impl Future<Output = ()> + Send + 'static) -> Case {
    Box::pin(async move {
        let result = tokio::spawn(work).await;
        (what, result.map_err(|error| error.to_string()))
    })
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Course {
    /// To its end.
    Whole,
    /// To its end in two waves; what is disturbed is the second one.
    Waves,
    /// Stopped while the bulk deployment goes on.
    Stopped,
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_goes_wrong_a_run_ends_as_it_would_have_or_holds_and_goes_on() {
    let mut cases = Vec::new();
    for operation in operations().await {
        for kind in kinds() {
            cases.push(faulty(Course::Whole, &operation, kind));
        }
    }
    for kind in kinds() {
        for operation in ["s3:PutObject", LIST, START, STATUS, REPORTS] {
            cases.push(faulty(Course::Waves, operation, kind.clone()));
        }
        cases.push(faulty(Course::Stopped, STOP, kind));
    }
    cases.extend(kills::journal().await);
    cases.push(kills::by_children());
    if let Ok(only) = std::env::var("ONLY") {
        let n: usize = only.parse().unwrap();
        let mut i = 0;
        cases.retain(|_| {
            i += 1;
            i % n == 0
        });
    }
    let outcomes: Vec<Outcome> = stream::iter(cases)
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    let lost: Vec<_> = outcomes
        .iter()
        .filter_map(|(what, outcome)| Some((what, outcome.as_ref().err()?)))
        .collect();
    let injected = outcomes.len() - 1 + kills::killed();
    println!(
        "{injected} faults injected, {} survived",
        injected - lost.len()
    );
    assert!(lost.is_empty(), "{lost:#?}");
}

fn kinds() -> Vec<FaultKind> {
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

/// Whatever a run calls, as `service:Operation`: none is left out because nobody thought of it.
async fn operations() -> Vec<String> {
    let world = World::of(12, Scenario::AllWell);
    let session = world.face().await;
    let id = planned(&world, &session, false).await;
    let before = world.sandbox.faults().all_calls();
    let run = drive(&session, &id).await;
    let calls = world.sandbox.faults().all_calls();
    check(&world, &session, &run, Course::Whole).await;
    let made: BTreeMap<_, _> = calls
        .into_iter()
        .filter(|(name, calls)| before.get(name) != Some(calls))
        .collect();
    for expected in [
        "iam:CreateRole",
        "s3:PutObject",
        "greengrass:ListBulkDeployments",
        "greengrass:StartBulkDeployment",
        "greengrass:GetBulkDeploymentStatus",
        "greengrass:ListBulkDeploymentDetailedReports",
    ] {
        assert!(made.contains_key(expected), "{made:?}");
    }
    made.into_keys().collect()
}

fn faulty(course: Course, operation: &str, kind: FaultKind) -> Case {
    let what = format!("{course:?} {operation} {kind:?}");
    let (operation, silent) = (
        operation.to_owned(),
        matches!(kind, FaultKind::Stall | FaultKind::Silence),
    );
    // An object is given ten minutes to arrive: one timeout is enough.
    let times = match kind {
        FaultKind::ExpiredCredentials | FaultKind::ClockSkew => None,
        _ if silent && operation.starts_with("s3:") => Some(1),
        _ if silent => Some(2),
        _ => Some(OFTEN),
    };
    case(what, async move {
        let clock = if silent {
            Hurried::faster(FASTER)
        } else {
            Hurried::new()
        };
        let (scenario, speed) = match course {
            Course::Whole | Course::Waves => (Scenario::AllWell, 20.0),
            Course::Stopped => (Scenario::SlowStart, 1.0),
        };
        let world = World::with(12, scenario, speed, clock);
        let session = world.face().await;
        let id = planned(&world, &session, course == Course::Waves).await;
        if course == Course::Stopped {
            run_resume(&session, &id).await.unwrap();
            until(&session, &id, |run| run.read_at.is_some() || ended(run)).await;
        }
        // The first wave makes one call of each; there may be more of those that read.
        let after = u64::from(course == Course::Waves);
        world.sandbox.faults().add(Fault {
            operation,
            kind,
            times,
            after,
        });
        match course {
            Course::Whole | Course::Waves => drop(drive(&session, &id).await),
            Course::Stopped => {
                run_stop(&session, &id).await.unwrap();
                until(&session, &id, ended).await;
            }
        }
        world.sandbox.faults().clear();
        let run = after_hold(&session, &id).await;
        check(&world, &session, &run, course).await;
    })
}

/// A plan of twelve groups and one that the account does not have: its record fails. In two waves if asked for.
pub async fn planned(world: &World, session: &Session, waves: bool) -> String {
    let canary = WaveCut::Count { targets: 4 };
    let waves = Waves {
        cuts: if waves { vec![canary] } else { Vec::new() },
        ..Waves::default()
    };
    let file = plan_in_waves(world, session, 5.0, waves).await;
    let unknown = "11111111-2222-4333-8444-555555555555";
    change_targets(&file, |targets| {
        targets.push([unknown.to_owned(), unknown.to_owned()]);
    });
    run_start_plan(session, &file).await.unwrap().row.id
}

async fn drive(session: &Session, id: &str) -> RunSnapshot {
    run_drive(session, id, &CancellationToken::new())
        .await
        .unwrap()
}

/// A run that holds says clearly why, and goes on once that is over: on a slow machine time may run out once more.
async fn after_hold(session: &Session, id: &str) -> RunSnapshot {
    for _ in 0..HOLDS {
        // A driver that was asked in the background may still be at work.
        let run = until(session, id, |run| ended(run) && !run.row.driven).await;
        if run.row.state.is_terminal() {
            return run;
        }
        let problem = run.problem.clone().unwrap();
        assert!(!problem.message.is_empty(), "{problem:?}");
        assert!(problem.hint.is_some(), "{problem:?}");
        assert_eq!(
            run.row.counts.total(),
            targets(&run),
            "{:?}",
            run.row.counts
        );
        if let Err(error) = run_drive(session, id, &CancellationToken::new()).await {
            assert_eq!(error.problem().code, ErrorCode::RunDriven, "{error}");
        }
    }
    let run = run_get(session, id).await.unwrap();
    assert!(
        run.row.state.is_terminal(),
        "{:?} {:?}",
        run.row,
        run.problem
    );
    run
}

fn targets(run: &RunSnapshot) -> u32 {
    run.waves.iter().map(|wave| wave.targets).sum()
}

/// The end is the one that an undisturbed run comes to, and the account knows of nothing else.
pub async fn check_waves(world: &World, session: &Session, run: &RunSnapshot) {
    check(world, session, run, Course::Waves).await;
}

async fn check(world: &World, session: &Session, run: &RunSnapshot, course: Course) {
    let all = targets(run);
    assert!(all > 5, "{run:?}");
    let expected = match course {
        Course::Whole | Course::Waves => Counts {
            succeeded: all - 1,
            failed: 1,
            ..Counts::default()
        },
        Course::Stopped => Counts {
            waiting: all,
            ..Counts::default()
        },
    };
    let state = match course {
        Course::Whole | Course::Waves => RunState::Finished,
        Course::Stopped => RunState::Stopped,
    };
    assert_eq!(run.row.state, state, "{:?}", run.problem);
    assert_eq!(run.row.counts, expected);
    assert_eq!(run.waves.len(), if course == Course::Waves { 2 } else { 1 });
    assert_eq!(run.blind, None);
    assert_eq!(run.discrepancies, Vec::<String>::new());
    // Nothing was submitted twice, and nothing goes on unseen.
    let listed = session.clients.list_bulk_deployments(None).await.unwrap();
    let mut listed: Vec<_> = listed.items.into_iter().map(|bulk| bulk.id).collect();
    let mut known: Vec<_> = run
        .waves
        .iter()
        .filter_map(|wave| wave.bulk_deployment.clone())
        .collect();
    listed.sort();
    known.sort();
    assert_eq!(listed, known);
    assert_eq!(known.len(), run.waves.len());
    for id in &known {
        let report = session.clients.bulk_deployment_status(id).await.unwrap();
        let over = report.status.is_terminal() || course == Course::Stopped;
        assert!(over, "{:?}", report.status);
    }
    assert!(world.sandbox.calls("StartBulkDeployment") >= 1);
    tallies(session, run).await;
}

/// What is kept for screens says what the targets say.
async fn tallies(session: &Session, run: &RunSnapshot) {
    let rows: Vec<(u8, Option<String>)> = session
        .store()
        .read(|c| {
            let mut rows = c.prepare("SELECT state, cause FROM target ORDER BY position")?;
            let rows = rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
        .await
        .unwrap();
    let states: String = rows
        .iter()
        .map(|(state, _)| char::from(b'0' + state))
        .collect();
    assert_eq!(run_fleet(session, &run.row.id).await.unwrap(), states);
    let failed = TargetState::Failed.number();
    let causes = run_causes(session, &run.row.id).await.unwrap();
    let counted: u32 = causes.iter().map(|cause| cause.targets).sum();
    let caused = rows.iter().filter(|(_, cause)| cause.is_some()).count();
    assert_eq!(counted as usize, caused, "{causes:?}");
    assert_eq!(
        counted as usize,
        rows.iter().filter(|(state, _)| *state == failed).count()
    );
    for sample in run_samples(session, &run.row.id).await.unwrap() {
        assert_eq!(sample.counts.total(), targets(run));
    }
}
