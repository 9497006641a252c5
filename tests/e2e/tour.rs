//! The whole wizard with targets that fare differently, and a picture of each screen in light and dark: 500 groups here,
//! core devices in a window of their own.

mod camera;
mod devices;

use super::walk;
use super::window::{Folder, Window};
use camera::Camera;

#[tokio::test]
async fn groups() {
    let folder = Folder::new();
    let window = Window::open(&folder).await;
    let page = &window.page;
    let mut camera = Camera::new(page, "");

    page.click("connect-sandbox").await;
    camera.take("connect").await;
    // Slow enough for pictures of a run that is under way.
    walk::connect(page, "mixed", 500, 8).await;
    camera.take("connected").await;

    walk::next(page, "groups").await;
    walk::select_all(page).await;
    page.words("of 500 selected").await;
    camera.take("groups").await;

    walk::next(page, "versions").await;
    page.see("versions-table").await;
    camera.take("versions").await;

    walk::next(page, "file").await;
    std::fs::write(folder.chosen(), BAD_FILE).unwrap();
    page.click("file-open").await;
    page.see("file-findings").await;
    camera
        .take_down_to("input-file-findings", &["file-findings"])
        .await;
    walk::file(page, "overseed-tour").await;
    camera.take_down_to("input-file", &["file-bucket"]).await;

    walk::next(page, "permissions").await;
    page.read("permissions-ways", "Automatic: managed policies")
        .await;
    camera
        .take_down_to("permissions-proposed", &["permissions-requirements"])
        .await;
    page.click("permissions-apply").await;
    page.read("permissions-apply", "Nothing to apply").await;
    camera.take("permissions-applied").await;

    walk::next(page, "review").await;
    page.fill("review-name", "Firmware 4.2 to all lines").await;
    page.fill("review-settle", "0.4").await;
    if !walk::verdict(page).await {
        camera.take("review-blocked").await;
    }
    walk::ready(page).await;
    camera.take_down_to("review", &["review-checks"]).await;

    let run = walk::start(page).await;
    page.until("records have been attempted", async || {
        let done = page.text("watch-figures").await?;
        figure(&done, "Attempted").filter(|records| *records >= 60)
    })
    .await;
    camera.take_down_to("watch-running", &["watch-chart"]).await;
    page.read("watch-figures", "at most until").await;
    camera.take("watch-settling").await;
    page.words("Finished").await;
    camera
        .take_down_to("watch-ended", &["watch-chart", "targets-table"])
        .await;

    page.click("watch-to-causes").await;
    page.see("causes-table").await;
    camera.take_down_to("causes", &["cause-detail"]).await;

    page.go("/runs").await;
    page.see("runs-table").await;
    page.see(&format!("runs-open-{run}")).await;
    camera.take("runs").await;

    page.go("/settings").await;
    page.see("settings-theme").await;
    camera.take("settings").await;
    window.close().await;
}

/// An input file with something wrong on most lines.
const BAD_FILE: &str = concat!(
    "\u{feff}{\"GroupId\":\"8a1f6d1e-0000-4000-8000-000000000001\",\"GroupVersionId\":\"1\",\"DeploymentType\":\"NewDeployment\"}\r\n",
    "{\"GroupId\":\"8a1f6d1e-0000-4000-8000-000000000002\",\"DeploymentType\":\"NewDeployment\"}\n",
    "\n",
    "{\"GroupVersionId\":\"1\",\"DeploymentType\":\"NewDeployment\"}\n",
    "this is no JSON\n",
    "{\"GroupId\":\"8a1f6d1e-0000-4000-8000-000000000001\",\"GroupVersionId\":\"2\",\"DeploymentType\":\"Redeployment\"}\n",
);

/// The number under a label.
fn figure(figures: &str, label: &str) -> Option<u32> {
    let after = figures.split(label).nth(1)?;
    after
        .split_whitespace()
        .next()?
        .replace(',', "")
        .parse()
        .ok()
}
