//! Results on standard output, messages on standard error.

use std::{
    fmt::Display,
    io::{self, BufWriter, IsTerminal, Stdout, Write},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use comfy_table::{ColumnConstraint, ContentArrangement, Table, presets::NOTHING};
use overseed_domain::Millis;
use overseed_engine::{Error, ErrorCode, Problem};
use serde::Serialize;

/// Columns that are never broken, so that their ids can be copied.
const WHOLE: [&str; 4] = ["Id", "Target", "Version", "Latest version"];

/// Where a command's words go. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Output {
    json: bool,
    out: Arc<Mutex<BufWriter<Stdout>>>,
}

impl Output {
    pub fn new(json: bool) -> Self {
        Self {
            json,
            out: Arc::new(Mutex::new(BufWriter::new(io::stdout()))),
        }
    }

    /// Whether results are JSON lines.
    pub const fn is_json(&self) -> bool {
        self.json
    }

    /// Writes a result as one JSON line.
    pub fn line(&self, result: &impl Serialize) -> Result<(), Error> {
        let line = serde_json::to_string(result).map_err(|error| {
            Problem::new(ErrorCode::Internal, "A result cannot be written as JSON").detail(error)
        })?;
        self.text(line)
    }

    /// Writes a line for people.
    pub fn text(&self, text: impl Display) -> Result<(), Error> {
        writeln!(self.out(), "{text}").map_err(Error::file("standard output"))
    }

    /// Writes a table for people, as wide as the terminal where there is one.
    pub fn table(&self, heads: &[&str], rows: Vec<Vec<String>>) -> Result<(), Error> {
        let mut table = Table::new();
        table.load_style(NOTHING).set_header(heads);
        table.set_content_arrangement(if io::stdout().is_terminal() {
            ContentArrangement::Dynamic
        } else {
            ContentArrangement::Disabled
        });
        table.add_rows(rows);
        for (number, head) in heads.iter().enumerate() {
            if WHOLE.contains(head)
                && let Some(column) = table.column_mut(number)
            {
                column.set_constraint(ColumnConstraint::ContentWidth);
            }
        }
        for line in table.trim_fmt().lines() {
            self.text(line)?;
        }
        Ok(())
    }

    /// Lets whoever reads see what was written so far.
    pub fn flush(&self) -> Result<(), Error> {
        self.out().flush().map_err(Error::file("standard output"))
    }

    /// Results that were written before a message are read before it.
    fn before_messages(&self) {
        if let Err(error) = self.flush() {
            // What could not be written stays in the buffer: the last flush fails for it.
            tracing::debug!(%error, "standard output cannot be written");
        }
    }

    fn out(&self) -> MutexGuard<'_, BufWriter<Stdout>> {
        self.out.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says something about the work to whoever looks on.
    pub fn note(&self, text: impl Display) {
        self.before_messages();
        say(text);
    }

    /// Says what went wrong, in the service's words too, and what to do.
    pub fn problem(&self, problem: &Problem) {
        self.before_messages();
        if self.json {
            match serde_json::to_string(problem) {
                Ok(line) => say(line),
                Err(_) => say(&problem.message),
            }
            return;
        }
        say(format_args!("error: {}", problem.message));
        for (head, text) in [
            ("", problem.detail.as_deref()),
            ("request: ", problem.request_id.as_deref()),
            ("hint: ", problem.hint.as_deref()),
        ] {
            for line in text.into_iter().flat_map(str::lines) {
                say(format_args!("  {head}{line}"));
            }
        }
    }
}

/// Standard error may be closed: then nobody is there to be told, and the work goes on.
fn say(text: impl Display) {
    if let Err(error) = writeln!(io::stderr(), "{text}") {
        tracing::debug!(%error, "standard error cannot be written");
    }
}

/// A time in the computer's time zone, for people.
pub fn time(at: Option<Millis>) -> String {
    at.and_then(|at| jiff::Timestamp::from_millisecond(at.0).ok())
        .map_or_else(
            || "–".to_owned(),
            |at| {
                at.to_zoned(jiff::tz::TimeZone::system())
                    .strftime("%Y-%m-%d %H:%M:%S")
                    .to_string()
            },
        )
}

/// A time span for people, such as `45m`.
pub fn minutes(minutes: f64) -> String {
    // Finer than a millisecond nobody settles.
    let span = jiff::SignedDuration::from_millis((minutes * 60_000.0).round() as i64);
    format!("{span:#}")
}

/// A state or code as the JSON output spells it.
pub fn word(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        Ok(other) => other.to_string(),
        Err(error) => error.to_string(),
    }
}

/// The same for people: `not yet` instead of `not_yet`.
pub fn spoken(value: &impl Serialize) -> String {
    word(value).replace('_', " ")
}
