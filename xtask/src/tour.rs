//! `cargo xtask tour`: the real window on a virtual display, driven through the whole wizard, with a picture of each
//! screen in light and dark.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

use crate::command::{target, watched};
use crate::needs;
use crate::stages::{self, Filter};

/// Runs the tour and lists its pictures.
pub fn tour(yes: bool) -> Result<ExitCode> {
    if !cfg!(target_os = "linux") {
        bail!("the tour drives the window with WebKitWebDriver under Xvfb, so it needs Linux");
    }
    needs::meet(needs::For::Tests, yes)?;
    needs::ui_packages()?;
    stages::build_ui()?;
    stages::build()?;
    stages::window_driver(yes)?;
    let folder = target().join("tour");
    if folder.exists() {
        std::fs::remove_dir_all(&folder).context("cannot clear the last tour's pictures")?;
    }
    std::fs::create_dir_all(&folder)?;
    let mut drive = stages::tests(&Filter::Only("e2e::tour::"));
    let driven = watched(drive.env("OVERSEED_TOUR", &folder))?;
    let pictures = pictures(&folder)?;
    println!("\nPictures in {}:", folder.display());
    for picture in &pictures {
        println!("  {picture}");
    }
    for closing in &driven.closings {
        println!("{}", closing.line);
    }
    if !driven.succeeded || pictures.is_empty() {
        println!("The tour did not reach its end.");
        return Ok(ExitCode::FAILURE);
    }
    println!("The tour reached its end: {} pictures.", pictures.len());
    Ok(ExitCode::SUCCESS)
}

/// The names of the pictures that were taken, in order.
fn pictures(folder: &PathBuf) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.ends_with(".png") {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}
