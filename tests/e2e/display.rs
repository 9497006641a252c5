//! A virtual display of its own for each window, so that no test takes another's focus.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use super::process::Group;

/// A running Xvfb.
#[derive(Debug)]
pub struct Display {
    /// What to put into `DISPLAY`.
    pub name: String,
    _server: Group,
}

impl Display {
    /// Starts the server; it says its number when it is ready.
    pub fn start() -> Self {
        let mut command = Command::new("Xvfb");
        command
            .args([
                "-displayfd",
                "1",
                "-screen",
                "0",
                "1280x800x24",
                "-nolisten",
                "tcp",
                "-noreset",
            ])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut server = Group::start(&mut command);
        let mut number = String::new();
        BufReader::new(server.output())
            .read_line(&mut number)
            .expect("Xvfb says its display");
        let name = format!(":{}", number.trim());
        assert!(name.len() > 1, "Xvfb ended without a display");
        Self {
            name,
            _server: server,
        }
    }
}
