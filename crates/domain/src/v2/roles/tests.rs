#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use serde_json::json;

use super::*;
use crate::{
    Partition,
    permissions::{Answer, Asker, Objects, Place, Rules},
    v2::recipe::{Configured, Recipe},
};

const ROLE: &str = "arn:aws:iam::123456789012:role/GreengrassV2TokenExchangeRole";

fn place(partition: Partition, region: &str) -> Place {
    Place {
        partition,
        region: region.to_owned(),
        account: "123456789012".to_owned(),
    }
}

fn rules(grants: &[Grant]) -> Rules {
    let document = role_document(grants);
    Rules::read([&document], Asker::Role(ROLE), &[])
}

fn recipe(file: &str) -> Recipe {
    let text = match file {
        "runner" => {
            include_str!("../../../tests/recipes/EdgeImpulseLinuxRunnerServiceComponent.yaml")
        }
        "serial" => {
            include_str!("../../../tests/recipes/EdgeImpulseSerialRunnerServiceComponent.yaml")
        }
        "xgboost" => include_str!("../../../tests/recipes/com.ml.xgboost.json"),
        "consumer" => include_str!("../../../tests/recipes/com.ml.consumer.json"),
        other => unreachable!("{other}"),
    };
    Recipe::parse(text).unwrap()
}

#[track_caller]
fn answers(rules: &Rules, allowed: &[(&str, &str)], refused: &[(&str, &str)]) {
    for (action, resource) in allowed {
        assert_eq!(
            rules.ask(action, resource),
            Answer::Allowed,
            "{action} on {resource}"
        );
    }
    for (action, resource) in refused {
        assert_eq!(
            rules.ask(action, resource),
            Answer::Silent,
            "{action} on {resource}"
        );
    }
}

#[test]
fn the_edge_impulse_runner_gets_its_bucket_its_secret_and_its_topics() {
    let recipe = recipe("runner")
        .with_bucket("mys3repo123987", "fleet-artifacts")
        .unwrap();
    let place = place(Partition::Aws, "eu-west-1");
    let grants = device_grants(
        &place,
        &[Configured::by_default(&recipe)],
        &Wishes::default(),
    );
    let key = "arn:aws:s3:::fleet-artifacts/artifacts/EdgeImpulseServiceComponent/1.0.0";
    let secret = "arn:aws:secretsmanager:eu-west-1:123456789012:secret";
    let topic = "arn:aws:iot:eu-west-1:123456789012:topic";
    answers(
        &rules(&grants),
        &[
            ("s3:GetObject", &format!("{key}/run.sh")),
            ("s3:GetBucketLocation", "arn:aws:s3:::fleet-artifacts"),
            (
                "secretsmanager:GetSecretValue",
                &format!("{secret}:EI_API_KEY-a1B2c3"),
            ),
            (
                "iot:Publish",
                &format!("{topic}//edgeimpulse/device/oven-7_0a/inference/output"),
            ),
            (
                "iot:GetRetainedMessage",
                &format!("{topic}//edgeimpulse/device/oven-7_0a/command/input"),
            ),
        ],
        &[
            ("s3:GetObject", &format!("{key}/other.sh")),
            ("s3:GetObject", "arn:aws:s3:::fleet-artifacts/x"),
            ("s3:PutObject", &format!("{key}/run.sh")),
            ("s3:ListBucket", "arn:aws:s3:::fleet-artifacts"),
            (
                "secretsmanager:GetSecretValue",
                &format!("{secret}:EI_API_KEY_2-a1B2c3"),
            ),
            (
                "secretsmanager:PutSecretValue",
                &format!("{secret}:EI_API_KEY-a1B2c3"),
            ),
            (
                "iot:Publish",
                &format!("{topic}/edgeimpulse/device/oven-7_0a/inference/output"),
            ),
            ("iot:Publish", &format!("{topic}/other")),
            (
                "iot:UpdateThing",
                "arn:aws:iot:eu-west-1:123456789012:thing/oven",
            ),
            (
                "kinesisvideo:PutMedia",
                "arn:aws:kinesisvideo:eu-west-1:123456789012:stream/a/1",
            ),
            ("ecr:GetAuthorizationToken", "*"),
            (
                "logs:PutLogEvents",
                "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/greengrass/x:log-stream:y",
            ),
        ],
    );
    let secrets = grants
        .iter()
        .find(|grant| grant.sid == "OverseedSecrets")
        .unwrap();
    assert_eq!(
        secrets.resources[0].component.as_deref(),
        Some("EdgeImpulseLinuxRunnerServiceComponent")
    );
    assert_eq!(
        secrets.resources[0].path.as_deref(),
        Some("/Parameters/ei_sm_secret_id")
    );
}

