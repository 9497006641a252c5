//! Rows as CSV.

use std::io::{self, BufRead, Read};

use csv::{ByteRecord, ReaderBuilder, Trim};
use serde_json::Value;

use super::{Column, Reading, RowFinding, RowFindingCode as Code};
use crate::v2::{finding::PlanFindingCode, json};

/// What may divide cells, likeliest first: spreadsheets write semicolons where the comma is the decimal sign.
const DIVIDERS: [u8; 3] = [b',', b';', b'\t'];

pub(super) fn read(mut reader: impl BufRead, reading: &mut Reading<'_>) -> io::Result<()> {
    let divider = divider(reader.fill_buf()?);
    let mut csv = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(divider)
        .trim(Trim::All)
        .from_reader(Records {
            reader,
            divider,
            text: Vec::new(),
            given: 0,
            first: 0,
            lines: 0,
            closed: true,
        });
    let mut record = ByteRecord::new();
    let mut header: Option<(Vec<Option<u16>>, usize)> = None;
    while csv.read_byte_record(&mut record)? {
        let Records {
            first: line,
            closed,
            ..
        } = *csv.get_ref();
        if !closed {
            let message = "A quote is opened in this row and never closed, so that all that follows is one cell. \
                           Close it, or double it where it is meant."
                .to_owned();
            reading.tell(line, None, Code::OpenQuote, message);
            return Ok(());
        }
        if record.iter().all(<[u8]>::is_empty) {
            continue;
        }
        match &header {
            Some((columns, thing)) => row(line, &record, columns, *thing, reading),
            None => match self::header(line, &record, reading) {
                Some(columns) => header = Some(columns),
                None => return Ok(()),
            },
        }
    }
    Ok(())
}

/// Gives a text on record by record: a read never goes beyond the end of one. The parser itself does not say on which
/// line a record begins where blank lines stand before it.
struct Records<R> {
    reader: R,
    divider: u8,
    /// The record that is given on, and how much of it has been.
    text: Vec<u8>,
    given: usize,
    /// The line on which it begins.
    first: u32,
    /// Lines read.
    lines: u32,
    /// Whether its quotes are closed.
    closed: bool,
}

/// Where in a record the splitting is.
#[derive(Clone, Copy, PartialEq)]
enum At {
    /// Before a cell.
    Cell,
    /// In a cell without quotes, or behind closed ones.
    Plain,
    Quoted,
    /// Behind a quote within quotes: the end of the cell, or a doubled one.
    Quote,
}

impl<R: BufRead> Read for Records<R> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        if self.given == self.text.len() {
            self.next()?;
        }
        let rest = self.text.get(self.given..).unwrap_or_default();
        let taken = { rest }.read(room)?;
        self.given += taken;
        Ok(taken)
    }
}

impl<R: BufRead> Records<R> {
    /// Reads the next record: a line, or more where line feeds stand in quotes.
    fn next(&mut self) -> io::Result<()> {
        self.text.clear();
        self.given = 0;
        let mut at = At::Cell;
        loop {
            let start = self.text.len();
            if self.reader.read_until(b'\n', &mut self.text)? == 0 {
                // At the end all stays as the last record left it.
                self.closed &= at != At::Quoted;
                return Ok(());
            }
            self.lines = self.lines.saturating_add(1);
            if start == 0 {
                self.first = self.lines;
            }
            for byte in self.text.get(start..).unwrap_or_default() {
                at = match (at, *byte) {
                    (At::Cell | At::Quote, b'"') => At::Quoted,
                    (At::Quoted, b'"') => At::Quote,
                    (At::Quoted, _) => At::Quoted,
                    (_, byte) if byte == self.divider => At::Cell,
                    _ => At::Plain,
                };
            }
            if at != At::Quoted {
                return Ok(());
            }
        }
    }
}

/// The divider that stands most often in the first line.
fn divider(start: &[u8]) -> u8 {
    let first = start
        .split(|byte| *byte == b'\n')
        .next()
        .unwrap_or_default();
    DIVIDERS
        .into_iter()
        .rev()
        .max_by_key(|divider| first.iter().filter(|byte| *byte == divider).count())
        .unwrap_or(b',')
}

