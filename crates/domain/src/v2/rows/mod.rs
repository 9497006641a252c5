//! What is wanted of single targets, one row each, from CSV or JSON lines.
//!
//! The columns: `thingName`; `component:NAME`, a version, `remove` or `keep`; `merge:NAME`, a JSON object;
//! `config:NAME/path`, one value of the configuration; `reset:NAME`, paths; any other name is a value for templates.
//! An empty cell says nothing. A value of the configuration in CSV is what it reads as in JSON (`81`, `true`, `["a"]`, or
//! `"81"` for a text), and else a text as it stands.

mod column;
mod csv_rows;
mod json_rows;
mod row;

use std::{
    collections::{HashMap, hash_map::Entry},
    io::{self, BufRead},
};

use serde::{Deserialize, Serialize};
use specta::Type;

pub use column::Column;
pub use row::Row;

use super::finding::PlanFindingCode;

/// How rows are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum RowFormat {
    /// A line with the columns' names, then one row a line; divided by commas, semicolons or tabs.
    Csv,
    /// One JSON object a line.
    JsonLines,
}

/// One finding about a line of rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RowFinding {
    /// Line number, from 1; 0 where it concerns the whole.
    pub line: u32,
    /// The column, where it concerns one.
    pub column: Option<String>,
    /// What was found.
    pub code: RowFindingCode,
    /// What was found with what the row wants, where it is that.
    pub plan: Option<PlanFindingCode>,
    /// What it means and what to do, in our words.
    pub message: String,
}

/// What can be wrong with rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum RowFindingCode {
    /// No row at all.
    NoRows,
    /// Not UTF-8.
    NotUtf8,
    /// The line is not a JSON object.
    NotJson,
    /// A quote is opened and never closed.
    OpenQuote,
    /// There is no column `thingName`.
    NoThingColumn,
    /// The row names no thing.
    NoThing,
    /// No thing can have that name.
    BadThing,
    /// The thing stands on an earlier line.
    RepeatedThing,
    /// A column that means nothing.
    UnknownColumn,
    /// A column stands twice.
    RepeatedColumn,
    /// The row has more cells than there are columns.
    TooManyCells,
    /// The row has fewer cells than there are columns; the others count as empty.
    TooFewCells,
    /// The path of a column has a number in it, which is a key and no place in a list.
    NumberInPath,
    /// The cell's value is of a kind that the column does not take.
    BadCell,
    /// What the row wants cannot be carried out, or is worth a look: see `plan`.
    Wanted,
}

impl RowFinding {
    /// Whether the row cannot be used. Unknown and repeated columns are passed over, the first of a repeated thing's
    /// rows counts.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        match self.code {
            RowFindingCode::TooFewCells | RowFindingCode::NumberInPath => false,
            RowFindingCode::Wanted => self.plan.is_some_and(PlanFindingCode::is_refused),
            _ => true,
        }
    }
}

/// Characters that a thing's name may have (AWS IoT service model: `ThingName`).
const THING_CHARS: usize = 128;

/// Rows by thing.
#[derive(Debug, Default)]
pub struct Rows {
    columns: Vec<Column>,
    rows: Vec<Stored>,
    by_thing: HashMap<Box<str>, usize>,
    findings: u32,
    refusals: u32,
}

/// Cells that are not empty, by column.
#[derive(Debug)]
struct Stored {
    line: u32,
    thing: Box<str>,
    cells: Box<[(u16, Box<str>)]>,
}

impl Rows {
    /// Reads rows and gives each finding to `sink` as it is met, by line; those of the whole come last, with line 0.
    /// Whether the things exist is not asked here.
    ///
    /// # Errors
    /// Those of the reader.
    pub fn read(
        reader: impl BufRead,
        format: RowFormat,
        sink: &mut dyn FnMut(RowFinding),
    ) -> io::Result<Self> {
        let mut reading = Reading {
            rows: Self::default(),
            sink,
        };
        match format {
            RowFormat::Csv => csv_rows::read(reader, &mut reading)?,
            RowFormat::JsonLines => json_rows::read(reader, &mut reading)?,
        }
        if reading.rows.rows.is_empty() && reading.rows.refusals == 0 {
            reading.tell(
                0,
                None,
                RowFindingCode::NoRows,
                "There is no row. Put in one line for each target.".to_owned(),
            );
        }
        Ok(reading.rows)
    }

