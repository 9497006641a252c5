//! A virtual display for the real window: Xvfb on a number that it finds free itself.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result};

/// Room for the window at its usual size, and a little more.
const SCREEN: &str = "1440x960x24";

/// A running Xvfb; it ends with this value.
#[derive(Debug)]
pub struct Display {
    server: Child,
    /// What to put into `DISPLAY`, for instance `:7`.
    pub name: String,
}

impl Display {
    /// Starts the server and waits until it says its number, which it does when it is ready.
    pub fn start() -> Result<Self> {
        let mut server = Command::new("Xvfb")
            .args([
                "-displayfd",
                "1",
                "-screen",
                "0",
                SCREEN,
                "-nolisten",
                "tcp",
                "-noreset",
            ])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("cannot start Xvfb")?;
        let pipe = server.stdout.take().context("Xvfb has no output")?;
        let mut display = Self {
            server,
            name: String::new(),
        };
        let mut number = String::new();
        BufReader::new(pipe).read_line(&mut number)?;
        let number: u32 = number
            .trim()
            .parse()
            .context("Xvfb ended without a display of its own")?;
        display.name = format!(":{number}");
        Ok(display)
    }

    /// Lets a command open windows here, with a session bus of its own and drawn by software: the same picture on any
    /// machine, also where there is no graphics card. (Names of libraries' switches: WebKitGTK, Mesa, at-spi.)
    pub fn shows(&self, command: &Command) -> Command {
        let mut shown = Command::new("dbus-run-session");
        shown
            .arg("--")
            .arg(command.get_program())
            .args(command.get_args());
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => shown.env(name, value),
                None => shown.env_remove(name),
            };
        }
        shown
            .env("DISPLAY", &self.name)
            .env("GDK_BACKEND", "x11")
            .env("LIBGL_ALWAYS_SOFTWARE", "1")
            .env("WEBKIT_DISABLE_DMABUF_RENDERER", "1")
            .env("NO_AT_BRIDGE", "1")
            .env_remove("WAYLAND_DISPLAY");
        shown
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        // It may have ended by itself; there is nothing more to do then.
        let _ended = self.server.kill().and_then(|()| self.server.wait());
    }
}

/// Whether a window can be opened where we run. Other systems than Linux always have a display.
pub fn is_there() -> bool {
    let named = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || named("DISPLAY") || named("WAYLAND_DISPLAY")
}
