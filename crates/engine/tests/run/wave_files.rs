//! The files of waves: previewed, uploaded and sent as they were shown.

use overseed_domain::{
    rollout::RunState,
    waves::{WaveCut, WaveOrder, Waves},
};
use overseed_engine::{
    ErrorCode, Session,
    draft::{DraftChange, draft_get, draft_set},
    input_file::{file_open, file_upload},
    job::JobKind,
    plan::{plan_export, plan_open},
    review::{CheckState, review},
    run::{run_fleet, run_get, run_start, run_start_plan},
    waves::waves_preview,
};
use overseed_sandbox::Scenario;

use crate::waves::{adds_up, count, waves};
use crate::world::{World, draft, ended, plan_in_waves, progress, until};

#[tokio::test(flavor = "multi_thread")]
async fn what_is_previewed_and_uploaded_in_the_wizard_is_what_is_sent() {
    let world = World::of(40, Scenario::AllWell);
    let session = world.face().await;
    let whole = draft(&session, 5.0).await;
    let one = waves_preview(&session).await.unwrap();
    let file = whole.file.clone().unwrap().summary;
    assert_eq!(one.waves.len(), 1);
    assert_eq!(one.waves[0].sha256, file.sha256);
    let text = targets_with_text(&session).await;
    let change = DraftChange {
        waves: Some(Waves {
            order: WaveOrder::Random { seed: 5 },
            ..waves([
                WaveCut::Matching { text },
                count(6),
                WaveCut::Percent { percent: 20.0 },
            ])
        }),
        ..DraftChange::default()
    };
    let changed = draft_set(&session, change).await.unwrap();
    assert_eq!(
        changed.upload, None,
        "what was uploaded is not the first wave"
    );
    let preview = waves_preview(&session).await.unwrap();
    assert_eq!(preview.waves.len(), 4, "{preview:?}");
    assert_eq!(preview, waves_preview(&session).await.unwrap());
    let sum: u32 = preview.waves.iter().map(|wave| wave.targets).sum();
    assert_eq!(sum, file.records);
    let bytes: u64 = preview.waves.iter().map(|wave| wave.bytes).sum();
    assert_eq!(bytes, file.bytes);

    let before = world.sandbox.calls("PutObject");
    file_upload(&session, &progress(&session, JobKind::Upload))
        .await
        .unwrap();
    assert_eq!(world.sandbox.calls("PutObject") - before, 4);
    let seen = review(&session, &progress(&session, JobKind::Review))
        .await
        .unwrap();
    assert!(seen.ready, "{:?}", seen.checks);
    assert_eq!(seen.waves, preview.waves);
    let check = seen.checks.iter().find(|check| check.id == "waves");
    assert_eq!(check.unwrap().state, CheckState::Pass);

    // The plan as a file is the same plan.
    let path = world.folder().join("plan.json");
    plan_export(&session, &path).await.unwrap();
    run_start(&session, &progress(&session, JobKind::Review))
        .await
        .unwrap();
    let again = run_start_plan(&session, &path).await.unwrap();
    assert_eq!(again.row.id, whole.plan);
    let run = until(&session, &whole.plan, ended).await;
    assert_eq!(run.row.state, RunState::Finished, "{run:?}");
    let sent: Vec<(u32, u32, &str)> = run
        .waves
        .iter()
        .map(|wave| (wave.number, wave.targets, wave.sha256.as_str()))
        .collect();
    let seen: Vec<(u32, u32, &str)> = preview
        .waves
        .iter()
        .map(|wave| (wave.number, wave.targets, wave.sha256.as_str()))
        .collect();
    assert_eq!(sent, seen);
    for (wave, file) in run.waves.iter().zip(&preview.waves) {
        assert!(wave.input_file_uri.ends_with(&file.key));
    }
    adds_up(&world, &session, &run).await;
    let fleet = run_fleet(&session, &whole.plan).await.unwrap();
    assert_eq!(fleet.len() as u32, file.records);

    let opened = plan_open(&session, &path, &progress(&session, JobKind::InputFile))
        .await
        .unwrap()
        .groups()
        .unwrap();
    assert_eq!(opened.waves, changed.waves);
}

/// A text that some of the groups have in their names, and others have not.
async fn targets_with_text(session: &Session) -> String {
    let names: Vec<String> = session
        .store()
        .read(|c| {
            let mut statement = c.prepare("SELECT name FROM inventory_group")?;
            let names = statement
                .query_map([], |row| row.get(0))?
                .collect::<Result<Vec<String>, _>>()?;
            Ok(names)
        })
        .await
        .unwrap();
    let found = |text: &str| {
        let has = |name: &&String| name.to_uppercase().contains(text);
        names.iter().filter(has).count()
    };
    let words = names.iter().flat_map(|name| name.split('-'));
    let texts = words.map(str::to_uppercase);
    let text = texts.min_by_key(|text| found(text).abs_diff(4)).unwrap();
    assert!((1..20).contains(&found(&text)), "{text}");
    text
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_names_a_group_twice_is_cut_only_where_it_stays_one_wave() {
    let world = World::of(6, Scenario::AllWell);
    let session = world.face().await;
    let file = plan_in_waves(&world, &session, 5.0, waves([count(2)])).await;
    let text = std::fs::read_to_string(&file).unwrap();
    let mut plan: serde_json::Value = serde_json::from_str(&text).unwrap();
    let first = plan["targets"][0].clone();
    plan["targets"].as_array_mut().unwrap().push(first);
    std::fs::write(&file, plan.to_string()).unwrap();
    let refused = run_start_plan(&session, &file).await.unwrap_err().problem();
    assert_eq!(refused.code, ErrorCode::FileInvalid);
    assert!(refused.message.contains("more than once"), "{refused:?}");
    let id = plan["id"].as_str().unwrap();
    assert!(
        run_get(&session, id).await.is_err(),
        "no run is left behind"
    );
    plan["settings"]["waves"]["cuts"][0]["targets"] = 100.into();
    std::fs::write(&file, plan.to_string()).unwrap();
    let one = run_start_plan(&session, &file).await.unwrap();
    assert_eq!(one.waves.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_of_one_wave_sends_the_opened_file_byte_for_byte() {
    let world = World::of(6, Scenario::AllWell);
    let session = world.face().await;
    let plan = draft(&session, 5.0).await.plan;
    let made = world.folder().join("drafts/1.jsonl");
    let text = std::fs::read_to_string(&made)
        .unwrap()
        .replace(",\"", ", \"");
    let own = world.folder().join("own.jsonl");
    std::fs::write(&own, &text).unwrap();
    file_open(&session, &own, &progress(&session, JobKind::InputFile))
        .await
        .unwrap();
    file_upload(&session, &progress(&session, JobKind::Upload))
        .await
        .unwrap();
    assert_eq!(draft_get(&session).await.unwrap().plan, plan);
    run_start(&session, &progress(&session, JobKind::Review))
        .await
        .unwrap();
    let run = until(&session, &plan, ended).await;
    assert_eq!(run.row.state, RunState::Finished, "{run:?}");
    assert_eq!((run.waves.len(), &run.waves[0].verdict), (1, &None));
    let folder = world.folder().join("runs").join(&plan);
    let sent = std::fs::read_to_string(folder.join("wave-001.jsonl")).unwrap();
    assert_eq!(sent, text);
    assert!(!folder.join("plan.jsonl").exists());
}
