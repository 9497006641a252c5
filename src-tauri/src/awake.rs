//! Keeps the computer awake while this process drives a run, unless the settings say no.

use std::sync::mpsc::{Receiver, channel};

use keepawake::KeepAwake;
use overseed_engine::settings::settings_get;

use crate::state::Shell;

/// Follows drivers and settings for as long as the app runs.
pub fn follow(shell: &Shell) {
    let (wish, wishes) = channel();
    // One thread for all wishes: Windows holds each for the thread that uttered it (SetThreadExecutionState), and on
    // Linux they are calls on the system bus, which may block.
    std::thread::spawn(move || obey(wishes));
    let engine = shell.engine.clone();
    let settings_changed = shell.settings_changed.clone();
    let mut drivers = engine.drivers.count();
    tauri::async_runtime::spawn(async move {
        loop {
            let driving = *drivers.borrow_and_update() > 0;
            let wanted = match settings_get(&engine).await {
                Ok(settings) => driving && settings.keep_awake,
                Err(error) => {
                    tracing::warn!(%error, "the settings cannot be read");
                    driving
                }
            };
            if wish.send(wanted).is_err() {
                return;
            }
            tokio::select! {
                changed = drivers.changed() => if changed.is_err() { return },
                () = settings_changed.notified() => {}
            }
        }
    });
}

/// Holds the computer awake from each yes to the next no.
fn obey(wishes: Receiver<bool>) {
    let mut awake = None;
    for wanted in wishes {
        awake = match (wanted, awake) {
            (true, None) => hold(),
            (true, held) => held,
            (false, _) => None,
        };
    }
}

/// A machine without a system bus or power management stays as it is: the run survives sleep anyway. Where it may not be
/// kept from a sleep that somebody asks for, it is kept from falling asleep by itself.
fn hold() -> Option<KeepAwake> {
    [true, false].into_iter().find_map(|from_asked_sleep| {
        keepawake::Builder::default()
            .idle(true)
            .sleep(from_asked_sleep)
            .reason("Driving a Greengrass deployment")
            .app_name("Overseed")
            .app_reverse_domain("dev.overseed.app")
            .create()
            .inspect_err(|error| {
                tracing::info!(%error, from_asked_sleep, "the computer cannot be kept awake");
            })
            .ok()
    })
}
