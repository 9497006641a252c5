//! The real window, driven as a user drives it: WebDriver through tauri-driver, each window on a display of its own.

mod access;
mod account;
mod awake;
mod back;
mod closing;
mod crash;
mod desk;
mod device_runs;
mod devices;
mod dialog;
mod display;
mod outcomes;
mod page;
mod permissions;
mod place;
mod process;
mod refused;
mod restart;
mod start;
mod tour;
mod tutorials;
mod walk;
mod waves;
mod window;
