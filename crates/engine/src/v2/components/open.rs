//! A recipe's file.

use std::{
    fs::File,
    io::Read as _,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::{Error, ErrorCode, Problem};

/// Bytes of a file that is read: a recipe has at most 16 KiB, so that a larger file is another one.
const MOST_BYTES: u64 = 1 << 20;

/// A recipe's file, read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RecipeFile {
    /// Where it is.
    pub path: PathBuf,
    /// What it says.
    pub text: String,
}

/// Reads a recipe's file; whether it is a recipe is not looked at.
///
/// # Errors
/// [`Error::File`]; [`ErrorCode::FileInvalid`] for what is no text or beyond 1 MiB.
pub async fn recipe_open(path: &Path) -> Result<RecipeFile, Error> {
    let path = path.to_owned();
    tokio::task::spawn_blocking(move || {
        let mut bytes = Vec::new();
        File::open(&path)
            .and_then(|file| file.take(MOST_BYTES + 1).read_to_end(&mut bytes))
            .map_err(Error::file(&path))?;
        let no_recipe = |message: &str| {
            Problem::new(ErrorCode::FileInvalid, message)
                .detail(path.display())
                .hint("Choose the component's recipe, a YAML or JSON file.")
        };
        if bytes.len() as u64 > MOST_BYTES {
            return Err(no_recipe("The file is too large for a recipe").into());
        }
        let text =
            String::from_utf8(bytes).map_err(|_| no_recipe("The file is no text in UTF-8"))?;
        Ok(RecipeFile { path, text })
    })
    .await?
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    #[tokio::test]
    async fn what_can_be_no_recipe_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("recipe.yaml");
        for (bytes, message) in [
            (
                vec![b' '; (1 << 20) + 1],
                "The file is too large for a recipe",
            ),
            (vec![0xff, 0xfe], "The file is no text in UTF-8"),
        ] {
            std::fs::write(&path, bytes).unwrap();
            let problem = recipe_open(&path).await.unwrap_err().problem();
            assert_eq!(problem.code, ErrorCode::FileInvalid);
            assert_eq!(problem.message, message);
        }
        std::fs::write(&path, "ComponentName: a\n").unwrap();
        let read = recipe_open(&path).await.unwrap();
        assert_eq!(
            (read.path, read.text.as_str()),
            (path, "ComponentName: a\n")
        );
    }
}
