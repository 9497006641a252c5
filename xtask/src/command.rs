//! Running other programs: quietly, or with their output both shown and kept.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::mpsc;

use anyhow::{Context, Result, bail};

use crate::closing;

/// The folder of the workspace: where the chores run.
pub fn root() -> Result<PathBuf> {
    let xtask = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    Ok(xtask
        .parent()
        .context("xtask has no folder above it")?
        .to_path_buf())
}

/// Where cargo builds.
pub fn target() -> PathBuf {
    let named = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| "target".into(), PathBuf::from);
    std::path::absolute(&named).unwrap_or(named)
}

/// The tools that xtask itself installs with cargo.
pub fn tools() -> PathBuf {
    target().join("tools")
}

/// A program that was built here, for instance `built("debug", "overseed")`.
pub fn built(profile: &str, name: &str) -> PathBuf {
    target()
        .join(profile)
        .join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}

/// cargo itself: the one that started us.
pub fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    // Installed tools are found first; what cargo told xtask about xtask is no one else's business.
    command
        .env("PATH", path())
        .env_remove("CARGO_MANIFEST_DIR")
        .env_remove("CARGO_PKG_NAME");
    command
}

/// npm in the UI's folder.
pub fn npm(arguments: &[&str]) -> Command {
    let mut command = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
    command.args(arguments).current_dir("ui");
    command
}

/// PATH with our own tools in front.
fn path() -> std::ffi::OsString {
    let before = std::env::var_os("PATH").unwrap_or_default();
    let all = std::iter::once(tools().join("bin")).chain(std::env::split_paths(&before));
    std::env::join_paths(all).unwrap_or(before)
}

/// The full path of a program that is installed, if it is.
pub fn installed(program: &str) -> Option<PathBuf> {
    let name = format!("{program}{}", std::env::consts::EXE_SUFFIX);
    std::env::split_paths(&path())
        .map(|folder| folder.join(&name))
        .find(|file| file.is_file())
}

/// How a command reads on a terminal.
pub fn words(command: &Command) -> String {
    let mut words = vec![command.get_program()];
    words.extend(command.get_args());
    words
        .iter()
        .map(|word| plain(word))
        .collect::<Vec<_>>()
        .join(" ")
}

fn plain(word: &OsStr) -> String {
    let word = word.to_string_lossy();
    let cargo = std::env::var("CARGO").unwrap_or_default();
    if *word == *cargo {
        return "cargo".into();
    }
    let quiet = |c: char| c.is_ascii_alphanumeric() || "-_=./:,@+".contains(c);
    if word.chars().all(quiet) {
        word.into_owned()
    } else {
        format!("'{word}'")
    }
}

/// Runs a command with the terminal's own input. What it prints goes to standard error: standard output is for what a
/// chore itself has to say, such as figures as JSON. An error says how the command ended.
pub fn run(command: &mut Command) -> Result<()> {
    eprintln!("$ {}", words(command));
    let status = command
        .stdout(std::io::stderr())
        .status()
        .with_context(|| format!("cannot start `{}`", words(command)))?;
    if !status.success() {
        bail!("`{}` ended with {status}", words(command));
    }
    Ok(())
}

/// What a command printed; an error when it failed.
pub fn output(command: &mut Command) -> Result<String> {
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("cannot start `{}`", words(command)))?;
    if !output.status.success() {
        bail!("`{}` ended with {}", words(command), output.status);
    }
    String::from_utf8(output.stdout).context("the output is not UTF-8")
}

/// Whether a question to a program was answered with success; not being there is a no.
pub fn succeeds(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Runs a command, shows what it prints and keeps the closing lines of test runners.
pub fn watched(command: &mut Command) -> Result<Watched> {
    println!("$ {}", words(command));
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start `{}`", words(command)))?;
    let (send, lines) = mpsc::channel::<Vec<u8>>();
    let readers = [
        child.stdout.take().map(|pipe| read(pipe, send.clone())),
        child.stderr.take().map(|pipe| read(pipe, send.clone())),
    ];
    drop(send);
    let mut closings = Vec::new();
    let mut out = std::io::stdout().lock();
    for line in lines {
        out.write_all(&line)?;
        let text = String::from_utf8_lossy(&line);
        if let Some(closing) = closing::closing(&text) {
            closings.push(closing);
        }
    }
    out.flush()?;
    drop(out);
    for reader in readers.into_iter().flatten() {
        if reader.join().is_err() {
            bail!("reading the output of `{}` broke off", words(command));
        }
    }
    let status = child.wait()?;
    Ok(Watched {
        succeeded: status.success(),
        closings,
    })
}

/// How a watched command ended.
#[derive(Debug)]
pub struct Watched {
    pub succeeded: bool,
    pub closings: Vec<closing::Closing>,
}

/// Passes on each line of a pipe; ends with the pipe.
fn read(
    pipe: impl Read + Send + 'static,
    send: mpsc::Sender<Vec<u8>>,
) -> std::thread::JoinHandle<()> {
    std::thread::spawn(move || {
        let mut pipe = BufReader::new(pipe);
        loop {
            let mut line = Vec::new();
            match pipe.read_until(b'\n', &mut line) {
                Ok(1..) if send.send(line).is_ok() => {}
                _ => return,
            }
        }
    })
}
