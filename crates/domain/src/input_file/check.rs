//! Checks an input file as a stream and tells everything that is wrong with it, not just the first fault.

use std::io::{self, Read};

use super::{
    FILE_LIMIT_BYTES, FileSummary, Finding, FindingCode, LINE_LIMIT_CHARS,
    lines::{Line, Lines, count_chars},
    record::{self, Field, Id, Usual},
    records::BYTE_ORDER_MARK,
    repeats::Repeats,
    wording,
};

/// What an inventory does not know of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unknown {
    /// There is no such group.
    Group,
    /// The group has no such version.
    Version,
}

/// Checks a file and gives each finding to `sink` as it is met: by line, and for one line those first for which
/// the service would refuse it, in the order in which it looks (length, JSON, `GroupId`, `GroupVersionId`,
/// `DeploymentType`; the service stops at the first). Findings of the whole file come last, with line 0.
///
/// Memory: one chunk and about 26 bytes for each different group, whatever the size of the file.
///
/// # Errors
/// Those of the reader.
pub fn check(reader: impl Read, sink: &mut dyn FnMut(Finding)) -> io::Result<FileSummary> {
    run(reader, None, sink)
}

/// The same, and asks `known` for each record's group and version as well.
///
/// # Errors
/// Those of the reader.
pub fn check_known(
    reader: impl Read,
    known: &mut dyn FnMut(&str, &str) -> Option<Unknown>,
    sink: &mut dyn FnMut(Finding),
) -> io::Result<FileSummary> {
    run(reader, Some(known), sink)
}

/// Lines that are looked at together.
const AT_ONCE: usize = 64;

type Known<'a> = &'a mut dyn FnMut(&str, &str) -> Option<Unknown>;

struct Check<'a> {
    sink: &'a mut dyn FnMut(Finding),
    known: Option<Known<'a>>,
    summary: FileSummary,
    repeats: Repeats,
    /// Whether repeated groups are still looked for.
    looks_back: bool,
    carriage_return: bool,
    /// The first line, while it is not clear whether the file is an array: its number, characters and whether
    /// it is a whole array by itself.
    array: Option<(u32, u64, bool)>,
    /// Lines are only counted: the one finding about all of them has been told.
    only_counts: bool,
}

fn run<'a>(
    reader: impl Read,
    known: Option<Known<'a>>,
    sink: &'a mut dyn FnMut(Finding),
) -> io::Result<FileSummary> {
    let mut lines = Lines::hashed(reader)?;
    let mut check = Check {
        sink,
        known,
        summary: FileSummary::default(),
        repeats: Repeats::new(),
        looks_back: true,
        carriage_return: false,
        array: None,
        only_counts: false,
    };
    loop {
        let ready = lines.ready(AT_ONCE);
        if !ready.is_empty() {
            check.lines(&ready);
        } else if let Some(line) = lines.next()? {
            check.lines(&[line]);
        } else {
            break;
        }
        check.looks_back = lines.bytes() <= FILE_LIMIT_BYTES;
    }
    if let Some((line, chars, _)) = check.array.take() {
        check.tell(wording::array(line, chars));
    }
    if check.summary.records == 0 {
        check.tell(wording::empty());
    }
    if lines.bytes() >= FILE_LIMIT_BYTES {
        check.tell(wording::too_large(lines.bytes()));
    }
    let mut summary = check.summary;
    summary.bytes = lines.bytes();
    summary.sha256 = lines.sha256()?;
    Ok(summary)
}

