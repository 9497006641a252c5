//! Desktop notifications, sent from here: the web view has no right to send any.

use notify_rust::Notification;
use tauri::AppHandle;

use crate::news::News;

/// Shows a notification; a desktop that shows none loses nothing else.
pub fn show(app: &AppHandle, news: News) {
    let app = app.clone();
    // Waits for the session bus, and on Linux for the click: a thread of its own.
    std::thread::spawn(move || {
        let mut notification = Notification::new();
        notification
            .appname("Overseed")
            .summary(&news.title)
            .body(&marked_up(&news.body));
        if let Err(error) = send(&app, &mut notification) {
            tracing::info!(%error, "the desktop shows no notification");
        }
    });
}

/// A click brings the window.
#[cfg(target_os = "linux")]
fn send(app: &AppHandle, notification: &mut Notification) -> notify_rust::error::Result<()> {
    let shown = notification
        .icon("overseed")
        .action("default", "Show")
        .show()?;
    shown.wait_for_action(|action| {
        if action == "default" {
            crate::front::bring(app);
        }
    });
    Ok(())
}

/// Windows shows notifications of installed apps only, by the identifier that the installer registered.
#[cfg(windows)]
fn send(app: &AppHandle, notification: &mut Notification) -> notify_rust::error::Result<()> {
    if !cfg!(debug_assertions) {
        notification.app_id(&app.config().identifier);
    }
    notification.show().map(drop)
}

#[cfg(target_os = "macos")]
fn send(app: &AppHandle, notification: &mut Notification) -> notify_rust::error::Result<()> {
    if !cfg!(debug_assertions)
        && let Err(error) = notify_rust::set_application(&app.config().identifier)
    {
        tracing::debug!(%error, "notifications are sent in the terminal's name");
    }
    notification.show().map(drop)
}

/// On Linux the body is markup (Desktop Notifications Specification, "Markup"): a run's name may hold what looks like it.
fn marked_up(text: &str) -> String {
    if cfg!(target_os = "linux") {
        text.replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;")
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_text_is_taken_for_markup() {
        let shown = marked_up("<b>4 & 5</b>");
        let wanted = if cfg!(target_os = "linux") {
            "&lt;b&gt;4 &amp; 5&lt;/b&gt;"
        } else {
            "<b>4 & 5</b>"
        };
        assert_eq!(shown, wanted);
    }
}
