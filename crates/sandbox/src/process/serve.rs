//! The inside of a sandbox process.

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::Attached;
use crate::clock::SystemClock;
use crate::files::write_whole;
use crate::sandbox::Sandbox;
use crate::settings::Settings;

/// The hidden first argument that makes an executable a sandbox process.
pub(super) const ASKED: &str = "__sandbox-process";

/// How often it is looked whether the sandbox is idle.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// If this process was started to be a sandbox, is one until it is asked to end or idle, and says so.
/// To be called first in the main of every program that calls [`super::attach_or_start`].
#[must_use]
pub fn serve_if_asked() -> bool {
    let mut arguments = std::env::args_os().skip(1);
    if arguments.next().as_deref() != Some(ASKED.as_ref()) {
        return false;
    }
    let arguments: Vec<OsString> = arguments.collect();
    if let Err(error) = serve(&arguments) {
        // The log of the process: whoever waits for it reads the end of it.
        eprintln!("{error}");
        std::process::exit(1);
    }
    true
}

fn serve(arguments: &[OsString]) -> io::Result<()> {
    let [dir, id, idle] = arguments else {
        return Err(io::Error::other("this is started by the program itself"));
    };
    let dir = Path::new(dir);
    let id = id
        .to_str()
        .ok_or_else(|| io::Error::other("the id is no text"))?;
    let idle: u64 = idle
        .to_str()
        .unwrap_or_default()
        .parse()
        .map_err(io::Error::other)?;
    let state = dir.join(id);
    // One process a world: two would write over each other's state.
    let lock = File::create(state.join("run.lock"))?;
    lock.try_lock()
        .map_err(|_| io::Error::other("another process runs this world"))?;
    let settings: Settings = serde_json::from_slice(&std::fs::read(state.join("settings.json"))?)?;
    let settings = Settings {
        state_dir: Some(state),
        ..settings
    };
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let sandbox = Sandbox::start_on(address, settings, Arc::new(SystemClock), id.to_owned())
        .map_err(io::Error::other)?;
    let (keys, settings) = (sandbox.keys(), sandbox.settings());
    let attached = Attached {
        endpoint: sandbox.endpoint(),
        region: settings.region.clone(),
        account: settings.account.clone(),
        access_key_id: keys.access_key_id.clone(),
        secret_access_key: keys.secret_access_key.clone(),
        id: id.to_owned(),
        scenario: settings.scenario,
        groups: settings.groups,
        seed: settings.seed,
        speed: settings.speed,
        pid: std::process::id(),
    };
    write_whole(
        &dir.join("sandbox.json"),
        &serde_json::to_vec_pretty(&attached)?,
        true,
    )?;
    wait_for_the_end(&sandbox, Some(Duration::from_secs(idle)))
}

/// Waits until the sandbox is interrupted, asked to end, or idle for longer than `idle`.
///
/// # Errors
/// If signals cannot be waited for.
pub fn wait_for_the_end(sandbox: &Sandbox, idle: Option<Duration>) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let stopper = sandbox.stopper();
        tokio::select! {
            () = stopper.cancelled() => Ok(()),
            interrupted = interrupted() => interrupted,
            () = until_idle(sandbox, idle) => Ok(()),
        }
    })
}

async fn interrupted() -> io::Result<()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminated = signal(SignalKind::terminate())?;
        tokio::select! {
            interrupted = tokio::signal::ctrl_c() => interrupted,
            _ = terminated.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await
}

async fn until_idle(sandbox: &Sandbox, idle: Option<Duration>) {
    let Some(idle) = idle else {
        return std::future::pending().await;
    };
    let most_ms = i64::try_from(idle.as_millis()).unwrap_or(i64::MAX);
    let mut every = tokio::time::interval(LOOK_EVERY);
    loop {
        every.tick().await;
        if sandbox.idle_ms() > most_ms {
            return;
        }
    }
}
