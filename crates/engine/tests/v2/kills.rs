//! Processes that drive a run and are killed whenever its journal shows something new.

use overseed_engine::{Session, run::run_get, v2::plan::Way};
use overseed_sandbox::Scenario;

use crate::{
    children::killed_again_and_again,
    faults::{DEVICES, check, planned},
    world::World,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_driver_that_is_killed_again_and_again_makes_no_deployment_twice() {
    for way in [Way::Direct, Way::StepFunctions, Way::ThingGroup] {
        let world = World::of(DEVICES, Scenario::AllWell);
        let session = world.face().await;
        let id = planned(&world, &session, way).await;
        killed_again_and_again(&world, &id, || shown(&session)).await;
        let run = run_get(&session, &id).await.unwrap();
        check(&session, &run, way).await;
    }
}

/// What the journal shows, without what every start adds to it.
async fn shown(session: &Session) -> String {
    session
        .store()
        .read(|c| {
            Ok(c.query_row(
                "SELECT r.state || w.number || w.state || (w.uploaded_at IS NULL) || coalesce(w.bulk_deployment, '')
                     || coalesce(w.bulk_status, '')
                     || (SELECT coalesce(group_concat(DISTINCT operation || ' ' || coalesce(outcome, '?')), '') FROM change)
                     || (SELECT group_concat(DISTINCT state) FROM target)
                     || (SELECT count(*) / 4 FROM target WHERE deployment IS NOT NULL)
                 FROM run r, wave w ORDER BY (w.state IN ('waiting', 'judged')), w.number LIMIT 1",
                [],
                |row| row.get(0),
            )?)
        })
        .await
        .unwrap()
}
