use overseed_engine::{
    v2::plan::{
        DeviceDraftChange, DeviceOutcome, PlannedDevicesQuery, Way, device_draft_get,
        device_draft_set, device_plan_devices, device_plan_export, device_plan_outcomes,
        device_plan_preview, device_plan_show, device_present_read, device_rows_clear,
        device_rows_open, device_rows_paste,
    },
    v2::review::device_review,
};

use crate::world::{HEALTH, TELEMETRY, World, layer, plan_of, progress, set, want};

#[tokio::test]
async fn the_preview_is_what_the_plan_says() {
    let world = World::of(80);
    let session = world.face().await;
    let progress = progress(&session);
    want(
        &session,
        vec![layer(&[(TELEMETRY, set(Some("1.2.0"), None))])],
        None,
    )
    .await;
    let unread = device_plan_preview(&session, &progress).await.unwrap();
    assert_eq!((unread.devices, unread.unread, unread.targets), (80, 80, 0));
    device_present_read(&session, false, &progress)
        .await
        .unwrap();
    let preview = device_plan_preview(&session, &progress).await.unwrap();
    assert_eq!(
        (preview.devices, preview.unread, preview.refused),
        (80, 0, 0)
    );
    assert_eq!(preview.changed + preview.unchanged, 80);
    assert!(preview.unchanged > 0, "some have 1.2.0 already");
    assert_eq!(preview.targets, preview.changed);
    assert_eq!(preview.way, Way::Direct);
    let versions: u32 = preview
        .changes
        .iter()
        .filter(|change| change.component.as_deref() == Some(TELEMETRY))
        .map(|change| change.targets)
        .sum();
    assert_eq!(versions, preview.changed);

    let query = PlannedDevicesQuery {
        outcome: Some(DeviceOutcome::Changed),
        limit: 500,
        ..PlannedDevicesQuery::default()
    };
    let page = device_plan_devices(&session, query, &progress)
        .await
        .unwrap();
    assert_eq!(page.matches, preview.changed);
    let out = world.folder().join("plan.json");
    let (header, made) = device_plan_export(&session, &out, &progress).await.unwrap();
    let draft = device_draft_get(&session).await.unwrap();
    assert_eq!((&header.id, made.targets), (&draft.plan, preview.targets));
    let review = device_review(&session, &progress).await.unwrap();
    let shown = device_plan_show(&session, &out).await.unwrap();
    assert_eq!((&review.waves, &review.file), (&shown.waves, &shown.file));
    assert_eq!(review.waves[0].targets, preview.targets);
    let plan = plan_of(&out);
    assert!(
        page.rows
            .iter()
            .map(|row| &row.thing_name)
            .eq(plan.plan["targets"]
                .as_array()
                .unwrap()
                .iter()
                .map(|target| target[0].as_str().unwrap()))
    );
    for row in &page.rows {
        let (document, before) = &plan.targets[&row.thing_name];
        let diff = overseed_domain::v2::diff::DocumentDiff::between(before.as_ref(), document);
        assert_eq!(diff, row.diff, "{}", row.thing_name);
        assert_eq!(row.deployment.is_some(), before.is_some());
        assert!(row.read_at.is_some());
    }

    let outcomes = device_plan_outcomes(&session, 0, 500, &progress)
        .await
        .unwrap();
    assert_eq!(outcomes.total, preview.outcomes);
    let devices: u32 = outcomes.rows.iter().map(|row| row.devices).sum();
    assert_eq!(devices, 80);
    let largest = &outcomes.rows[0];
    let query = PlannedDevicesQuery {
        group: Some(largest.number),
        limit: 1,
        ..PlannedDevicesQuery::default()
    };
    let of_largest = device_plan_devices(&session, query, &progress)
        .await
        .unwrap();
    assert_eq!(of_largest.matches, largest.devices);
    assert_eq!(of_largest.rows[0].thing_name, largest.example);
}

#[tokio::test]
async fn each_change_of_what_is_wanted_is_in_the_next_preview() {
    let world = World::of(20);
    let session = world.face().await;
    let progress = progress(&session);
    device_present_read(&session, false, &progress)
        .await
        .unwrap();
    want(&session, vec![], None).await;
    let nothing = device_plan_preview(&session, &progress).await.unwrap();
    assert_eq!((nothing.unchanged, nothing.targets), (20, 0));
    want(
        &session,
        vec![layer(&[(HEALTH, set(Some("1.x"), None))])],
        None,
    )
    .await;
    let refused = device_plan_preview(&session, &progress).await.unwrap();
    assert_eq!((refused.layer_findings.len(), refused.targets), (1, 0));
    want(
        &session,
        vec![layer(&[(HEALTH, set(Some("1.1.0"), None))])],
        None,
    )
    .await;
    let all = device_plan_preview(&session, &progress).await.unwrap();
    assert_eq!((all.changed, all.layer_findings.len()), (20, 0));
    // A change of the wizard's step costs nothing and loses nothing.
    let step = DeviceDraftChange {
        step: Some("review".to_owned()),
        ..DeviceDraftChange::default()
    };
    let draft = device_draft_set(&session, step).await.unwrap();
    assert_eq!(
        (draft.step.as_str(), draft.layers.len(), draft.selected),
        ("review", 1, 20)
    );
    assert_eq!(device_plan_preview(&session, &progress).await.unwrap(), all);
}

#[tokio::test]
async fn rows_belong_to_the_draft_until_they_are_taken_off() {
    let world = World::of(10);
    let session = world.face().await;
    let progress = progress(&session);
    device_present_read(&session, false, &progress)
        .await
        .unwrap();
    want(&session, vec![], None).await;
    let query = PlannedDevicesQuery {
        limit: 1,
        ..PlannedDevicesQuery::default()
    };
    let first = device_plan_devices(&session, query, &progress)
        .await
        .unwrap()
        .rows[0]
        .thing_name
        .clone();
    let text = format!("thingName;component:{HEALTH};site\n{first};1.1.0;north\nnobody;1.1.0;\n");
    let draft = device_rows_paste(&session, text).await.unwrap();
    let rows = draft.rows.unwrap();
    assert_eq!((rows.rows, rows.findings_total), (2, 0));
    assert_eq!(
        (rows.values, rows.components),
        (vec!["site".to_owned()], vec![HEALTH.to_owned()])
    );
    let preview = device_plan_preview(&session, &progress).await.unwrap();
    assert_eq!((preview.changed, preview.unmatched_rows), (1, 1));
    let file = world.folder().join("rows.jsonl");
    std::fs::write(
        &file,
        format!("{{\"thingName\":\"{first}\",\"component:{HEALTH}\":1}}\n"),
    )
    .unwrap();
    let draft = device_rows_open(&session, &file).await.unwrap();
    let rows = draft.rows.unwrap();
    assert_eq!(rows.opened.as_deref(), Some("rows.jsonl"));
    assert!(rows.refusals > 0, "a number is no version");
    let draft = device_rows_clear(&session).await.unwrap();
    assert!(draft.rows.is_none());
    let preview = device_plan_preview(&session, &progress).await.unwrap();
    assert_eq!((preview.changed, preview.unchanged), (0, 10));
}
