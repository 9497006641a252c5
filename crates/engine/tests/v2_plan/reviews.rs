//! The review of a draft: its checks, and that a start is refused of which one fails.

use futures::{StreamExt, stream};
use overseed_domain::v2::secret::SecretValue;
use overseed_engine::{
    ErrorCode, Session,
    review::{Check, CheckState},
    run::{device_run_start, run_get, run_start_plan, run_stop},
    v2::{
        components::{SecretRequest, secret_create},
        devices::{DeviceSelectionChange, devices_select},
        plan::{
            DeviceDraftChange, Way, device_draft_reset, device_draft_set, device_plan_export,
            device_present_read,
        },
        review::{DeviceReview, device_review},
    },
};
use overseed_sandbox::{Fault, FaultKind};

use crate::{
    hurried::Hurried,
    world::{HEALTH, TELEMETRY, World, layer, progress, set, want},
};

/// Worlds at once.
const AT_ONCE: usize = 6;

/// Timeouts are minutes: where they are waited for, time runs so much faster still.
const FASTER: u32 = 20;

fn check<'a>(review: &'a DeviceReview, id: &str) -> &'a Check {
    review
        .checks
        .iter()
        .find(|check| check.id == id)
        .unwrap_or_else(|| panic!("no {id} among {:#?}", review.checks))
}

#[tokio::test]
async fn a_draft_in_which_all_is_well_is_ready() {
    let world = World::of(30);
    let session = world.face().await;
    let progress = progress(&session);
    want(
        &session,
        vec![layer(&[(TELEMETRY, set(Some("1.2.0"), None))])],
        None,
    )
    .await;
    device_present_read(&session, false, &progress)
        .await
        .unwrap();
    let review = device_review(&session, &progress).await.unwrap();
    assert!(review.ready, "{:#?}", review.checks);
    assert!(review.targets > 0 && review.targets == review.file.records);
    for id in [
        "connection",
        "devices",
        "present",
        "wanted",
        "requests",
        "components",
        "way",
    ] {
        let check = check(&review, id);
        assert_eq!(check.state, CheckState::Pass, "{check:?}");
    }
    assert_eq!(check(&review, "other_runs").state, CheckState::Pass);
    let steps = [
        "connect",
        "devices",
        "components",
        "changes",
        "rollout",
        "permissions",
    ];
    for check in &review.checks {
        assert!(
            !check.title.is_empty() && !check.detail.is_empty(),
            "{check:?}"
        );
        let step = check.step.as_deref();
        assert!(step.is_none_or(|step| steps.contains(&step)), "{check:?}");
    }
    let run = device_run_start(&session, &progress).await.unwrap();
    assert_eq!(run.row.id, review.draft.plan);
}

#[tokio::test]
async fn what_stands_in_the_way_is_told_and_nothing_is_started() {
    let world = World::of(20);
    let session = world.face().await;
    let progress = progress(&session);
    want(
        &session,
        vec![layer(&[(HEALTH, set(Some("1.1.0"), None))])],
        None,
    )
    .await;
    let unread = device_review(&session, &progress).await.unwrap();
    assert_eq!(check(&unread, "present").state, CheckState::Fail);
    assert_eq!(check(&unread, "present").step.as_deref(), Some("changes"));
    assert!(!unread.ready && unread.waves.is_empty());
    let refused = device_run_start(&session, &progress).await.unwrap_err();
    assert_eq!(
        refused.problem().code,
        ErrorCode::PreflightFailed,
        "{refused}"
    );

    device_present_read(&session, false, &progress)
        .await
        .unwrap();
    want(
        &session,
        vec![layer(&[("com.plant.Nowhere", set(Some("3.0.0"), None))])],
        None,
    )
    .await;
    let missing = device_review(&session, &progress).await.unwrap();
    let components = check(&missing, "components");
    assert_eq!(components.state, CheckState::Fail, "{components:?}");
    assert!(
        components.detail.contains("com.plant.Nowhere 3.0.0"),
        "{components:?}"
    );
    assert_eq!(
        missing.waves.len(),
        1,
        "what would be sent is told all the same"
    );
    let refused = device_run_start(&session, &progress).await.unwrap_err();
    assert_eq!(
        refused.problem().code,
        ErrorCode::PreflightFailed,
        "{refused}"
    );
    assert_eq!(world.sandbox.calls("CreateDeployment"), 0);

    want(
        &session,
        vec![layer(&[(HEALTH, set(Some("latest"), None))])],
        None,
    )
    .await;
    let wrong = device_review(&session, &progress).await.unwrap();
    assert_eq!(check(&wrong, "wanted").state, CheckState::Fail);
    assert_eq!(check(&wrong, "wanted").step.as_deref(), Some("components"));

    want(&session, vec![], None).await;
    let nothing = device_review(&session, &progress).await.unwrap();
    assert_eq!(check(&nothing, "wanted").state, CheckState::Fail);
}

