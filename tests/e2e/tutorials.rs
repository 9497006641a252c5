//! Both tutorials of Greengrass V2, done wholly in the window: components are published from recipes and a folder of
//! artifacts, put together, reviewed and deployed.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use fantoccini::Locator;
use overseed_domain::v2::document::DeploymentDocument;

use super::account::clients;
use super::desk::Desk;
use super::devices::{self, CLI, want};
use super::page::{Page, id};
use super::walk;
use super::window::{Folder, Window};

const BUCKET: &str = "overseed-tutorial";
const SECRET: &str = "EI_API_KEY";
const CAMERA: &str = "EdgeImpulseLinuxServiceComponent";
const RUNNER: &str = "EdgeImpulseLinuxRunnerServiceComponent";
const SERIAL: &str = "EdgeImpulseSerialRunnerServiceComponent";
/// The files that the three recipes of the second tutorial name.
const CAMERA_FILES: [&str; 11] = [
    "aws-iotcore-connector.ts",
    "launch.sh",
    "run.sh",
    "aws-iotcore-serial-scraper.ts",
    "launch_serial.sh",
    "run_serial.sh",
    "install.sh",
    "package.json",
    "stop.sh",
    "install_serial.sh",
    "parser.sh",
];

fn recipe(file: &str) -> PathBuf {
    let recipes = Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/domain/tests/recipes");
    recipes.join(file)
}

/// A folder with files of these names.
fn artifacts(folder: &Folder, names: &[&str]) -> PathBuf {
    let place = folder.beside("artifacts");
    fs::create_dir_all(&place).unwrap();
    for name in names {
        fs::write(place.join(name), format!("what {name} holds\n")).unwrap();
    }
    place
}

/// A window whose native dialogs are answered by typing, and its sandbox.
async fn open(folder: &Folder) -> Window {
    let window = Window::open_with(folder, |app| {
        app.env_remove("OVERSEED_DIALOG_PATH");
    })
    .await;
    walk::connect(&window.page, "all-well", 12, 120).await;
    window.page.click("generation-v2").await;
    window
}

/// So many core devices on Linux, for which the components are.
async fn on_linux(folder: &Folder, many: usize) -> Vec<String> {
    let page = clients(folder).await.list_core_devices(None).await.unwrap();
    let linux = page
        .items
        .into_iter()
        .filter(|device| device.platform.as_deref() == Some("linux"));
    let names: Vec<String> = linux.map(|device| device.thing_name).take(many).collect();
    assert_eq!(names.len(), many);
    names
}

/// Selects just these devices.
async fn select(page: &Page, names: &[String]) {
    walk::next(page, "devices").await;
    devices::select(page, names).await;
    page.words(&format!("{} of 12 selected", names.len())).await;
}

/// Chooses an entry of a list by words that only it has.
async fn pick(page: &Page, field: &str, words: &str) {
    page.click_at(Locator::Css(&format!("{} button", id(field))))
        .await;
    let option = format!("//*[@role='option'][contains(., '{words}')]");
    page.click_at(Locator::XPath(&option)).await;
    page.read(field, words).await;
}

/// A recipe in the dialog of publishing, once it is checked.
async fn open_recipe(page: &Page, desk: &Desk<'_>, file: &str, version: &str) {
    page.click("publish-open").await;
    desk.choose("Open a recipe", &recipe(file)).await;
    page.read("publish-submit", &format!("Publish {version}"))
        .await;
}

/// A bucket that is made for the artifacts, and the folder that they are in.
async fn bucket_and_artifacts(page: &Page, desk: &Desk<'_>, place: &Path) {
    page.take("file-bucket", BUCKET).await;
    walk::create_bucket(page).await;
    page.click("publish-artifacts").await;
    desk.choose("Folder with the artifacts", place).await;
}

/// Publishes what is open, and puts it into the first part.
async fn publish(page: &Page, version: &str) {
    page.click("publish-submit").await;
    page.read("publish-done", &format!("{version} can be deployed"))
        .await;
}

async fn add_published(page: &Page) {
    page.click("publish-add-1").await;
    page.read("publish-done", "Added").await;
}

/// From Components to the end of the run, with the changes in IAM that the step Permissions proposes.
async fn to_the_end(page: &Page, added: &str) {
    devices::through_changes(page, added).await;
    page.fill("review-settle", "1").await;
    walk::next(page, "permissions").await;
    page.read("roles-state-device", "To be changed").await;
    page.click("permissions-apply").await;
    page.read("roles-state-device", "Applied").await;
    walk::next(page, "review").await;
    devices::launch(page).await;
    walk::ends_well(page).await;
}

/// What a device's own deployment says, and what is installed on it.
async fn outcome(folder: &Folder, name: &str) -> (DeploymentDocument, BTreeMap<String, String>) {
    let clients = clients(folder).await;
    let target = format!("arn:aws:iot:eu-west-1:000000000000:thing/{name}");
    let deployment = clients.current_deployment(&target).await.unwrap();
    let document = deployment.expect("a deployment").document.unwrap();
    let installed = clients
        .installed_components(name, None)
        .await
        .unwrap()
        .items;
    let versions = installed.into_iter().map(|one| (one.name, one.version));
    (document, versions.collect())
}

