//! Passing files that a process which was killed has left behind.

use std::{
    fs,
    path::Path,
    time::{Duration, SystemTime},
};

use overseed_domain::Millis;

/// What was written last longer ago is nobody's any more; another process of this app may be at work on anything newer.
const OLD: Duration = Duration::from_secs(24 * 60 * 60);

/// Removes old passing files from the data folder, its drafts and its runs.
pub(crate) fn sweep_data(data: &Path, now: Millis) {
    let Ok(millis) = u64::try_from(now.0) else {
        return;
    };
    let now = SystemTime::UNIX_EPOCH + Duration::from_millis(millis);
    sweep(data, None, now);
    sweep(&data.join("drafts"), None, now);
    let runs = fs::read_dir(data.join("runs")).into_iter().flatten();
    for run in runs.flatten() {
        sweep(&run.path(), None, now);
    }
}

/// Removes old passing files from a folder: all of them, or those of one name only. What cannot be looked at or removed
/// stays.
pub(super) fn sweep(folder: &Path, of: Option<&str>, now: SystemTime) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let passing = name.to_str().and_then(made_for);
        let is_meant = passing.is_some_and(|made_for| of.is_none_or(|of| of == made_for));
        if !is_meant {
            continue;
        }
        // Of a link that is its own, not what it leads to.
        let Ok(found) = entry.metadata() else {
            continue;
        };
        let age = found.modified().map(|at| now.duration_since(at));
        if found.is_file() && matches!(age, Ok(Ok(age)) if age > OLD) {
            let path = entry.path();
            match fs::remove_file(&path) {
                Ok(()) => {
                    tracing::info!(path = %path.display(), "a file that was left behind is removed")
                }
                Err(error) => {
                    tracing::debug!(%error, path = %path.display(), "a file that was left behind stays");
                }
            }
        }
    }
}

/// The name that a passing file was to get, by its own: `.NAME.32 hexadecimal digits.part`.
pub(super) fn made_for(passing: &str) -> Option<&str> {
    let (name, id) = passing
        .strip_prefix('.')?
        .strip_suffix(".part")?
        .rsplit_once('.')?;
    let is_id = id.len() == 32 && id.bytes().all(|b| b.is_ascii_hexdigit());
    is_id.then_some(name)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use std::fs::File;

    use super::{super::place::Passing, *};

    fn left(at: &Path, written: Duration) -> std::path::PathBuf {
        fs::create_dir_all(at.parent().unwrap()).unwrap();
        let path = Passing::named_after(at).path().to_owned();
        let file = File::create(&path).unwrap();
        file.set_modified(SystemTime::UNIX_EPOCH + written).unwrap();
        path
    }

    #[test]
    fn old_passing_files_go_and_all_others_stay() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path();
        let now = Millis(10 * 24 * 60 * 60 * 1_000);
        let long_ago = Duration::from_secs(24 * 60 * 60);
        let lately = long_ago * 9 + Duration::from_secs(1);
        let gone = [
            "plan.json",
            "drafts/1.rows",
            "runs/a/wave-001.jsonl",
            "two.dots.json",
        ]
        .map(|name| left(&data.join(name), long_ago));
        let stays = [
            left(&data.join("plan.json"), lately),
            left(&data.join("elsewhere/plan.json"), long_ago),
        ];
        let others = [".plan.part", "plan.json", ".x.0123456789abcdef.part"].map(|name| {
            let path = data.join(name);
            let file = File::create(&path).unwrap();
            file.set_modified(SystemTime::UNIX_EPOCH + long_ago)
                .unwrap();
            path
        });
        sweep_data(data, now);
        assert!(gone.iter().all(|path| !path.exists()), "{gone:?}");
        assert!(stays.iter().chain(&others).all(|path| path.exists()));

        // In a folder of the user's only those of the one name.
        let elsewhere = data.join("elsewhere");
        let other = left(&elsewhere.join("report.html"), long_ago);
        let now = SystemTime::UNIX_EPOCH + long_ago * 10;
        sweep(&elsewhere, Some("plan.json"), now);
        assert!(!stays[1].exists() && other.exists());
    }

    #[test]
    fn a_passing_name_says_what_it_was_for() {
        let passing = Passing::named_after(Path::new("/x/two.dots.json"));
        let name = passing.path().file_name().unwrap().to_str().unwrap();
        assert_eq!(made_for(name), Some("two.dots.json"));
        for other in [
            ".part",
            ".a.part",
            "a.0123456789abcdef0123456789abcdef.part",
        ] {
            assert_eq!(made_for(other), None, "{other}");
        }
    }
}
