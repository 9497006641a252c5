//! Targets, causes and changes as CSV and JSON lines.

use std::collections::BTreeMap;

use overseed_domain::{
    Millis,
    cause::Cause,
    rollout::{Generation, TargetState},
};
use rusqlite::Connection;
use serde::Serialize;

use super::{Out, documents::Documents};
use crate::{
    Error,
    run::{
        ChangeRow, TargetRow, causes,
        change_log::changes,
        rows::{Run, word},
        targets::each_row,
    },
};

pub(super) fn targets_csv(
    connection: &Connection,
    run: &Run,
    out: &mut Out<'_>,
) -> Result<(), Error> {
    if run.generation == Generation::V2 {
        return devices_csv(connection, run, out);
    }
    let mut table = Table::begin(
        out,
        &[
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
            "cause",
        ],
    )?;
    each_row(connection, run, "", &mut |row: TargetRow| {
        let outcome = outcome(&row)?;
        let name = row.name.unwrap_or_default();
        table.row([row.target, name, row.version].into_iter().chain(outcome))
    })?;
    table.end()
}

pub(super) fn targets_json(
    connection: &Connection,
    run: &Run,
    out: &mut Out<'_>,
) -> Result<(), Error> {
    if run.generation == Generation::V2 {
        return devices_json(connection, run, out);
    }
    each_row(connection, run, "", &mut |row| out.line(&row))
}

/// What became of a target, from its line to its cause.
fn outcome(row: &TargetRow) -> Result<[String; 8], Error> {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    // Neither known of bulk deployments that were made elsewhere, nor there for what was left out.
    let line = Some(row.line).filter(|line| *line > 0);
    Ok([
        line.map(|line| line.to_string()).unwrap_or_default(),
        row.wave.to_string(),
        word(&row.state)?,
        text(&row.deployment),
        text(&row.code),
        text(&row.message),
        row.details.join("\n"),
        text(&row.cause),
    ])
}

/// Core devices by their thing names, each with the components of the document that it gets: the hash alone says nothing
/// to people.
fn devices_csv(connection: &Connection, run: &Run, out: &mut Out<'_>) -> Result<(), Error> {
    let mut documents = Documents::of(connection, run.ordinal);
    let mut table = Table::begin(
        out,
        &[
            "device",
            "components",
            "document",
            "line",
            "wave",
            "state",
            "deployment",
            "code",
            "message",
            "details",
            "cause",
        ],
    )?;
    each_row(connection, run, "", &mut |row: TargetRow| {
        let components = documents.components(&row.version)?;
        let components: Vec<String> = components
            .iter()
            .map(|(name, version)| format!("{name} {version}"))
            .collect();
        let outcome = outcome(&row)?;
        let components = components.join("\n");
        table.row(
            [row.target, components, row.version]
                .into_iter()
                .chain(outcome),
        )
    })?;
    table.end()
}

/// A core device of a run.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DeviceLine<'a> {
    position: u32,
    device: &'a str,
    components: &'a BTreeMap<String, String>,
    document: &'a str,
    line: u32,
    wave: u32,
    state: TargetState,
    deployment: &'a Option<String>,
    cause: &'a Option<String>,
    code: &'a Option<String>,
    message: &'a Option<String>,
    details: &'a [String],
}

fn devices_json(connection: &Connection, run: &Run, out: &mut Out<'_>) -> Result<(), Error> {
    let mut documents = Documents::of(connection, run.ordinal);
    each_row(connection, run, "", &mut |row| {
        out.line(&DeviceLine {
            position: row.position,
            device: &row.target,
            components: &*documents.components(&row.version)?,
            document: &row.version,
            line: row.line,
            wave: row.wave,
            state: row.state,
            deployment: &row.deployment,
            cause: &row.cause,
            code: &row.code,
            message: &row.message,
            details: &row.details,
        })
    })
}