#[test]
fn versions_to_come_and_video_are_given_when_asked_for() {
    let recipe = recipe("runner")
        .with_bucket("mys3repo123987", "fleet-artifacts")
        .unwrap();
    let merge = json!({ "Parameters": {
        "install_kvssink": "yes", "gst_args": "v4l2src:device=/dev/video0:!:kvssink:stream-name=door",
        "ei_sm_secret_id": "arn:aws-cn:secretsmanager:cn-north-1:123456789012:secret:site/key-abcdef",
    }});
    let component = Configured::with_merge(&recipe, &merge);
    let wishes = Wishes {
        reach: Reach::Versions,
        logs: true,
        kinesis_video: false,
    };
    let grants = device_grants(
        &place(Partition::China, "cn-north-1"),
        &[component],
        &wishes,
    );
    let own = "arn:aws-cn";
    let at = "cn-north-1:123456789012";
    answers(
        &rules(&grants),
        &[
            (
                "s3:GetObject",
                &format!(
                    "{own}:s3:::fleet-artifacts/artifacts/EdgeImpulseServiceComponent/2.0.0/run.sh"
                ),
            ),
            (
                "kinesisvideo:PutMedia",
                &format!("{own}:kinesisvideo:{at}:stream/door/1600000000"),
            ),
            (
                "secretsmanager:GetSecretValue",
                &format!("{own}:secretsmanager:{at}:secret:site/key-abcdef"),
            ),
            (
                "logs:CreateLogGroup",
                &format!("{own}:logs:{at}:log-group:/aws/greengrass/UserComponent/cn-north-1/x"),
            ),
            (
                "logs:PutLogEvents",
                &format!("{own}:logs:{at}:log-group:/aws/greengrass/a:log-stream:b"),
            ),
        ],
        &[
            (
                "s3:GetObject",
                &format!("{own}:s3:::fleet-artifacts/artifacts/Other/2.0.0/run.sh"),
            ),
            (
                "kinesisvideo:PutMedia",
                &format!("{own}:kinesisvideo:{at}:stream/window/1"),
            ),
            (
                "kinesisvideo:DeleteStream",
                &format!("{own}:kinesisvideo:{at}:stream/door/1600000000"),
            ),
            (
                "secretsmanager:GetSecretValue",
                &format!("{own}:secretsmanager:{at}:secret:EI_API_KEY-abcdef"),
            ),
            (
                "logs:PutLogEvents",
                &format!("{own}:logs:{at}:log-group:/other:log-stream:b"),
            ),
        ],
    );
}

#[test]
fn the_container_gets_its_repository_and_nothing_of_s3() {
    let (xgboost, consumer, serial) = (recipe("xgboost"), recipe("consumer"), recipe("serial"));
    let place = place(Partition::Aws, "ap-northeast-2");
    let of = |recipe: &Recipe| {
        device_grants(
            &place,
            &[Configured::by_default(recipe)],
            &Wishes::default(),
        )
    };
    let grants = of(&xgboost);
    let sids: Vec<&str> = grants.iter().map(|grant| grant.sid.as_str()).collect();
    assert_eq!(sids, ["OverseedRegistryLogin", "OverseedImages"]);
    let repository = "arn:aws:ecr:ap-northeast-2:123456789012:repository";
    answers(
        &rules(&grants),
        &[
            ("ecr:GetAuthorizationToken", "*"),
            ("ecr:BatchGetImage", &format!("{repository}/ml/xgboost")),
            (
                "ecr:GetDownloadUrlForLayer",
                &format!("{repository}/ml/xgboost"),
            ),
        ],
        &[
            ("ecr:BatchGetImage", &format!("{repository}/ml/xgboost2")),
            ("ecr:PutImage", &format!("{repository}/ml/xgboost")),
        ],
    );
    let both = [
        Configured::by_default(&xgboost),
        Configured::by_default(&consumer),
    ];
    let both = role_document(&device_grants(&place, &both, &Wishes::default()));
    assert_eq!(both.statements().len(), 4);
    // The serial runner has topics and no secret.
    let sids: Vec<String> = of(&serial).into_iter().map(|grant| grant.sid).collect();
    assert!(
        sids.contains(&"OverseedTopics".to_owned())
            && !sids.contains(&"OverseedSecrets".to_owned())
    );
}

