//! Reads the lines of a file that has been checked.

use std::io::{self, Read};

use serde_json::{Map, Value};
use thiserror::Error;

use super::super::document::DeploymentDocument;
use crate::input_file::lines::Lines;

/// Why lines could not be read.
#[derive(Debug, Error)]
pub enum LinesError {
    /// The file.
    #[error("{0}")]
    Read(#[from] io::Error),
    /// A line that is no request: the file has not been checked, or was changed since.
    #[error("line {line} is not a CreateDeployment request: {why}")]
    NoRequest {
        /// From 1.
        line: u32,
        /// What is wrong with it.
        why: String,
    },
}

/// One line.
#[derive(Debug, Clone, PartialEq)]
pub struct LineRecord {
    /// From 1.
    pub line: u32,
    /// The core device.
    pub thing_name: String,
    /// Its deployment's token.
    pub client_token: String,
    /// The target's latest deployment that this one is to replace: empty for none, absent where that is not known.
    pub replaces: Option<String>,
    /// The thing's ARN.
    pub target_arn: String,
    /// What is deployed.
    pub document: DeploymentDocument,
}

/// Calls `f` with each line in the order of the file. Blank lines are passed over. Holds one line in memory.
///
/// # Errors
/// [`LinesError`], or the first one of `f`.
pub fn for_each_line<E: From<LinesError>>(
    reader: impl Read,
    mut f: impl FnMut(LineRecord) -> Result<(), E>,
) -> Result<(), E> {
    let mut lines = Lines::new(reader);
    while let Some(line) = lines.next().map_err(LinesError::from)? {
        let bytes = match line.number {
            1 => line
                .bytes
                .strip_prefix(b"\xEF\xBB\xBF")
                .unwrap_or(line.bytes),
            _ => line.bytes,
        };
        if line.overlong.is_none() && bytes.trim_ascii().is_empty() {
            continue;
        }
        let record = match line.overlong {
            Some(_) => Err("it is too long".to_owned()),
            None => record(line.number, bytes),
        };
        f(record.map_err(|why| LinesError::NoRequest {
            line: line.number,
            why,
        })?)?;
    }
    Ok(())
}

fn record(line: u32, bytes: &[u8]) -> Result<LineRecord, String> {
    let mut fields: Map<String, Value> =
        serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    let thing_name = text(&mut fields, "thingName")?;
    let client_token = text(&mut fields, "clientToken")?;
    let replaces = match fields.shift_remove("replaces") {
        None => None,
        Some(Value::String(text)) => Some(text),
        Some(_) => return Err("replaces is no text".to_owned()),
    };
    let Some(Value::Object(request)) = fields.shift_remove("request") else {
        return Err("request is missing".to_owned());
    };
    let mut request = small(request);
    let target_arn = text(&mut request, "targetArn")?;
    request.shift_remove("clientToken");
    let document =
        serde_json::from_value(Value::Object(request)).map_err(|error| error.to_string())?;
    Ok(LineRecord {
        line,
        thing_name,
        client_token,
        replaces,
        target_arn,
        document,
    })
}

fn text(fields: &mut Map<String, Value>, name: &str) -> Result<String, String> {
    match fields.shift_remove(name) {
        Some(Value::String(text)) => Ok(text),
        _ => Err(format!("{name} is missing")),
    }
}

/// The service model's names again: what [`super::super::state_machine::task_arguments`] does, undone.
fn small(request: Map<String, Value>) -> Map<String, Value> {
    let each = request.into_iter().map(|(name, value)| {
        let value = match (name.as_str(), value) {
            ("Tags", value) => value,
            ("Components", Value::Object(components)) => components
                .into_iter()
                .map(|(component, wanted)| (component, deeper(wanted)))
                .collect(),
            (_, value) => deeper(value),
        };
        let mut letters = name.chars();
        let first = letters.next().map(|first| first.to_ascii_lowercase());
        (first.into_iter().chain(letters).collect(), value)
    });
    each.collect()
}

fn deeper(value: Value) -> Value {
    match value {
        Value::Object(fields) => Value::Object(small(fields)),
        Value::Array(items) => items.into_iter().map(deeper).collect(),
        value => value,
    }
}
