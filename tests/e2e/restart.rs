//! One window at a time, and nothing that was typed is lost with it.

use std::process::{Command, Stdio};

use fantoccini::Locator;

use super::walk;
use super::window::{Folder, Window, program};

#[tokio::test]
async fn what_was_chosen_and_typed_is_there_after_a_restart() {
    let folder = Folder::new();
    let window = Window::open(&folder).await;
    walk::connect(&window.page, "all-well", 25, 60).await;
    walk::next(&window.page, "groups").await;
    walk::select_all(&window.page).await;
    walk::next(&window.page, "versions").await;
    walk::next(&window.page, "file").await;
    window.page.fill("file-prefix", "lines/brno").await;
    window.page.press("Previous").await;
    window.page.see("step-versions").await;
    window.close().await;

    let window = Window::open(&folder).await;
    let page = &window.page;
    let size = page
        .client
        .find(Locator::Css("[data-testid='connect-groups'] input"))
        .await
        .unwrap();
    assert_eq!(size.prop("value").await.unwrap().as_deref(), Some("25"));
    page.click("connect-submit").await;
    page.click("draft-continue").await;
    page.see("step-versions").await;
    walk::next(page, "file").await;
    page.see("file-make").await;
    let prefix = page
        .client
        .find(Locator::Css("[data-testid='file-prefix'] input"))
        .await
        .unwrap();
    assert_eq!(
        prefix.prop("value").await.unwrap().as_deref(),
        Some("lines/brno")
    );
    page.words("25 groups selected").await;
    window.close().await;
}

#[tokio::test]
async fn a_second_start_ends_by_itself_and_leaves_the_first() {
    let folder = Folder::new();
    let window = Window::open(&folder).await;
    let mut second = Command::new(program());
    // The same session bus as the first: what a desktop has.
    second
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let ended = tokio::task::spawn_blocking({
        window.dress_as_second(&mut second, &folder);
        move || second.status()
    });
    let ended = tokio::time::timeout(std::time::Duration::from_secs(30), ended).await;
    assert!(
        ended
            .expect("the second ends by itself")
            .unwrap()
            .unwrap()
            .success()
    );
    window.page.see("step-connect").await;
    window.close().await;
}