#[tokio::test]
async fn each_way_is_checked_for_what_it_needs() {
    let world = World::of(10);
    let session = world.face().await;
    let progress = progress(&session);
    device_present_read(&session, false, &progress)
        .await
        .unwrap();
    let layers = vec![layer(&[(HEALTH, set(Some("1.1.0"), None))])];
    want(&session, layers.clone(), Some(Way::StepFunctions)).await;
    let review = device_review(&session, &progress).await.unwrap();
    assert_eq!(check(&review, "bucket").state, CheckState::Fail);
    assert_eq!(check(&review, "bucket").step.as_deref(), Some("rollout"));
    assert!(
        review.role_arn.ends_with(":role/OverseedStepFunctions"),
        "{}",
        review.role_arn
    );
    let bucket = DeviceDraftChange {
        bucket: Some("overseed-demo-000000000000".to_owned()),
        ..DeviceDraftChange::default()
    };
    device_draft_set(&session, bucket).await.unwrap();
    let review = device_review(&session, &progress).await.unwrap();
    assert_eq!(
        check(&review, "bucket").state,
        CheckState::Pass,
        "{:#?}",
        review.checks
    );
    assert!(review.ready, "{:#?}", review.checks);
    assert_eq!(check(&review, "role").step.as_deref(), Some("permissions"));

    let each = vec![layer(&[(
        HEALTH,
        set(Some("1.1.0"), Some("{\"name\":\"{thingName}\"}")),
    )])];
    want(&session, each, Some(Way::ThingGroup)).await;
    let review = device_review(&session, &progress).await.unwrap();
    assert_eq!(check(&review, "way").state, CheckState::Fail);
    assert_eq!(check(&review, "way").step.as_deref(), Some("rollout"));
    assert!(!review.ready);
}

#[tokio::test]
async fn a_run_that_has_not_ended_keeps_its_devices() {
    let world = World::of(10);
    let session = world.face().await;
    let progress = progress(&session);
    let layers = vec![layer(&[(HEALTH, set(Some("1.1.0"), None))])];
    want(&session, layers.clone(), None).await;
    device_present_read(&session, false, &progress)
        .await
        .unwrap();
    let plan = world.folder().join("plan.json");
    let (header, made) = device_plan_export(&session, &plan, &progress)
        .await
        .unwrap();
    run_start_plan(&session, &plan).await.unwrap();
    device_draft_reset(&session).await.unwrap();
    let all = DeviceSelectionChange::Matching {
        filter: overseed_engine::groups::Filter::default(),
        selected: true,
    };
    devices_select(&session, all).await.unwrap();
    want(&session, layers, None).await;
    device_present_read(&session, false, &progress)
        .await
        .unwrap();
    let review = device_review(&session, &progress).await.unwrap();
    let others = check(&review, "other_runs");
    assert_eq!(others.state, CheckState::Fail, "{others:?}");
    assert!(others.detail.contains(&header.id), "{others:?}");
    assert!(
        others.detail.contains(&made.targets.to_string()),
        "{others:?}"
    );
    let [other] = &review.others[..] else {
        panic!("{:?}", review.others);
    };
    assert_eq!((&other.run, other.to_come), (&header.id, made.targets));
    // Stopped, it is in nobody's way.
    run_stop(&session, &header.id).await.unwrap();
    loop {
        let run = run_get(&session, &header.id).await.unwrap();
        if run.row.state.is_terminal() {
            break;
        }
        tokio::task::yield_now().await;
    }
    device_present_read(&session, false, &progress)
        .await
        .unwrap();
    let review = device_review(&session, &progress).await.unwrap();
    assert_eq!(check(&review, "other_runs").state, CheckState::Pass);
    assert_eq!(review.others, []);
}

