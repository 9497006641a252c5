//! The tray icon: there only while the window is closed and runs are driven on.

use std::panic::{AssertUnwindSafe, catch_unwind};

use tauri::{
    AppHandle,
    menu::MenuBuilder,
    tray::{MouseButton, MouseButtonState, TrayIconBuilder, TrayIconEvent},
};

use crate::front;

const ID: &str = "runs";
const SHOW: &str = "show";
const QUIT: &str = "quit";

/// Puts the icon into the tray. To be called on the main thread.
pub fn put(app: &AppHandle) -> Result<(), String> {
    let menu = MenuBuilder::new(app)
        .text(SHOW, "Show Overseed")
        .separator()
        .text(QUIT, "Quit")
        .build()
        .map_err(|error| error.to_string())?;
    let mut icon = TrayIconBuilder::with_id(ID)
        .menu(&menu)
        .show_menu_on_left_click(false)
        .tooltip("Overseed: driving a run")
        .on_menu_event(|app, event| match event.id().as_ref() {
            SHOW => front::bring(app),
            QUIT => app.exit(0),
            _ => {}
        })
        .on_tray_icon_event(|icon, event| {
            if let TrayIconEvent::Click {
                button: MouseButton::Left,
                button_state: MouseButtonState::Up,
                ..
            } = event
            {
                front::bring(icon.app_handle());
            }
        });
    if let Some(image) = app.default_window_icon() {
        icon = icon.icon(image.clone());
    }
    // Where the system has no library for such icons, libappindicator-sys panics on its first use (its `LIB`).
    match catch_unwind(AssertUnwindSafe(|| icon.build(app))) {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err("this system has no library for tray icons".to_owned()),
    }
}

/// Takes it away; without one, nothing happens.
pub fn take(app: &AppHandle) {
    drop(app.remove_tray_by_id(ID));
}

/// Whether there is something that would show the icon: otherwise a hidden window would be lost.
#[cfg(not(target_os = "linux"))]
pub async fn is_shown() -> bool {
    true
}

/// On Linux a desktop may have no tray, as GNOME without an extension (StatusNotifierItem specification,
/// "StatusNotifierWatcher": a host must be registered).
#[cfg(target_os = "linux")]
pub async fn is_shown() -> bool {
    const NAME: &str = "org.kde.StatusNotifierWatcher";
    /// A session bus answers within milliseconds or never.
    const PATIENCE: std::time::Duration = std::time::Duration::from_secs(2);
    let host = async {
        let bus = zbus::Connection::session().await?;
        let watcher: zbus::Proxy<'_> = zbus::proxy::Builder::new(&bus)
            .destination(NAME)?
            .path("/StatusNotifierWatcher")?
            .interface(NAME)?
            .cache_properties(zbus::proxy::CacheProperties::No)
            .build()
            .await?;
        watcher
            .get_property::<bool>("IsStatusNotifierHostRegistered")
            .await
    };
    match tokio::time::timeout(PATIENCE, host).await {
        Ok(Ok(registered)) => registered,
        Ok(Err(error)) => {
            tracing::info!(%error, "the desktop has no tray");
            false
        }
        Err(_) => false,
    }
}
