//! Recipes: those of both tutorials with their slips, in the shapes that recipes of public components have, and what is told
//! of each.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeSet;

use overseed_domain::v2::recipe::{
    Configured, NotARecipe, Present, Recipe, RecipeFinding, RecipeFindingCode as Code,
    RecipeFormat, Severity, Step, check, check_merge, check_present, check_together, secrets,
    uploads,
};
use serde_json::json;

const SERVICE: &str = include_str!("recipes/EdgeImpulseLinuxServiceComponent.yaml");
const RUNNER: &str = include_str!("recipes/EdgeImpulseLinuxRunnerServiceComponent.yaml");
const SERIAL: &str = include_str!("recipes/EdgeImpulseSerialRunnerServiceComponent.yaml");
const XGBOOST: &str = include_str!("recipes/com.ml.xgboost.json");
const CONSUMER: &str = include_str!("recipes/com.ml.consumer.json");
const GLOBAL: &str = include_str!("recipes/public-global-lifecycle.yaml");
const PLUGIN: &str = include_str!("recipes/public-plugin.json");

fn read(text: &str) -> Recipe {
    Recipe::parse(text).unwrap()
}

fn codes(findings: &[RecipeFinding]) -> Vec<(Severity, Code)> {
    findings
        .iter()
        .map(|finding| (finding.severity, finding.code))
        .collect()
}

fn has(findings: &[RecipeFinding], severity: Severity, code: Code) -> bool {
    codes(findings).contains(&(severity, code))
}

fn errors(findings: &[RecipeFinding]) -> Vec<&RecipeFinding> {
    findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error)
        .collect()
}

#[test]
fn the_edge_impulse_recipes_say_what_they_say() {
    for (text, artifacts) in [(SERVICE, 7), (RUNNER, 7), (SERIAL, 8)] {
        let recipe = read(text);
        let component = recipe.component();
        assert_eq!((recipe.text(), recipe.format()), (text, RecipeFormat::Yaml));
        assert_eq!(component.version, "1.0.0");
        assert!(component.depends_on("aws.greengrass.TokenExchangeService"));
        assert_eq!(component.artifacts().count(), artifacts);
        let steps: Vec<Step> = component.scripts().map(|script| script.step).collect();
        assert_eq!(steps, [Step::Install, Step::Run, Step::Shutdown]);
        let install = component.scripts().next().unwrap();
        assert_eq!(install.timeout_seconds, Some(9000));
        assert_eq!(install.path, "/Manifests/0/Lifecycle/install/Script");
        assert!(
            install.text.starts_with("chmod 755 {artifacts:path}/"),
            "{}",
            install.text
        );
    }
}

#[test]
fn the_bucket_of_the_edge_impulse_tutorial_is_a_stand_in_until_it_is_replaced() {
    let recipe = read(RUNNER);
    let findings = check(&recipe);
    let told = errors(&findings);
    assert_eq!(told.len(), 7);
    assert!(
        told.iter()
            .all(|finding| finding.code == Code::PlaceholderBucket)
    );
    let line = RUNNER
        .lines()
        .position(|line| line.contains("aws-iotcore-connector.ts"))
        .unwrap();
    assert_eq!(told[0].line, u32::try_from(line + 1).ok());
    assert_eq!(told[0].path, "/Manifests/0/Artifacts/0");

    // The tutorial's own name for it is one that S3 refuses.
    let upper = read(&RUNNER.replace("mys3repo123987", "MyS3Bucket9"));
    assert!(has(&check(&upper), Severity::Error, Code::InvalidBucket));

    let edited = recipe
        .with_bucket("mys3repo123987", "fleet-artifacts")
        .unwrap();
    let after = check(&edited);
    assert!(errors(&after).is_empty(), "{after:#?}");
    let comment = RUNNER.lines().nth(1).unwrap();
    assert!(edited.text().contains(comment));
    assert_eq!(edited.text().matches("fleet-artifacts").count(), 7);
    assert_eq!(uploads(&edited)[0].bucket, "fleet-artifacts");
}

