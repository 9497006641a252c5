//! The whole wizard with 500 groups that fare differently, and a picture of each screen in light and dark.

use std::path::{Path, PathBuf};

use serde_json::json;

use super::page::{Page, id};
use super::walk;
use super::window::{Folder, Window};

/// Takes pictures, numbered in the order of the screens, with a letter for each place on the screen.
struct Camera<'a> {
    page: &'a Page,
    folder: PathBuf,
    taken: u32,
}

impl Camera<'_> {
    /// The screen from its top.
    async fn take(&mut self, name: &str) {
        self.shoot(name, &[None]).await;
    }

    /// The screen from its top, and once more from each of these `data-testid` downwards.
    async fn take_down_to(&mut self, name: &str, below: &[&str]) {
        let below = below.iter().copied().map(Some);
        let places: Vec<_> = std::iter::once(None).chain(below).collect();
        self.shoot(name, &places).await;
    }

    /// Pictures of one moment: all in one look, then all in the other.
    async fn shoot(&mut self, name: &str, places: &[Option<&str>]) {
        self.taken += 1;
        for (look, dark) in [("light", false), ("dark", true)] {
            for (part, place) in (b'a'..).zip(places) {
                self.look(dark, *place).await;
                let number = format!("{:02}{}", self.taken, char::from(part));
                let file = self.folder.join(format!("{number}-{name}-{look}.png"));
                std::fs::write(file, self.page.picture().await).unwrap();
            }
        }
        self.look(false, None).await;
    }

    /// What the setting "Theme" does, without leaving the screen for it; and the pointer's focus is not in the picture.
    async fn look(&self, dark: bool, place: Option<&str>) {
        let script = "const [dark, place] = arguments;
            const bar = document.querySelector('#top').getBoundingClientRect().height;
            const found = place && document.querySelector(place).getBoundingClientRect();
            window.scrollTo(0, found ? found.top + window.scrollY - bar - 60 : 0);
            document.body.classList.toggle('awsui-dark-mode', dark);
            document.documentElement.style.colorScheme = dark ? 'dark' : 'light';";
        self.page
            .ask(script, vec![json!(dark), json!(place.map(id))])
            .await;
        // Two frames later the style is on the screen and animations have been told to end.
        let settled = "const done = arguments[0];
            for (const animation of document.getAnimations()) {
              if (animation.effect.getComputedTiming().endTime !== Infinity) animation.finish();
            }
            requestAnimationFrame(() => requestAnimationFrame(() => done(true)));";
        self.page
            .client
            .execute_async(settled, vec![])
            .await
            .unwrap();
    }
}

fn album() -> PathBuf {
    let folder = std::env::var_os("OVERSEED_TOUR").map_or_else(
        || Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("tour"),
        PathBuf::from,
    );
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

#[tokio::test]
async fn tour() {
    let folder = Folder::new();
    let window = Window::open(&folder).await;
    let page = &window.page;
    let mut camera = Camera {
        page,
        folder: album(),
        taken: 0,
    };

    page.click("connect-sandbox").await;
    camera.take("connect").await;
    // Slow enough for pictures of a run that is under way.
    walk::connect(page, "mixed", 500, 4).await;
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
    page.fill("review-settle", "0.75").await;
    if !walk::verdict(page).await {
        camera.take("review-blocked").await;
    }
    walk::ready(page).await;
    camera.take_down_to("review", &["review-checks"]).await;

    let run = walk::start(page).await;
    page.until("records have been attempted", async || {
        let done = page.text("watch-figures").await?;
        attempted(&done).filter(|records| *records >= 60).map(drop)
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

    page.ask("location.hash = '/runs'", vec![]).await;
    page.see("runs-table").await;
    page.see(&format!("runs-open-{run}")).await;
    camera.take("runs").await;

    page.ask("location.hash = '/settings'", vec![]).await;
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

/// The number under "Attempted".
fn attempted(figures: &str) -> Option<u32> {
    let after = figures.split("Attempted").nth(1)?;
    after
        .split_whitespace()
        .next()?
        .replace(',', "")
        .parse()
        .ok()
}
