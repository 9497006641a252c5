//! Where files lie while they are made, and how they take the place of others.

use std::{
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
};

use uuid::Uuid;

use super::{chosen::Chosen, left_behind};
use crate::{Error, ErrorCode, Problem, Session, draft};

/// A file under a passing name beside its place; it is gone with this value unless it was put into place.
#[derive(Debug)]
pub(crate) struct Passing {
    path: PathBuf,
    placed: bool,
}

impl Passing {
    /// Makes the folder and chooses the name; the file itself is not made yet.
    pub(crate) fn beside(place: &Path) -> Result<Self, Error> {
        if let Some(folder) = place.parent() {
            fs::create_dir_all(folder).map_err(Error::file(folder))?;
        }
        Ok(Self::named_after(place))
    }

    /// Chooses the name, in a folder that is there.
    pub(super) fn named_after(place: &Path) -> Self {
        let name = place.file_name().unwrap_or_default().to_string_lossy();
        let path = place.with_file_name(format!(".{name}.{}.part", Uuid::new_v4().simple()));
        Self {
            path,
            placed: false,
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The folder, and the name that the file is to get.
    pub(super) fn beside_what(&self) -> Option<(&Path, &str)> {
        let name = self.path.file_name()?.to_str()?;
        let folder = self.path.parent()?;
        let here = folder.as_os_str().is_empty();
        let folder = if here { Path::new(".") } else { folder };
        Some((folder, left_behind::made_for(name)?))
    }

    pub(crate) fn create(&self) -> Result<File, Error> {
        File::create_new(&self.path).map_err(Error::file(&self.path))
    }

    /// Puts a complete file, that is on disk, in the place of whatever is there.
    pub(crate) fn put(mut self, place: &Path) -> Result<(), Error> {
        fs::rename(&self.path, place).map_err(Error::file(place))?;
        self.placed = true;
        Ok(())
    }
}

impl Drop for Passing {
    fn drop(&mut self) {
        if self.placed {
            return;
        }
        match fs::remove_file(&self.path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                tracing::warn!(%error, path = %self.path.display(), "a passing file was left behind");
            }
            _ => {}
        }
    }
}

/// Copies the draft's input file to a place that the user chose.
///
/// # Errors
/// [`ErrorCode::NothingSelected`] without a file; [`Error::File`].
pub async fn file_export(session: &Session, to: &Path) -> Result<(), Error> {
    let draft = draft::draft_get(session).await?;
    if draft.file.is_none() {
        return Err(no_file().into());
    }
    let from = draft::file_path(&session.engine, session.scope);
    let to = to.to_owned();
    tokio::task::spawn_blocking(move || {
        let chosen = Chosen::at(&to)?;
        let mut source = File::open(&from).map_err(Error::file(&from))?;
        let mut file = chosen.create()?;
        std::io::copy(&mut source, &mut file)
            .and_then(|_| file.flush())
            .and_then(|()| file.sync_all())
            .map_err(Error::file(&to))?;
        chosen.put()
    })
    .await?
}

pub(super) fn no_file() -> Problem {
    Problem::new(ErrorCode::NothingSelected, "There is no input file yet")
        .hint("Make it from the selected groups, or open one from disk, in the input file step.")
}
