//! Reading lists of targets: ids or names one a line, CSV, or the JSON lines of an input file. Which it is shows in
//! the content.

use serde_json::Value;

use crate::inventory::Shape;

/// What one line names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// Line number, from 1.
    pub(super) line: u32,
    /// The line as it stands, for findings.
    pub(super) text: String,
    /// What it says.
    pub(super) named: Result<Named, String>,
}

/// A target and a version, as a line names them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Named {
    /// The target's id.
    pub(super) id: Option<String>,
    /// The target's name; where there is no id.
    pub(super) name: Option<String>,
    /// An id or a name: the list does not say which.
    pub(super) either: Option<String>,
    /// The version to deploy.
    pub(super) version: Option<String>,
}

/// Turns a file's bytes into text: UTF-8 or UTF-16 with or without a byte-order mark. Bytes that are no text become
/// U+FFFD, which no id holds.
pub(super) fn text(bytes: &[u8]) -> String {
    let wide = |rest: &[u8], unit: fn([u8; 2]) -> u16| {
        let (units, _) = rest.as_chunks::<2>();
        let units: Vec<u16> = units.iter().map(|pair| unit(*pair)).collect();
        String::from_utf16_lossy(&units)
    };
    match bytes {
        [0xFF, 0xFE, rest @ ..] => wide(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => wide(rest, u16::from_be_bytes),
        [0xEF, 0xBB, 0xBF, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        _ => String::from_utf8_lossy(bytes).into_owned(),
    }
}

/// What the lines of a list name; blank lines, comments and a header are left out.
pub(super) fn entries(text: &str, shape: &Shape) -> Vec<Entry> {
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let first = text
        .lines()
        .map(str::trim)
        .find(|line| names_something(line))
        .unwrap_or_default();
    if first.starts_with(['{', '[']) {
        return content(text)
            .map(|(line, text)| entry(line, text, json(text, shape)))
            .collect();
    }
    match [b'\t', b';', b',']
        .into_iter()
        .find(|delimiter| first.as_bytes().contains(delimiter))
    {
        Some(delimiter) => table(text, delimiter, shape),
        None => plain(text, shape),
    }
}

fn names_something(line: &str) -> bool {
    !line.is_empty() && !line.starts_with('#')
}

fn content(text: &str) -> impl Iterator<Item = (u32, &str)> {
    (1..)
        .zip(text.lines().map(str::trim))
        .filter(|(_, line)| names_something(line))
}

fn entry(line: u32, text: &str, named: Result<Named, String>) -> Entry {
    let named = if text.contains('\u{FFFD}') {
        Err("The line holds bytes that are no text; save the list as UTF-8.".to_owned())
    } else {
        named
    };
    Entry {
        line,
        text: text.chars().take(200).collect(),
        named,
    }
}

fn json(line: &str, shape: &Shape) -> Result<Named, String> {
    let value: Value =
        serde_json::from_str(line).map_err(|error| format!("The line is not JSON: {error}."))?;
    let Value::Object(fields) = value else {
        return Err("Each line must be one JSON object, such as {\"GroupId\":\"…\"}.".to_owned());
    };
    let mut named = Named::default();
    for (key, value) in &fields {
        let Some(meaning) = Meaning::of(key, shape) else {
            continue;
        };
        match value {
            Value::String(text) => named.put(meaning, text),
            Value::Null => {}
            _ => return Err(format!("{key} is not a text.")),
        }
    }
    named.complete(shape)
}

/// One id or name a line.
fn plain(text: &str, shape: &Shape) -> Vec<Entry> {
    let mut lines = content(text).peekable();
    lines.next_if(|(_, line)| Meaning::of(unquoted(line), shape).is_some());
    lines
        .map(|(line, text)| {
            let mut named = Named::default();
            named.put(Meaning::Either, unquoted(text));
            let named = if shape.choose.is_none() && text.contains([',', ';', '\t']) {
                Err(untitled())
            } else {
                named.complete(shape)
            };
            entry(line, text, named)
        })
        .collect()
}

fn unquoted(text: &str) -> &str {
    text.strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
        .unwrap_or(text)
}

/// CSV, with a header or without.
fn table(text: &str, delimiter: u8, shape: &Shape) -> Vec<Entry> {
    // One kind of line end, also after the last line: so lines can be counted.
    let mut lines = text.replace("\r\n", "\n");
    if !lines.ends_with('\n') {
        lines.push('\n');
    }
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .comment(Some(b'#'))
        .trim(csv::Trim::All)
        .from_reader(lines.as_bytes());
    let mut columns = None;
    let mut entries = Vec::new();
    let mut record = csv::StringRecord::new();
    loop {
        match reader.read_record(&mut record) {
            Ok(true) => {}
            Ok(false) => return entries,
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                let named = Err(format!("The line is not CSV: {error}."));
                entries.push(entry(line_number(line), "", named));
                return entries;
            }
        }
        if record.iter().all(str::is_empty) {
            continue;
        }
        let known: &Vec<Option<Meaning>> = match &columns {
            Some(known) => known,
            None => {
                let header: Vec<_> = record
                    .iter()
                    .map(|title| Meaning::of(title, shape))
                    .collect();
                if header
                    .iter()
                    .flatten()
                    .any(|meaning| *meaning != Meaning::Version)
                {
                    columns = Some(header);
                    continue;
                }
                let mut cells = vec![Some(Meaning::Either)];
                cells.extend(shape.choose.map(|_| Some(Meaning::Version)));
                columns.insert(cells)
            }
        };
        let beyond = record.iter().skip(known.len()).any(|cell| !cell.is_empty());
        let mut named = Named::default();
        for (cell, meaning) in record.iter().zip(known) {
            if let Some(meaning) = meaning {
                named.put(*meaning, cell);
            }
        }
        // A record's own position is that of the blank lines and comments before it; the reader stands behind it.
        let inside: usize = record.iter().map(|cell| cell.matches('\n').count()).sum();
        let line = line_number(reader.position().line().saturating_sub(1 + inside as u64));
        let text: Vec<&str> = record.iter().collect();
        let delimiter = char::from(delimiter).to_string();
        let named = if beyond && shape.choose.is_none() {
            Err(untitled())
        } else {
            named.complete(shape)
        };
        entries.push(entry(line, &text.join(&delimiter), named));
    }
}

fn untitled() -> String {
    "The line has more cells than the first line has titles. Name the columns in the first line, such as thingName,site, or \
     leave the names alone."
        .to_owned()
}

fn line_number(line: u64) -> u32 {
    u32::try_from(line).unwrap_or(u32::MAX)
}

/// What a column or a JSON field says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// The target's id.
    Id,
    /// Its name.
    Name,
    /// One of both.
    Either,
    /// The version to deploy.
    Version,
}

