//! The release app: how soon its window is drawn, and how large its package is.

use std::collections::HashSet;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use super::Measured;
use crate::command::{self, built};
use crate::display::Display;

pub const DRAWN: &str = "app: start to drawn window";
pub const PACKAGE: &str = "app: package (deb)";

/// A screen that shows text has many shades; an empty one, or an empty window, has a few.
const SHADES: usize = 40;
/// After this the app counts as not started.
const PATIENCE: Duration = Duration::from_secs(30);
/// Tauri's bundler, from the npm registry.
const BUNDLER: &str = "@tauri-apps/cli@^2.12";

/// Seconds from the start of the process to a screen with content, on a display without anything else; looking at
/// the screen takes about a tenth of a second, which the figure includes.
pub fn drawn(folder: &Path) -> Result<Measured> {
    let display = Display::start()?;
    let fresh = folder.join("data");
    if fresh.exists() {
        std::fs::remove_dir_all(&fresh)?;
    }
    let mut app = display.shows(&Command::new(built("release", "overseed")));
    let began = Instant::now();
    let mut started = app
        .env("OVERSEED_DATA_DIR", &fresh)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .context("cannot start the app")?;
    let seconds = loop {
        if shades(&display)? >= SHADES {
            break began.elapsed().as_secs_f64();
        }
        ensure!(
            started.try_wait()?.is_none(),
            "the app ended before it had drawn its window"
        );
        ensure!(
            began.elapsed() < PATIENCE,
            "no drawn window within {PATIENCE:?}"
        );
    };
    // The app ends with its display, and the session bus with the app.
    drop(display);
    started.wait()?;
    Ok(Measured {
        name: DRAWN.into(),
        value: seconds,
        unit: "s".into(),
    })
}

/// How many colours the screen shows.
fn shades(display: &Display) -> Result<usize> {
    let shot = Command::new("import")
        .args(["-silent", "-window", "root", "-depth", "8", "rgb:-"])
        .env("DISPLAY", &display.name)
        .output()
        .context("cannot look at the screen: import (ImageMagick)")?;
    ensure!(shot.status.success(), "import ended with {}", shot.status);
    Ok(shot.stdout.chunks_exact(3).collect::<HashSet<_>>().len())
}

/// Megabytes of the package of the app as it was built.
#[allow(clippy::cast_precision_loss, reason = "figures for people")]
pub fn package() -> Result<Measured> {
    let mut bundle = Command::new(if cfg!(windows) { "npx.cmd" } else { "npx" });
    command::run(bundle.args(["--yes", BUNDLER, "bundle", "--bundles", "deb"]))?;
    let folder = command::target().join("release/bundle/deb");
    let mut largest = 0;
    for entry in std::fs::read_dir(&folder).context("no package was made")? {
        let entry = entry?;
        if entry.path().extension().is_some_and(|kind| kind == "deb") {
            largest = largest.max(entry.metadata()?.len());
        }
    }
    ensure!(largest > 0, "no package was made");
    Ok(Measured {
        name: PACKAGE.into(),
        value: largest as f64 / 1e6,
        unit: "MB".into(),
    })
}
