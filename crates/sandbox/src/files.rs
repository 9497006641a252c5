//! State on disk: small JSON files that are replaced whole.

use std::io;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

/// The folder that holds a sandbox's state.
#[derive(Debug, Clone)]
pub struct Files {
    dir: PathBuf,
}

impl Files {
    /// Opens the folder, making it where it is missing.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub fn open(dir: &Path) -> io::Result<Self> {
        std::fs::create_dir_all(dir)?;
        Ok(Self {
            dir: dir.to_owned(),
        })
    }

    /// The path of a file or folder of this name.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    /// Reads a file; `None` if there is none.
    ///
    /// # Errors
    /// What the file system says, or that the content is not what it must be.
    pub fn load<T: DeserializeOwned>(&self, name: &str) -> io::Result<Option<T>> {
        let path = self.path(name);
        let named = |error: &dyn std::fmt::Display| {
            io::Error::other(format!("{}: {error}", path.display()))
        };
        match std::fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes)
                .map(Some)
                .map_err(|error| named(&error)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(named(&error)),
        }
    }

    /// Replaces a file: a reader sees the old content or the new, also after a kill in between.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub fn save<T: Serialize>(&self, name: &str, content: &T) -> io::Result<()> {
        write_whole(&self.path(name), &serde_json::to_vec(content)?, false)
    }

    /// Replaces a file that only its owner may read.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub fn save_private<T: Serialize>(&self, name: &str, content: &T) -> io::Result<()> {
        write_whole(&self.path(name), &serde_json::to_vec(content)?, true)
    }
}

/// Writes beside the file and renames over it; `private` files are readable by their owner only.
///
/// # Errors
/// Whatever the file system says.
pub fn write_whole(path: &Path, bytes: &[u8], private: bool) -> io::Result<()> {
    use std::io::Write;
    let beside = path.with_extension(format!("{}.new", std::process::id()));
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    if private {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    // Elsewhere the user's data folder is private by its place.
    #[cfg(not(unix))]
    let _ = private;
    let mut file = options.open(&beside)?;
    file.write_all(bytes)?;
    drop(file);
    std::fs::rename(&beside, path)
}
