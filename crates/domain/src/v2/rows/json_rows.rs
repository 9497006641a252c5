//! Rows as JSON lines.

use std::io::{self, BufRead};

use serde_json::Value;

use super::{Column, Reading, RowFinding, RowFindingCode as Code};
use crate::v2::{finding::PlanFindingCode, json, kinds::kind};

/// The byte-order mark of UTF-8.
const MARK: &[u8] = &[0xEF, 0xBB, 0xBF];

pub(super) fn read(mut reader: impl BufRead, reading: &mut Reading<'_>) -> io::Result<()> {
    let mut bytes = Vec::new();
    let mut number = 0_u32;
    while reader.read_until(b'\n', &mut bytes)? > 0 {
        number = number.saturating_add(1);
        let mut text = bytes.as_slice();
        if number == 1 {
            text = text.strip_prefix(MARK).unwrap_or(text);
        }
        let text = text.trim_ascii();
        if !text.is_empty() {
            line(number, text, reading);
        }
        bytes.clear();
    }
    Ok(())
}

fn line(number: u32, bytes: &[u8], reading: &mut Reading<'_>) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        let message = "The line is not UTF-8. Save the file as UTF-8.".to_owned();
        return reading.tell(number, None, Code::NotUtf8, message);
    };
    let read = match json::read(text) {
        Ok(read) => read,
        Err(error) => {
            let message = format!("The line is not JSON: {error}. Write one object a line.");
            return reading.tell(number, None, Code::NotJson, message);
        }
    };
    for path in &read.repeated {
        let message =
            format!("{path} stands twice in the row. Leave one of them: only the last counts.");
        reading.tell(number, None, Code::RepeatedColumn, message);
    }
    if let Some(digits) = json::rounded_number(text) {
        reading.tell_all(RowFinding {
            line: number,
            column: None,
            code: Code::Wanted,
            plan: Some(PlanFindingCode::NumberRounded),
            message: format!(
                "The number {digits} has more digits than are kept. Write it as a text in quotes."
            ),
        });
    }
    let Value::Object(object) = read.value else {
        let message = "The line is no JSON object. Write one object a line.".to_owned();
        return reading.tell(number, None, Code::NotJson, message);
    };
    let mut cells = Vec::with_capacity(object.len());
    let mut thing = None;
    for (name, value) in &object {
        let Some(column) = reading.column(number, name) else {
            continue;
        };
        let meaning = reading.rows.columns.get(usize::from(column));
        match meaning.map(|meaning| stored(meaning, value)) {
            Some(Stored::Thing(name)) => thing = Some(name),
            Some(Stored::Cell(cell)) => cells.push((column, cell)),
            Some(Stored::Bad(takes)) => {
                let message = format!("{name} takes {takes}, not {}.", kind(value));
                reading.tell(number, Some(name), Code::BadCell, message);
            }
            Some(Stored::Nothing) | None => {}
        }
    }
    reading.row(number, thing.as_deref(), cells);
}

enum Stored {
    Thing(String),
    Cell(Box<str>),
    Nothing,
    /// What the column takes.
    Bad(&'static str),
}

fn stored(column: &Column, value: &Value) -> Stored {
    match (column, value) {
        (Column::Unknown(_), _) => Stored::Nothing,
        (Column::Config { .. }, value) => Stored::Cell(value.to_string().into()),
        (_, Value::Null) => Stored::Nothing,
        (Column::Thing, Value::String(name)) => Stored::Thing(name.clone()),
        (Column::Thing, _) => Stored::Bad("a thing's name"),
        (Column::Value(_), Value::String(text)) => Stored::Cell(text.as_str().into()),
        (Column::Value(_), Value::Number(_) | Value::Bool(_)) => {
            Stored::Cell(value.to_string().into())
        }
        (Column::Value(_), _) => Stored::Bad("a text, a number, true or false"),
        (Column::Component(_) | Column::Merge(_), Value::String(text)) if text.is_empty() => {
            Stored::Nothing
        }
        (Column::Component(_), Value::String(text)) => Stored::Cell(text.as_str().into()),
        (Column::Component(_), _) => Stored::Bad("a version as a text"),
        (Column::Merge(_), Value::Object(_)) => Stored::Cell(value.to_string().into()),
        (Column::Merge(_), Value::String(text)) => Stored::Cell(text.as_str().into()),
        (Column::Merge(_), _) => Stored::Bad("a JSON object"),
        (Column::Reset(_), Value::String(path)) => {
            Stored::Cell(Value::from(vec![path.as_str()]).to_string().into())
        }
        (Column::Reset(_), Value::Array(paths)) if paths.iter().all(Value::is_string) => {
            Stored::Cell(value.to_string().into())
        }
        (Column::Reset(_), _) => Stored::Bad("a list of paths"),
    }
}
