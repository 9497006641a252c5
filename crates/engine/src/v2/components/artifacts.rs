//! The files that stand for a recipe's artifacts.

use std::path::{Path, PathBuf};

use overseed_domain::v2::recipe::{Recipe, uploads};

use super::ArtifactFile;
use crate::{Error, ErrorCode, Problem};

/// Files of a folder that are looked at.
const MOST_FILES: usize = 20_000;

/// Folders within folders that are looked into.
const DEEPEST: usize = 16;

/// The artifacts of a recipe, with their files where a folder is given. Reads the folder; blocks.
///
/// # Errors
/// [`Error::File`] where the folder cannot be read; [`ErrorCode::FileInvalid`] where it holds far too much.
pub(super) fn files(recipe: &Recipe, folder: Option<&Path>) -> Result<Vec<ArtifactFile>, Error> {
    let mut found = Vec::new();
    if let Some(folder) = folder {
        walk(folder, folder, 0, &mut found)?;
        found.sort();
    }
    uploads(recipe)
        .into_iter()
        .map(|artifact| {
            let file = best(&found, &artifact.key);
            let path = file.and_then(|file| folder.map(|folder| folder.join(file)));
            let bytes = path
                .as_deref()
                .map(|path| std::fs::metadata(path).map_err(Error::file(path)))
                .transpose()?
                .map(|metadata| metadata.len());
            Ok(ArtifactFile {
                artifact,
                path,
                bytes,
            })
        })
        .collect()
}

fn walk(root: &Path, folder: &Path, depth: usize, found: &mut Vec<PathBuf>) -> Result<(), Error> {
    for entry in std::fs::read_dir(folder).map_err(Error::file(folder))? {
        let path = entry.map_err(Error::file(folder))?.path();
        if path.is_dir() {
            // A link that leads back up would have no end.
            if depth < DEEPEST && !path.is_symlink() {
                walk(root, &path, depth + 1, found)?;
            }
        } else if let Ok(file) = path.strip_prefix(root) {
            found.push(file.to_owned());
        }
        if found.len() > MOST_FILES {
            return Err(Problem::new(
                ErrorCode::FileInvalid,
                format!("The folder has more than {MOST_FILES} files"),
            )
            .detail(root.display())
            .hint("Give the folder that has the artifacts and little else.")
            .into());
        }
    }
    Ok(())
}

/// The file whose path ends as the key does in most parts; the one nearest to the top of several.
fn best<'a>(files: &'a [PathBuf], key: &str) -> Option<&'a PathBuf> {
    files
        .iter()
        .map(|file| (alike(file, key), file))
        .filter(|(alike, _)| *alike > 0)
        .min_by_key(|(alike, file)| (std::cmp::Reverse(*alike), file.components().count()))
        .map(|(_, file)| file)
}

/// Parts at the end that a path and a key have alike.
fn alike(file: &Path, key: &str) -> usize {
    file.components()
        .rev()
        .zip(key.rsplit('/'))
        .take_while(|(part, of_key)| part.as_os_str() == *of_key)
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_the_one_that_is_most_like_the_key() {
        let files: Vec<PathBuf> = ["a.py", "x/1.0.0/a.py", "y/1.0.0/a.py", "y/old/b.py", "b.py"]
            .into_iter()
            .map(PathBuf::from)
            .collect();
        let best = |key| best(&files, key).map(|file| file.display().to_string());
        assert_eq!(
            best("artifacts/y/1.0.0/a.py").as_deref(),
            Some("y/1.0.0/a.py")
        );
        assert_eq!(best("artifacts/z/2.0.0/a.py").as_deref(), Some("a.py"));
        assert_eq!(best("artifacts/y/1.0.0/b.py").as_deref(), Some("b.py"));
        assert_eq!(best("artifacts/c.py"), None);
    }
}
