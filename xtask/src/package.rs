//! `cargo xtask package`: what people install.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result};

use crate::command::{self, cargo};
use crate::{needs, stages};

/// Tauri's bundler, from the npm registry.
const BUNDLER: &str = "@tauri-apps/cli@^2.12";

/// Builds with optimisations and makes the package of this system: deb, dmg or an NSIS installer.
pub fn package(yes: bool) -> Result<ExitCode> {
    needs::meet(needs::For::App, yes)?;
    needs::ui_packages()?;
    stages::build_ui()?;
    let mut build = cargo();
    build.args([
        "build",
        "--release",
        "--workspace",
        "--exclude",
        "xtask",
        "--bins",
    ]);
    command::run(&mut build)?;
    if cfg!(target_os = "linux") {
        println!("The package is {}", deb()?.display());
    } else {
        bundle(&[])?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Makes the deb of the app as it was built. Tauri's bundler compresses with gzip; it is packed again with xz, as Debian
/// packs its own, which takes a quarter off.
pub fn deb() -> Result<PathBuf> {
    let folder = command::target().join("release/bundle/deb");
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    bundle(&["--bundles", "deb"])?;
    let mut made = std::fs::read_dir(&folder).context("no package was made")?;
    let deb = made
        .find_map(|entry| {
            let path = entry.ok()?.path();
            path.extension()
                .is_some_and(|kind| kind == "deb")
                .then_some(path)
        })
        .context("no package was made")?;
    if command::installed("dpkg-deb").is_none() {
        println!("dpkg-deb is not there: the package stays compressed with gzip.");
        return Ok(deb);
    }
    pack_again(&deb)?;
    Ok(deb)
}

fn bundle(arguments: &[&str]) -> Result<()> {
    let mut bundle = Command::new(if cfg!(windows) { "npx.cmd" } else { "npx" });
    command::run(bundle.args(["--yes", BUNDLER, "bundle"]).args(arguments))
}

fn pack_again(deb: &Path) -> Result<()> {
    let content = deb.with_extension("content");
    command::run(
        Command::new("dpkg-deb")
            .arg("--raw-extract")
            .args([deb, &content]),
    )?;
    let mut build = Command::new("dpkg-deb");
    build.args(["-Zxz", "-z9", "--root-owner-group", "--build"]);
    command::run(build.args([&content, deb]))?;
    std::fs::remove_dir_all(&content)?;
    Ok(())
}
