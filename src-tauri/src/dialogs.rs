//! Native file dialogs: the only way by which a path comes into the app.
//!
//! WebDriver cannot drive a native dialog: debug builds take the path from `OVERSEED_DIALOG_PATH` instead.

use std::path::PathBuf;

use rfd::{AsyncFileDialog, MessageDialog, MessageLevel};

/// Which files a dialog shows.
#[derive(Debug, Clone, Copy)]
pub struct Files {
    /// The dialog's title.
    pub title: &'static str,
    /// What the files are called.
    pub kind: &'static str,
    /// Their endings, without the dot.
    pub endings: &'static [&'static str],
}

/// Asks for a file to read; `None` where the user thought better of it.
pub async fn open(files: Files) -> Option<PathBuf> {
    if let Some(path) = told() {
        return Some(path);
    }
    let dialog = AsyncFileDialog::new()
        .set_title(files.title)
        .add_filter(files.kind, files.endings)
        .add_filter("All files", &["*"]);
    dialog.pick_file().await.map(|file| file.path().to_owned())
}

/// Asks for a folder to read from; `None` where the user thought better of it.
pub async fn folder(title: &str) -> Option<PathBuf> {
    if let Some(path) = told() {
        return Some(path);
    }
    let dialog = AsyncFileDialog::new().set_title(title);
    dialog
        .pick_folder()
        .await
        .map(|folder| folder.path().to_owned())
}

/// Asks where to write a file; `None` where the user thought better of it.
pub async fn save(files: Files, name: &str) -> Option<PathBuf> {
    if let Some(path) = told() {
        return Some(path);
    }
    let dialog = AsyncFileDialog::new()
        .set_title(files.title)
        .add_filter(files.kind, files.endings)
        .set_file_name(name);
    dialog.save_file().await.map(|file| file.path().to_owned())
}

/// Says why the app cannot start. Without a display there is nobody to read a dialog.
pub fn fatal(why: &str) {
    let displayed = !cfg!(target_os = "linux")
        || std::env::var_os("DISPLAY").is_some()
        || std::env::var_os("WAYLAND_DISPLAY").is_some();
    if displayed {
        MessageDialog::new()
            .set_level(MessageLevel::Error)
            .set_title("Overseed cannot start")
            .set_description(why)
            .show();
    }
}

fn told() -> Option<PathBuf> {
    if cfg!(debug_assertions) {
        std::env::var_os("OVERSEED_DIALOG_PATH").map(PathBuf::from)
    } else {
        None
    }
}
