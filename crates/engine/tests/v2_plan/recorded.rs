use std::{collections::BTreeMap, fs::File};

use overseed_domain::{
    rollout::Generation,
    v2::{document::DeploymentDocument, line},
    waves::{WaveCut, Waves},
};
use overseed_engine::{
    ErrorCode,
    groups::Filter,
    plan::PlanSettings,
    run::{TargetsQuery, run_start_plan, run_targets},
    v2::plan::{DevicesFrom, Way, device_plan_new, device_plan_show, device_present_status},
};

use crate::world::{HEALTH, World, layer, plan_of, progress, set, settings, wanted};

async fn planned(world: &World, session: &overseed_engine::Session) -> std::path::PathBuf {
    let out = world.folder().join("plan.json");
    let in_waves = |targets| PlanSettings {
        waves: Waves {
            cuts: vec![
                WaveCut::Matching {
                    text: "7".to_owned(),
                },
                WaveCut::Count { targets: 10 },
            ],
            ..Waves::default()
        },
        ..settings(Way::Direct)(targets)
    };
    device_plan_new(
        session,
        DevicesFrom::Filter(Filter::default()),
        wanted(vec![layer(&[(HEALTH, set(Some("1.1.0"), None))])]),
        false,
        None,
        in_waves,
        &out,
        &progress(session),
    )
    .await
    .unwrap();
    out
}

#[tokio::test]
async fn a_run_of_a_plan_stands_in_the_store_with_documents_and_wave_files() {
    let world = World::of(60);
    let session = world.face().await;
    let out = planned(&world, &session).await;
    let shown = device_plan_show(&session, &out).await.unwrap();
    let run = run_start_plan(&session, &out).await.unwrap();
    assert_eq!(run.row.generation, Generation::V2);
    assert_eq!(run.waves.len(), 3);
    assert_eq!(run.waves.iter().map(|wave| wave.targets).sum::<u32>(), 60);
    let plan = plan_of(&out);
    let query = TargetsQuery {
        limit: 500,
        ..TargetsQuery::default()
    };
    let rows = run_targets(&session, &run.row.id, query)
        .await
        .unwrap()
        .rows;
    assert_eq!(rows.len(), 60);
    let mut next = 0;
    for (wave, shown) in run.waves.iter().zip(&shown.waves) {
        // What is reviewed is what is sent.
        assert_eq!(wave.sha256, shown.sha256);
        let path = world
            .folder()
            .join("runs")
            .join(&run.row.id)
            .join(format!("wave-{:03}.jsonl", wave.number));
        let checked = line::check(File::open(&path).unwrap(), &mut |finding| {
            panic!("{finding:?}")
        });
        assert_eq!(checked.unwrap().sha256, wave.sha256);
        line::for_each_line::<line::LinesError>(File::open(&path).unwrap(), |line| {
            let row = &rows[next];
            assert_eq!(
                (&row.target, row.line, row.wave),
                (&line.thing_name, line.line, wave.number)
            );
            assert!(wave.number != 1 || line.thing_name.contains('7'));
            let token = line::client_token(&run.row.id, row.position, 1);
            assert_eq!(line.client_token, token);
            assert_eq!(line.document.tags["overseed:run"], run.row.id);
            assert_eq!(line.document.tags["overseed:wave"], wave.number.to_string());
            let mut sent = line.document;
            sent.tags.clear();
            assert_eq!(sent, plan.targets[&row.target].0);
            next += 1;
            Ok(())
        })
        .unwrap();
    }
    assert_eq!(next, 60);
    let kept: BTreeMap<String, (String, Option<String>)> = session
        .store()
        .read(|c| {
            let mut statement = c.prepare(
                "SELECT t.target, d.body, b.body FROM target t
                 JOIN document d ON d.run = t.run AND d.hash = t.version
                 JOIN target_before x ON x.run = t.run AND x.position = t.position
                 LEFT JOIN document b ON b.run = t.run AND b.hash = x.document",
            )?;
            let rows =
                statement.query_map([], |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?))))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
        .await
        .unwrap();
    assert_eq!(kept.len(), 60);
    for (thing, (body, before)) in kept {
        let document: DeploymentDocument = serde_json::from_str(&body).unwrap();
        let had = before.map(|before| serde_json::from_str(&before).unwrap());
        assert_eq!(plan.targets[&thing], (document, had));
    }
    // The same plan started twice is one run.
    let again = run_start_plan(&session, &out).await.unwrap();
    assert_eq!(again.row.id, run.row.id);
    // What was read before the run is not planned with again.
    let status = device_present_status(&session).await.unwrap();
    assert_eq!((status.devices, status.read), (60, 0));
}

#[tokio::test]
async fn a_plan_that_was_changed_by_hand_is_not_recorded() {
    let world = World::of(15);
    let session = world.face().await;
    let out = planned(&world, &session).await;
    let text = std::fs::read_to_string(&out).unwrap();
    let start = |text: String| {
        std::fs::write(&out, text).unwrap();
        let (session, out) = (&session, &out);
        async move { run_start_plan(session, out).await.unwrap_err().problem() }
    };
    let other = start(text.replacen("\"1.1.0\"", "\"1.0.0\"", 1)).await;
    assert_eq!(other.code, ErrorCode::PlanInvalid);
    let first = text
        .lines()
        .find(|line| line.starts_with("    ["))
        .unwrap()
        .to_owned();
    let twice = start(text.replacen(&first, &format!("{first}\n{first}"), 1)).await;
    assert_eq!(twice.code, ErrorCode::FileInvalid, "{twice:?}");
}
