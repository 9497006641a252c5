//! A sandbox in the test's process, a data folder, and the program.

use std::{
    io::{BufRead, BufReader, Write as _},
    path::{Path, PathBuf},
    process::{Child, ChildStderr, Command, Output, Stdio},
    sync::Arc,
};

use overseed_engine::{
    Clock, Engine,
    connect::{SandboxReach, connect},
    connection::ConnectRequest,
};
use overseed_sandbox::{Sandbox, Scenario, Settings, SystemClock};
use serde_json::Value;

pub const BUCKET: &str = "overseed-demo-000000000000";

pub struct World {
    pub sandbox: Sandbox,
    folder: tempfile::TempDir,
}

impl World {
    pub fn of(groups: u32, scenario: Scenario) -> Self {
        Self::at_speed(groups, scenario, 600.0)
    }

    /// With this many simulated seconds a second.
    pub fn at_speed(groups: u32, scenario: Scenario, speed: f64) -> Self {
        let settings = Settings {
            groups,
            scenario,
            speed,
            ..Settings::default()
        };
        let sandbox = Sandbox::start(settings, Arc::new(SystemClock)).unwrap();
        Self {
            sandbox,
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// A file in the world's folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A file with a text.
    pub fn file(&self, name: &str, text: &str) -> PathBuf {
        std::fs::write(self.path(name), text).unwrap();
        self.path(name)
    }

    /// The program in the world's folder, connected to its sandbox as to any endpoint.
    pub fn program(&self, arguments: &[&str]) -> Command {
        let mut command = program(self.folder.path(), arguments);
        let keys = self.sandbox.keys();
        command
            .args([
                "--endpoint-url",
                &self.sandbox.endpoint(),
                "--region",
                "eu-west-1",
            ])
            .env("AWS_ACCESS_KEY_ID", &keys.access_key_id)
            .env("AWS_SECRET_ACCESS_KEY", &keys.secret_access_key);
        command
    }

    /// Runs it to its end.
    pub fn run(&self, arguments: &[&str]) -> Ended {
        Ended(self.program(arguments).output().unwrap())
    }

    /// The same with this on standard input.
    pub fn run_with(&self, arguments: &[&str], text: &str) -> Ended {
        let mut command = self.program(arguments);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut input = child.stdin.take().unwrap();
        input.write_all(text.as_bytes()).unwrap();
        drop(input);
        Ended(child.wait_with_output().unwrap())
    }

    /// A plan of all groups; answers its id.
    pub fn plan(&self, role: &str) -> String {
        let made = self.run(&[
            "plan",
            "new",
            "--bucket",
            BUCKET,
            "--role",
            role,
            "--settle",
            "3s",
            "--out",
            "plan.json",
            "--json",
        ]);
        made.well()[0]["id"].as_str().unwrap().to_owned()
    }

    /// How many bulk deployments the account has had.
    pub async fn bulk_deployments(&self) -> usize {
        let other = tempfile::tempdir().unwrap();
        let engine = Engine::open(other.path().to_owned(), Clock::system()).unwrap();
        let Settings {
            groups,
            seed,
            speed,
            scenario,
            region,
            ..
        } = self.sandbox.settings().clone();
        let request = ConnectRequest::Sandbox {
            scenario: scenario.to_string(),
            groups,
            seed,
            speed,
        };
        let keys = self.sandbox.keys();
        let reach = SandboxReach {
            endpoint: self.sandbox.endpoint(),
            region,
            access_key_id: keys.access_key_id.clone(),
            secret_access_key: keys.secret_access_key.clone(),
            id: "test".to_owned(),
        };
        let session = connect(&engine, request, Some(reach)).await.unwrap();
        session
            .clients
            .list_bulk_deployments(None)
            .await
            .unwrap()
            .items
            .len()
    }
}

/// The program in a folder, with nothing of the computer's AWS settings.
pub fn program(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_overseed-cli"));
    for (name, _) in std::env::vars_os() {
        if ["AWS_", "OVERSEED_"]
            .iter()
            .any(|head| name.to_string_lossy().starts_with(head))
        {
            command.env_remove(name);
        }
    }
    command
        .args(arguments)
        .current_dir(folder)
        .env_remove("COLUMNS")
        .env("AWS_CONFIG_FILE", folder.join("no-config"))
        .env("AWS_SHARED_CREDENTIALS_FILE", folder.join("no-credentials"))
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("OVERSEED_DATA_DIR", folder.join("data"))
        .stdin(Stdio::null());
    command
}

/// A program at work; it is ended with the test, whatever becomes of that.
pub struct AtWork {
    pub child: Child,
    pub said: BufReader<ChildStderr>,
}

impl AtWork {
    /// Starts it and waits until it has said something that begins so on standard error.
    pub fn until_it_says(command: &mut Command, beginning: &str) -> Self {
        let mut child = command
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let said = BufReader::new(child.stderr.take().unwrap());
        let mut at_work = Self { child, said };
        let mut all = String::new();
        while !all
            .lines()
            .next_back()
            .is_some_and(|line| line.starts_with(beginning))
        {
            let more = at_work.said.read_line(&mut all).unwrap();
            assert!(more > 0, "it ended without saying {beginning}:\n{all}");
        }
        at_work
    }
}

impl Drop for AtWork {
    fn drop(&mut self) {
        // Of one that has ended there is nothing to kill.
        self.child.kill().ok();
        self.child.wait().unwrap();
    }
}

/// How the program ended, and what it said.
#[derive(Debug)]
pub struct Ended(pub Output);

impl Ended {
    pub fn status(&self) -> i32 {
        self.0.status.code().unwrap()
    }

    pub fn out(&self) -> String {
        String::from_utf8(self.0.stdout.clone()).unwrap()
    }

    pub fn err(&self) -> String {
        String::from_utf8(self.0.stderr.clone()).unwrap()
    }

    /// The JSON lines of standard output.
    pub fn lines(&self) -> Vec<Value> {
        self.out()
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    /// The same of a program that has to have ended well.
    pub fn well(&self) -> Vec<Value> {
        assert_eq!(self.status(), 0, "{}", self.err());
        self.lines()
    }

    /// The error that it ended with, as the last JSON line of standard error.
    pub fn problem(&self) -> Value {
        serde_json::from_str(self.err().lines().last().unwrap()).unwrap()
    }
}
