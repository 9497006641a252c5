//! Measures a run as `cargo xtask bench` asks for it, one JSON line a figure: recording it, taking its reports in while
//! each of them is a failure, the answers that screens wait for, memory, and how the store grows. The number of targets
//! can be given; 700,000 otherwise.

#[path = "../measure/mod.rs"]
mod measure;
mod service;

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant, SystemTime},
};

use aws_smithy_async::{
    rt::sleep::{AsyncSleep, Sleep},
    time::TimeSource,
};
use overseed_domain::{
    permissions::{Pack, ReadBy},
    rollout::{RunState, TargetState},
};
use overseed_engine::{
    Clock, Engine, Session,
    connect::{SandboxReach, connect},
    connection::ConnectRequest,
    job::{JobKind, Progress},
    plan::{PlanFrom, PlanSettings, plan_new},
    run::{
        TargetsQuery, run_causes, run_drive, run_fleet, run_get, run_samples, run_start_plan,
        run_targets,
    },
};
use tokio_util::sync::CancellationToken;

use measure::{Outcome, figure, fill, memory_kb};
use service::Service;

const TARGETS: u32 = 700_000;

/// How much faster the engine's clock runs: its pauses, which keep nine tenths of the quota free, are not measured.
const FASTER: u32 = 200;

/// Readings of a run of ten hours.
const SAMPLES: i64 = 18_000;

#[derive(Debug, Clone)]
struct Fast(Instant, SystemTime);

impl TimeSource for Fast {
    fn now(&self) -> SystemTime {
        self.1 + self.0.elapsed() * FASTER
    }
}

impl AsyncSleep for Fast {
    fn sleep(&self, duration: Duration) -> Sleep {
        Sleep::new(tokio::time::sleep(duration / FASTER))
    }
}

#[tokio::main]
async fn main() -> Outcome<()> {
    let targets = match std::env::args().nth(1) {
        Some(text) => text.parse()?,
        None => TARGETS,
    };
    let folder = tempfile::tempdir()?;
    let service = Service::start()?;
    let clock = Fast(Instant::now(), SystemTime::now());
    let engine = Engine::open(folder.path().to_owned(), Clock::new(clock.clone(), clock))?;
    let session = connect(&engine, request(), Some(reach(&service))).await?;
    fill(&session, targets, true)?;
    let empty = pages(&session).await?;
    // A tenth first, by which the growth of the store is judged.
    let tenth = run(&session, &service, targets / 10, false).await?;
    let small = pages(&session).await?;
    run(&session, &service, targets, true).await?;
    let large = pages(&session).await?;
    let each = (large - small) / f64::from(targets);
    figure("run: store, bytes a target", each, "B");
    figure(
        "run: store, growth of ten times the targets by ten",
        each / ((small - empty) / f64::from(tenth)),
        "",
    );
    if let Some(peak) = memory_kb("VmHWM") {
        figure("run: peak memory", peak as f64 / 1e3, "MB");
    }
    Ok(())
}

