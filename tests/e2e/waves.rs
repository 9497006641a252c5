//! Runs in waves: a canary that aborts, a hold and going on, a stop in the middle, failures that are deployed again until
//! none is left, and a window that is closed while a run is on.

use fantoccini::Locator;

use super::account::bulk_deployments;
use super::page::{Page, id};
use super::walk;
use super::window::{Folder, Window};

/// What the gate does when a single target fails.
#[derive(Clone, Copy)]
pub enum Gate {
    Abort,
    Hold,
    /// After each wave, whatever came of it.
    HoldEach,
}

/// Cuts the plan into a canary of so many targets and the rest after it, with a gate that allows no failure.
pub async fn cut(page: &Page, canary: u32, gate: Gate) {
    let header = format!("{} [aria-expanded]", id("waves"));
    page.click_at(Locator::Css(&header)).await;
    page.choose("waves", "waves").await;
    // A canary, a tenth and the rest are proposed: the tenth goes.
    let second = "(//button[@aria-label='Remove this wave'])[2]";
    page.click_at(Locator::XPath(second)).await;
    let size = "input[aria-label='Size of wave 1']";
    page.fill_at(Locator::Css(size), &canary.to_string()).await;
    let most = "input[aria-label='Failed of a wave, at most']";
    page.fill_at(Locator::Css(most), "0").await;
    match gate {
        Gate::Abort => {
            page.choose("waves-then", "abort").await;
        }
        Gate::Hold => {}
        Gate::HoldEach => {
            page.toggle("waves-hold-each").await;
        }
    }
}

/// From a connection to the review, with a canary of so many groups and the rest after it.
async fn to_review(page: &Page, canary: u32, gate: Gate) {
    walk::to_file(page).await;
    cut(page, canary, gate).await;
    walk::file(page, "overseed-waves").await;
    page.read("wave-files", "wave-002.jsonl").await;
    walk::through_permissions(page).await;
    page.fill("review-settle", "0.05").await;
}

#[tokio::test]
async fn a_canary_that_fails_aborts_the_run_and_no_other_wave_is_started() {
    let folder = Folder::new();
    let window = Window::open(&folder).await;
    let page = &window.page;
    walk::connect(page, "throttling", 60, 600).await;
    to_review(page, 40, Gate::Abort).await;
    walk::start(page).await;
    page.see("watch-aborted").await;
    page.read("wave-2", "Skipped").await;
    page.read("watch-figures", "Aborted by its gate").await;
    assert_eq!(bulk_deployments(&folder).await, 1);
    window.close().await;
}

#[tokio::test]
async fn a_run_that_the_gate_holds_goes_on_when_it_is_told_to() {
    let folder = Folder::new();
    let window = Window::open(&folder).await;
    let page = &window.page;
    walk::connect(page, "throttling", 60, 600).await;
    to_review(page, 40, Gate::Hold).await;
    walk::start(page).await;
    page.read("watch-hold", "The gate holds the run after wave 1")
        .await;
    page.read("wave-2", "Waiting").await;
    assert_eq!(bulk_deployments(&folder).await, 1);
    page.click("watch-continue").await;
    page.click("watch-continue-confirm").await;
    page.read("watch-figures", "wave 2 of 2").await;
    page.words("Finished").await;
    assert_eq!(bulk_deployments(&folder).await, 2);
    window.close().await;
}

#[tokio::test]
async fn a_run_that_is_stopped_between_waves_leaves_the_rest_waiting() {
    let folder = Folder::new();
    let window = Window::open(&folder).await;
    let page = &window.page;
    walk::connect(page, "all-well", 30, 600).await;
    to_review(page, 10, Gate::HoldEach).await;
    walk::start(page).await;
    page.read("watch-hold", "Wave 1 is done; the next one waits for you")
        .await;
    page.click("watch-stop").await;
    page.click("watch-stop-confirm").await;
    page.read("wave-2", "Skipped").await;
    let figures = page.read("watch-figures", "Stopped").await;
    assert!(figures.contains("10"), "{figures}");
    assert_eq!(bulk_deployments(&folder).await, 1);
    window.close().await;
}

#[tokio::test]
async fn what_failed_is_deployed_again_until_nothing_is_left() {
    let folder = Folder::new();
    let window = Window::open(&folder).await;
    let page = &window.page;
    walk::connect(page, "throttling", 60, 600).await;
    walk::to_review(page, "overseed-again", "0.05").await;
    let first = walk::start(page).await;
    page.words("Finished").await;
    page.click("watch-to-causes").await;
    page.click("causes-retry-all").await;
    page.click("retry-confirm").await;
    page.see("step-versions").await;
    walk::next(page, "file").await;
    walk::make(page).await;
    walk::upload(page).await;
    walk::through_permissions(page).await;
    page.fill("review-settle", "0.05").await;
    let second = walk::start(page).await;
    assert_ne!(first, second);
    walk::ends_well(page).await;
    walk::to_parent(page, &first).await;
    window.close().await;
}

#[tokio::test]
async fn closing_says_what_goes_on_without_the_app_and_the_run_is_resumed_later() {
    let folder = Folder::new();
    let window = Window::open(&folder).await;
    let page = &window.page;
    walk::connect(page, "all-well", 100, 12).await;
    to_review(page, 80, Gate::Hold).await;
    // Time goes slower than elsewhere, so that there is a run to be closed upon; the groups get more of it to settle.
    page.fill("review-settle", "1").await;
    let run = walk::start(page).await;
    page.read("watch-figures", "Running").await;
    let desk = window.desk();
    desk.close("Overseed").await;
    page.read("closing", "Goes on at AWS without Overseed")
        .await;
    page.click("closing-cancel").await;
    page.gone("closing").await;
    desk.close("Overseed").await;
    page.read("closing", "1 wave has not begun").await;
    window.ended_by("closing-close").await;

    let window = walk::resume(&folder, &run).await;
    let page = &window.page;
    page.read("watch-figures", "wave 2 of 2").await;
    walk::ends_well(page).await;
    assert_eq!(bulk_deployments(&folder).await, 2);
    window.close().await;
}
