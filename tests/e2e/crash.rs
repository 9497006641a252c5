//! The app killed in the middle of a run.

use super::account::bulk_deployments;
use super::walk;
use super::window::{Folder, Window};

#[tokio::test]
async fn a_run_whose_app_was_killed_is_resumed_to_its_end_with_one_bulk_deployment() {
    let folder = Folder::new();
    let window = Window::open(&folder).await;
    walk::connect(&window.page, "all-well", 150, 12).await;
    walk::to_review(&window.page, "overseed-crash", "1").await;
    let run = walk::start(&window.page).await;
    window.page.read("watch-figures", "Running").await;
    window.kill().await;
    assert_eq!(bulk_deployments(&folder).await, 1);

    let window = walk::resume(&folder, &run).await;
    walk::ends_well(&window.page).await;
    assert_eq!(bulk_deployments(&folder).await, 1);
    window.close().await;
}
