//! Each step of the wizard for core devices as AWS CLI commands.

use std::collections::BTreeSet;

use overseed_domain::v2::{
    job::{IotJobConfiguration, RolloutConfig},
    roles::Wishes,
};
use overseed_engine::{
    ErrorCode, Session,
    command_text::{CommandStep, command_text},
    v2::{
        devices::{DeviceSelectionChange, devices_select},
        plan::{DeviceDraftChange, Way, device_draft_get, device_draft_set, device_present_read},
    },
};
use serde_json::Value;

use crate::world::{HEALTH, TELEMETRY, World, layer, progress, set};

const BUCKET: &str = "overseed-demo-000000000000";

async fn drafted(session: &Session, way: Way, component: (&str, &str)) {
    let job = IotJobConfiguration {
        job_executions_rollout_config: Some(RolloutConfig {
            maximum_per_minute: Some(50),
            ..RolloutConfig::default()
        }),
        ..IotJobConfiguration::default()
    };
    let change = DeviceDraftChange {
        layers: Some(vec![layer(&[(component.0, set(Some(component.1), None))])]),
        way: Some(Some(way)),
        job: Some((way == Way::ThingGroup).then_some(job)),
        bucket: Some(BUCKET.to_owned()),
        role: Some("Machines".to_owned()),
        device_role: Some("Ovens".to_owned()),
        wishes: Some(Wishes {
            logs: true,
            ..Wishes::default()
        }),
        ..DeviceDraftChange::default()
    };
    device_draft_set(session, change).await.unwrap();
    device_present_read(session, false, &progress(session))
        .await
        .unwrap();
}

/// Selects these and no others; ARNs do for names.
async fn only(session: &Session, names: Vec<String>) {
    let names = names
        .iter()
        .map(|name| name.rsplit('/').next().unwrap().to_owned())
        .collect();
    let these = DeviceSelectionChange::Devices {
        names,
        selected: true,
    };
    for change in [DeviceSelectionChange::Clear, these] {
        devices_select(session, change).await.unwrap();
    }
}

async fn text(session: &Session, step: CommandStep) -> String {
    let text = command_text(session, step, None).await.unwrap();
    let readable = tokio::process::Command::new("sh")
        .args(["-n", "-c", &text])
        .status()
        .await
        .unwrap();
    assert!(readable.success(), "{step:?}: {text}");
    text
}

/// Keeps a text as a snapshot, which a contract test compares with botocore's models: without what is another one each time.
fn kept(world: &World, name: &str, text: &str) {
    let text = text.replace(&world.sandbox.endpoint(), "http://127.0.0.1:1");
    let mut kept = String::new();
    for line in text.lines().filter(|line| !line.contains("sandbox.json")) {
        let mut rest = line;
        while let Some(at) = (0..rest.len()).find(|at| is_uuid(rest, *at)) {
            kept.push_str(&rest[..at]);
            kept.push_str("00000000-0000-4000-8000-000000000000");
            rest = &rest[at + 36..];
        }
        kept.push_str(rest);
        kept.push('\n');
    }
    insta::assert_snapshot!(name, kept);
}

