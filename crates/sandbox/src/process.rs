//! The sandbox as a process of its own that outlives whoever started it.
//!
//! In the data folder: `sandbox/sandbox.json` (private: endpoint and keys of the last process; who is connected reads
//! there where it is after a new start),
//! `sandbox/start.lock` (held while one is looked for or started) and `sandbox/ID/` (state of one world).

mod client;
mod serve;

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::files::write_whole;
use crate::settings::{Scenario, Settings};

pub use serve::{serve_if_asked, wait_for_the_end};

/// An idle sandbox process ends itself after this time.
pub const IDLE: Duration = Duration::from_secs(30 * 60);
/// How long a process may take to be ready, or to end.
const PATIENCE: Duration = Duration::from_secs(20);
/// How often it is looked at meanwhile.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// A running sandbox process.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Attached {
    /// Such as `http://127.0.0.1:40123`; another one after each start.
    pub endpoint: String,
    /// The account's Region.
    pub region: String,
    /// Twelve digits.
    pub account: String,
    /// The access key id of an administrator of the account.
    pub access_key_id: String,
    /// Its secret; it opens this sandbox only.
    pub secret_access_key: String,
    /// Names the world: the same settings give the same id, state and keys.
    pub id: String,
    /// What goes right and wrong.
    pub scenario: Scenario,
    /// How many seeded groups.
    pub groups: u32,
    /// What the world is drawn from.
    pub seed: u64,
    /// Simulated seconds a second.
    pub speed: f64,
    /// The process, for people: whether it lives is asked at its endpoint.
    pub pid: u32,
}

impl std::fmt::Debug for Attached {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Attached")
            .field("endpoint", &self.endpoint)
            .field("id", &self.id)
            .field("pid", &self.pid)
            .finish_non_exhaustive()
    }
}

impl Attached {
    /// The settings of this world.
    #[must_use]
    pub fn settings(&self) -> Settings {
        Settings {
            groups: self.groups,
            seed: self.seed,
            scenario: self.scenario,
            speed: self.speed,
            region: self.region.clone(),
            account: self.account.clone(),
            state_dir: None,
        }
    }
}

