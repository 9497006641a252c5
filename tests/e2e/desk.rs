//! What a person does beside the page: with the windows of the display, and with native dialogs.

use std::path::Path;
use std::time::Duration;

use tokio::process::Command;
use tokio::time::timeout;

use super::page::until;

/// How long a dialog may take to go after an answer, before it is answered again.
const TO_GO: Duration = Duration::from_secs(10);

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