#[test]
fn the_engine_deploys_to_its_targets_only() {
    let place = place(Partition::UsGov, "us-gov-west-1");
    let (plans, results) = (
        Objects::Prefix("plans".to_owned()),
        Objects::Prefix("results".to_owned()),
    );
    let things = ["oven-1".to_owned(), "oven-2".to_owned()];
    let mut role = EngineRole {
        place: &place,
        state_machine: "overseed-run",
        bucket: "b",
        plans: &plans,
        results: &results,
        things: &things,
    };
    let at = "us-gov-west-1:123456789012";
    let arn = |service: &str, resource: &str| format!("arn:aws-us-gov:{service}:{at}:{resource}");
    let grants = engine_grants(&role);
    answers(
        &rules(&grants),
        &[
            ("greengrass:CreateDeployment", "*"),
            (
                "greengrass:ListEffectiveDeployments",
                &arn("greengrass", "coreDevices:oven-1"),
            ),
            (
                "greengrass:GetDeployment",
                &arn("greengrass", "deployments:7f"),
            ),
            (
                "greengrass:TagResource",
                &arn("greengrass", "deployments:7f"),
            ),
            ("iot:CreateJob", &arn("iot", "job/7f")),
            ("iot:CreateJob", &arn("iot", "thing/oven-2")),
            ("iot:DescribeJobExecution", &arn("iot", "thing/oven-2")),
            ("iot:UpdateThingShadow", &arn("iot", "thing/oven-1")),
            ("iot:DescribeThingGroup", &arn("iot", "thinggroup/ovens")),
            (
                "states:StartExecution",
                &arn("states", "stateMachine:overseed-run"),
            ),
            (
                "states:StopExecution",
                &arn("states", "execution:overseed-run:x"),
            ),
            (
                "states:DescribeExecution",
                &arn("states", "execution:overseed-run/Map:x"),
            ),
            ("s3:GetObject", "arn:aws-us-gov:s3:::b/plans/p.jsonl"),
            (
                "s3:PutObject",
                "arn:aws-us-gov:s3:::b/results/r/manifest.json",
            ),
        ],
        &[
            (
                "greengrass:CancelDeployment",
                &arn("greengrass", "deployments:7f"),
            ),
            (
                "greengrass:ListEffectiveDeployments",
                &arn("greengrass", "coreDevices:oven-3"),
            ),
            ("iot:UpdateThingShadow", &arn("iot", "thing/oven-3")),
            ("iot:CreateJob", &arn("iot", "thing/oven-3")),
            ("iot:DeleteThing", &arn("iot", "thing/oven-1")),
            (
                "states:StartExecution",
                &arn("states", "stateMachine:other"),
            ),
            (
                "states:StopExecution",
                &arn("states", "execution:overseed-run2:x"),
            ),
            ("s3:PutObject", "arn:aws-us-gov:s3:::b/plans/p.jsonl"),
            ("s3:GetObject", "arn:aws-us-gov:s3:::b/other"),
            ("iam:PassRole", ROLE),
        ],
    );
    assert_eq!(role.widened(), None);
    let many: Vec<String> = (0..1_000).map(|n| format!("oven-{n}")).collect();
    role.things = &many;
    let grants = engine_grants(&role);
    answers(
        &rules(&grants),
        &[("iot:DescribeThing", &arn("iot", "thing/oven-999"))],
        &[],
    );
    assert!(role.widened().is_some());
    assert!(role_document(&grants).size() < crate::permissions::INLINE_POLICIES_LIMIT);
}

#[test]
fn roles_are_assumed_by_their_service_and_passed_to_it_alone() {
    let place = place(Partition::Aws, "eu-west-1");
    let objects = Objects::Prefix(String::new());
    let role = EngineRole {
        place: &place,
        state_machine: "m",
        bucket: "b",
        plans: &objects,
        results: &objects,
        things: &[],
    };
    let trust = engine_role_trust(&role);
    let machine = "arn:aws:states:eu-west-1:123456789012:stateMachine:m";
    let ask = |asker: &str, source: &str| {
        let context = [
            ("aws:SourceAccount", "123456789012"),
            ("aws:SourceArn", source),
        ];
        Rules::read([&trust], Asker::Service(asker), &context).ask("sts:AssumeRole", ROLE)
    };
    assert_eq!(ask(STEP_FUNCTIONS, machine), Answer::Allowed);
    assert_eq!(ask(STEP_FUNCTIONS, &format!("{machine}2")), Answer::Silent);
    assert_eq!(ask("greengrass.amazonaws.com", machine), Answer::Silent);
    let device = device_role_trust();
    let by = |asker| Rules::read([&device], Asker::Service(asker), &[]).ask("sts:AssumeRole", ROLE);
    assert_eq!(by(DEVICE_CREDENTIALS), Answer::Allowed);
    assert_eq!(by(STEP_FUNCTIONS), Answer::Silent);
    let pass = Document::new(vec![engine_pass_role(ROLE)]);
    let to = |service| {
        let context = [("iam:PassedToService", service)];
        Rules::read([&pass], Asker::Role(ROLE), &context).ask("iam:PassRole", ROLE)
    };
    assert_eq!(to(STEP_FUNCTIONS), Answer::Allowed);
    assert_eq!(to("greengrass.amazonaws.com"), Answer::Silent);
}