/// Why no sandbox process can be had.
#[derive(Debug, thiserror::Error)]
pub enum AttachError {
    /// The data folder cannot be used.
    #[error("the sandbox's folder {path} cannot be used: {source}")]
    Folder {
        /// Which.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The program cannot be started.
    #[error("the sandbox process cannot be started: {0}")]
    Spawn(io::Error),
    /// It ended before it was ready; its log tells more.
    #[error("the sandbox process ended before it was ready ({status}): {log}")]
    Ended {
        /// How it ended.
        status: String,
        /// The end of its log.
        log: String,
    },
    /// It was not ready, did not end, or another program kept the lock for too long.
    #[error("the sandbox process took too long to {0}")]
    TooLong(&'static str),
}

/// The id of the world that these settings make.
#[must_use]
pub fn id_of(settings: &Settings) -> String {
    let Settings {
        groups,
        seed,
        scenario,
        speed,
        region,
        account,
        ..
    } = settings;
    let text = format!("{groups} {seed} {scenario} {speed} {region} {account}");
    let hash = hex::encode(Sha256::digest(text.as_bytes()));
    let short = hash.get(..8).unwrap_or_default();
    format!("{scenario}-{groups}-{seed}-{short}")
}

/// The process that runs for this data folder, if one does. Starts and changes nothing.
///
/// # Errors
/// If the private file cannot be read.
pub fn attach(data_dir: &Path) -> Result<Option<Attached>, AttachError> {
    Ok(last(data_dir)?.filter(client::lives))
}

/// The process that ran last for this data folder, whether it still does or not.
///
/// # Errors
/// If the private file cannot be read.
pub fn last(data_dir: &Path) -> Result<Option<Attached>, AttachError> {
    let path = private_file(data_dir);
    match std::fs::read(&path) {
        // A file that cannot be understood is stale: of another version, or cut by a full disk.
        Ok(bytes) => Ok(serde_json::from_slice(&bytes).ok()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(AttachError::Folder { path, source }),
    }
}

/// The process that runs the world of these settings: the one that is there, or a new one of the present
/// executable (which must call [`serve_if_asked`] first in its main). One of other settings is asked to
/// end before; its state stays for the next time.
///
/// # Errors
/// See [`AttachError`].
pub fn attach_or_start(data_dir: &Path, settings: &Settings) -> Result<Attached, AttachError> {
    let executable = std::env::current_exe().map_err(AttachError::Spawn)?;
    attach_or_start_with(&executable, data_dir, settings, IDLE)
}

/// The same with another executable, and another time after which an idle process ends itself.
///
/// # Errors
/// See [`AttachError`].
pub fn attach_or_start_with(
    executable: &Path,
    data_dir: &Path,
    settings: &Settings,
    idle: Duration,
) -> Result<Attached, AttachError> {
    let id = id_of(settings);
    let dir = data_dir.join("sandbox");
    let folder = |source| AttachError::Folder {
        path: data_dir.to_owned(),
        source,
    };
    // The process works in a folder of its own: a relative path would mean another place there.
    let dir = std::path::absolute(dir).map_err(folder)?;
    std::fs::create_dir_all(dir.join(&id)).map_err(folder)?;
    // Two faces that start at the same moment: the second finds what the first started.
    let _lock = locked(&dir.join("start.lock"))?;
    if let Some(running) = attach(data_dir)? {
        if running.id == id {
            return Ok(running);
        }
        client::ask_to_stop(&running);
        wait("end", || Ok((!client::lives(&running)).then_some(())))?;
    }
    let told = serde_json::to_vec(settings)
        .map_err(io::Error::other)
        .map_err(folder)?;
    write_whole(&dir.join(&id).join("settings.json"), &told, false).map_err(folder)?;
    let log = dir.join(&id).join("process.log");
    let mut child = spawn(executable, &dir, &id, idle, &log).map_err(AttachError::Spawn)?;
    let pid = child.id();
    let ready = wait("start", || {
        if let Some(status) = child.try_wait().map_err(AttachError::Spawn)? {
            let text = std::fs::read_to_string(&log).unwrap_or_default();
            let lines: Vec<&str> = text.lines().rev().take(3).collect();
            let log = lines.into_iter().rev().collect::<Vec<_>>().join("; ");
            return Err(AttachError::Ended {
                status: status.to_string(),
                log,
            });
        }
        Ok(last(data_dir)?.filter(|found| found.pid == pid && client::lives(found)))
    })?;
    // Whoever started it takes note of its end, so that no dead process is left in the system's list.
    let reaper = std::thread::Builder::new().name("sandbox-end".to_owned());
    if let Err(error) = reaper.spawn(move || child.wait()) {
        tracing::debug!(%error, "the end of the sandbox process will not be noted");
    }
    Ok(ready)
}

/// Asks the process of this data folder to end, and waits for it. Says whether there was one.
///
/// # Errors
/// See [`AttachError`].
pub fn stop(data_dir: &Path) -> Result<bool, AttachError> {
    let Some(running) = attach(data_dir)? else {
        return Ok(false);
    };
    client::ask_to_stop(&running);
    wait("end", || Ok((!client::lives(&running)).then_some(())))?;
    Ok(true)
}

fn private_file(data_dir: &Path) -> PathBuf {
    data_dir.join("sandbox").join("sandbox.json")
}

fn spawn(
    executable: &Path,
    dir: &Path,
    id: &str,
    idle: Duration,
    log: &Path,
) -> io::Result<std::process::Child> {
    let log = File::create(log)?;
    let mut command = Command::new(executable);
    command
        .arg(serve::ASKED)
        .arg(dir)
        .arg(id)
        .arg(idle.as_secs().to_string())
        .current_dir(dir)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::from(log));
    #[cfg(unix)]
    {
        use std::os::unix::process::CommandExt;
        // A group of its own: an interrupt at the terminal of whoever started it does not reach it.
        command.process_group(0);
    }
    #[cfg(windows)]
    {
        use std::os::windows::process::CommandExt;
        // DETACHED_PROCESS and CREATE_NEW_PROCESS_GROUP (Process Creation Flags, Win32).
        command.creation_flags(0x0000_0008 | 0x0000_0200);
    }
    command.spawn()
}

/// Looks until there is an answer, or patience ends.
fn wait<T>(
    what: &'static str,
    mut look: impl FnMut() -> Result<Option<T>, AttachError>,
) -> Result<T, AttachError> {
    let begun = Instant::now();
    loop {
        if let Some(found) = look()? {
            return Ok(found);
        }
        if begun.elapsed() > PATIENCE {
            return Err(AttachError::TooLong(what));
        }
        std::thread::sleep(LOOK_EVERY);
    }
}

fn locked(path: &Path) -> Result<File, AttachError> {
    let folder = |source| AttachError::Folder {
        path: path.to_owned(),
        source,
    };
    let file = File::create(path).map_err(folder)?;
    wait("give the start lock free", || match file.try_lock() {
        Ok(()) => Ok(Some(())),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(source)) => Err(folder(source)),
    })?;
    Ok(file)
}
