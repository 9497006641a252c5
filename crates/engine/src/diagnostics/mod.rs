//! The diagnostics bundle: a ZIP archive that helps to find a fault, with secrets taken out.

mod redact;

use std::{
    fs::File,
    io::{Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use serde_json::{Value, json};
use zip::{ZipWriter, write::SimpleFileOptions};

use crate::{Engine, Error, input_file::Chosen, settings::settings_get};
use redact::Redactor;

/// Log files that go in, the newest ones.
const LOG_FILES: usize = 5;

/// Bytes of the end of each log file.
const LOG_BYTES: u64 = 2_000_000;

/// Tables whose rows are counted.
const TABLES: [&str; 8] = [
    "scope",
    "inventory_group",
    "draft",
    "run",
    "wave",
    "target",
    "sample",
    "change",
];

/// Writes the bundle: versions, system, settings, the store's version and counts, the last runs, names (not values) of
/// variables that matter, and the ends of the last logs.
///
/// # Errors
/// [`Error::File`] where the archive cannot be written; those of the store.
pub async fn diagnostics_export(engine: &Engine, path: &Path) -> Result<(), Error> {
    let about = json!({
        "version": env!("CARGO_PKG_VERSION"),
        "os": std::env::consts::OS,
        "family": std::env::consts::FAMILY,
        "arch": std::env::consts::ARCH,
        "madeAt": engine.clock.now(),
        "settings": settings_get(engine).await?,
        "variables": variables(),
        "store": engine.store.read(store_counts).await?,
    });
    let runs = engine.store.read(last_runs).await?;
    let (logs, path) = (engine.data_dir().join("logs"), path.to_owned());
    tokio::task::spawn_blocking(move || {
        let home = std::env::home_dir().map(|home| home.to_string_lossy().into_owned());
        write(&path, &Redactor::new(home)?, &about, &runs, &logs)
    })
    .await?
}

fn write(
    path: &Path,
    redactor: &Redactor,
    about: &Value,
    runs: &Value,
    logs: &Path,
) -> Result<(), Error> {
    let failed = |source| Error::file(path)(source);
    let chosen = Chosen::at(path)?;
    let mut archive = ZipWriter::new(chosen.create()?);
    let mut add = |name: &str, text: &str| -> Result<(), Error> {
        archive
            .start_file(name, SimpleFileOptions::default())
            .map_err(|error| failed(std::io::Error::other(error)))?;
        archive
            .write_all(redactor.clean(text).as_bytes())
            .map_err(failed)
    };
    add("about.json", &format!("{about:#}\n"))?;
    add("runs.json", &format!("{runs:#}\n"))?;
    for log in newest(logs)? {
        let name = log
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        add(&format!("logs/{name}"), &end_of(&log)?)?;
    }
    let file = archive
        .finish()
        .map_err(|error| failed(std::io::Error::other(error)))?;
    file.sync_all().map_err(failed)?;
    chosen.put()
}

fn store_counts(connection: &rusqlite::Connection) -> Result<Value, Error> {
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let mut counts = serde_json::Map::new();
    for table in TABLES {
        let rows: i64 =
            connection.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| {
                row.get(0)
            })?;
        counts.insert(table.to_owned(), json!(rows));
    }
    Ok(json!({ "version": version, "rows": counts }))
}

fn last_runs(connection: &rusqlite::Connection) -> Result<Value, Error> {
    let mut query = connection.prepare_cached(
        "SELECT id, state, stage, started_at, ended_at, problem FROM run ORDER BY ordinal DESC LIMIT 20",
    )?;
    let rows = query.query_map([], |row| {
        let problem: Option<String> = row.get(5)?;
        Ok(json!({
            "id": row.get::<_, String>(0)?,
            "state": row.get::<_, String>(1)?,
            "stage": row.get::<_, String>(2)?,
            "startedAt": row.get::<_, i64>(3)?,
            "endedAt": row.get::<_, Option<i64>>(4)?,
            "problem": problem.and_then(|text| serde_json::from_str::<Value>(&text).ok()),
        }))
    })?;
    Ok(Value::Array(rows.collect::<Result<_, _>>()?))
}

/// Names of variables that change how the app connects; never their values.
fn variables() -> Vec<String> {
    let mut names = std::env::vars_os()
        .filter_map(|(name, _)| name.into_string().ok())
        .filter(|name| {
            let upper = name.to_ascii_uppercase();
            upper.starts_with("AWS_") || upper.ends_with("_PROXY") || upper.starts_with("OVERSEED_")
        })
        .collect::<Vec<_>>();
    names.sort();
    names
}

/// The newest log files, newest first. No folder, no logs.
fn newest(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(Error::file(folder)(error)),
    };
    let mut files = Vec::new();
    for entry in entries {
        let entry = entry.map_err(Error::file(folder))?;
        let about = entry.metadata().map_err(Error::file(entry.path()))?;
        if about.is_file() {
            files.push((
                about.modified().map_err(Error::file(entry.path()))?,
                entry.path(),
            ));
        }
    }
    files.sort();
    Ok(files
        .into_iter()
        .rev()
        .take(LOG_FILES)
        .map(|(_, path)| path)
        .collect())
}

/// The last whole lines of a file.
fn end_of(path: &Path) -> Result<String, Error> {
    let failed = |source| Error::file(path)(source);
    let mut file = File::open(path).map_err(failed)?;
    let length = file.metadata().map_err(failed)?.len();
    let from = length.saturating_sub(LOG_BYTES);
    file.seek(SeekFrom::Start(from)).map_err(failed)?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(failed)?;
    let text = String::from_utf8_lossy(&bytes);
    // A line that is cut could begin within a secret.
    let whole = if from > 0 {
        text.split_once('\n').map_or("", |(_, rest)| rest)
    } else {
        &text
    };
    Ok(whole.to_owned())
}

#[cfg(test)]
mod tests;
