//! The shell: the only Rust that names tauri. Commands unpack, call the engine and map errors; nothing that
//! decides anything lives here.

mod awake;
mod closing;
mod commands;
mod dialogs;
mod error;
mod folder;
mod follow;
mod front;
mod logs;
mod news;
mod notify;
mod place;
mod progress;
mod scenarios;
mod state;
mod tray;

use std::process::ExitCode;

use overseed_domain::v2::state_machine::FIRST_CONCURRENCY;
use overseed_engine::{Error, Problem, v2::plan::DIRECT_TARGETS};
use tauri::{Manager, Wry};
use tauri_specta::Builder;

use crate::{closing::Closing, state::Shell};

/// The window.
const WINDOW: &str = "main";

/// All commands of the window, with their types: what `ui/src/ipc/bindings.ts` is generated from.
#[must_use]
pub fn bindings() -> Builder<Wry> {
    Builder::<Wry>::new()
        .commands(commands::all())
        .constant("DIRECT_TARGETS", DIRECT_TARGETS)
        .constant("FIRST_CONCURRENCY", FIRST_CONCURRENCY)
        .dangerously_cast_bigints_to_number()
        .disable_serde_phases()
}

/// Opens the window and runs until it is closed.
#[must_use]
pub fn run() -> ExitCode {
    let data_dir = match folder::data_dir() {
        Ok(data_dir) => data_dir,
        Err(error) => return fail(&error),
    };
    let _logs = match logs::begin(&data_dir) {
        Ok(guard) => guard,
        Err(error) => {
            let folder = data_dir.display();
            return fail(&format!(
                "The data folder {folder} cannot be written: {error}"
            ));
        }
    };
    // Not within tauri's own setup, where an error is a panic.
    let shell = match Shell::open(data_dir) {
        Ok(shell) => shell,
        Err(error) => return fail(&whole(&Error::from(error).problem())),
    };
    let commands = bindings().invoke_handler();
    let app = tauri::Builder::default()
        .plugin(tauri_plugin_single_instance::init(|app, _, _| {
            front::bring(app);
        }))
        .plugin(place::plugin())
        .setup(move |app| {
            awake::follow(&shell);
            follow::follow(app.handle(), shell.engine.clone());
            app.manage(shell);
            app.manage(Closing::default());
            place::follow(app.handle());
            Ok(())
        })
        .on_window_event(closing::heed)
        .invoke_handler(commands)
        .build(tauri::generate_context!());
    match app {
        Ok(app) => {
            app.run(|app, event| {
                if let tauri::RunEvent::Exit = event {
                    // Runs stay as they are in the store; the next driver goes on there.
                    app.state::<Shell>().engine.drivers.end_all();
                }
            });
            ExitCode::SUCCESS
        }
        Err(error) => fail(&error.to_string()),
    }
}

/// A problem as one text.
fn whole(problem: &Problem) -> String {
    let parts = [
        Some(&problem.message),
        problem.detail.as_ref(),
        problem.hint.as_ref(),
    ];
    let parts: Vec<&str> = parts.into_iter().flatten().map(String::as_str).collect();
    parts.join("\n")
}

/// Says in a native dialog, and on the terminal, why there is no window.
fn fail(why: &str) -> ExitCode {
    tracing::error!(why, "the app cannot start");
    eprintln!("overseed: {why}");
    dialogs::fatal(why);
    ExitCode::FAILURE
}
