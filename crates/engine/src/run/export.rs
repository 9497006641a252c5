//! A run's targets as a file.

use std::{
    fs::File,
    io::{BufWriter, Write},
    path::Path,
};

use serde::{Deserialize, Serialize};
use specta::Type;

use super::{TargetRow, rows::word, targets::for_each_target_row};
use crate::{Error, Session};

/// The forms of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "lowercase")]
pub enum ExportForm {
    /// Comma-separated values with a heading.
    Csv,
    /// JSON lines.
    Json,
}

/// Writes all targets of a run with their outcome.
///
/// # Errors
/// [`Error::File`], [`crate::ErrorCode::NotFound`]; those of the store. A failed export leaves no file behind.
pub async fn run_export(
    session: &Session,
    run: &str,
    form: ExportForm,
    path: &Path,
) -> Result<(), Error> {
    let part = path.with_extension("part");
    let file = BufWriter::new(File::create(&part).map_err(Error::file(&part))?);
    let result = match form {
        ExportForm::Csv => csv_rows(session, run, file, &part).await,
        ExportForm::Json => json_rows(session, run, file, &part).await,
    };
    match result {
        Ok(()) => std::fs::rename(&part, path).map_err(Error::file(path)),
        Err(error) => {
            std::fs::remove_file(&part).map_err(Error::file(&part))?;
            Err(error)
        }
    }
}

async fn csv_rows(
    session: &Session,
    run: &str,
    file: BufWriter<File>,
    path: &Path,
) -> Result<(), Error> {
    let mut writer = csv::Writer::from_writer(file);
    let at = path.to_owned();
    let failed = move |error: csv::Error| Error::file(&at)(error.into());
    let heading = [
        "target",
        "name",
        "version",
        "line",
        "wave",
        "state",
        "deployment",
        "code",
        "message",
        "details",
    ];
    writer.write_record(heading).map_err(&failed)?;
    for_each_target_row(session, run, move |row| {
        let (line, wave) = (row.line.to_string(), row.wave.to_string());
        let state = word(&row.state)?;
        let details = row.details.join("\n");
        let text = |value: &Option<String>| spreadsheet_safe(value.as_deref().unwrap_or_default());
        writer
            .write_record([
                row.target.as_str(),
                &text(&row.name),
                &row.version,
                &line,
                &wave,
                &state,
                row.deployment.as_deref().unwrap_or_default(),
                &text(&row.code),
                &text(&row.message),
                &spreadsheet_safe(&details),
            ])
            .map_err(&failed)?;
        writer.flush().map_err(|error| failed(error.into()))
    })
    .await
}

async fn json_rows(
    session: &Session,
    run: &str,
    mut file: BufWriter<File>,
    path: &Path,
) -> Result<(), Error> {
    let path = path.to_owned();
    for_each_target_row(session, run, move |row: TargetRow| {
        let line = super::rows::json(&row)?;
        writeln!(file, "{line}")
            .and_then(|()| file.flush())
            .map_err(Error::file(&path))
    })
    .await
}

/// A text that a spreadsheet would take for a formula gets an apostrophe before it.
fn spreadsheet_safe(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}
