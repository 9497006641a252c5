//! Logs: one file a day in the data folder, the last seven kept.

use std::path::Path;

use tracing_appender::{
    non_blocking::WorkerGuard,
    rolling::{RollingFileAppender, Rotation},
};
use tracing_subscriber::EnvFilter;

/// Files kept.
const KEPT: usize = 7;

/// Begins logging; dropping the guard writes out what is left. `OVERSEED_LOG` sets the level, such as `debug`.
pub fn begin(data_dir: &Path) -> std::io::Result<WorkerGuard> {
    let (writer, guard) = tracing_appender::non_blocking(files(data_dir)?);
    let filter = EnvFilter::try_from_env("OVERSEED_LOG").unwrap_or_else(|_| {
        EnvFilter::new("info,aws_config=warn,aws_smithy_runtime=warn,hyper=warn")
    });
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(false)
        .with_writer(writer)
        .init();
    tracing::info!(version = env!("CARGO_PKG_VERSION"), "Overseed has started");
    Ok(guard)
}

fn files(data_dir: &Path) -> std::io::Result<RollingFileAppender> {
    let folder = data_dir.join("logs");
    // The appender looks for old files before it makes the folder, and complains when it is not there.
    std::fs::create_dir_all(&folder)?;
    RollingFileAppender::builder()
        .rotation(Rotation::DAILY)
        .filename_prefix("overseed")
        .filename_suffix("log")
        .max_log_files(KEPT)
        .build(folder)
        .map_err(std::io::Error::other)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn seven_files_are_kept_and_todays_is_one_of_them() {
        let folder = tempfile::tempdir().unwrap();
        let logs = folder.path().join("logs");
        std::fs::create_dir_all(&logs).unwrap();
        for day in 1..=9 {
            std::fs::write(logs.join(format!("overseed.2001-01-0{day}.log")), "then").unwrap();
        }
        std::fs::write(logs.join("notes.txt"), "mine").unwrap();
        let mut today = files(folder.path()).unwrap();
        today.write_all(b"now").unwrap();
        today.flush().unwrap();

        let names = || {
            std::fs::read_dir(&logs)
                .unwrap()
                .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        };
        let kept: Vec<String> = names().filter(|name| name.ends_with(".log")).collect();
        assert_eq!(kept.len(), KEPT, "{kept:?}");
        assert!(names().any(|name| name == "notes.txt"));
        let new = kept.iter().find(|name| !name.contains("2001-01-")).unwrap();
        assert_eq!(std::fs::read_to_string(logs.join(new)).unwrap(), "now");
    }
}
