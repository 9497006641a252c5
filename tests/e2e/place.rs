//! Where the window stands and how large it is.

use super::desk::Desk;
use super::page::until;
use super::window::{Folder, Window};

/// Place and size as xdotool says them, in lines of NAME=VALUE.
async fn geometry(desk: &Desk<'_>) -> Option<String> {
    let window = desk.window("Overseed").await?;
    let said = desk
        .xdotool(&["getwindowgeometry", "--shell", &window])
        .await?;
    let lines = said.lines().filter(|line| {
        ["X=", "Y=", "WIDTH=", "HEIGHT="]
            .iter()
            .any(|name| line.starts_with(name))
    });
    Some(lines.collect::<Vec<_>>().join(" "))
}

#[tokio::test]
async fn size_and_place_are_remembered_even_by_an_app_that_was_killed() {
    const WANTED: &str = "X=120 Y=40 WIDTH=1010 HEIGHT=690";
    let folder = Folder::new();
    let window = Window::open(&folder).await;
    let desk = window.desk();
    let shown = desk.shown("Overseed").await;
    assert_ne!(geometry(&desk).await.as_deref(), Some(WANTED));
    desk.xdotool(&["windowmove", &shown, "120", "40"]).await;
    desk.xdotool(&["windowsize", &shown, "1010", "690"]).await;
    until("the window has moved", async || {
        (geometry(&desk).await? == WANTED).then_some(())
    })
    .await;
    let kept = folder.config().join("dev.overseed.app/.window-state.json");
    until("it is remembered", async || {
        let state = std::fs::read(&kept).ok()?;
        let state: serde_json::Value = serde_json::from_slice(&state).ok()?;
        (state["main"]["width"] == 1010 && state["main"]["x"] == 120).then_some(())
    })
    .await;
    window.kill().await;

    let window = Window::open(&folder).await;
    let desk = window.desk();
    until("the window is where it was", async || {
        (geometry(&desk).await? == WANTED).then_some(())
    })
    .await;
    window.close().await;
}