pub(super) fn causes_csv(
    connection: &Connection,
    run: &Run,
    out: &mut Out<'_>,
) -> Result<(), Error> {
    let mut table = Table::begin(
        out,
        &[
            "cause",
            "targets",
            "title",
            "code",
            "message",
            "means",
            "remedies",
            "source",
            "permissions",
            "wave",
            "line",
        ],
    )?;
    for cause in causes::all(connection, run.ordinal)? {
        let Cause {
            key,
            title,
            code,
            message,
            targets,
            means,
            remedies,
            source,
            permissions,
            wave,
            line,
        } = cause;
        let number = |number: Option<u32>| number.map_or_else(String::new, |n| n.to_string());
        table.row([
            key,
            targets.to_string(),
            title,
            code.unwrap_or_default(),
            message,
            means.unwrap_or_default(),
            remedies.join("\n"),
            source.unwrap_or_default(),
            permissions.to_string(),
            number(wave),
            number(line),
        ])?;
    }
    table.end()
}

pub(super) fn causes_json(
    connection: &Connection,
    run: &Run,
    out: &mut Out<'_>,
) -> Result<(), Error> {
    for cause in causes::all(connection, run.ordinal)? {
        out.line(&cause)?;
    }
    Ok(())
}

pub(super) fn changes_csv(
    connection: &Connection,
    run: &Run,
    out: &mut Out<'_>,
) -> Result<(), Error> {
    let mut table = Table::begin(
        out,
        &[
            "at",
            "operation",
            "summary",
            "identity",
            "outcome",
            "request_id",
            "detail",
        ],
    )?;
    for change in changes(connection, &run.id)? {
        let ChangeRow {
            at,
            operation,
            summary,
            identity,
            outcome,
            request_id,
            detail,
        } = change;
        table.row([
            iso(at),
            operation,
            summary,
            identity,
            outcome.unwrap_or_default(),
            request_id.unwrap_or_default(),
            detail.unwrap_or_default(),
        ])?;
    }
    table.end()
}

pub(super) fn changes_json(
    connection: &Connection,
    run: &Run,
    out: &mut Out<'_>,
) -> Result<(), Error> {
    for change in changes(connection, &run.id)? {
        out.line(&change)?;
    }
    Ok(())
}

/// A time as ISO 8601 has it, in UTC.
fn iso(at: Millis) -> String {
    jiff::Timestamp::from_millisecond(at.0).map_or_else(|_| at.0.to_string(), |at| at.to_string())
}

/// Comma-separated values.
struct Table<'a, 'b> {
    writer: csv::Writer<&'a mut std::io::BufWriter<std::fs::File>>,
    path: &'b std::path::Path,
}

impl<'a, 'b> Table<'a, 'b> {
    fn begin(out: &'a mut Out<'b>, heads: &[&str]) -> Result<Self, Error> {
        let path = out.path;
        let mut writer = csv::Writer::from_writer(&mut out.to);
        writer
            .write_record(heads)
            .map_err(|error| Error::file(path)(error.into()))?;
        Ok(Self { writer, path })
    }

    fn row(&mut self, cells: impl IntoIterator<Item = String>) -> Result<(), Error> {
        self.writer
            .write_record(cells.into_iter().map(spreadsheet_safe))
            .map_err(|error| Error::file(self.path)(error.into()))
    }

    fn end(mut self) -> Result<(), Error> {
        self.writer.flush().map_err(Error::file(self.path))
    }
}

/// A text that a spreadsheet would take for a formula gets an apostrophe before it (OWASP, "CSV Injection").
fn spreadsheet_safe(text: String) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']) {
        format!("'{text}")
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_becomes_a_formula() {
        for text in [
            "=1+1", "+49", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1",
        ] {
            assert_eq!(spreadsheet_safe(text.to_owned()), format!("'{text}"));
        }
        for text in ["", "plain", "a=b", "1-1", "'=1"] {
            assert_eq!(spreadsheet_safe(text.to_owned()), text);
        }
    }
}
