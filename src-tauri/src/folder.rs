//! The data folder: the store, runs, logs, the sandbox. Both faces use the same one.

use std::path::PathBuf;

/// `OVERSEED_DATA_DIR`, or the platform's folder for the data of apps.
pub fn data_dir() -> Result<PathBuf, String> {
    overseed_engine::data_dir().map_err(|error| error.problem().message)
}
