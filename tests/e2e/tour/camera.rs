//! Pictures of the window, screen by screen.

use std::path::{Path, PathBuf};

use serde_json::json;

use crate::e2e::page::{Page, id};

/// Takes pictures, numbered in the order of the screens, with a letter for each place on the screen.
#[derive(Debug)]
pub struct Camera<'a> {
    page: &'a Page,
    folder: PathBuf,
    /// What their names begin with.
    series: &'static str,
    taken: u32,
}

impl<'a> Camera<'a> {
    pub fn new(page: &'a Page, series: &'static str) -> Self {
        Self {
            page,
            folder: album(),
            series,
            taken: 0,
        }
    }

    /// The screen from its top.
    pub async fn take(&mut self, name: &str) {
        self.shoot(name, &[None]).await;
    }

    /// The screen from its top, and once more from each of these `data-testid` downwards.
    pub async fn take_down_to(&mut self, name: &str, below: &[&str]) {
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
                let number = format!("{}{:02}{}", self.series, self.taken, char::from(part));
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
            const within = [...document.querySelectorAll('[role=dialog]')].findLast((dialog) => dialog.offsetWidth > 0);
            const found = place && document.querySelector(place);
            if (!within) window.scrollTo(0, found ? found.getBoundingClientRect().top + window.scrollY - bar - 60 : 0);
            else if (found) found.scrollIntoView({ block: 'start' });
            else for (const part of [within, ...within.querySelectorAll('*')]) part.scrollTop = 0;
            document.body.classList.toggle('awsui-dark-mode', dark);
            document.documentElement.style.colorScheme = dark ? 'dark' : 'light';";
        self.page
            .ask(script, vec![json!(dark), json!(place.map(id))])
            .await;
        // Two frames later the style is on the screen. Animations are told to end, also those that only begin then, such as a
        // dialog's that has just been opened.
        let settled = "const done = arguments[0];
            const finite = () => document.getAnimations().filter(({ effect, playState }) =>
              playState !== 'finished' && effect.getComputedTiming().endTime !== Infinity);
            const settle = (still) => {
              for (const animation of finite()) animation.finish();
              requestAnimationFrame(() => requestAnimationFrame(() => {
                if (still > 0 && finite().length > 0) settle(still - 1);
                else done(true);
              }));
            };
            settle(20);";
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
