//! Files at places that a user has named: whole or not at all, and never in the place of a device or of a link.

use std::{
    fs::{self, File, OpenOptions},
    io,
    path::{Path, PathBuf},
};

use super::{left_behind, place::Passing};
use crate::Error;

/// Links that are followed one after the other, as on Linux (path_resolution(7)).
const LINKS: usize = 40;

/// A file on its way to a place that the user chose. It is made under a passing name, and gone with this value unless
/// it was put there. Folders are not made: a wrong path would be.
#[derive(Debug)]
pub(crate) struct Chosen {
    passing: Passing,
    place: Place,
    /// As the user wrote it, for errors.
    named: PathBuf,
}

#[derive(Debug)]
enum Place {
    /// A file, or nothing yet: what the path comes to when links are followed.
    File(PathBuf),
    /// A device, a pipe and the like: to be written through.
    Through,
}

impl Chosen {
    /// Looks at the place and chooses the passing name; nothing is made yet.
    pub(crate) fn at(named: &Path) -> Result<Self, Error> {
        let place = place(named).map_err(Error::file(named))?;
        let passing = match &place {
            Place::File(file) => Passing::named_after(file),
            Place::Through => Passing::named_after(&std::env::temp_dir().join("overseed")),
        };
        Ok(Self {
            passing,
            place,
            named: named.to_owned(),
        })
    }

    /// The passing name.
    pub(crate) fn path(&self) -> &Path {
        self.passing.path()
    }

    /// The file under its passing name, with the rights of the one whose place it will take. Older ones for the same place,
    /// which are nobody's any more, are removed: they do not add up.
    pub(crate) fn create(&self) -> Result<File, Error> {
        let create = || {
            let file = File::create_new(self.path())?;
            // The time that this file got from where it lies is the one that the others have theirs from.
            if let (Some((folder, name)), Ok(now)) = (
                self.passing.beside_what(),
                file.metadata().and_then(|made| made.modified()),
            ) {
                left_behind::sweep(folder, Some(name), now);
            }
            if let Place::File(old) = &self.place
                && let Some(old) = found(fs::metadata(old))?
            {
                file.set_permissions(old.permissions())?;
            }
            Ok(file)
        };
        create().map_err(Error::file(&self.named))
    }

    /// Puts the file, complete and on disk, where the user wants it.
    pub(crate) fn put(self) -> Result<(), Error> {
        let failed = Error::file(&self.named);
        match self.place {
            Place::File(file) => self.passing.put(&file),
            Place::Through => through(self.passing.path(), &self.named).map_err(failed),
        }
    }
}

fn through(from: &Path, to: &Path) -> io::Result<()> {
    let mut whole = File::open(from)?;
    // Devices and pipes are there already and have nothing to be cut off.
    let mut open = OpenOptions::new().write(true).open(to)?;
    io::copy(&mut whole, &mut open).map(|_| ())
}

fn place(named: &Path) -> io::Result<Place> {
    let mut place = named.to_owned();
    for _ in 0..LINKS {
        match found(fs::metadata(&place))? {
            Some(there) if there.is_dir() => return Err(io::ErrorKind::IsADirectory.into()),
            Some(there) if there.is_file() => return fs::canonicalize(&place).map(Place::File),
            Some(_) => return Ok(Place::Through),
            None => {}
        }
        // Nothing is there, or a link to where nothing is.
        match found(fs::symlink_metadata(&place))? {
            Some(link) if link.is_symlink() => {
                let to = fs::read_link(&place)?;
                place = place.parent().map_or(to.clone(), |folder| folder.join(&to));
            }
            _ => return Ok(Place::File(place)),
        }
    }
    Err(io::Error::other("too many links"))
}

/// What is there, if anything is.
fn found(looked: io::Result<fs::Metadata>) -> io::Result<Option<fs::Metadata>> {
    match looked {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        looked => looked.map(Some),
    }
}

