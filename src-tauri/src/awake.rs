//! Keeps the computer awake while this process drives a run, unless the settings say no.

use overseed_engine::settings::settings_get;

use crate::state::Shell;

/// Follows the drivers for as long as the app runs.
pub fn follow(shell: &Shell) {
    let engine = shell.engine.clone();
    let mut drivers = engine.drivers.count();
    tauri::async_runtime::spawn(async move {
        let mut awake = None;
        loop {
            let driving = *drivers.borrow_and_update() > 0;
            let wanted = match settings_get(&engine).await {
                Ok(settings) => driving && settings.keep_awake,
                Err(error) => {
                    tracing::warn!(%error, "the settings cannot be read");
                    driving
                }
            };
            match (wanted, awake.is_some()) {
                (true, false) => awake = hold(),
                (false, true) => awake = None,
                _ => {}
            }
            if drivers.changed().await.is_err() {
                return;
            }
        }
    });
}

/// A machine without a session bus or power management stays as it is: the run survives sleep anyway.
fn hold() -> Option<keepawake::KeepAwake> {
    keepawake::Builder::default()
        .idle(true)
        .sleep(true)
        .reason("Driving a Greengrass deployment")
        .app_name("Overseed")
        .app_reverse_domain("dev.overseed.app")
        .create()
        .inspect_err(|error| tracing::info!(%error, "the computer cannot be kept awake"))
        .ok()
}
