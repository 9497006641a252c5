//! Brings the window to the front: when the app is started a second time, from the tray, and from a notification.

use tauri::{AppHandle, Manager, WebviewWindow};

use crate::{WINDOW, tray};

/// Shows the window above the others and gives it the keyboard.
pub fn bring(app: &AppHandle) {
    let Some(window) = app.get_webview_window(WINDOW) else {
        return;
    };
    let shown = window
        .unminimize()
        .and_then(|()| window.show())
        .and_then(|()| {
            // The second start is heard of on a thread of the session bus.
            let handle = app.clone();
            app.run_on_main_thread(move || {
                tray::take(&handle);
                if let Err(error) = present(&window) {
                    tracing::warn!(%error, "the window cannot be brought to the front");
                }
            })
        });
    if let Err(error) = shown {
        tracing::warn!(%error, "the window cannot be shown");
    }
}

/// X11 passes over a wish for focus that is older than the last change of focus, and tauri's carries the time of the
/// last key or click in this window (`gtk_window_present_with_time`, ICCCM 4.1.7): ours is dated now.
#[cfg(target_os = "linux")]
fn present(window: &WebviewWindow) -> tauri::Result<()> {
    use gtk::prelude::{Cast, GtkWindowExt, WidgetExt};

    let window = window.gtk_window()?;
    let drawn = window
        .window()
        .and_then(|drawn| drawn.downcast::<gdkx11::X11Window>().ok());
    match drawn {
        Some(drawn) => window.present_with_time(gdkx11::functions::x11_get_server_time(&drawn)),
        None => window.present(),
    }
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn present(window: &WebviewWindow) -> tauri::Result<()> {
    window.set_focus()
}
