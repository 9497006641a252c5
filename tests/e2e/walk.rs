//! The way through the wizard, step by step, in the sandbox. What only core devices have is in `devices`.

use fantoccini::Locator;

use super::page::Page;
use super::window::{Folder, Window};

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

/// Goes on to the step of this name, once what the present one loads has come.
pub async fn next(page: &Page, step: &str) {
    page.still().await;
    page.press("Next").await;
    page.see(&format!("step-{step}")).await;
}

/// From a connection to the input file, with all groups.
pub async fn to_file(page: &Page) {
    next(page, "groups").await;
    select_all(page).await;
    next(page, "versions").await;
    next(page, "file").await;
}

/// Makes the input file.
pub async fn make(page: &Page) {
    page.click("file-make").await;
    page.see("file-summary").await;
}

/// Makes a bucket for what is to be uploaded.
pub async fn create_bucket(page: &Page) {
    page.click("file-bucket-create").await;
    page.click("file-bucket-create-confirm").await;
    page.gone("file-bucket-create-confirm").await;
}

/// Uploads the input file to a bucket that suits.
pub async fn upload(page: &Page) {
    page.see("file-bucket-suits").await;
    page.click("file-upload").await;
    page.see("file-uploaded").await;
}

/// Makes the input file, and a bucket for it, and uploads it.
pub async fn file(page: &Page, bucket: &str) {
    make(page).await;
    page.fill("file-bucket", bucket).await;
    create_bucket(page).await;
    upload(page).await;
}

/// Makes the input file and uploads it to a bucket that is there.
pub async fn file_into(page: &Page, bucket: &str) {
    make(page).await;
    page.fill("file-bucket", bucket).await;
    upload(page).await;
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

/// From the step before Permissions to the review, with the changes in IAM that are proposed.
pub async fn through_permissions(page: &Page) {
    next(page, "permissions").await;
    permissions(page).await;
    next(page, "review").await;
}

/// All steps from a connection to the review, whose checks have ended well.
pub async fn to_review(page: &Page, bucket: &str, settle: &str) {
    to_file(page).await;
    file(page, bucket).await;
    through_permissions(page).await;
    page.fill("review-settle", settle).await;
}

/// Waits until nothing stands in the way of the start, mending what a review of a mixed fleet finds as it says: groups
/// whose version names no core are deselected, and the file is made and sent again.
pub async fn ready(page: &Page) {
    while !verdict(page).await {
        page.click_at(Locator::Css("a[aria-label^='Go to the step Groups']"))
            .await;
        page.click("groups-drop-stale").await;
        page.gone("groups-drop-stale").await;
        next(page, "versions").await;
        next(page, "file").await;
        page.click("file-make").await;
        page.gone("file-stale").await;
        upload(page).await;
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
    launch(page).await
}

/// The same where nothing stands in the way.
pub async fn launch(page: &Page) -> String {
    page.press("Start…").await;
    page.click("review-start-confirm").await;
    page.see("watch-figures").await;
    page.place().await.trim_start_matches("/runs/").to_owned()
}

/// Waits until the run that is watched has ended and all targets have succeeded.
pub async fn ends_well(page: &Page) -> String {
    page.words("Finished").await;
    page.read("watch-figures", "none failed").await
}

/// Opens the window on the data folder that another one has left, connects to the same sandbox, and drives a run on that
/// nobody drives.
pub async fn resume(folder: &Folder, run: &str) -> Window {
    let window = Window::open(folder).await;
    let page = &window.page;
    page.click("connect-submit").await;
    page.see("connected").await;
    page.go("/runs").await;
    page.click(&format!("runs-resume-{run}")).await;
    page.see("watch-figures").await;
    window
}

/// From a run to the one that it came from, which is this one.
pub async fn to_parent(page: &Page, parent: &str) {
    page.click("watch-parent").await;
    page.until("the run that it came from is shown", async || {
        (page.place().await == format!("/runs/{parent}")).then_some(())
    })
    .await;
}
