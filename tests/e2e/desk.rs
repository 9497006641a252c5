//! What a person does beside the page: with the windows of the display, and with native dialogs.

use std::error::Error;
use std::path::Path;
use std::time::Duration;

use tokio::process::Command;
use tokio::time::timeout;
use x11rb::protocol::xproto::{ClientMessageEvent, ConnectionExt as _, EventMask};

use super::page::until;

/// How long a dialog may take to go after an answer, before it is answered again.
const TO_GO: Duration = Duration::from_secs(10);

fn ask_to_close(display: &str, window: u32) -> Result<(), Box<dyn Error + Send + Sync>> {
    let (connection, _) = x11rb::connect(Some(display))?;
    let atom = |name: &[u8]| {
        Ok::<_, Box<dyn Error + Send + Sync>>(connection.intern_atom(false, name)?.reply()?.atom)
    };
    let asked = [atom(b"WM_DELETE_WINDOW")?, x11rb::CURRENT_TIME, 0, 0, 0];
    let event = ClientMessageEvent::new(32, window, atom(b"WM_PROTOCOLS")?, asked);
    connection
        .send_event(false, window, EventMask::NO_EVENT, event)?
        .check()?;
    Ok(())
}

/// The windows of a display.
#[derive(Debug)]
pub struct Desk<'a> {
    /// The display's name, such as `:7`.
    pub display: &'a str,
}

impl Desk<'_> {
    /// What xdotool prints; `None` where it fails, as it does for a window that is not there (any more).
    pub async fn xdotool(&self, arguments: &[&str]) -> Option<String> {
        let mut command = Command::new("xdotool");
        command.args(arguments).env("DISPLAY", self.display);
        let done = command.output().await.expect("xdotool is there");
        let said = String::from_utf8(done.stdout).expect("text");
        done.status.success().then(|| said.trim().to_owned())
    }

    /// The window of just this title, if it is shown.
    pub async fn window(&self, title: &str) -> Option<String> {
        let wanted = format!("^{title}$");
        let found = self
            .xdotool(&["search", "--onlyvisible", "--name", &wanted])
            .await?;
        found.lines().next().map(str::to_owned)
    }

    /// The window of just this title, once it is shown.
    pub async fn shown(&self, title: &str) -> String {
        until(&format!("{title:?} is shown"), async || {
            self.window(title).await
        })
        .await
    }

    /// Asks a window to close, as the cross in its corner does (ICCCM 4.1.2.7, WM_DELETE_WINDOW). xdotool cannot.
    pub async fn close(&self, title: &str) {
        let window = self.shown(title).await.parse().expect("a window's number");
        let display = self.display.to_owned();
        let asked = tokio::task::spawn_blocking(move || ask_to_close(&display, window));
        asked.await.unwrap().expect("the display takes it");
    }

    /// The window that has the keyboard.
    pub async fn focused(&self) -> Option<String> {
        self.xdotool(&["getwindowfocus", "-f"]).await
    }

    /// Types a path into a native file dialog and presses Enter, until the dialog is gone.
    pub async fn choose(&self, title: &str, path: &Path) {
        let path = path.to_str().expect("a path that can be typed");
        self.shown(title).await;
        until(&format!("{title:?} takes {path}"), async || {
            if let Some(dialog) = self.window(title).await {
                // In a dialog that opens files `/` brings the field for a path; one that saves has it at once.
                let keys = [
                    "key", "slash", "key", "ctrl+a", "type", "--delay", "2", path,
                ];
                let mut typed = vec!["windowfocus", "--sync", &dialog];
                typed.extend(keys);
                self.xdotool(&typed).await?;
                self.xdotool(&["key", "Return"]).await?;
            }
            let gone = until("it is gone", async || {
                self.window(title).await.is_none().then_some(())
            });
            timeout(TO_GO, gone).await.ok()
        })
        .await;
    }
}
