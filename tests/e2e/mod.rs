//! The real window, driven as a user drives it: WebDriver through tauri-driver, each window on a display of its own.

mod display;
mod page;
mod process;
mod tour;
mod walk;
mod window;
