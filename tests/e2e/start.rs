//! Starts that cannot become a window say why, in a native dialog and on the terminal.

use std::process::{Command, Stdio};

use overseed_engine::{Clock, Engine};
use tokio::task::spawn_blocking;

use super::desk::Desk;
use super::display::Display;
use super::page::{answered, until};
use super::window::{Folder, dress, program};

/// Starts the app, waits for the dialog and answers it; what the app wrote to the terminal before it failed.
async fn fails(folder: &Folder) -> String {
    let display = Display::start();
    let desk = Desk {
        display: &display.name,
    };
    let mut command = Command::new(program());
    dress(&mut command, &display, folder).stdin(Stdio::null());
    let ended = spawn_blocking(move || command.output());
    let dialog = desk.shown("Overseed cannot start").await;
    until("the dialog is answered", async || {
        let focus = ["windowfocus", "--sync", &dialog, "key", "Return"];
        desk.xdotool(&focus).await;
        ended.is_finished().then_some(())
    })
    .await;
    let output = answered("the app ends", ended).await.unwrap().unwrap();
    assert_eq!(output.status.code(), Some(1));
    String::from_utf8(output.stderr).unwrap()
}

#[tokio::test]
async fn a_store_of_a_newer_version_is_named() {
    let folder = Folder::new();
    drop(Engine::open(folder.data(), Clock::system()).unwrap());
    let store = folder.data().join("overseed.sqlite");
    let mut bytes = std::fs::read(&store).unwrap();
    // The user version, big-endian (SQLite's file format, 1.3 "The Database Header").
    bytes[60..64].copy_from_slice(&999_u32.to_be_bytes());
    std::fs::write(&store, &bytes).unwrap();

    let said = fails(&folder).await;
    assert!(
        said.contains("was written by a newer version of Overseed (store version 999"),
        "{said}"
    );
    assert!(!said.contains("panicked"), "{said}");
    assert_eq!(std::fs::read(&store).unwrap(), bytes, "it is left alone");
}

#[tokio::test]
async fn a_data_folder_that_cannot_be_used_is_named() {
    let folder = Folder::new();
    std::fs::write(folder.data(), "a file is in the way").unwrap();
    let said = fails(&folder).await;
    let place = folder.data().display().to_string();
    assert!(
        said.contains(&place) && !said.contains("panicked"),
        "{said}"
    );
}
