//! The way of core devices (Greengrass V2), from the choice of what to deploy to until the run has ended.

use super::page::Page;
use super::walk;
use super::window::{Folder, Window};

pub const CLI: &str = "aws.greengrass.Cli";

/// Selects just these devices, in the step in which they are.
pub async fn select(page: &Page, names: &[String]) {
    page.click("devices-import").await;
    page.paste("devices-import-text", &names.join("\n")).await;
    page.click("devices-import-submit").await;
    page.see("devices-import-report").await;
    page.press("Close").await;
}

/// From a connection to the components, with these devices selected, or with all.
pub async fn to_components(page: &Page, names: Option<&[String]>) {
    page.click("generation-v2").await;
    walk::next(page, "devices").await;
    match names {
        None => page.click("devices-select-all").await,
        Some(names) => select(page, names).await,
    }
    walk::next(page, "components").await;
}

/// Wants a component in a version, with a configuration if one is given.
pub async fn want(page: &Page, name: &str, version: &str, merge: Option<&str>) {
    page.press("Add a component…").await;
    page.take("component-name", name).await;
    page.take("component-version", version).await;
    if let Some(merge) = merge {
        page.paste("component-merge", merge).await;
    }
    page.click("component-save").await;
    page.read("layer-1", name).await;
}

/// From the components to the rollout, by way of the changes, which say this much.
pub async fn through_changes(page: &Page, says: &str) {
    walk::next(page, "changes").await;
    page.read("changes-totals", says).await;
    walk::next(page, "rollout").await;
}

/// From a connection to the rollout: a component for these devices, or for all.
pub async fn to_rollout(page: &Page, names: Option<&[String]>) {
    to_components(page, names).await;
    want(page, CLI, "2.9.0", None).await;
    through_changes(page, "2.9.0").await;
}

/// Starts what is reviewed: nothing may stand in the way of it. Answers the run's id.
pub async fn launch(page: &Page) -> String {
    page.read("step-review", "Ready to start").await;
    walk::launch(page).await
}

/// From the rollout to the start, with so many minutes to settle; answers the run's id.
pub async fn start(page: &Page, settle: &str) -> String {
    page.fill("review-settle", settle).await;
    walk::through_permissions(page).await;
    launch(page).await
}

/// The same for a plan whose settings and roles are there.
pub async fn start_as_is(page: &Page) -> String {
    for step in ["rollout", "permissions", "review"] {
        walk::next(page, step).await;
    }
    launch(page).await
}

#[tokio::test]
async fn core_devices_get_a_component_and_keep_what_they_have() {
    let folder = Folder::new();
    let window = Window::open(&folder).await;
    let page = &window.page;
    walk::connect(page, "all-well", 30, 600).await;
    to_components(page, None).await;
    want(page, CLI, "2.9.0", None).await;
    walk::next(page, "changes").await;
    page.read("changes-totals", "2.9.0").await;
    page.words("No component is removed from any device").await;
    walk::next(page, "rollout").await;
    page.fill("review-settle", "0.5").await;
    walk::next(page, "permissions").await;
    page.read("roles-state-device", "Suffices").await;
    walk::next(page, "review").await;
    launch(page).await;
    walk::ends_well(page).await;
    window.close().await;
}
