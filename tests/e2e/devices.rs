//! Core devices (Greengrass V2), from the choice of what to deploy to until the run has ended.

use super::page::{Page, id};
use super::walk;
use super::window::{Folder, Window};
use fantoccini::Locator;
use fantoccini::key::Key;

pub const CLI: &str = "aws.greengrass.Cli";

/// Types into a field that proposes, and takes what was typed.
pub async fn type_whole(page: &Page, field: &str, text: &str) {
    page.fill(field, text).await;
    let input = format!("{} input", id(field));
    let input = page.client.find(Locator::Css(&input)).await.unwrap();
    let enter = char::from(Key::Enter).to_string();
    input.send_keys(&enter).await.unwrap();
}

/// From a connection to the changes that a component of this version makes to all core devices.
async fn to_changes(page: &Page, version: &str) {
    page.click("generation-v2").await;
    walk::next(page, "devices").await;
    page.click("devices-select-all").await;
    walk::next(page, "components").await;
    page.press("Add a component…").await;
    type_whole(page, "component-name", CLI).await;
    type_whole(page, "component-version", version).await;
    page.click("component-save").await;
    page.words(CLI).await;
    walk::next(page, "changes").await;
}

#[tokio::test]
async fn core_devices_get_a_component_and_keep_what_they_have() {
    let folder = Folder::new();
    let window = Window::open(&folder).await;
    let page = &window.page;
    walk::connect(page, "all-well", 30, 600).await;
    to_changes(page, "2.9.0").await;
    page.read("changes-totals", "2.9.0").await;
    page.words("No component is removed from any device").await;
    walk::next(page, "rollout").await;
    page.fill("review-settle", "0.5").await;
    walk::next(page, "permissions").await;
    page.read("roles-state-device", "Suffices").await;
    walk::next(page, "review").await;
    page.read("step-review", "Ready to start").await;
    page.press("Start…").await;
    page.click("review-start-confirm").await;
    page.see("watch-figures").await;
    page.words("Finished").await;
    page.read("watch-figures", "none failed").await;
    window.close().await;
}
