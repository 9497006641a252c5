//! The recipes of the container tutorial and their slips.

use overseed_domain::v2::recipe::{RecipeFindingCode as Code, Severity, check, uploads};

use super::{CONSUMER, XGBOOST, codes, errors, has, read};

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
