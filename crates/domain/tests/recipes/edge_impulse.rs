//! The recipes of the Edge Impulse tutorial: what they say, their stand-in bucket, and what they need.

use std::collections::BTreeSet;

use overseed_domain::v2::recipe::{
    Configured, Present, RecipeFindingCode as Code, RecipeFormat, Severity, Step, check,
    check_present, secrets, uploads,
};

use super::{RUNNER, SERIAL, SERVICE, errors, has, read};

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
