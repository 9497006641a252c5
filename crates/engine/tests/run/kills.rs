//! Drivers that end at a step of the journal: as if killed just before the step was written down, and really killed
//! just after it.

use std::sync::atomic::{AtomicUsize, Ordering};

use overseed_engine::{
    Error, Session,
    run::{run_drive, run_get},
};
use overseed_sandbox::Scenario;
use tokio_util::sync::CancellationToken;

use crate::{
    children::killed_again_and_again,
    fault_matrix::{Case, case, check_waves, planned},
    world::World,
};

/// Tables whose rows are the journal of a run; of the targets the first one is enough.
const JOURNAL: [&str; 5] = ["run", "wave", "change", "sample", "target"];

/// Children that were killed.
static KILLED: AtomicUsize = AtomicUsize::new(0);

pub fn killed() -> usize {
    KILLED.load(Ordering::SeqCst)
}

/// One case for each step that an undisturbed run writes down: there, nothing more is written or done, as after a
/// kill; the step itself is not on disk.
pub async fn journal() -> Vec<Case> {
    let world = World::of(12, Scenario::AllWell);
    let session = world.face().await;
    let id = planned(&world, &session, true).await;
    end_at(&session, i64::MAX).await;
    run_drive(&session, &id, &CancellationToken::new())
        .await
        .unwrap();
    let left: i64 = session
        .store()
        .read(|c| Ok(c.query_row("SELECT steps FROM left", [], |row| row.get(0))?))
        .await
        .unwrap();
    let steps = i64::MAX - left;
    assert!(steps > 20, "{steps}");
    (0..steps)
        .map(|step| {
            case(format!("ended before step {step}"), async move {
                let world = World::of(12, Scenario::AllWell);
                let session = world.face().await;
                let id = planned(&world, &session, true).await;
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
                let run = run_drive(&face, &id, &CancellationToken::new())
                    .await
                    .unwrap();
                assert!(ended || step > 20, "nothing was disturbed");
                check_waves(&world, &face, &run).await;
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
                let when = if table == "target" {
                    "WHEN new.position = 0"
                } else {
                    ""
                };
                for change in ["INSERT", "UPDATE"] {
                    tx.execute_batch(&format!(
                        "CREATE TRIGGER end_{table}_{change} BEFORE {change} ON {table} {when} BEGIN
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

/// Processes that drive one run, each killed as soon as the journal shows something that it has not shown before;
/// the last one brings it to its end.
pub fn by_children() -> Case {
    case("killed again and again".to_owned(), async {
        let world = World::of(12, Scenario::AllWell);
        let session = world.face().await;
        let id = planned(&world, &session, true).await;
        let killed = killed_again_and_again(&world, &id, || shown(&session)).await;
        KILLED.fetch_add(killed, Ordering::SeqCst);
        let run = run_get(&session, &id).await.unwrap();
        check_waves(&world, &session, &run).await;
    })
}

/// What the journal shows, without what every start adds to it.
async fn shown(session: &Session) -> String {
    session
        .store()
        .read(|c| {
            Ok(c.query_row(
                "SELECT r.state || r.stage || w.state || coalesce(w.client_token, '') || (w.uploaded_at IS NULL)
                     || coalesce(w.bulk_deployment, '') || coalesce(w.bulk_status, '') || w.counts
                     || (SELECT coalesce(group_concat(DISTINCT operation || ' ' || coalesce(outcome, '?')), '') FROM change)
                     || (SELECT group_concat(DISTINCT state) FROM target)
                     || (SELECT min(count(*), 2) FROM sample)
                 FROM run r, wave w ORDER BY (w.state IN ('waiting', 'judged')), w.number LIMIT 1",
                [],
                |row| row.get(0),
            )?)
        })
        .await
        .unwrap()
}
