//! Logs: one file a day in the data folder, the last seven kept.

use std::path::Path;

use tracing_appender::{
    non_blocking::WorkerGuard,
    rolling::{InitError, RollingFileAppender, Rotation},
};
use tracing_subscriber::EnvFilter;

/// Files kept.
const KEPT: usize = 7;

/// Begins logging; dropping the guard writes out what is left. `OVERSEED_LOG` sets the level, such as `debug`.
pub fn begin(data_dir: &Path) -> Result<WorkerGuard, InitError> {
    let files = RollingFileAppender::builder()
        .rotation(Rotation::DAILY)
        .filename_prefix("overseed")
        .filename_suffix("log")
        .max_log_files(KEPT)
        .build(data_dir.join("logs"))?;
    let (writer, guard) = tracing_appender::non_blocking(files);
    let filter = EnvFilter::try_from_env("OVERSEED_LOG").unwrap_or_else(|_| {
        EnvFilter::new("info,aws_config=warn,aws_smithy_runtime=warn,hyper=warn")
    });
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(false)
        .with_writer(writer)
        .init();
    Ok(guard)
}