impl Check<'_> {
    fn tell(&mut self, finding: Finding) {
        self.summary.findings = self.summary.findings.saturating_add(1);
        if finding.code.is_refused() {
            self.summary.refusals = self.summary.refusals.saturating_add(1);
        }
        (self.sink)(finding);
    }

    /// Reads all of them first and looks each id up without heeding the answer: so the waits for memory, which are most of
    /// the time, overlap.
    fn lines(&mut self, lines: &[Line<'_>]) {
        let usual: Vec<Option<Usual<'_>>> = lines.iter().map(|line| self.usual(line)).collect();
        if self.looks_back {
            for usual in usual.iter().flatten() {
                std::hint::black_box(self.repeats.holds(usual.group_id));
            }
        }
        for (line, usual) in lines.iter().zip(usual) {
            self.line(line, usual);
        }
    }

    /// A line of the usual style has no character of more than one byte.
    fn usual<'l>(&self, line: &Line<'l>) -> Option<Usual<'l>> {
        let looked_at = line.bytes.len() < LINE_LIMIT_CHARS as usize && !self.only_counts;
        looked_at.then(|| record::usual(line.bytes)).flatten()
    }

    fn line(&mut self, line: &Line<'_>, usual: Option<Usual<'_>>) {
        self.summary.lines = line.number;
        if let Some(usual) = usual
            && self.array.is_none()
            && !self.only_counts
        {
            self.longest(line.bytes.len() as u64);
            self.summary.records = self.summary.records.saturating_add(1);
            let earlier = if self.looks_back {
                self.repeats.earlier(usual.group_id, line.number)
            } else {
                None
            };
            if earlier.is_some() || self.known.is_some() {
                let group = String::from_utf8_lossy(usual.group);
                let version = String::from_utf8_lossy(usual.version);
                self.group(line.number, &group, earlier);
                self.ask(line.number, &group, &version);
            }
            if line.carriage_return {
                self.carriage_return(line.number);
            }
            return;
        }
        self.odd(line);
    }

    /// A line that is not of the usual style.
    fn odd(&mut self, line: &Line<'_>) {
        let mut bytes = line.bytes;
        if line.number == 1 {
            if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
                self.tell(wording::utf16());
                self.only_counts = true;
            }
            if let Some(rest) = bytes.strip_prefix(BYTE_ORDER_MARK) {
                self.tell(wording::byte_order_mark());
                bytes = rest;
            }
        }
        let chars = line.overlong.unwrap_or_else(|| count_chars(bytes));
        self.longest(chars);
        let blank = line.overlong.is_none() && bytes.trim_ascii().is_empty();
        if !blank {
            self.summary.records = self.summary.records.saturating_add(1);
        }
        if self.only_counts {
            return;
        }
        if blank {
            if self.array.is_none() {
                self.tell(wording::blank(line.number));
            }
        } else if !self.begins_array(line, bytes, chars) {
            self.record(line, bytes, chars);
        }
        if line.carriage_return && !self.only_counts {
            self.carriage_return(line.number);
        }
    }

    /// Whether the line belongs to a JSON array that the whole file is. A first line that is a whole array by
    /// itself is only a bad line if other records follow.
    fn begins_array(&mut self, line: &Line<'_>, bytes: &[u8], chars: u64) -> bool {
        match self.array.take() {
            Some((first, first_chars, false)) => {
                self.tell(wording::array(first, first_chars));
                self.only_counts = true;
                true
            }
            Some((first, first_chars, true)) => {
                if first_chars >= u64::from(LINE_LIMIT_CHARS) {
                    self.tell(wording::too_long(first, first_chars));
                }
                self.tell(wording::not_json(first, "it is an array"));
                false
            }
            None if self.summary.records == 1 && bytes.trim_ascii_start().starts_with(b"[") => {
                let whole = line.overlong.is_none()
                    && serde_json::from_slice::<serde::de::IgnoredAny>(bytes).is_ok();
                self.array = Some((line.number, chars, whole));
                true
            }
            None => false,
        }
    }

    fn record(&mut self, line: &Line<'_>, bytes: &[u8], chars: u64) {
        let number = line.number;
        if chars >= u64::from(LINE_LIMIT_CHARS) {
            self.tell(wording::too_long(number, chars));
        }
        if line.overlong.is_some() {
            return;
        }
        let text = match std::str::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => return self.tell(wording::not_utf8(number, error.valid_up_to())),
        };
        let parsed = match record::parse(text) {
            Ok(parsed) => parsed,
            Err(why) => return self.tell(wording::not_json(number, &why)),
        };
        for (code, field, found) in [
            (FindingCode::MissingGroupId, "GroupId", &parsed.group),
            (
                FindingCode::MissingGroupVersionId,
                "GroupVersionId",
                &parsed.version,
            ),
        ] {
            if !matches!(found, Field::Text(_)) {
                self.tell(wording::missing(number, code, field, found));
            }
        }
        if !matches!(&parsed.deployment_type, Field::Text(text) if text == "NewDeployment") {
            self.tell(wording::wrong_type(number, &parsed.deployment_type));
        }
        if let Field::Text(group) = &parsed.group {
            let id: Id<'_> = record::id_of(group.as_bytes());
            let earlier = if self.looks_back {
                self.repeats.earlier(id, number)
            } else {
                None
            };
            self.group(number, group, earlier);
        }
        for name in &parsed.unknown {
            self.tell(wording::unknown_field(number, name));
        }
        for name in &parsed.repeated {
            self.tell(wording::repeated_field(number, name));
        }
        if let (Field::Text(group), Field::Text(version)) = (&parsed.group, &parsed.version) {
            self.ask(number, group, version);
        }
    }

    fn group(&mut self, line: u32, group: &str, earlier: Option<u32>) {
        if let Some(earlier) = earlier {
            self.tell(wording::repeated(line, group, earlier));
        }
    }

    fn ask(&mut self, line: u32, group: &str, version: &str) {
        let unknown = self.known.as_mut().and_then(|known| known(group, version));
        match unknown {
            Some(Unknown::Group) => self.tell(wording::unknown_group(line, group)),
            Some(Unknown::Version) => self.tell(wording::unknown_version(line, group, version)),
            None => {}
        }
    }

    fn carriage_return(&mut self, line: u32) {
        if !std::mem::replace(&mut self.carriage_return, true) {
            self.tell(wording::carriage_return(line));
        }
    }

    fn longest(&mut self, chars: u64) {
        let chars = u32::try_from(chars).unwrap_or(u32::MAX);
        self.summary.longest_line = self.summary.longest_line.max(chars);
    }
}