#[test]
fn what_the_edge_impulse_components_need_is_told() {
    let recipe = read(&RUNNER.replace(
        "\"install_kvssink\": \"no\"",
        "\"install_kvssink\": \"yes\"",
    ));
    let findings = check(&recipe);
    for code in [
        Code::SecretNeeded,
        Code::KinesisVideoNeeded,
        Code::SlowInstall,
        Code::UnpinnedDependency,
    ] {
        assert!(has(&findings, Severity::Note, code), "{code:?}");
    }
    let configured = Configured::by_default(&recipe);
    let needed = secrets(&configured);
    assert_eq!(
        (needed[0].id.as_str(), needed[0].key.as_deref()),
        ("EI_API_KEY", Some("ei_api_key"))
    );
    assert!(secrets(&Configured::by_default(&read(SERIAL))).is_empty());

    let none = BTreeSet::new();
    let files: BTreeSet<String> = [
        "install.sh",
        "run.sh",
        "stop.sh",
        "parser.sh",
        "package.json",
    ]
    .map(str::to_owned)
    .into();
    let present = Present {
        secrets: Some(&none),
        files: Some(&files),
        objects: None,
    };
    let missing = check_present(&configured, &present);
    let count = |code| {
        missing
            .iter()
            .filter(|finding| finding.code == code)
            .count()
    };
    assert_eq!(
        (count(Code::MissingSecret), count(Code::MissingArtifact)),
        (1, 2),
        "{missing:#?}"
    );
    // AWS looks for artifacts when a version is made, and not for secrets.
    assert!(has(&missing, Severity::Error, Code::MissingArtifact));
    assert!(has(&missing, Severity::Warning, Code::MissingSecret));
    let told = missing.iter().find(|one| one.secret.is_some()).unwrap();
    assert_eq!(told.secret.as_ref(), Some(&needed[0]));
    assert!(needed[0].is_certain());
    let command =
        "aws secretsmanager create-secret --name=EI_API_KEY --secret-string file://secret.json";
    assert!(told.remedy.contains(command), "{}", told.remedy);
    let there =
        BTreeSet::from(["arn:aws:secretsmanager:eu-west-1:1:secret:EI_API_KEY-a1B2c3".to_owned()]);
    let present = Present {
        secrets: Some(&there),
        ..Present::default()
    };
    assert_eq!(check_present(&configured, &present), []);
}

#[test]
fn two_components_do_not_share_a_camera() {
    let (service, runner, serial) = (read(SERVICE), read(RUNNER), read(SERIAL));
    let by = |recipes: &[&Recipe]| {
        let components: Vec<_> = recipes
            .iter()
            .map(|recipe| Configured::by_default(recipe))
            .collect();
        check_together(&components)
    };
    assert_eq!(
        codes(&by(&[&service, &runner])),
        [(Severity::Warning, Code::SharedDevice)]
    );
    assert_eq!(by(&[&service, &serial]), []);
    let camera = |recipe, device: &str| {
        Configured::with_merge(
            recipe,
            &json!({ "Parameters": { "gst_args": format!("v4l2src:device={device}") } }),
        )
    };
    let apart = [
        camera(&service, "/dev/video0"),
        camera(&runner, "/dev/video2"),
    ];
    assert_eq!(check_together(&apart), []);
    let same = [
        camera(&service, "/dev/video2"),
        camera(&runner, "/dev/video2"),
    ];
    assert_eq!(
        codes(&check_together(&same)),
        [(Severity::Warning, Code::SharedDevice)]
    );
    let one = camera(&service, "/dev/video0");
    let lock = json!({ "Parameters": { "lock_filename": "/tmp/ei_lockfile_linux", "gst_args": "device=/dev/video9" } });
    let lock = check_together(&[one, Configured::with_merge(&runner, &lock)]);
    assert_eq!(codes(&lock), [(Severity::Warning, Code::SharedLock)]);
}

#[test]
fn a_merge_is_wrapped_as_the_default_is() {
    let runner = read(RUNNER);
    let flat = check_merge(&runner, &json!({ "device_name": "oven-{site}" }));
    assert_eq!(codes(&flat), [(Severity::Warning, Code::MergeNotWrapped)]);
    assert!(
        flat[0]
            .remedy
            .contains("{\"Parameters\": {\"device_name\": …}}"),
        "{}",
        flat[0].remedy
    );
    assert_eq!(
        check_merge(&runner, &json!({ "Parameters": { "device_name": "x" } })),
        []
    );
    let kinds = check_merge(&runner, &json!({ "Parameters": { "device_name": 7 } }));
    assert_eq!(codes(&kinds), [(Severity::Warning, Code::MergeOtherKind)]);
    assert!(
        kinds[0]
            .message
            .contains("/Parameters/device_name is a text"),
        "{kinds:?}"
    );
    // The serial runner has no secret: its configuration is not the runner's.
    let other = check_merge(
        &read(SERIAL),
        &json!({ "Parameters": { "ei_sm_secret_id": "x" } }),
    );
    assert_eq!(codes(&other), [(Severity::Note, Code::UnknownMergeKey)]);
}

