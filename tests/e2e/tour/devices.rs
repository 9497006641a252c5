//! The screens of Greengrass V2: 75 core devices that fare differently, by a state machine.

use std::path::Path;

use fantoccini::Locator;

use super::{Camera, figure};
use crate::e2e::devices::{CLI, want};
use crate::e2e::page::{Page, id};
use crate::e2e::walk;
use crate::e2e::window::{Folder, Window};

const TELEMETRY: &str = "com.plant.LineTelemetry";
const BUCKET: &str = "overseed-demo-000000000000";
/// A configuration with a value of each device's own.
const MERGE: &str = r#"{"intervalSeconds": 15, "line": "{thingName}"}"#;

/// Opens the tab whose name begins so; a number may follow.
async fn open_tab(page: &Page, name: &str) {
    let tab = format!("//*[@role='tab'][starts-with(normalize-space(.), '{name}')]");
    page.click_at(Locator::XPath(&tab)).await;
}

/// The dialogs of Components, and what they lead to.
async fn components(page: &Page, folder: &Folder, camera: &mut Camera<'_>) {
    page.see("layer-1").await;
    camera.take("components-empty").await;

    let recipe = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("crates/domain/tests/recipes/EdgeImpulseLinuxRunnerServiceComponent.yaml");
    std::fs::copy(recipe, folder.chosen()).unwrap();
    page.click("component-publish").await;
    camera.take("publish-empty").await;
    page.click("publish-open").await;
    page.see("publish-findings").await;
    page.take("file-bucket", BUCKET).await;
    page.see("publish-artifacts-table").await;
    page.still().await;
    camera
        .take_down_to("publish", &["publish-findings", "publish-artifacts-table"])
        .await;
    page.press("Close").await;

    want(page, CLI, "2.9.0", None).await;
    page.click("layer-1-add").await;
    page.take("component-name", TELEMETRY).await;
    page.paste("component-merge", MERGE).await;
    page.still().await;
    camera.take("component").await;
    page.click("component-save").await;
    page.click("layer-1-policies").await;
    page.fill("policies-seconds", "60").await;
    camera.take("policies").await;
    page.click("policies-save").await;
    page.click("layers-add").await;
    camera.take("part-for-some").await;
    page.press("Cancel").await;
    page.click("rows-paste").await;
    camera.take("rows").await;
    page.press("Cancel").await;
    page.read("layer-1", "15").await;
    camera.take_down_to("components", &["rows"]).await;
}

/// What comes of the devices, one of them in all detail.
async fn changes(page: &Page, camera: &mut Camera<'_>) {
    page.read("changes-totals", "2.9.0").await;
    page.still().await;
    camera
        .take_down_to("changes", &["changes-totals", "changes-devices"])
        .await;
    let first = format!("{} tbody a", id("changes-devices"));
    page.click_at(Locator::Css(&first)).await;
    page.see("changes-diff").await;
    camera
        .take_down_to("changes-device", &["changes-kept"])
        .await;
    page.press("Close").await;
    open_tab(page, "Different outcomes").await;
    page.see("changes-outcomes").await;
    camera
        .take_down_to("changes-outcomes", &["changes-outcomes"])
        .await;
}

/// Each way's settings; the state machine is the one that is taken.
async fn rollout(page: &Page, camera: &mut Camera<'_>) {
    page.see("rollout-way").await;
    camera.take("rollout-direct").await;
    page.choose("rollout-way", "step_functions").await;
    page.take("file-bucket", BUCKET).await;
    page.see("file-bucket-suits").await;
    page.fill("review-name", "Telemetry every 15 seconds").await;
    page.fill("review-settle", "0.75").await;
    camera.take_down_to("rollout-machine", &["waves"]).await;
}

async fn permissions(page: &Page, camera: &mut Camera<'_>) {
    page.see("roles-device").await;
    page.see("roles-engine").await;
    page.still().await;
    camera
        .take_down_to("roles", &["roles-device", "roles-engine"])
        .await;
    page.click("permissions-apply").await;
    page.read("permissions-apply", "Nothing to apply").await;
    camera.take("roles-applied").await;
}

#[tokio::test]
async fn core_devices() {
    let folder = Folder::new();
    let window = Window::open(&folder).await;
    let page = &window.page;
    let mut camera = Camera::new(page, "v2-");
    // Slow enough for pictures of a run that is under way.
    walk::connect(page, "mixed", 75, 20).await;
    page.click("generation-v2").await;
    camera.take("generation").await;

    walk::next(page, "devices").await;
    page.click("devices-select-all").await;
    page.words("of 75 selected").await;
    page.still().await;
    camera.take("devices").await;
    open_tab(page, "Thing groups").await;
    page.see("thing-groups-table").await;
    page.still().await;
    camera.take("thing-groups").await;

    walk::next(page, "components").await;
    components(page, &folder, &mut camera).await;
    walk::next(page, "changes").await;
    changes(page, &mut camera).await;
    walk::next(page, "rollout").await;
    rollout(page, &mut camera).await;
    walk::next(page, "permissions").await;
    permissions(page, &mut camera).await;

    walk::next(page, "review").await;
    page.read("step-review", "Ready to start").await;
    camera
        .take_down_to("review", &["review-waves", "review-checks"])
        .await;
    page.press("Start…").await;
    page.see("review-start-confirm").await;
    camera.take("start").await;
    page.click("review-start-confirm").await;
    page.until("devices have ended", async || {
        let figures = page.text("watch-figures").await?;
        figure(&figures, "Succeeded").filter(|devices| *devices >= 10)
    })
    .await;
    camera.take_down_to("running", &["watch-chart"]).await;
    page.words("Finished").await;
    camera
        .take_down_to("ended", &["watch-chart", "targets-table"])
        .await;
    page.click("watch-to-causes").await;
    page.see("causes-table").await;
    camera.take_down_to("causes", &["cause-detail"]).await;
    window.close().await;
}
