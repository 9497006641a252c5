//! What was typed and chosen stays: through refusals, and when the app is opened anew.

use overseed_domain::{
    permissions::{Pack, ReadBy},
    waves::{WaveCut, Waves},
};
use overseed_engine::{
    Clock, Engine, ErrorCode,
    draft::{DraftChange, draft_get, draft_set},
    input_file::{file_findings, file_upload},
    job::JobKind,
};

use crate::reach::session;
use crate::world::{World, code, progress};

#[tokio::test]
async fn what_was_typed_survives_refusals_and_an_app_that_is_opened_anew() {
    let world = World::selected(6).await;
    world.make().await;
    let typed = DraftChange {
        step: Some("review".into()),
        name: Some("Press line, week 47".into()),
        bucket: Some("overseed-kms-000000000000".into()),
        prefix: Some("plants/west/".into()),
        role: Some("not yet decided!".into()),
        pack: Some(Pack::Managed),
        read_by: Some(ReadBy::Bucket),
        settle_minutes: Some(45.5),
        waves: Some(Waves {
            cuts: vec![WaveCut::Percent { percent: 12.5 }],
            ..Waves::default()
        }),
    };
    let draft = draft_set(&world.session, typed).await.unwrap();
    assert_eq!(
        (draft.prefix.as_str(), draft.role.as_str()),
        ("plants/west", "not yet decided!"),
        "what cannot be used yet is kept as well"
    );

    // Refusals change nothing.
    for minutes in [-1.0, f64::NAN, 1e9] {
        let change = DraftChange {
            name: Some("lost".into()),
            settle_minutes: Some(minutes),
            ..DraftChange::default()
        };
        let refused = draft_set(&world.session, change).await;
        assert_eq!(code(refused), ErrorCode::InvalidInput, "{minutes}");
    }
    let refused = file_upload(&world.session, &progress(JobKind::Upload)).await;
    assert_eq!(code(refused), ErrorCode::BucketKms);
    assert_eq!(draft_get(&world.session).await.unwrap(), draft);

    // The app goes away without a word, and another one opens the same folder.
    let folder = world.session.engine.data_dir().to_owned();
    let engine = Engine::open(folder, Clock::system()).unwrap();
    let later = session(&engine, &world.sandbox, world.sandbox.keys()).await;
    assert_eq!(draft_get(&later).await.unwrap(), draft);
    assert_eq!(file_findings(&later, 0, 10).await.unwrap().total, 0);
}