/// Whether 36 characters from here on are an id.
fn is_uuid(text: &str, at: usize) -> bool {
    text.as_bytes().get(at..at + 36).is_some_and(|part| {
        part.iter().enumerate().all(|(place, byte)| match place {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
    })
}

/// `service operation` of each command that is to be run.
fn calls(text: &str) -> Vec<String> {
    text.lines()
        .filter_map(|line| line.strip_prefix("aws "))
        .map(|line| line.split(' ').take(2).collect::<Vec<_>>().join(" "))
        .collect()
}

/// The inputs in JSON, in their order.
fn inputs(text: &str) -> Vec<Value> {
    text.lines()
        .filter_map(|line| line.split_once("--cli-input-json '"))
        .map(|(_, rest)| {
            let (json, _) = rest.rsplit_once("' --region").unwrap();
            serde_json::from_str(&json.replace(r"'\''", "'")).unwrap()
        })
        .collect()
}

#[tokio::test]
async fn each_step_names_what_it_asks_of_the_account() {
    let world = World::of(5);
    let session = world.face().await;
    drafted(&session, Way::Direct, (TELEMETRY, "1.2.0")).await;
    let all = |calls: Vec<String>| calls.into_iter().collect::<BTreeSet<_>>();
    let devices = text(&session, CommandStep::Devices).await;
    assert_eq!(
        all(calls(&devices)),
        all([
            "greengrassv2 list-core-devices",
            "greengrassv2 get-core-device",
            "iot list-thing-groups",
            "iot list-thing-groups-for-thing",
        ]
        .map(str::to_owned)
        .into())
    );
    assert_eq!(devices.matches("get-core-device").count(), 5);
    let components = text(&session, CommandStep::Components).await;
    let versions = format!("components:{TELEMETRY} --region");
    assert!(components.contains(&versions), "{components}");
    assert!(components.contains(&format!("components:{TELEMETRY}:versions:1.2.0")));
    assert!(components.contains("# aws greengrassv2 create-component-version"));
    let changes = text(&session, CommandStep::Changes).await;
    assert_eq!(changes.matches(" list-deployments ").count(), 5);
    assert_eq!(changes.matches(" list-effective-deployments ").count(), 5);
    let roles = text(&session, CommandStep::DevicePermissions).await;
    assert!(roles.contains("put-role-policy"), "{roles}");
    for (name, text) in [
        ("devices", &devices),
        ("components", &components),
        ("changes", &changes),
    ] {
        kept(&world, name, text);
        for line in text.lines().filter(|line| line.starts_with("aws ")) {
            assert!(line.contains("--endpoint-url http"), "{line}");
        }
        assert!(!text.contains(world.sandbox.keys().secret_access_key.as_str()));
    }
}

#[tokio::test]
async fn the_start_of_a_draft_is_that_of_its_run_in_each_way() {
    let world = World::of(5);
    let session = world.face().await;
    drafted(&session, Way::Direct, (TELEMETRY, "1.2.0")).await;
    let plan = device_draft_get(&session).await.unwrap().plan;
    let one = inputs(&text(&session, CommandStep::Rollout).await);
    let review = text(&session, CommandStep::DeviceReview).await;
    kept(&world, "direct", &review);
    let asked = inputs(&review);
    assert_eq!((one.len(), asked.len()), (1, 5));
    assert_eq!(one[0], asked[0], "the first device is the first of all");
    for input in &asked {
        assert_eq!(input["tags"]["overseed:run"], plan);
        assert_eq!(input["components"][TELEMETRY]["componentVersion"], "1.2.0");
    }
    let tokens: BTreeSet<&str> = asked
        .iter()
        .map(|input| input["clientToken"].as_str().unwrap())
        .collect();
    assert_eq!(tokens.len(), 5);
    assert_eq!(review, text(&session, CommandStep::DeviceReview).await);

    // A group's deployment is the same for all of it.
    let one = vec![asked[0]["targetArn"].as_str().unwrap().to_owned()];
    only(&session, one).await;
    drafted(&session, Way::ThingGroup, (HEALTH, "1.1.0")).await;
    let review = text(&session, CommandStep::DeviceReview).await;
    kept(&world, "thing_group", &review);
    let group = format!("overseed-{plan}-1");
    assert_eq!(calls(&review)[0], "iot create-thing-group");
    assert_eq!(review.matches("iot add-thing-to-thing-group").count(), 1);
    let asked = inputs(&review);
    assert_eq!(asked.len(), 1);
    let target = asked[0]["targetArn"].as_str().unwrap();
    assert!(
        target.ends_with(&format!(":thinggroup/{group}")),
        "{target}"
    );
    let job = &asked[0]["iotJobConfiguration"];
    assert_eq!(job["jobExecutionsRolloutConfig"]["maximumPerMinute"], 50);

    drafted(&session, Way::StepFunctions, (TELEMETRY, "1.2.0")).await;
    let review = text(&session, CommandStep::DeviceReview).await;
    kept(&world, "step_functions", &review);
    assert_eq!(
        calls(&review),
        [
            "stepfunctions create-state-machine",
            "stepfunctions start-execution"
        ]
    );
    assert!(
        review.contains(&format!("stateMachine:{group}")),
        "{review}"
    );
    assert!(review.contains("role/Machines"), "{review}");
}

#[tokio::test]
async fn what_is_missing_for_a_step_is_named() {
    let world = World::of(2);
    let session = world.face().await;
    let problem = command_text(&session, CommandStep::DeviceReview, None)
        .await
        .unwrap_err()
        .problem();
    assert_eq!(problem.code, ErrorCode::PreflightFailed, "{problem:?}");
    only(&session, Vec::new()).await;
    for step in [CommandStep::Changes, CommandStep::Rollout] {
        let problem = command_text(&session, step, None)
            .await
            .unwrap_err()
            .problem();
        assert_eq!(problem.code, ErrorCode::NothingSelected, "{step:?}");
        assert!(problem.hint.is_some(), "{step:?}");
    }
}
