//! Results on standard output, messages on standard error.

use std::{
    borrow::Cow,
    fmt::Display,
    io::{self, BufWriter, IsTerminal, Stdout, Write},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use comfy_table::{ColumnConstraint, ContentArrangement, Table, presets::NOTHING};
use overseed_domain::Millis;
use overseed_engine::{Error, ErrorCode, Problem};
use serde::Serialize;

/// Columns that are never broken, so that their ids can be copied.
const WHOLE: [&str; 5] = ["Id", "Target", "Core device", "Version", "Latest version"];

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
        self.raw(&escaped_json(&line))
    }

    /// Writes a line for people, without what would command their terminal.
    pub fn text(&self, text: impl Display) -> Result<(), Error> {
        self.raw(&plain(&text.to_string()))
    }

    fn raw(&self, text: &str) -> Result<(), Error> {
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
        let shown = |cell: String| plain(&cell).into_owned();
        table.add_rows(rows.into_iter().map(|row| row.into_iter().map(shown)));
        for (number, head) in heads.iter().enumerate() {
            if WHOLE.contains(head)
                && let Some(column) = table.column_mut(number)
            {
                column.set_constraint(ColumnConstraint::ContentWidth);
            }
        }
        for line in table.trim_fmt().lines() {
            self.raw(line)?;
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
                Ok(line) => say(escaped_json(&line)),
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
    if let Err(error) = writeln!(io::stderr(), "{}", plain(&text.to_string())) {
        tracing::debug!(%error, "standard error cannot be written");
    }
}

/// Whether a character would move the cursor, colour the text or turn its direction: names and messages come from
/// whoever may name a group.
fn commands_the_terminal(c: char) -> bool {
    let turns =
        matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    c.is_control() && !matches!(c, '\n' | '\t') || turns
}

/// A text as it can be shown on a terminal: what would command it is written out, as `\u{1b}`.
pub fn plain(text: &str) -> Cow<'_, str> {
    escaped(text, |c, out| out.extend(c.escape_unicode()))
}

/// A line of JSON without characters that command a terminal; serde_json leaves those above U+001F as they are.
fn escaped_json(line: &str) -> Cow<'_, str> {
    escaped(line, |c, out| {
        out.extend(format!("\\u{:04x}", u32::from(c)).chars())
    })
}

fn escaped(text: &str, write: impl Fn(char, &mut String)) -> Cow<'_, str> {
    if !text.contains(commands_the_terminal) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if commands_the_terminal(c) {
            write(c, &mut out);
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    #[test]
    fn no_name_commands_the_terminal() {
        let name = "\u{1b}[2Jline\r\u{9b}31m\u{202e}tab\tnext\nrow";
        assert_eq!(
            plain(name),
            "\\u{1b}[2Jline\\u{d}\\u{9b}31m\\u{202e}tab\tnext\nrow"
        );
        assert!(matches!(plain("Fräser 7 – 東京"), Cow::Borrowed(_)));
        let json = serde_json::to_string(name).unwrap();
        let line = escaped_json(&json);
        assert!(!line.contains(commands_the_terminal), "{line}");
        assert_eq!(serde_json::from_str::<String>(&line).unwrap(), name);
    }
}
