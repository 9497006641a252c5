//! Closing the window while this process drives runs: what AWS has begun goes on without the app, the rest does not. So
//! the window asks first.

use std::sync::{Mutex, PoisonError};

use overseed_domain::rollout::WaveState;
use overseed_engine::{Engine, run::run_get, v2::plan::Way};
use serde::{Deserialize, Serialize};
use specta::Type;
use tauri::{AppHandle, Manager, Window, WindowEvent, async_runtime::spawn, ipc::Channel};

use crate::{WINDOW, state::Shell, tray};

/// How long the window may take to say that it shows the question.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(3);

/// What the window asks before it closes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ClosingQuestion {
    /// The runs that this process drives.
    pub runs: Vec<ClosingRun>,
    /// Whether the desktop has a tray to keep running in; otherwise the window is minimised.
    pub tray: bool,
}

/// A run that is driven.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ClosingRun {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Waves that have not begun: without a driver none of them starts.
    pub waves_left: u32,
    /// What makes the deployments of a V2 run; absent for V1, and where it is not known.
    pub way: Option<Way>,
}

/// What the user said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ClosingAnswer {
    /// Nothing yet: the question is on the screen.
    Seen,
    /// Close the window and drive on.
    Keep,
    /// End the app.
    Close,
    /// Leave the window open.
    Cancel,
}

/// Where the app went to drive on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Kept {
    /// Into the tray.
    Tray,
    /// To the taskbar: there is no tray.
    Minimised,
}

/// Who asks, and whether the last question came through.
#[derive(Default)]
pub struct Closing {
    inner: Mutex<Inner>,
}

impl std::fmt::Debug for Closing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Closing").finish_non_exhaustive()
    }
}

#[derive(Default)]
struct Inner {
    asker: Option<(u32, Channel<ClosingQuestion>)>,
    asked: u32,
    seen: u32,
    /// A question was not shown in time: the page is dead, and the window must not be beyond closing.
    deaf: bool,
}

impl Closing {
    /// From now on this channel asks.
    pub fn attach(&self, watch: u32, channel: Channel<ClosingQuestion>) {
        let mut inner = self.lock();
        inner.asker = Some((watch, channel));
        inner.deaf = false;
    }

    /// This channel asks no longer, unless another has taken its place.
    pub fn detach(&self, watch: u32) {
        let mut inner = self.lock();
        if inner.asker.as_ref().is_some_and(|(id, _)| *id == watch) {
            inner.asker = None;
        }
    }

    /// The question is on the screen.
    pub fn seen(&self) {
        let mut inner = self.lock();
        inner.seen = inner.asked;
        inner.deaf = false;
    }

    /// Who is to ask, and the question's number; nobody where no page listens.
    fn begin(&self) -> Option<(u32, Channel<ClosingQuestion>)> {
        let mut inner = self.lock();
        if inner.deaf {
            return None;
        }
        let (_, channel) = inner.asker.clone()?;
        inner.asked = inner.asked.wrapping_add(1);
        Some((inner.asked, channel))
    }

    /// The time to show a question is over.
    fn waited(&self, question: u32) {
        let mut inner = self.lock();
        if inner.asked == question && inner.seen != question {
            inner.deaf = true;
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Asks instead of closing, where runs are driven and a page is there to ask.
pub fn heed(window: &Window, event: &WindowEvent) {
    let WindowEvent::CloseRequested { api, .. } = event else {
        return;
    };
    let app = window.app_handle().clone();
    let engine = app.state::<Shell>().engine.clone();
    if engine.drivers.at_work().is_empty() {
        return;
    }
    let Some((number, channel)) = app.state::<Closing>().begin() else {
        return;
    };
    api.prevent_close();
    spawn(async move {
        let question = question(&engine).await;
        if question.runs.is_empty() || channel.send(question).is_err() {
            return end(&app);
        }
        tokio::time::sleep(PATIENCE).await;
        app.state::<Closing>().waited(number);
    });
}

/// What there is to say about the runs that are driven.
async fn question(engine: &Engine) -> ClosingQuestion {
    let mut runs = Vec::new();
    for id in engine.drivers.at_work() {
        match run_get(engine, &id).await {
            Ok(snapshot) => runs.push(ClosingRun {
                id,
                name: snapshot.row.name,
                waves_left: count(&snapshot.waves, |wave| wave.state == WaveState::Waiting),
                way: snapshot.v2.map(|v2| v2.way),
            }),
            Err(error) => {
                tracing::warn!(%error, run = id, "what closing means for the run is not known");
                runs.push(ClosingRun {
                    name: String::new(),
                    id,
                    waves_left: 0,
                    way: None,
                });
            }
        }
    }
    ClosingQuestion {
        runs,
        tray: tray::is_shown().await,
    }
}

fn count<T>(all: &[T], which: impl Fn(&T) -> bool) -> u32 {
    let found = all.iter().filter(|one| which(one)).count();
    u32::try_from(found).unwrap_or(u32::MAX)
}

/// Closes the window for good; runs stay as they are in the store.
pub fn end(app: &AppHandle) {
    app.exit(0);
}

/// Hides the window and puts an icon into the tray; where that cannot be, the window is minimised.
pub async fn keep(app: &AppHandle) -> tauri::Result<Option<Kept>> {
    let Some(window) = app.get_webview_window(WINDOW) else {
        return Ok(None);
    };
    if tray::is_shown().await {
        let (told, put) = tokio::sync::oneshot::channel();
        let handle = app.clone();
        app.run_on_main_thread(move || {
            // Whoever asked waits for it.
            let _unheard = told.send(tray::put(&handle));
        })?;
        match put.await {
            Ok(Ok(())) => {
                window.hide()?;
                return Ok(Some(Kept::Tray));
            }
            Ok(Err(error)) => tracing::warn!(error, "no icon can be put into the tray"),
            Err(_) => tracing::warn!("the main thread has ended"),
        }
    }
    window.minimize()?;
    Ok(Some(Kept::Minimised))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    fn channel() -> Channel<ClosingQuestion> {
        Channel::new(|_| Ok(()))
    }

    #[test]
    fn without_a_page_nobody_asks() {
        assert!(Closing::default().begin().is_none());
    }

    #[test]
    fn a_page_that_shows_the_question_is_asked_again() {
        let closing = Closing::default();
        closing.attach(1, channel());
        let (first, _) = closing.begin().unwrap();
        closing.seen();
        closing.waited(first);
        assert!(closing.begin().is_some());
    }

    #[test]
    fn a_page_that_is_dead_does_not_keep_the_window_open() {
        let closing = Closing::default();
        closing.attach(1, channel());
        let (first, _) = closing.begin().unwrap();
        closing.waited(first);
        assert!(closing.begin().is_none());
        closing.attach(2, channel());
        assert!(closing.begin().is_some(), "the page was loaded anew");
    }

    #[test]
    fn a_page_that_has_gone_takes_only_its_own_channel_along() {
        let closing = Closing::default();
        closing.attach(1, channel());
        closing.attach(2, channel());
        closing.detach(1);
        assert!(closing.begin().is_some());
        closing.detach(2);
        assert!(closing.begin().is_none());
    }
}