    /// How many rows there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Findings met, and those among them for which a row cannot be used.
    #[must_use]
    pub const fn findings(&self) -> (u32, u32) {
        (self.findings, self.refusals)
    }

    /// The columns, in the order in which they were met.
    #[must_use]
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The rows, in the order of the file.
    pub fn iter(&self) -> impl Iterator<Item = Row<'_>> {
        self.rows.iter().map(|stored| Row {
            columns: &self.columns,
            stored,
        })
    }

    /// The row of a thing.
    #[must_use]
    pub fn of(&self, thing: &str) -> Option<Row<'_>> {
        let stored = self.rows.get(*self.by_thing.get(thing)?)?;
        Some(Row {
            columns: &self.columns,
            stored,
        })
    }

    /// Keeps a row; where its thing has one, that one's line.
    fn keep(&mut self, stored: Stored) -> Result<(), u32> {
        match self.by_thing.entry(stored.thing.clone()) {
            Entry::Occupied(found) => Err(self.rows.get(*found.get()).map_or(0, |row| row.line)),
            Entry::Vacant(free) => {
                free.insert(self.rows.len());
                self.rows.push(stored);
                Ok(())
            }
        }
    }
}

/// Rows being read, whatever their format.
struct Reading<'a> {
    rows: Rows,
    sink: &'a mut dyn FnMut(RowFinding),
}

impl Reading<'_> {
    fn tell(&mut self, line: u32, column: Option<&str>, code: RowFindingCode, message: String) {
        self.tell_all(RowFinding {
            line,
            column: column.map(str::to_owned),
            code,
            plan: None,
            message,
        });
    }

    fn tell_all(&mut self, finding: RowFinding) {
        self.rows.findings = self.rows.findings.saturating_add(1);
        if finding.is_refused() {
            self.rows.refusals = self.rows.refusals.saturating_add(1);
        }
        (self.sink)(finding);
    }

    /// The number of a column, which is told if it means nothing; `None` where there are too many.
    fn column(&mut self, line: u32, name: &str) -> Option<u16> {
        if let Some(place) = self.rows.columns.iter().position(|c| c.is_called(name)) {
            return u16::try_from(place).ok();
        }
        let number = u16::try_from(self.rows.columns.len()).ok()?;
        let column = Column::of(name);
        if let Column::Unknown(name) = &column {
            let message = column::unknown(name);
            self.tell(line, Some(name), RowFindingCode::UnknownColumn, message);
        }
        if let Some(message) = column.number_in_path() {
            self.tell(line, Some(name), RowFindingCode::NumberInPath, message);
        }
        self.rows.columns.push(column);
        Some(number)
    }

    /// Takes a row in and tells what is wrong with it.
    fn row(&mut self, line: u32, thing: Option<&str>, cells: Vec<(u16, Box<str>)>) {
        let Some(thing) = thing.map(str::trim).filter(|thing| !thing.is_empty()) else {
            let message = "The row names no thing. Fill in thingName.".to_owned();
            return self.tell(line, Some("thingName"), RowFindingCode::NoThing, message);
        };
        if thing.len() > THING_CHARS || !thing.bytes().all(is_thing_byte) {
            let message = format!(
                "No thing can be called {thing:?}: letters, digits and :_- are allowed, up to {THING_CHARS} of them."
            );
            return self.tell(line, Some("thingName"), RowFindingCode::BadThing, message);
        }
        let stored = Stored {
            line,
            thing: thing.into(),
            cells: cells.into(),
        };
        let row = Row {
            columns: &self.rows.columns,
            stored: &stored,
        };
        let told = row.told();
        for finding in told {
            self.tell_all(finding);
        }
        if let Err(earlier) = self.rows.keep(stored) {
            let message = format!(
                "{thing} stands on line {earlier} already, and that row counts. Keep one of the two."
            );
            self.tell(
                line,
                Some("thingName"),
                RowFindingCode::RepeatedThing,
                message,
            );
        }
    }
}

/// What names of things are made of (AWS IoT service model: `[a-zA-Z0-9:_-]+`).
fn is_thing_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b':' | b'_' | b'-')
}