/// A draft that makes use of all that is checked.
async fn ready(world: &World) -> Session {
    let session = world.face().await;
    let layers = vec![layer(&[(TELEMETRY, set(Some("1.2.0"), None))])];
    want(&session, layers, Some(Way::StepFunctions)).await;
    let change = DeviceDraftChange {
        bucket: Some("overseed-demo-000000000000".to_owned()),
        ..DeviceDraftChange::default()
    };
    device_draft_set(&session, change).await.unwrap();
    device_present_read(&session, false, &progress(&session))
        .await
        .unwrap();
    session
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_goes_wrong_a_review_says_so_and_is_made_again() {
    let world = World::of(6);
    let session = ready(&world).await;
    let before = world.sandbox.faults().all_calls();
    let review = device_review(&session, &progress(&session)).await.unwrap();
    assert!(review.ready, "{:#?}", review.checks);
    let operations: Vec<String> = world
        .sandbox
        .faults()
        .all_calls()
        .into_iter()
        .filter(|(name, calls)| before.get(name) != Some(calls))
        .map(|(name, _)| name)
        .collect();
    for expected in [
        "DescribeComponent",
        "GetComponent",
        "GetCallerIdentity",
        "GetRole",
    ] {
        let called = operations.iter().any(|name| name.ends_with(expected));
        assert!(called, "{expected}: {operations:?}");
    }
    let mut cases = Vec::new();
    for operation in operations {
        for kind in [
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
        ] {
            cases.push(disturbed(operation.clone(), kind));
        }
    }
    // A few at once: clocks that run fast leave a busy machine little time.
    let cases = cases.into_iter().map(tokio::spawn);
    let mut cases = stream::iter(cases).buffer_unordered(AT_ONCE);
    while let Some(case) = cases.next().await {
        case.unwrap();
    }
}

/// Nothing is lost by a fault: what could not be checked says so, and the next review is as if there had been none.
async fn disturbed(operation: String, kind: FaultKind) {
    let what = format!("{operation} {kind:?}");
    let silent = matches!(kind, FaultKind::Stall | FaultKind::Silence);
    let clock = if silent {
        Hurried::faster(FASTER)
    } else {
        Hurried::new()
    };
    let world = World::with(6, clock);
    let session = ready(&world).await;
    world.sandbox.faults().add(Fault {
        operation,
        kind,
        times: if silent { Some(2) } else { None },
        after: 0,
    });
    match device_review(&session, &progress(&session)).await {
        Ok(review) => {
            let failed = |check: &Check| check.state == CheckState::Fail;
            assert_eq!(review.ready, !review.checks.iter().any(failed), "{what}");
            assert!(
                review.checks.iter().all(|check| !check.detail.is_empty()),
                "{what}"
            );
        }
        Err(error) => assert!(!error.problem().message.is_empty(), "{what}: {error}"),
    }
    world.sandbox.faults().clear();
    let review = device_review(&session, &progress(&session)).await.unwrap();
    assert!(review.ready, "{what}: {:#?}", review.checks);
    assert_eq!(world.sandbox.calls("CreateDeployment"), 0);
}

#[tokio::test]
async fn a_secret_that_is_missing_is_named_so_that_it_can_be_made_and_then_the_check_passes() {
    let world = World::of(12);
    let session = world.face().await;
    let progress = progress(&session);
    let merge = Some("{\"secretId\":\"plant/press\"}");
    want(
        &session,
        vec![layer(&[(TELEMETRY, set(Some("1.2.0"), merge))])],
        None,
    )
    .await;
    device_present_read(&session, false, &progress)
        .await
        .unwrap();
    let review = device_review(&session, &progress).await.unwrap();
    let before = check(&review, "secrets");
    assert_eq!(before.state, CheckState::Warn, "{before:#?}");
    assert!(before.detail.contains("plant/press"), "{}", before.detail);
    let [missing] = before.secrets.as_slice() else {
        panic!("{before:#?}");
    };
    let request = SecretRequest {
        name: missing.id.clone(),
        key: missing.key.clone(),
    };
    let value = SecretValue::read(br#"{"key":"of the plant"}"#).unwrap();
    secret_create(&session, request, value).await.unwrap();
    let review = device_review(&session, &progress).await.unwrap();
    let after = check(&review, "secrets");
    assert_eq!((after.state, after.secrets.len()), (CheckState::Pass, 0));
}

#[tokio::test]
async fn secrets_of_more_configurations_than_are_looked_at_are_not_said_to_be_there() {
    let world = World::of(60);
    let session = world.face().await;
    let progress = progress(&session);
    let request = SecretRequest {
        name: "plant/press".to_owned(),
        key: None,
    };
    let value = SecretValue::read(br#"{"key":"of the plant"}"#).unwrap();
    secret_create(&session, request, value).await.unwrap();
    let merge = Some("{\"serial\":\"{thingName}\",\"secretId\":\"plant/press\"}");
    want(
        &session,
        vec![layer(&[(TELEMETRY, set(Some("1.2.0"), merge))])],
        None,
    )
    .await;
    device_present_read(&session, false, &progress)
        .await
        .unwrap();
    let review = device_review(&session, &progress).await.unwrap();
    let secrets = check(&review, "secrets");
    assert_eq!(secrets.state, CheckState::NotChecked, "{secrets:#?}");
    assert!(secrets.detail.starts_with("Looked for 1 of them"));
}
