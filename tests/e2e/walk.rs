//! The way through the wizard, step by step, in the sandbox.

use fantoccini::Locator;

use super::page::Page;

/// Connects to a sandbox.
pub async fn connect(page: &Page, scenario: &str, groups: u32, speed: u32) {
    page.click("connect-sandbox").await;
    page.click_at(Locator::Css(&format!(
        "input[type=radio][value='{scenario}']"
    )))
    .await;
    page.fill("connect-groups", &groups.to_string()).await;
    page.press("More").await;
    page.fill_at(Locator::Css("input[aria-label=Speed]"), &speed.to_string())
        .await;
    page.click("connect-submit").await;
    page.see("connected").await;
}

/// Lists all groups and selects those that can be deployed.
pub async fn select_all(page: &Page) {
    page.see("step-groups").await;
    page.click("groups-select-all").await;
}

/// Goes on to the step of this name, once what the present one loads has come and the button stands still. A page that
/// grows right then moves the button away under the click: it is pressed again if the step stays away.
pub async fn next(page: &Page, step: &str) {
    let there = format!("step-{step}");
    page.until(&format!("{there} is there"), async || {
        page.still().await;
        if page.text(&there).await.is_none() {
            page.press("Next").await;
        }
        page.soon(&there).await
    })
    .await;
}

/// Makes the input file, and a bucket for it, and uploads it.
pub async fn file(page: &Page, bucket: &str) {
    page.click("file-make").await;
    page.see("file-summary").await;
    page.fill("file-bucket", bucket).await;
    page.click("file-bucket-create").await;
    page.click("file-bucket-create-confirm").await;
    page.see("file-bucket-suits").await;
    page.click("file-upload").await;
    page.see("file-uploaded").await;
}

/// Makes the execution role, unless it is there.
pub async fn permissions(page: &Page) {
    page.still().await;
    if page
        .text("permissions-apply")
        .await
        .is_some_and(|says| says == "Nothing to apply")
    {
        return;
    }
    page.click("permissions-apply").await;
    page.read("permissions-apply", "Nothing to apply").await;
}

/// All steps from a connection to the review, whose checks have ended well.
pub async fn to_review(page: &Page, bucket: &str, settle: &str) {
    next(page, "groups").await;
    select_all(page).await;
    next(page, "versions").await;
    next(page, "file").await;
    file(page, bucket).await;
    next(page, "permissions").await;
    permissions(page).await;
    next(page, "review").await;
    page.fill("review-settle", settle).await;
}

/// Waits until nothing stands in the way of the start, mending what a review of a mixed fleet finds as it says: groups
/// whose version names no core are deselected, and the file is made and sent again.
pub async fn ready(page: &Page) {
    while !verdict(page).await {
        page.click_at(Locator::Css("a[aria-label^='Go to the step Groups']"))
            .await;
        page.click("groups-drop-stale").await;
        page.until("none is stale", async || {
            page.text("groups-drop-stale").await.is_none().then_some(())
        })
        .await;
        next(page, "versions").await;
        next(page, "file").await;
        page.click("file-make").await;
        page.until("the file is new", async || {
            page.text("file-stale").await.is_none().then_some(())
        })
        .await;
        page.click("file-upload").await;
        page.see("file-uploaded").await;
        next(page, "permissions").await;
        next(page, "review").await;
    }
}

/// Whether the review, once its checks have ended, lets the run start.
pub async fn verdict(page: &Page) -> bool {
    page.until("the checks have ended", async || {
        let says = page.text("step-review").await?;
        let (good, bad) = (
            says.contains("Ready to start"),
            says.contains("the start is blocked."),
        );
        (good || bad).then_some(good)
    })
    .await
}

/// Starts what is reviewed, and returns the run's id.
pub async fn start(page: &Page) -> String {
    ready(page).await;
    page.press("Start…").await;
    page.click("review-start-confirm").await;
    page.see("watch-figures").await;
    page.place().await.trim_start_matches("/runs/").to_owned()
}