/// Carries a run of the first so many groups out; answers how many that were.
async fn run(session: &Session, service: &Service, targets: u32, tell: bool) -> Outcome<u32> {
    let plan = session.engine.data_dir().join("plan.json");
    let list = session.engine.data_dir().join("list.csv");
    let progress = Progress::within(
        JobKind::InputFile,
        session.clock().clone(),
        CancellationToken::new(),
    )
    .0;
    let lines: Vec<String> = (0..targets)
        .map(|number| {
            let id = measure::group_id(number);
            format!(
                "{id},{}",
                measure::uuid(measure::spread(measure::spread(u64::from(number))))
            )
        })
        .collect();
    std::fs::write(&list, lines.join("\n"))?;
    drop(lines);
    plan_new(
        session,
        PlanFrom::List(list),
        "Bench",
        settings(),
        &plan,
        &progress,
    )
    .await?;
    let began = Instant::now();
    let id = run_start_plan(session, &plan).await?.row.id;
    if tell {
        figure("run: recorded", began.elapsed().as_secs_f64(), "s");
    }
    as_if_started(session).await?;
    service.begin(targets);
    let cancel = CancellationToken::new();
    let under_way = AtomicBool::new(true);
    let drive = async {
        let driven = run_drive(session, &id, &cancel).await;
        under_way.store(false, Ordering::SeqCst);
        driven
    };
    let watch = async {
        let (mut fastest, mut at_rate) = (Worst::default(), Worst::default());
        // What a watch screen asks for, again and again, while reports come in.
        while under_way.load(Ordering::SeqCst) {
            if !service.readings().is_empty() {
                service.complete();
            }
            if tell {
                let worst = if service.is_at_rate() {
                    &mut at_rate
                } else {
                    &mut fastest
                };
                ask(session, &id, targets, worst).await?;
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        Ok::<_, overseed_engine::Error>((fastest, at_rate))
    };
    let (driven, meanwhile) = tokio::join!(drive, watch);
    let driven = driven?;
    assert_eq!(driven.row.state, RunState::Finished, "{:?}", driven.problem);
    assert_eq!(driven.row.counts.failed, targets, "{:?}", driven.row.counts);
    if !tell {
        return Ok(targets);
    }
    let readings = service.readings();
    figure(
        "run: reports taken in",
        service.taken_in().ok_or("no reading")?,
        "records/s",
    );
    figure(
        "run: reports read again, nothing new",
        f64::from(targets) / readings.get(1).ok_or("one reading")?,
        "records/s",
    );
    let (fastest, at_rate) = meanwhile?;
    fastest.tell("while reports come in as fast as they are taken");
    at_rate.tell("while reports come in at Greengrass's rate");
    let mut worst = Worst::default();
    samples(session).await?;
    for _ in 0..5 {
        ask(session, &id, targets, &mut worst).await?;
    }
    worst.tell("at rest");
    let began = Instant::now();
    let causes = run_causes(session, &id).await?;
    figure(
        "run: causes of all failures",
        began.elapsed().as_secs_f64(),
        "s",
    );
    let counted: u32 = causes.iter().map(|cause| cause.targets).sum();
    assert_eq!(counted, targets, "{causes:?}");
    eprintln!("{} causes", causes.len());
    Ok(targets)
}

/// The worst answer, by command.
#[derive(Debug, Default)]
struct Worst(Vec<(String, f64)>);

impl Worst {
    fn note(&mut self, command: &str, began: Instant) {
        let millis = began.elapsed().as_secs_f64() * 1e3;
        match self.0.iter_mut().find(|(name, _)| name == command) {
            Some((_, worst)) => *worst = worst.max(millis),
            None => self.0.push((command.to_owned(), millis)),
        }
    }

    fn tell(&self, when: &str) {
        for (command, millis) in &self.0 {
            eprintln!("{command}, {when}: {millis:.1} ms");
        }
        let worst = self.0.iter().map(|(_, millis)| *millis).fold(0.0, f64::max);
        figure(&format!("run: any command {when}, worst"), worst, "ms");
    }
}

/// Everything that screens ask of a run, once.
async fn ask(
    session: &Session,
    id: &str,
    targets: u32,
    worst: &mut Worst,
) -> Result<(), overseed_engine::Error> {
    let began = Instant::now();
    run_get(session, id).await?;
    worst.note("run_get", began);
    let began = Instant::now();
    run_fleet(session, id).await?;
    worst.note("run_fleet", began);
    let began = Instant::now();
    run_samples(session, id).await?;
    worst.note("run_samples", began);
    let began = Instant::now();
    let causes = run_causes(session, id).await?;
    worst.note("run_causes", began);
    for (name, query) in queries(targets, causes.first().map(|cause| cause.key.clone())) {
        let began = Instant::now();
        run_targets(session, id, query).await?;
        worst.note(&format!("run_targets, {name}"), began);
    }
    Ok(())
}

fn queries(targets: u32, cause: Option<String>) -> Vec<(&'static str, TargetsQuery)> {
    let deep = TargetsQuery {
        offset: targets / 10 * 9,
        limit: 100,
        ..TargetsQuery::default()
    };
    let failed = TargetsQuery {
        state: Some(TargetState::Failed),
        ..deep.clone()
    };
    let text = |text: &str| TargetsQuery {
        text: text.to_owned(),
        ..deep.clone()
    };
    let mut queries = vec![
        ("all", deep.clone()),
        ("a state", failed.clone()),
        ("a name", text("line-12-cell")),
        ("every name", text("line")),
        ("a letter of every id", text("e")),
        ("an id", text("00f1")),
        ("nothing", text("no such group at all")),
        ("words of a cause", text("handshake")),
        (
            "state and text",
            TargetsQuery {
                text: "cell-0".to_owned(),
                ..failed.clone()
            },
        ),
    ];
    if cause.is_some() {
        let of_cause = TargetsQuery {
            cause,
            offset: targets / 20,
            ..failed
        };
        queries.push(("a cause", of_cause));
    }
    queries
}

/// Readings of a long run.
async fn samples(session: &Session) -> Outcome<()> {
    session
        .store()
        .write(|tx| {
            tx.execute(
                "INSERT INTO sample (run, at, processed, counts)
                 WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
                 SELECT s.run, s.at - n.i * 2000, s.processed, s.counts
                 FROM n, (SELECT * FROM sample WHERE run = (SELECT max(ordinal) FROM run) ORDER BY at LIMIT 1) s",
                [SAMPLES],
            )?;
            Ok(())
        })
        .await?;
    Ok(())
}

/// Permissions, upload and start are not measured here: as if the bulk deployment had been started.
async fn as_if_started(session: &Session) -> Outcome<()> {
    let at = session.clock().now().0;
    session
        .store()
        .write(move |tx| {
            tx.execute(
                "UPDATE run SET state = 'running' WHERE ordinal = (SELECT max(ordinal) FROM run)",
                [],
            )?;
            tx.execute(
                "UPDATE wave SET state = 'running', client_token = 'token', bulk_deployment = 'bulk', started_at = ?1
                 WHERE run = (SELECT max(ordinal) FROM run)",
                [at],
            )?;
            Ok(())
        })
        .await?;
    Ok(())
}

/// Bytes of the store that are in use.
async fn pages(session: &Session) -> Outcome<f64> {
    let bytes = session
        .store()
        .read(|c| {
            Ok(c.query_row(
                "SELECT (page_count - freelist_count) * page_size
                 FROM pragma_page_count, pragma_freelist_count, pragma_page_size",
                [],
                |row| row.get::<_, f64>(0),
            )?)
        })
        .await?;
    Ok(bytes)
}

fn settings() -> PlanSettings {
    PlanSettings {
        role: "Bulk".to_owned(),
        bucket: "bench".to_owned(),
        prefix: "bench".to_owned(),
        pack: Pack::Auto,
        read_by: ReadBy::Role,
        settle_minutes: 1.0,
        waves: overseed_domain::waves::Waves::default(),
        v2: None,
    }
}

fn request() -> ConnectRequest {
    ConnectRequest::Sandbox {
        scenario: "all-well".to_owned(),
        groups: 1,
        seed: 7,
        speed: 60.0,
    }
}

fn reach(service: &Service) -> SandboxReach {
    SandboxReach {
        endpoint: service.endpoint.clone(),
        region: "eu-west-1".to_owned(),
        access_key_id: "AKIDBENCH".to_owned(),
        secret_access_key: "bench".to_owned(),
        id: "bench".to_owned(),
    }
}
