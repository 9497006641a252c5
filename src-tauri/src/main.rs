//! The desktop app's program.
#![cfg_attr(all(not(debug_assertions), windows), windows_subsystem = "windows")]

use std::process::ExitCode;

fn main() -> ExitCode {
    // The sandbox is this program started again: then there is no window.
    if overseed_sandbox::process::serve_if_asked() {
        return ExitCode::SUCCESS;
    }
    overseed::run()
}