impl Meaning {
    /// The meaning of a column's title or a field's key.
    fn of(title: &str, shape: &Shape) -> Option<Self> {
        let title: String = title
            .chars()
            .filter(|c| !matches!(c, ' ' | '_' | '-'))
            .flat_map(char::to_lowercase)
            .collect();
        (shape.meaning)(&title)
    }
}

impl Named {
    fn put(&mut self, meaning: Meaning, text: &str) {
        let text = text.trim();
        if text.is_empty() {
            return;
        }
        let field = match meaning {
            Meaning::Id => &mut self.id,
            Meaning::Name => &mut self.name,
            Meaning::Either => &mut self.either,
            Meaning::Version => &mut self.version,
        };
        *field = Some(text.to_owned());
    }

    fn complete(self, shape: &Shape) -> Result<Self, String> {
        if self.id.is_some() || self.name.is_some() || self.either.is_some() {
            Ok(self)
        } else {
            Err(format!(
                "The line names neither an id nor a name of a {}.",
                shape.one
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;
    use crate::groups::GROUPS;

    /// `line:id/name/either@version` for each entry, `line!` for unreadable ones.
    fn shown(text: &str) -> Vec<String> {
        entries(text, &GROUPS)
            .into_iter()
            .map(|entry| match entry.named {
                Ok(named) => {
                    let part = |part: Option<String>| part.unwrap_or_default();
                    let Named {
                        id,
                        name,
                        either,
                        version,
                    } = named;
                    let version = version.map(|v| format!("@{v}")).unwrap_or_default();
                    format!(
                        "{}:{}/{}/{}{version}",
                        entry.line,
                        part(id),
                        part(name),
                        part(either)
                    )
                }
                Err(_) => format!("{}!", entry.line),
            })
            .collect()
    }

    #[test]
    fn the_format_shows_in_the_content() {
        let cases: [(&str, &[&str]); 10] = [
            ("a\n\n# b\nc\r\n", &["1://a", "4://c"]),
            ("\u{FEFF}GroupId\na\n\"b c\"\n", &["2://a", "3://b c"]),
            ("a,v1\nb\n#c,v3\n\nd,\n", &["1://a@v1", "2://b", "5://d"]),
            (
                "Name;Group ID;Version\nx;a;v\n;;\ny;;\n;;v",
                &["2:a/x/@v", "4:/y/", "5!"],
            ),
            (
                "a,v\r\n\r\n\"b\nc\",w\r\nd,x",
                &["1://a@v", "3://b\nc@w", "5://d@x"],
            ),
            ("name\tcolour\n\"x\ty\"\tred\n", &["2:/x\ty/"]),
            (
                "{\"GroupId\":\"a\",\"GroupVersionId\":\"v\",\"DeploymentType\":\"NewDeployment\"}\n{\"GroupId\":\"b\"}",
                &["1:a//@v", "2:b//"],
            ),
            (
                "{\"GroupId\":7}\n{\n[]\n{\"x\":\"y\"}",
                &["1!", "2!", "3!", "4!"],
            ),
            ("a\u{FFFD}", &["1!"]),
            (" \n#\n", &[]),
        ];
        for (text, expected) in cases {
            assert_eq!(shown(text), expected, "{text:?}");
        }
    }

    #[test]
    fn any_unicode_encoding_is_read() {
        let wide = |unit: fn(u16) -> [u8; 2]| {
            "\u{FEFF}Linie-ä\n"
                .encode_utf16()
                .flat_map(unit)
                .collect::<Vec<u8>>()
        };
        for bytes in [
            "Linie-ä\n".as_bytes().to_vec(),
            "\u{FEFF}Linie-ä\n".as_bytes().to_vec(),
            wide(u16::to_le_bytes),
            wide(u16::to_be_bytes),
        ] {
            assert_eq!(text(&bytes), "Linie-ä\n");
        }
        assert!(
            entries(&text(b"a\xFFb\n"), &GROUPS)
                .first()
                .unwrap()
                .named
                .is_err()
        );
    }
}
