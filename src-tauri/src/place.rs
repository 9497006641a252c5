//! Where the window stands and how large it is, remembered as soon as it has come to rest: an app that is killed, or
//! ended with the session, does not get to say farewell.

use std::time::Duration;

use tauri::{AppHandle, Manager, Runtime, WindowEvent, plugin::TauriPlugin};
use tauri_plugin_window_state::{AppHandleExt as _, Builder, StateFlags};
use tokio::{sync::watch, time::timeout};

use crate::WINDOW;

/// How long the window must not have moved.
const AT_REST: Duration = Duration::from_millis(500);

fn kept() -> StateFlags {
    StateFlags::SIZE | StateFlags::POSITION | StateFlags::MAXIMIZED
}

/// Puts the window back where it was, and remembers it at the end.
pub fn plugin<R: Runtime>() -> TauriPlugin<R> {
    Builder::default().with_state_flags(kept()).build()
}

/// Follows the window for as long as it is there.
pub fn follow(app: &AppHandle) {
    let Some(window) = app.get_webview_window(WINDOW) else {
        return;
    };
    let (moves, mut moved) = watch::channel(());
    window.on_window_event(move |event| {
        if matches!(event, WindowEvent::Moved(_) | WindowEvent::Resized(_)) {
            moves.send_replace(());
        }
    });
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        while moved.changed().await.is_ok() {
            while let Ok(Ok(())) = timeout(AT_REST, moved.changed()).await {}
            let handle = app.clone();
            // On the main thread: elsewhere it would wait for that thread while holding what that thread may wait for.
            let told = app.run_on_main_thread(move || {
                if let Err(error) = handle.save_window_state(kept()) {
                    tracing::warn!(%error, "the window's place cannot be remembered");
                }
            });
            if told.is_err() {
                // The app is ending.
                return;
            }
        }
    });
}
