//! One driver a run: the process that holds the run's lock file.

use std::{
    fs::{File, OpenOptions, TryLockError},
    path::{Path, PathBuf},
    time::Duration,
};

use crate::{Engine, Error, ErrorCode, Problem};

/// Tries to take the lock this often: another face that only looks whether there is a driver holds it for
/// a moment.
const TRIES: u32 = 5;

/// Between two tries.
const PAUSE: Duration = Duration::from_millis(50);

/// Held while this process drives the run. The operating system lets go of it when the process ends.
#[derive(Debug)]
pub(crate) struct RunLock {
    _file: File,
}

/// The folder of a run in the data folder: its input files and its lock.
#[must_use]
pub(crate) fn run_folder(engine: &Engine, id: &str) -> PathBuf {
    engine.data_dir().join("runs").join(id)
}

impl RunLock {
    /// Takes the lock.
    ///
    /// # Errors
    /// [`ErrorCode::RunDriven`] where another driver holds it.
    pub(crate) async fn take(engine: &Engine, id: &str) -> Result<Self, Error> {
        let path = run_folder(engine, id).join("driver.lock");
        let file = open(&path)?;
        for _ in 0..TRIES {
            match file.try_lock() {
                Ok(()) => return Ok(Self { _file: file }),
                Err(TryLockError::WouldBlock) => engine.clock.sleep(PAUSE).await,
                Err(TryLockError::Error(source)) => return Err(Error::file(path)(source)),
            }
        }
        Err(Problem::new(
            ErrorCode::RunDriven,
            "Another window or command drives this run already",
        )
        .hint("Watch it here; what you ask for (such as stop) reaches its driver.")
        .into())
    }
}

/// Whether some process drives the run now.
pub(crate) fn is_driven(engine: &Engine, id: &str) -> bool {
    let path = run_folder(engine, id).join("driver.lock");
    if !path.exists() {
        return false;
    }
    open(&path).is_ok_and(|file| matches!(file.try_lock(), Err(TryLockError::WouldBlock)))
}

fn open(path: &Path) -> Result<File, Error> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(Error::file(folder))?;
    }
    OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path)
        .map_err(Error::file(path))
}
