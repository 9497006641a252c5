//! Runs of core devices (Greengrass V2) by each of the three ways, and what can come between their start and their end.

use std::collections::BTreeSet;

use serde_json::json;

use super::account::{clients, core_devices, deployments};
use super::devices::{start, start_as_is, through_changes, to_components, to_rollout, want};
use super::walk;
use super::waves::{self, Gate};
use super::window::{Folder, Window};

/// The first number after some words, as people read it.
fn number_after(text: &str, words: &str) -> u32 {
    let (_, after) = text.split_once(words).expect(text);
    let digits: String = after
        .chars()
        .take_while(|c| c.is_ascii_digit() || *c == ',')
        .filter(char::is_ascii_digit)
        .collect();
    digits.parse().expect(text)
}

#[tokio::test]
async fn a_thousand_devices_with_rows_of_their_own_go_by_step_functions_to_their_end() {
    let folder = Folder::new();
    let window = Window::open(&folder).await;
    let page = &window.page;
    walk::connect(page, "mixed", 1000, 600).await;
    to_components(page, None).await;
    let before = deployments(&folder).await.len();
    let names = core_devices(&folder).await;
    let rows: String = (1..)
        .zip(&names)
        .map(|(line, name)| format!("{name},L-{line}\n"))
        .collect();
    page.click("rows-paste").await;
    page.paste("rows-text", &format!("thingName,line\n{rows}"))
        .await;
    page.click("rows-paste-submit").await;
    page.read("rows", "1,000, CSV").await;
    want(
        page,
        "com.plant.LineTelemetry",
        "1.2.0",
        Some(r#"{"line": "{line}", "thing": "{thingName}"}"#),
    )
    .await;
    through_changes(page, "1.2.0").await;
    page.choose("rollout-way", "step_functions").await;
    page.fill("file-bucket", "overseed-thousand").await;
    walk::create_bucket(page).await;
    page.see("file-bucket-suits").await;
    start(page, "5").await;
    page.read("watch-figures", "Its deployments are being made")
        .await;
    let figures = page.read("watch-figures", "did not succeed").await;
    page.read("watch-left-behind", "State machine").await;
    let succeeded = number_after(&figures, "Succeeded\n");
    page.click("watch-to-causes").await;
    let sentence = page.read("causes-sentence", "did not succeed").await;
    assert_eq!(succeeded + number_after(&sentence, ""), 1000, "{sentence}");
    page.see("cause-detail").await;

    let made = deployments(&folder).await;
    assert_eq!(made.len() - before, 1000);
    let newest = &made[0];
    let thing = newest.target_arn.rsplit('/').next().unwrap();
    let line = names.iter().position(|name| name == thing).unwrap() + 1;
    let made = clients(&folder).await.get_deployment(&newest.id).await;
    let document = json!(made.unwrap().document.unwrap()).to_string();
    assert!(document.contains(&format!("L-{line}\\")), "{document}");
    assert!(document.contains(thing), "{document}");
    window.close().await;
}

#[tokio::test]
async fn a_plan_is_opened_again_its_failures_are_tried_again_and_the_rest_goes_back() {
    let folder = Folder::new();
    let window = Window::open(&folder).await;
    let page = &window.page;
    walk::connect(page, "mixed", 30, 600).await;
    to_rollout(page, None).await;
    page.fill("review-settle", "0.1").await;
    walk::through_permissions(page).await;
    page.read("step-review", "Ready to start").await;
    page.click("review-export-plan").await;
    page.words("Plan saved as").await;
    page.click("review-open-plan").await;
    page.words("The plan was opened").await;
    page.go("/new/changes").await;
    page.read("changes-fixed", "They come from the plan file")
        .await;
    let first = start_as_is(page).await;
    page.words("Finished").await;
    page.click("watch-to-causes").await;
    page.click("cause-retry").await;
    page.click("retry-confirm").await;
    page.read("changes-fixed", "are tried once more").await;
    let second = start_as_is(page).await;
    assert_ne!(first, second);
    page.words("Finished").await;
    walk::to_parent(page, &first).await;
    page.click("watch-to-causes").await;
    page.click("causes-roll-back").await;
    page.click("retry-confirm").await;
    page.read("changes-fixed", "go back to what they had before")
        .await;
    window.close().await;
}

#[tokio::test]
async fn a_canary_of_devices_that_fails_aborts_the_run_before_its_second_wave() {
    let folder = Folder::new();
    let window = Window::open(&folder).await;
    let page = &window.page;
    walk::connect(page, "mixed", 40, 600).await;
    to_rollout(page, None).await;
    let before = deployments(&folder).await.len();
    page.choose("rollout-way", "direct").await;
    waves::cut(page, 25, Gate::Abort).await;
    start(page, "0.1").await;
    page.see("watch-aborted").await;
    page.read("wave-1", "core devices failed").await;
    page.read("wave-2", "Skipped").await;
    page.read("watch-figures", "Aborted by its gate").await;
    assert_eq!(deployments(&folder).await.len() - before, 25);
    window.close().await;
}

#[tokio::test]
async fn a_run_of_devices_holds_between_waves_and_goes_on_when_it_is_told_to() {
    let folder = Folder::new();
    let window = Window::open(&folder).await;
    let page = &window.page;
    walk::connect(page, "all-well", 12, 600).await;
    to_rollout(page, None).await;
    let before = deployments(&folder).await.len();
    waves::cut(page, 4, Gate::HoldEach).await;
    start(page, "0.5").await;
    page.read("watch-hold", "Wave 1 is done; the next one waits for you")
        .await;
    assert_eq!(deployments(&folder).await.len() - before, 4);
    page.click("watch-continue").await;
    page.click("watch-continue-confirm").await;
    walk::ends_well(page).await;
    assert_eq!(deployments(&folder).await.len() - before, 12);
    window.close().await;
}

#[tokio::test]
async fn a_stop_cancels_the_deployments_that_devices_have_not_taken() {
    let folder = Folder::new();
    let window = Window::open(&folder).await;
    let page = &window.page;
    walk::connect(page, "cores-off", 25, 600).await;
    to_rollout(page, None).await;
    let before = deployments(&folder).await.len();
    start(page, "5").await;
    page.read("watch-figures", "at most until").await;
    page.click("watch-stop").await;
    page.click("watch-also-cancel").await;
    page.click("watch-stop-confirm").await;
    page.read("watch-figures", "from start to end").await;
    page.click("watch-to-causes").await;
    page.read("causes-sentence", "did not succeed").await;
    page.read("cause-detail", "The deployment was cancelled")
        .await;
    let made = deployments(&folder).await;
    assert_eq!(made.len() - before, 25);
    assert!(made.iter().any(|made| made.status == "CANCELED"));
    window.close().await;
}

#[tokio::test]
async fn devices_that_get_the_same_are_one_thing_group() {
    let folder = Folder::new();
    let window = Window::open(&folder).await;
    let page = &window.page;
    walk::connect(page, "all-well", 20, 600).await;
    let with: Vec<String> = deployments(&folder)
        .await
        .into_iter()
        .map(|made| made.target_arn)
        .collect();
    let mut without = core_devices(&folder).await;
    without.retain(|name| !with.iter().any(|arn| arn.ends_with(&format!("/{name}"))));
    assert!(without.len() > 1, "{without:?}");
    to_rollout(page, Some(&without)).await;
    page.choose("rollout-way", "thing_group").await;
    start(page, "1").await;
    walk::ends_well(page).await;
    page.read("watch-left-behind", "Thing group").await;
    let made = deployments(&folder).await;
    assert_eq!(made.len() - with.len(), 1);
    window.close().await;
}

#[tokio::test]
async fn a_run_of_devices_whose_app_was_killed_goes_on_and_makes_nothing_twice() {
    let folder = Folder::new();
    let window = Window::open(&folder).await;
    let page = &window.page;
    walk::connect(page, "all-well", 40, 60).await;
    to_rollout(page, None).await;
    let before = deployments(&folder).await.len();
    let run = start(page, "2").await;
    page.read("watch-figures", "Running").await;
    let made = page
        .until("some are made", async || {
            let made = deployments(&folder).await.len() - before;
            (made > 0).then_some(made)
        })
        .await;
    window.kill().await;
    assert!(made < 40);

    let window = walk::resume(&folder, &run).await;
    let page = &window.page;
    walk::ends_well(page).await;
    let made = deployments(&folder).await;
    let new = &made[..made.len() - before];
    let targets: BTreeSet<&str> = new.iter().map(|made| &*made.target_arn).collect();
    assert_eq!((new.len(), targets.len()), (40, 40));
    window.close().await;
}
