//! Native file dialogs, which WebDriver cannot see.

use super::walk;
use super::window::{Folder, Window};

#[tokio::test]
async fn paths_typed_into_native_dialogs_are_written_and_read() {
    let folder = Folder::new();
    let window = Window::open_with(&folder, |app| {
        app.env_remove("OVERSEED_DIALOG_PATH");
    })
    .await;
    let page = &window.page;
    let desk = window.desk();
    walk::connect(page, "all-well", 12, 600).await;
    walk::to_file(page).await;
    walk::make(page).await;

    // Saved: the whole file is where the dialog said.
    let saved = folder.beside("saved.jsonl");
    page.click("file-export").await;
    desk.choose("Input file", &saved).await;
    page.words(&saved.display().to_string()).await;
    let file = std::fs::read_to_string(&saved).unwrap();
    assert_eq!(file.lines().count(), 12, "{file}");

    // Opened: what is on the disk now is what is checked.
    let kept: Vec<&str> = file.lines().take(5).collect();
    let shorter = folder.beside("shorter.jsonl");
    std::fs::write(&shorter, kept.join("\n") + "\n").unwrap();
    page.click("file-open").await;
    desk.choose("Input file", &shorter).await;
    page.words("Opened from disk: ").await;
    page.read("file-summary", "Records\n5\n").await;
    window.close().await;
}