/// The number of each cell's column, and the place of `thingName`; `None` where there is no such column.
fn header(
    line: u32,
    record: &ByteRecord,
    reading: &mut Reading<'_>,
) -> Option<(Vec<Option<u16>>, usize)> {
    let mut columns: Vec<Option<u16>> = Vec::with_capacity(record.len());
    for cell in record {
        let Ok(name) = std::str::from_utf8(cell) else {
            reading.tell(line, None, Code::NotUtf8, not_utf8());
            columns.push(None);
            continue;
        };
        let name = name.trim_start_matches('\u{feff}').trim();
        if name.is_empty() {
            columns.push(None);
            continue;
        }
        let number = reading.column(line, name);
        if number.is_some() && columns.contains(&number) {
            let message =
                format!("The column {name} stands twice. The first one counts; delete the other.");
            reading.tell(line, Some(name), Code::RepeatedColumn, message);
            columns.push(None);
        } else {
            columns.push(number);
        }
    }
    let is_thing = |number: &Option<u16>| {
        number
            .and_then(|number| reading.rows.columns.get(usize::from(number)))
            .is_some_and(|column| *column == Column::Thing)
    };
    let thing = columns.iter().position(is_thing);
    if thing.is_none() {
        let message =
            "The first line names no column thingName. Name the columns there.".to_owned();
        reading.tell(line, None, Code::NoThingColumn, message);
    }
    Some((columns, thing?))
}

fn row(
    line: u32,
    record: &ByteRecord,
    columns: &[Option<u16>],
    thing: usize,
    reading: &mut Reading<'_>,
) {
    if record.len() > columns.len() {
        let message = format!(
            "The row has {} cells, but there are {} columns; those beyond are passed over. Put cells with a divider in \
             quotes.",
            record.len(),
            columns.len()
        );
        reading.tell(line, None, Code::TooManyCells, message);
    } else if record.len() < columns.len() {
        let message = format!(
            "The row has {} cells, but there are {} columns; the others count as empty.",
            record.len(),
            columns.len()
        );
        reading.tell(line, None, Code::TooFewCells, message);
    }
    let mut cells = Vec::new();
    let mut name = None;
    for (place, (cell, number)) in record.iter().zip(columns).enumerate() {
        let Ok(text) = std::str::from_utf8(cell) else {
            reading.tell(line, None, Code::NotUtf8, not_utf8());
            continue;
        };
        if place == thing {
            name = Some(text);
        } else if let Some(number) = number
            && !text.is_empty()
            && let Some(column) = reading.rows.columns.get(usize::from(*number))
        {
            match stored(column, text) {
                Ok((cell, note)) => {
                    cells.push((*number, cell));
                    if let Some(message) = note {
                        reading.tell_all(RowFinding {
                            line,
                            column: None,
                            code: Code::Wanted,
                            plan: Some(PlanFindingCode::NumberRounded),
                            message,
                        });
                    }
                }
                Err(message) => reading.tell(line, None, Code::BadCell, message),
            }
        }
    }
    reading.row(line, name, cells);
}

/// A cell as it is kept, with what is to be known about it: a value of a configuration is JSON, and paths are a list of
/// texts. Else why it is none.
fn stored(column: &Column, text: &str) -> Result<(Box<str>, Option<String>), String> {
    match column {
        Column::Config { .. } => {
            let value = value(text)?;
            Ok((value.to_string().into(), rounded(text, &value)))
        }
        Column::Reset(_) if text.starts_with('[') => {
            let paths: Vec<String> = serde_json::from_str(text).map_err(|_| {
                format!("`{text}` is no list of paths. Divide paths by spaces, or write a JSON list of texts.")
            })?;
            Ok((Value::from(paths).to_string().into(), None))
        }
        Column::Reset(_) => {
            let paths: Value = text.split_whitespace().collect();
            Ok((paths.to_string().into(), None))
        }
        _ => Ok((text.into(), None)),
    }
}

/// One value of a configuration: what the cell reads as in JSON, else a text as it stands. Where that is of another kind
/// than what it is merged over, the plan says so.
fn value(text: &str) -> Result<Value, String> {
    match json::read(text) {
        Ok(read) => match read.repeated.first() {
            Some(path) => Err(format!(
                "{path} stands twice in `{text}`. Leave one of them: only the last counts."
            )),
            None => Ok(read.value),
        },
        // Templates begin with a brace as well, but not with a brace and a quote.
        Err(error) if is_begun(text) => Err(format!(
            "`{text}` begins like JSON and is none: {error}. Mend it, or put it in quotes as a text."
        )),
        Err(_) => Ok(text.into()),
    }
}

fn is_begun(text: &str) -> bool {
    let after = |bracket: char| text.strip_prefix(bracket).map(str::trim_start);
    after('{').is_some_and(|rest| rest.starts_with('"'))
        || after('[').is_some_and(|rest| rest.starts_with(['"', '{', '[']))
}

/// What is to be known of a number that is not written as it was typed, such as a version.
fn rounded(text: &str, value: &Value) -> Option<String> {
    let is_other = match value {
        Value::Number(number) => number.to_string() != text,
        Value::Array(_) | Value::Object(_) => json::rounded_number(text).is_some(),
        _ => false,
    };
    is_other.then(|| {
        format!(
            "`{text}` is read as {value}. Where it is no number but a text, such as a version, write it in quotes; in a CSV \
             file \"\"\"{text}\"\"\"."
        )
    })
}

fn not_utf8() -> String {
    "The cell is not UTF-8. Save the file as CSV in UTF-8.".to_owned()
}
