//! Processes that end with the value that stands for them.

use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A program and everything that it starts: a process group.
#[derive(Debug)]
pub struct Group {
    leader: Child,
}

impl Group {
    /// Starts the program at the head of a group of its own.
    pub fn start(command: &mut Command) -> Self {
        let leader = command.process_group(0).spawn();
        let name = command.get_program().to_string_lossy();
        Self {
            leader: leader.unwrap_or_else(|error| panic!("cannot start {name}: {error}")),
        }
    }

    /// What the program writes to its standard output, where that is a pipe.
    pub fn output(&mut self) -> std::process::ChildStdout {
        self.leader.stdout.take().expect("the output is a pipe")
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        send("KILL", &format!("-{}", self.leader.id()));
        // It has been killed, or had ended by itself.
        let _ended = self.leader.wait();
    }
}

/// Sends a signal to a process, or to a group by its negative id. One that has ended does not mind.
pub fn send(signal: &str, whom: &str) {
    let told = Command::new("kill")
        .args(["-s", signal, "--", whom])
        .stderr(Stdio::null())
        .status();
    told.expect("`kill` is there");
}

/// The app's own process for a data folder (not its web processes, nor the sandbox).
pub fn app_of(program: &Path, data_dir: &Path) -> Option<u32> {
    let wanted = format!("OVERSEED_DATA_DIR={}", data_dir.display());
    let processes = std::fs::read_dir("/proc").expect("/proc can be read");
    processes
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .find(|pid: &u32| {
            let of = |file| std::fs::read(format!("/proc/{pid}/{file}")).unwrap_or_default();
            let alone = of("cmdline").iter().filter(|byte| **byte == 0).count() == 1;
            let here = of("environ")
                .split(|byte| *byte == 0)
                .any(|variable| variable == wanted.as_bytes());
            let exe = std::fs::read_link(format!("/proc/{pid}/exe"));
            alone && here && exe.is_ok_and(|exe| exe == program)
        })
}

/// A variable of a process's environment.
pub fn variable(pid: u32, name: &str) -> Option<String> {
    let environment = std::fs::read(format!("/proc/{pid}/environ")).ok()?;
    let start = format!("{name}=");
    environment.split(|byte| *byte == 0).find_map(|variable| {
        std::str::from_utf8(variable)
            .ok()?
            .strip_prefix(&start)
            .map(str::to_owned)
    })
}
