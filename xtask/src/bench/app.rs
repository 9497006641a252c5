//! The release app: how soon its window is drawn, and how large its package is.

use std::collections::HashSet;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{ConnectionExt as _, ImageFormat};

use super::Measured;
use crate::command::built;
use crate::display::Display;

pub const DRAWN: &str = "app: start to drawn window";
pub const FIRST_SCREEN: &str = "app: start to first screen";
pub const PACKAGE: &str = "app: package (deb)";

/// A bar with a word has many shades; an empty screen, or an empty window, has a few.
const DRAWN_SHADES: usize = 40;
/// The wizard's first step, with its boxes and words, has about a thousand; styles or texts that are not there yet leave
/// it far below.
const FIRST_SCREEN_SHADES: usize = 600;
/// Between two looks at the screen.
const LOOK: Duration = Duration::from_millis(5);
/// After this the app counts as not started.
const PATIENCE: Duration = Duration::from_secs(30);

/// Starts of the app, of which the middle one counts: a single one depends on what the system still holds in memory.
const STARTS: usize = 5;

/// Seconds from the start of the process to a window that shows something, and to its first screen.
pub fn drawn(folder: &Path) -> Result<Vec<Measured>> {
    let starts = (0..STARTS)
        .map(|_| start(folder))
        .collect::<Result<Vec<_>>>()?;
    let (drawn, first): (Vec<f64>, Vec<f64>) = starts.into_iter().unzip();
    [(DRAWN, drawn), (FIRST_SCREEN, first)]
        .into_iter()
        .map(|(name, seconds)| {
            Ok(Measured {
                name: name.into(),
                value: middle(seconds).context("the app was not started")?,
                unit: "s".into(),
            })
        })
        .collect()
}

fn middle(mut seconds: Vec<f64>) -> Option<f64> {
    seconds.sort_by(f64::total_cmp);
    seconds.get(seconds.len() / 2).copied()
}

/// One start, with a fresh data folder, on a display without anything else.
fn start(folder: &Path) -> Result<(f64, f64)> {
    let display = Display::start()?;
    let (screen, number) =
        x11rb::connect(Some(&display.name)).context("cannot look at the screen")?;
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
    let mut until = |wanted| -> Result<f64> {
        while shades(&screen, number)? < wanted {
            ensure!(
                started.try_wait()?.is_none(),
                "the app ended before it had drawn its window"
            );
            ensure!(
                began.elapsed() < PATIENCE,
                "no drawn window within {PATIENCE:?}"
            );
            std::thread::sleep(LOOK);
        }
        Ok(began.elapsed().as_secs_f64())
    };
    let seconds = (until(DRAWN_SHADES)?, until(FIRST_SCREEN_SHADES)?);
    // The app ends with its display, and the session bus with the app.
    drop((screen, display));
    started.wait()?;
    Ok(seconds)
}

/// How many colours the screen shows.
fn shades(screen: &impl Connection, number: usize) -> Result<usize> {
    let root = screen.setup().roots.get(number).context("no such screen")?;
    let (width, height) = (root.width_in_pixels, root.height_in_pixels);
    let image = screen
        .get_image(
            ImageFormat::Z_PIXMAP,
            root.root,
            0,
            0,
            width,
            height,
            u32::MAX,
        )?
        .reply()?;
    Ok(image.data.chunks_exact(4).collect::<HashSet<_>>().len())
}

/// Megabytes of the package of the app as it was built.
#[allow(clippy::cast_precision_loss, reason = "figures for people")]
pub fn package() -> Result<Measured> {
    let bytes = crate::package::deb()?.metadata()?.len();
    Ok(Measured {
        name: PACKAGE.into(),
        value: bytes as f64 / 1e6,
        unit: "MB".into(),
    })
}
