//! A start that is refused, because the account is at work on another bulk deployment.

use fantoccini::Locator;

use super::walk;
use super::window::{Folder, Window};

#[tokio::test]
async fn another_bulk_deployment_blocks_the_start_until_it_is_stopped_from_the_review() {
    let folder = Folder::new();
    let window = Window::open(&folder).await;
    let page = &window.page;
    walk::connect(page, "slow-start", 12, 5).await;
    walk::to_review(page, "overseed-refused", "0.05").await;
    let first = walk::start(page).await;
    page.read("watch-figures", "Initializing").await;

    page.go("/new/groups").await;
    walk::select_all(page).await;
    walk::next(page, "versions").await;
    walk::next(page, "file").await;
    walk::file_into(page, "overseed-refused").await;
    walk::through_permissions(page).await;

    assert!(!walk::verdict(page).await);
    let other = page.see("review-other").await;
    assert!(other.contains(&first), "{other}");
    page.press("Start…").await;
    page.words("The start is blocked by").await;
    assert!(
        page.client
            .find(Locator::Css("[data-testid='review-start-confirm']"))
            .await
            .is_err()
    );

    page.click("review-other-stop").await;
    page.click("review-other-confirm").await;
    page.gone("review-other").await;
    assert!(walk::verdict(page).await);
    window.close().await;
}