#[test]
fn the_slips_of_the_container_tutorial_are_found() {
    let findings = check(&read(XGBOOST));
    let slip = findings
        .iter()
        .find(|f| f.code == Code::DockerOptionAfterImage)
        .unwrap();
    assert_eq!(
        (slip.severity, slip.path.as_str()),
        (Severity::Warning, "/Manifests/0/Lifecycle/Run")
    );
    assert!(slip.message.contains("--network=host") && slip.line.is_some());
    assert!(has(&findings, Severity::Note, Code::DockerOnDevice));
    assert!(errors(&findings).is_empty(), "{findings:#?}");
    assert!(!findings.iter().any(|f| f.code == Code::ImageNotAnArtifact));

    let mended = read(XGBOOST).with_docker_options_first().unwrap();
    assert!(
        !check(&mended)
            .iter()
            .any(|f| f.code == Code::DockerOptionAfterImage)
    );
    assert_eq!(mended.text().len(), XGBOOST.len());

    let bare = XGBOOST
        .replace("aws.greengrass.DockerApplicationManager", "a")
        .replace("aws.greengrass.TokenExchangeService", "b");
    let findings = check(&read(&bare));
    for code in [Code::DockerManagerMissing, Code::TokenExchangeMissing] {
        assert!(has(&findings, Severity::Warning, code), "{code:?}");
    }

    let consumer = read(CONSUMER);
    let findings = check(&consumer);
    assert_eq!(
        codes(&findings),
        [(Severity::Warning, Code::ArtifactVersionDiffers); 2]
    );
    let edited = consumer.with_artifact_versions().unwrap();
    assert_eq!(check(&edited), []);
    assert_eq!(edited.text(), CONSUMER.replace("/1.0.0/", "/1.0.1/"));
    let keys: Vec<_> = uploads(&edited)
        .into_iter()
        .map(|upload| (upload.key, upload.file_name))
        .collect();
    let folder = "consumer/artifacts/com.ml.consumer/1.0.1";
    assert_eq!(
        keys,
        [
            (format!("{folder}/consumer.py"), "consumer.py".to_owned()),
            (format!("{folder}/samples.json"), "samples.json".to_owned())
        ]
    );
}

#[test]
fn recipes_in_the_shapes_of_public_components_are_read() {
    let recipe = read(GLOBAL);
    let component = recipe.component();
    assert_eq!(component.format_version.as_deref(), Some("2020-01-25"));
    assert_eq!(component.manifests[0].selections, ["linux"]);
    assert!(!component.manifests[0].own_lifecycle);
    let scripts: Vec<_> = component
        .scripts()
        .map(|s| (s.step, s.path.as_str(), s.timeout_seconds))
        .collect();
    assert_eq!(
        scripts,
        [
            (Step::Install, "/Lifecycle/Install/linux/Script", Some(600)),
            (Step::Install, "/Lifecycle/Install/windows/Script", None),
            (Step::Run, "/Lifecycle/Run/all/Script", None),
        ]
    );
    let findings = check(&recipe);
    assert!(errors(&findings).is_empty(), "{findings:#?}");
    // Of the nucleus one version only is no surprise.
    assert!(has(&findings, Severity::Warning, Code::UnpinnedDependency));

    let plugin = read(PLUGIN);
    assert_eq!(
        plugin.component().default_configuration,
        Some(json!({ "AuthorizedPosixGroups": null, "tmpFileSizeInKB": 1500.0 }))
    );
    let findings = check(&plugin);
    assert!(errors(&findings).is_empty(), "{findings:#?}");
    assert!(
        !findings
            .iter()
            .any(|finding| finding.code == Code::NothingToRun)
    );
}

