//! The way back through the screens, as a browser has it.

use super::walk;
use super::window::{Folder, Window};

/// The web view's own way back passes over entries that were made without a click: from the runs it would lead past the
/// step that was left.
#[tokio::test]
async fn the_way_back_from_the_runs_leads_to_the_step_that_was_left() {
    let folder = Folder::new();
    let window = Window::open(&folder).await;
    let page = &window.page;
    walk::connect(page, "all-well", 12, 60).await;
    walk::to_file(page).await;
    page.go("/runs").await;
    page.see("runs-table").await;
    page.client.back().await.unwrap();
    page.see("step-file").await;
    assert_eq!(page.place().await, "/new/file");
    window.close().await;
}
