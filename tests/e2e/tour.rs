//! The whole wizard with 500 groups that fare differently, and a picture of each screen in light and dark.

use std::path::{Path, PathBuf};

use serde_json::json;

use super::page::Page;
use super::walk;
use super::window::{Folder, Window};

/// Takes pictures, numbered in the order of the screens.
struct Camera<'a> {
    page: &'a Page,
    folder: PathBuf,
    taken: u32,
}

impl Camera<'_> {
    async fn take(&mut self, name: &str) {
        self.taken += 1;
        for (look, dark) in [("light", false), ("dark", true)] {
            self.look(dark).await;
            let file = self
                .folder
                .join(format!("{:02}-{name}-{look}.png", self.taken));
            std::fs::write(file, self.page.picture().await).unwrap();
        }
        self.look(false).await;
    }

    /// What the setting "Theme" does, without leaving the screen for it; and the pointer's focus is not in the picture.
    async fn look(&self, dark: bool) {
        let script = "window.scrollTo(0, 0);
            document.body.classList.toggle('awsui-dark-mode', arguments[0]);
            document.documentElement.style.colorScheme = arguments[0] ? 'dark' : 'light';";
        self.page.ask(script, vec![json!(dark)]).await;
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
    walk::connect(page, "mixed", 500, 30).await;
    camera.take("connected").await;

    walk::next(page, "groups").await;
    walk::select_all(page).await;
    page.words("of 500 selected").await;
    camera.take("groups").await;

    walk::next(page, "versions").await;
    page.see("versions-table").await;
    camera.take("versions").await;

    walk::next(page, "file").await;
    walk::file(page, "overseed-tour").await;
    camera.take("input-file").await;

    walk::next(page, "permissions").await;
    page.read("permissions-apply", "Apply 2 changes").await;
    camera.take("permissions-proposed").await;
    page.click("permissions-apply").await;
    page.read("permissions-apply", "Nothing to apply").await;
    camera.take("permissions-applied").await;

    walk::next(page, "review").await;
    page.fill("review-name", "Firmware 4.2 to all lines").await;
    page.fill("review-settle", "0.2").await;
    if !walk::verdict(page).await {
        camera.take("review-blocked").await;
    }
    walk::ready(page).await;
    camera.take("review").await;

    let run = walk::start(page).await;
    page.until("a third of the run is done", async || {
        let done = page.text("watch-figures").await?;
        attempted(&done).filter(|records| *records >= 150).map(drop)
    })
    .await;
    camera.take("watch-running").await;
    page.words("Finished").await;
    camera.take("watch-ended").await;

    page.click("watch-to-causes").await;
    page.see("causes-table").await;
    camera.take("causes").await;

    page.ask("location.hash = '/runs'", vec![]).await;
    page.see("runs-table").await;
    page.see(&format!("runs-open-{run}")).await;
    camera.take("runs").await;

    page.ask("location.hash = '/settings'", vec![]).await;
    page.see("settings-theme").await;
    camera.take("settings").await;
    window.close().await;
}

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