#[test]
fn every_fault_is_told_at_once() {
    let text = "RecipeFormatVersion: 2021-01-01\nComponentName: a/b\nComponentVersion: 1.0\nComponentVersions: x\n\
        ComponentDependencies:\n  c: {VersionRequirement: latest, DependencyType: MAYBE}\n  d: {}\n\
        ComponentConfiguration: text\nManifests:\n  - Platform: {os: '*'}\n    Lifecycle:\n      Instal: echo\n      Run: cat \
        {artifacts:path}/no.txt {configuration:/no}\n      Startup: x\n    Artifacts:\n      - URI: https://a/b\n      - URI: \
        s3://only-bucket/\n      - URI: docker:UPPER\n      - URI: s3://a-bucket/x\n      - URI: s3://a-bucket/y/x\n        \
        Unarchive: TAR\n  - Lifecycle: {}\n";
    let findings = check(&read(text));
    let expected = [
        (Severity::Error, Code::UnknownFormatVersion),
        (Severity::Error, Code::InvalidName),
        (Severity::Error, Code::InvalidVersion),
        (Severity::Error, Code::UnknownField),
        (Severity::Error, Code::InvalidRequirement),
        (Severity::Error, Code::MissingField),
        (Severity::Error, Code::InvalidField),
        (Severity::Error, Code::InvalidArtifactUri),
        (Severity::Warning, Code::UnknownStep),
        (Severity::Warning, Code::UnknownArtifactUsed),
        (Severity::Warning, Code::UnknownConfigurationUsed),
        (Severity::Warning, Code::RunAndStartup),
        (Severity::Warning, Code::RepeatedArtifact),
        (Severity::Warning, Code::UnreachableManifest),
        (Severity::Note, Code::MissingField),
    ];
    for (severity, code) in expected {
        assert!(has(&findings, severity, code), "{code:?} in {findings:#?}");
    }
    assert_eq!(
        findings
            .iter()
            .filter(|f| f.code == Code::InvalidArtifactUri)
            .count(),
        3
    );
    let place = |code| {
        findings
            .iter()
            .find(|f| f.code == code)
            .and_then(|f| f.line)
    };
    assert_eq!(
        (
            place(Code::UnknownFormatVersion),
            place(Code::InvalidVersion),
            place(Code::UnknownStep)
        ),
        (Some(1), Some(3), Some(12))
    );

    let large = format!("{XGBOOST}{}", " ".repeat(20_000));
    assert!(has(
        &check(&read(&large)),
        Severity::Error,
        Code::RecipeTooLarge
    ));
    let empty = check(&read("{}"));
    assert_eq!(
        empty
            .iter()
            .filter(|f| f.code == Code::MissingField && f.severity == Severity::Error)
            .count(),
        4
    );
    assert!(has(
        &check(&read("a: 1\na: 2")),
        Severity::Warning,
        Code::RepeatedField
    ));
    assert!(has(
        &check(&read("{\"a\": 1,}")),
        Severity::Warning,
        Code::AlmostJson
    ));
}

#[test]
fn what_is_no_recipe_is_told_with_its_line() {
    assert_eq!(Recipe::parse(""), Err(NotARecipe::Empty));
    assert_eq!(Recipe::parse("- a\n- b"), Err(NotARecipe::NoObject));
    assert_eq!(Recipe::parse("[1]"), Err(NotARecipe::NoObject));
    assert_eq!(Recipe::parse("{\n\"a\": ]}").unwrap_err().line(), Some(2));
    assert_eq!(
        Recipe::parse("a: 1\nb: [1\nc: 2").unwrap_err().line(),
        Some(3)
    );
    assert!(matches!(
        Recipe::parse("a: 1\n---\nb: 2"),
        Err(NotARecipe::SeveralDocuments { .. })
    ));
    let deep = format!("{}{}", "[".repeat(5_000), "]".repeat(5_000));
    assert!(Recipe::parse(&format!("a: {deep}")).is_err());
    let mut laughs = "a: &a0 [x,x,x,x,x,x,x,x,x]\n".to_owned();
    for n in 1..9 {
        let of = format!("*a{},", n - 1).repeat(9);
        laughs.push_str(&format!("b{n}: &a{n} [{of}]\n"));
    }
    assert_eq!(Recipe::parse(&laughs), Err(NotARecipe::TooDeep));
}

mod properties {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "(\\PC|[\\n:{}\\[\\]\"'#|>&*!, -]){0,80}") {
            if let Ok(recipe) = Recipe::parse(&text) {
                let _ = check(&recipe);
                prop_assert_eq!(recipe.text(), text);
            }
        }

        #[test]
        fn any_part_of_a_recipe_is_read_or_refused(from in 0..RUNNER.len(), to in 0..RUNNER.len()) {
            let text = RUNNER.get(from.min(to)..from.max(to)).unwrap_or_default();
            if let Ok(recipe) = Recipe::parse(text) {
                for finding in check(&recipe) {
                    prop_assert!(!finding.message.is_empty() && !finding.remedy.is_empty());
                }
            }
        }
    }
}
