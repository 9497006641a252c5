//! Follows the runs that this process drives: their progress on the taskbar or dock, and a word when one of them holds or
//! ends while nobody looks.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use overseed_engine::{
    Engine,
    run::{RunSnapshot, run_get, run_watch},
    settings::settings_get,
};
use tauri::{AppHandle, Manager, async_runtime::spawn};
use tokio_util::sync::CancellationToken;

use crate::{
    WINDOW,
    news::Teller,
    notify,
    progress::{self, Part},
};

/// How far each run is that this process drives.
type Parts = Arc<Mutex<BTreeMap<String, Part>>>;

/// Follows them for as long as the app runs.
pub fn follow(app: &AppHandle, engine: Engine) {
    let app = app.clone();
    spawn(async move {
        let parts = Parts::default();
        let mut drivers = engine.drivers.count();
        let mut followed: BTreeMap<String, CancellationToken> = BTreeMap::new();
        loop {
            drivers.borrow_and_update();
            let at_work = engine.drivers.at_work();
            followed.retain(|run, left| {
                let stays = at_work.contains(run);
                if !stays {
                    left.cancel();
                }
                stays
            });
            for run in at_work {
                let known = followed.contains_key(&run);
                if !known {
                    let left = CancellationToken::new();
                    followed.insert(run.clone(), left.clone());
                    let one = One {
                        app: app.clone(),
                        engine: engine.clone(),
                        parts: parts.clone(),
                        run,
                    };
                    spawn(one.follow(left));
                }
            }
            if drivers.changed().await.is_err() {
                return;
            }
        }
    });
}

/// One run, from the coming of its driver to its going.
struct One {
    app: AppHandle,
    engine: Engine,
    parts: Parts,
    run: String,
}

impl One {
    async fn follow(self, left: CancellationToken) {
        let mut teller = Teller::default();
        let watched = run_watch(&self.engine, &self.run, &left, |snapshot| {
            self.take(&mut teller, &snapshot, false);
            true
        })
        .await;
        // What a driver does last, it has written down before it goes.
        let last = match watched {
            Ok(()) => run_get(&self.engine, &self.run).await,
            Err(error) => Err(error),
        };
        match last {
            Ok(snapshot) => self.take(&mut teller, &snapshot, true),
            Err(error) => tracing::warn!(%error, run = self.run, "the run is no longer followed"),
        }
        self.lock().remove(&self.run);
        self.show();
    }

    fn take(&self, teller: &mut Teller, snapshot: &RunSnapshot, left: bool) {
        self.lock().insert(self.run.clone(), Part::of(snapshot));
        self.show();
        if let Some(news) = teller.news(snapshot, left) {
            let (app, engine) = (self.app.clone(), self.engine.clone());
            spawn(async move {
                if wanted(&app, &engine).await {
                    notify::show(&app, news);
                }
            });
        }
    }

    fn show(&self) {
        let all = progress::of(self.lock().values());
        if let Some(window) = self.app.get_webview_window(WINDOW)
            && let Err(error) = window.set_progress_bar(all)
        {
            tracing::debug!(%error, "the progress cannot be shown on the taskbar");
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Part>> {
        self.parts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whoever has the window before them needs no notification, and some want none.
async fn wanted(app: &AppHandle, engine: &Engine) -> bool {
    let looking = app.get_webview_window(WINDOW).is_some_and(|window| {
        window.is_visible().unwrap_or(true) && window.is_focused().unwrap_or(false)
    });
    if looking {
        return false;
    }
    match settings_get(engine).await {
        Ok(settings) => settings.notify,
        Err(error) => {
            tracing::warn!(%error, "the settings cannot be read");
            true
        }
    }
}