#[tokio::test]
async fn the_container_tutorial_is_done_in_the_window() {
    let folder = Folder::new();
    let window = open(&folder).await;
    let page = &window.page;
    let desk = window.desk();
    let names = on_linux(&folder, 2).await;
    select(page, &names).await;
    walk::next(page, "components").await;

    page.click("component-publish").await;
    open_recipe(page, &desk, "com.ml.xgboost.json", "com.ml.xgboost 1.0.0").await;
    page.read("publish-findings", "--network=host").await;
    publish(page, "com.ml.xgboost 1.0.0").await;
    add_published(page).await;
    page.click("publish-next").await;
    open_recipe(page, &desk, "com.ml.consumer.json", "com.ml.consumer 1.0.1").await;
    let place = artifacts(&folder, &["consumer.py", "samples.json"]);
    bucket_and_artifacts(page, &desk, &place).await;
    page.toggle("publish-replace-ml-artifacts").await;
    page.read("publish-artifacts-table", &format!("s3://{BUCKET}/"))
        .await;
    publish(page, "com.ml.consumer 1.0.1").await;
    page.read("publish-done", "2 artifacts uploaded").await;
    add_published(page).await;
    page.press("Close").await;

    want(page, CLI, "2.9.0", None).await;
    page.click("layer-1-policies").await;
    pick(page, "policies-action", "Ask components").await;
    page.fill("policies-seconds", "60").await;
    pick(page, "policies-failure", "Go back").await;
    page.fill("policies-name", "component-deployment").await;
    page.click("policies-save").await;
    page.read("layer-1", "component-deployment").await;

    to_the_end(page, "com.ml.xgboost").await;
    for name in &names {
        let (document, installed) = outcome(&folder, name).await;
        for (component, version) in [
            ("com.ml.xgboost", "1.0.0"),
            ("com.ml.consumer", "1.0.1"),
            (CLI, "2.9.0"),
        ] {
            assert_eq!(document.components[component].component_version, version);
            assert_eq!(
                installed.get(component).map(String::as_str),
                Some(version),
                "{name}"
            );
        }
        assert_eq!(
            document.deployment_name.as_deref(),
            Some("component-deployment")
        );
        let policies = serde_json::to_value(document.deployment_policies).unwrap();
        assert_eq!(policies["failureHandlingPolicy"], "ROLLBACK");
        let update = &policies["componentUpdatePolicy"];
        assert_eq!(update["action"], "NOTIFY_COMPONENTS");
        assert_eq!(update["timeoutInSeconds"], 60);
    }
    window.close().await;
}

#[tokio::test]
async fn the_edge_impulse_tutorial_is_done_in_the_window_with_a_component_and_a_name_for_each_device()
 {
    let folder = Folder::new();
    let window = open(&folder).await;
    let page = &window.page;
    let desk = window.desk();
    let names = on_linux(&folder, 3).await;
    select(page, &names).await;
    walk::next(page, "components").await;

    page.click("component-publish").await;
    let place = artifacts(&folder, &CAMERA_FILES);
    let secret = folder.beside("secret.json");
    fs::write(&secret, r#"{"ei_api_key": "ei_0"}"#).unwrap();
    for (turn, name) in [CAMERA, RUNNER, SERIAL].into_iter().enumerate() {
        let version = format!("{name} 1.0.0");
        open_recipe(page, &desk, &format!("{name}.yaml"), &version).await;
        if turn == 0 {
            bucket_and_artifacts(page, &desk, &place).await;
            page.click(&format!("publish-secret-{SECRET}")).await;
            desk.choose("Open the secret's value", &secret).await;
            page.words(&format!("The secret {SECRET} is made.")).await;
        }
        page.read("publish-artifacts-table", &format!("s3://{BUCKET}/"))
            .await;
        publish(page, &version).await;
        page.click("publish-next").await;
    }
    page.press("Close").await;

    want(page, CLI, "2.12.6", None).await;
    let devices: Vec<_> = names.iter().zip([CAMERA, RUNNER, SERIAL]).collect();
    let mut rows = "thingName".to_owned();
    for (_, component) in &devices {
        rows += &format!(",component:{component},config:{component}/Parameters/device_name");
    }
    for (place, (device, _)) in devices.iter().enumerate() {
        rows += &format!("\n{device}");
        for column in 0..devices.len() {
            if column == place {
                rows += &format!(",1.0.0,camera-of-{device}");
            } else {
                rows += ",,";
            }
        }
    }
    page.click("rows-paste").await;
    page.paste("rows-text", &rows).await;
    page.click("rows-paste-submit").await;
    page.read("rows", SERIAL).await;

    to_the_end(page, SERIAL).await;
    for (device, component) in devices {
        let (document, installed) = outcome(&folder, device).await;
        let wanted = &document.components[component];
        let update = serde_json::to_value(&wanted.configuration_update).unwrap();
        let merge: serde_json::Value =
            serde_json::from_str(update["merge"].as_str().unwrap()).unwrap();
        assert_eq!(
            merge["Parameters"]["device_name"],
            format!("camera-of-{device}")
        );
        assert_eq!(installed.get(component).map(String::as_str), Some("1.0.0"));
        let cameras = [CAMERA, RUNNER, SERIAL]
            .iter()
            .filter(|name| installed.contains_key(**name));
        assert_eq!(cameras.count(), 1, "{device}: {installed:?}");
    }
    window.close().await;
}
