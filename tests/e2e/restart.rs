//! One window at a time, and nothing that was typed is lost with it.

use std::process::{Command, Stdio};

use super::page::{Page, until};
use super::walk;
use super::window::{Folder, Window, program};

#[tokio::test]
async fn what_was_chosen_and_typed_is_there_after_a_restart() {
    let folder = Folder::new();
    let window = Window::open(&folder).await;
    walk::connect(&window.page, "all-well", 25, 60).await;
    walk::to_file(&window.page).await;
    window.page.fill("file-prefix", "lines/brno").await;
    stored(&window.page, "lines/brno").await;
    window.close().await;

    let window = Window::open(&folder).await;
    let page = &window.page;
    page.holds("connect-groups", "25").await;
    page.click("connect-submit").await;
    page.click("draft-continue").await;
    page.see("file-make").await;
    page.holds("file-prefix", "lines/brno").await;
    page.words("25 groups selected").await;
}

#[tokio::test]
async fn a_second_start_ends_by_itself_and_brings_the_first_to_the_front() {
    let folder = Folder::new();
    let window = Window::open(&folder).await;
    let desk = window.desk();
    let first = desk.shown("Overseed").await;
    // The keyboard is elsewhere: with the display's background.
    let nobody = desk
        .xdotool(&["search", "--maxdepth", "0", "--name", ".*"])
        .await;
    let nobody = nobody.expect("every display has a background");
    desk.xdotool(&["windowfocus", &nobody]).await;
    until("the keyboard is elsewhere", async || {
        (desk.focused().await? == nobody).then_some(())
    })
    .await;
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
    until("the first has the keyboard", async || {
        (desk.focused().await? == first).then_some(())
    })
    .await;
    window.page.see("step-connect").await;
    window.close().await;
}

/// Waits until the draft in the store has a prefix: WebDriver ends the app without a farewell.
async fn stored(page: &Page, prefix: &str) {
    let script = "const done = arguments[0];
        window.__TAURI_INTERNALS__.invoke('draft_get').then((draft) => done(draft.prefix), () => done(null));";
    page.until("what was typed is stored", async || {
        let kept = page.client.execute_async(script, vec![]).await.ok()?;
        (kept == prefix).then_some(())
    })
    .await;
}
