//! Runs to their end: one in which all is well, and one in which some groups fail.

use super::page::Page;
use super::walk;
use super::window::{Folder, Window};

async fn run(page: &Page, scenario: &str, groups: u32) {
    walk::connect(page, scenario, groups, 600).await;
    walk::to_review(page, "overseed-outcomes", "0.05").await;
    walk::start(page).await;
}

#[tokio::test]
async fn a_fleet_that_is_well_succeeds_to_the_last_group() {
    let folder = Folder::new();
    let window = Window::open(&folder).await;
    let page = &window.page;
    run(page, "all-well", 60).await;
    let figures = walk::ends_well(page).await;
    assert!(figures.contains("100 % of those ended"), "{figures}");
    assert_eq!(page.text("watch-to-causes").await, None);
    window.close().await;
}

#[tokio::test]
async fn failures_are_shown_by_cause_in_the_services_words() {
    let folder = Folder::new();
    let window = Window::open(&folder).await;
    let page = &window.page;
    run(page, "mixed", 200).await;
    page.words("Finished").await;
    page.click("watch-to-causes").await;
    let sentence = page.read("causes-sentence", "did not succeed").await;
    let causes = page.see("causes-table").await;
    assert!(
        causes.contains("failed error:") || causes.contains("GG-"),
        "{causes}"
    );
    assert!(page.see("cause-detail").await.len() > 40, "{sentence}");
    assert!(!page.see("cause-targets").await.is_empty());
    window.close().await;
}
