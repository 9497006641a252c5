//! A run as files: its targets, causes and changes as CSV and JSON lines, a report as HTML, its plan, and an
//! EventBridge rule for the deployments of its groups. Nothing is held in memory whole but what is short.

mod chart;
mod documents;
mod events;
mod lists;
mod plan;
mod report;

use std::{
    fs::File,
    io::{BufWriter, Write},
    path::Path,
};

use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use specta::Type;

use super::{
    reader::Reader,
    rows::{self, Run},
};
use crate::{Engine, Error, input_file::Chosen};

/// What of a run is exported, and in which form.
///
/// In CSV a text that a spreadsheet would take for a formula (it begins with `=`, `+`, `-`, `@`, or a tab or line
/// break) has an apostrophe before it; JSON has all texts as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ExportForm {
    /// All targets, comma-separated values with a heading; core devices with their components.
    TargetsCsv,
    /// All targets, JSON lines.
    TargetsJson,
    /// The causes, comma-separated values with a heading.
    CausesCsv,
    /// The causes, JSON lines.
    CausesJson,
    /// The calls that changed something, comma-separated values with a heading.
    ChangesCsv,
    /// The calls that changed something, JSON lines.
    ChangesJson,
    /// A report for people, as one HTML file that opens without network.
    Html,
    /// The plan, as `plan_export` writes it.
    Plan,
    /// An EventBridge rule for status changes of the groups' deployments with a topic that is told: CloudFormation.
    EventsCloudFormation,
    /// The same rule for a topic that is there: AWS CLI commands for a POSIX shell.
    EventsCli,
}

impl ExportForm {
    /// The ending of such files, without the dot.
    #[must_use]
    pub const fn ending(self) -> &'static str {
        match self {
            Self::TargetsCsv | Self::CausesCsv | Self::ChangesCsv => "csv",
            Self::TargetsJson | Self::CausesJson | Self::ChangesJson => "jsonl",
            Self::Html => "html",
            Self::Plan | Self::EventsCloudFormation => "json",
            Self::EventsCli => "sh",
        }
    }

    /// What such a file is about, as a part of its name.
    #[must_use]
    pub const fn subject(self) -> &'static str {
        match self {
            Self::TargetsCsv | Self::TargetsJson => "targets",
            Self::CausesCsv | Self::CausesJson => "causes",
            Self::ChangesCsv | Self::ChangesJson => "changes",
            Self::Html => "report",
            Self::Plan => "plan",
            Self::EventsCloudFormation | Self::EventsCli => "events",
        }
    }
}

/// Writes a run, or a part of it, to a file. A failed export leaves no file behind and an older one as it was.
///
/// # Errors
/// [`Error::File`], [`crate::ErrorCode::NotFound`]; [`crate::ErrorCode::InvalidInput`] for the plan of a run that
/// was made elsewhere; those of the store.
pub async fn run_export(
    reader: &impl Reader,
    run: &str,
    form: ExportForm,
    path: &Path,
) -> Result<(), Error> {
    let (engine, run, path) = (reader.engine().clone(), run.to_owned(), path.to_owned());
    reader
        .engine()
        .store
        .read(move |c| {
            // All of the file is of one moment.
            let moment = c.unchecked_transaction()?;
            let run = rows::run(&moment, &run)?;
            if form == ExportForm::Plan {
                return plan::write(&moment, &engine, &run, &path);
            }
            let chosen = Chosen::at(&path)?;
            let mut out = Out {
                to: BufWriter::new(chosen.create()?),
                path: &path,
            };
            write(&moment, &engine, &run, form, &mut out)?;
            out.end()?;
            chosen.put()
        })
        .await
}

fn write(
    connection: &Connection,
    engine: &Engine,
    run: &Run,
    form: ExportForm,
    out: &mut Out<'_>,
) -> Result<(), Error> {
    match form {
        ExportForm::TargetsCsv => lists::targets_csv(connection, run, out),
        ExportForm::TargetsJson => lists::targets_json(connection, run, out),
        ExportForm::CausesCsv => lists::causes_csv(connection, run, out),
        ExportForm::CausesJson => lists::causes_json(connection, run, out),
        ExportForm::ChangesCsv => lists::changes_csv(connection, run, out),
        ExportForm::ChangesJson => lists::changes_json(connection, run, out),
        ExportForm::Html => report::write(connection, engine, run, out),
        ExportForm::EventsCloudFormation => events::cloud_formation(connection, run, out),
        ExportForm::EventsCli => events::cli(connection, run, out),
        ExportForm::Plan => Ok(()),
    }
}

/// The file that is being written.
#[derive(Debug)]
struct Out<'a> {
    to: BufWriter<File>,
    path: &'a Path,
}

impl Out<'_> {
    fn text(&mut self, text: &str) -> Result<(), Error> {
        self.to
            .write_all(text.as_bytes())
            .map_err(Error::file(self.path))
    }

    fn line(&mut self, value: &impl Serialize) -> Result<(), Error> {
        let line = rows::json(value)?;
        writeln!(self.to, "{line}").map_err(Error::file(self.path))
    }

    /// All of it is on disk.
    fn end(mut self) -> Result<(), Error> {
        self.to
            .flush()
            .and_then(|()| self.to.get_ref().sync_all())
            .map_err(Error::file(self.path))
    }
}
