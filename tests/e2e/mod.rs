//! The real window, driven as a user drives it: WebDriver through tauri-driver, each window on a display of its own.

mod access;
mod crash;
mod display;
mod outcomes;
mod page;
mod permissions;
mod process;
mod refused;
mod restart;
mod tour;
mod walk;
mod window;