#[cfg(all(test, unix))]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use std::{
        io::{Read, Write},
        os::unix::fs::{PermissionsExt, symlink},
        thread,
    };

    use super::*;

    fn write(to: &Path, text: &str) -> Result<(), Error> {
        let chosen = Chosen::at(to)?;
        chosen.create()?.write_all(text.as_bytes()).unwrap();
        chosen.put()
    }

    fn names(folder: &Path) -> Vec<String> {
        let name = |entry: io::Result<fs::DirEntry>| entry.unwrap().file_name();
        let mut names: Vec<_> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| name(entry).into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn links_are_followed_and_stay_and_rights_stay() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("old"), "old").unwrap();
        fs::set_permissions(at("old"), fs::Permissions::from_mode(0o600)).unwrap();
        symlink("old", at("one")).unwrap();
        symlink("one", at("two")).unwrap();
        symlink("new", at("dangling")).unwrap();
        write(&at("two"), "a").unwrap();
        write(&at("dangling"), "b").unwrap();
        assert_eq!(fs::read_to_string(at("old")).unwrap(), "a");
        assert_eq!(
            fs::metadata(at("old")).unwrap().permissions().mode() & 0o777,
            0o600
        );
        assert_eq!(fs::read_to_string(at("new")).unwrap(), "b");
        assert_eq!(
            names(folder.path()),
            ["dangling", "new", "old", "one", "two"]
        );
        for link in ["one", "two", "dangling"] {
            assert!(
                fs::symlink_metadata(at(link)).unwrap().is_symlink(),
                "{link}"
            );
        }
    }

    #[test]
    fn what_a_killed_process_left_behind_does_not_add_up() {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path().join("report.html");
        let day = std::time::Duration::from_secs(24 * 60 * 60);
        let killed = |of: &str, days: u32| {
            let chosen = Chosen::at(&folder.path().join(of)).unwrap();
            let file = chosen.create().unwrap();
            let before = file.metadata().unwrap().modified().unwrap() - day * days;
            file.set_modified(before).unwrap();
            // Neither put into place nor removed.
            std::mem::forget(chosen);
        };
        killed("report.html", 0);
        killed("report.html", 2);
        killed("other.html", 2);
        assert_eq!(names(folder.path()).len(), 3);
        write(&at, "whole").unwrap();
        let left = names(folder.path());
        assert_eq!(left.len(), 3, "{left:?}");
        let starts = |with: &str| left.iter().filter(|name| name.starts_with(with)).count();
        let kinds = [
            starts(".report.html."),
            starts(".other.html."),
            starts("report.html"),
        ];
        assert_eq!(kinds, [1, 1, 1]);
    }

    #[test]
    fn devices_are_written_through() {
        let folder = tempfile::tempdir().unwrap();
        let link = folder.path().join("null");
        symlink("/dev/null", &link).unwrap();
        write(&link, "gone").unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        let full = write(Path::new("/dev/full"), "too much").unwrap_err();
        assert!(matches!(full, Error::File { .. }), "{full}");
        assert_eq!(names(folder.path()), ["null"]);
    }

    #[test]
    fn pipes_are_written_through() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status();
        assert!(made.unwrap().success());
        let reader = thread::spawn({
            let pipe = pipe.clone();
            move || {
                let mut text = String::new();
                File::open(pipe).unwrap().read_to_string(&mut text).unwrap();
                text
            }
        });
        write(&pipe, "through").unwrap();
        assert_eq!(reader.join().unwrap(), "through");
        assert_eq!(names(folder.path()), ["pipe"]);
    }

    #[test]
    fn folders_are_neither_written_nor_made() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("file"), "mine").unwrap();
        for to in ["", "gone/plan.json", "file/plan.json"] {
            write(&folder.path().join(to), "text").unwrap_err();
        }
        assert_eq!(names(folder.path()), ["file"]);
    }
}
