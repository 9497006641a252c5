//! Writes an input file as a stream.

use std::io::{self, Write};

use sha2::{Digest, Sha256};

use super::{FileSummary, lines::count_chars};

/// Bytes gathered before they are hashed and written.
const GATHERED: usize = 64 * 1024;

/// Writes records in the one canonical form: the three fields in the guide's order, no white space, a line feed
/// after each. Nothing is checked here: [`super::check`] does that for every file alike.
#[derive(Debug)]
pub struct Writer<W> {
    out: W,
    gathered: Vec<u8>,
    hash: Sha256,
    summary: FileSummary,
}

impl<W: Write> Writer<W> {
    /// Begins a file.
    pub fn new(out: W) -> Self {
        let gathered = Vec::with_capacity(GATHERED + 1024);
        Self {
            out,
            gathered,
            hash: Sha256::new(),
            summary: FileSummary::default(),
        }
    }

    /// Writes one record.
    ///
    /// # Errors
    /// Those of the file.
    pub fn record(&mut self, group: &str, version: &str) -> io::Result<()> {
        let start = self.gathered.len();
        self.gathered.extend_from_slice(b"{\"GroupId\":");
        self.text(group)?;
        self.gathered.extend_from_slice(b",\"GroupVersionId\":");
        self.text(version)?;
        self.gathered
            .extend_from_slice(b",\"DeploymentType\":\"NewDeployment\"}");
        let chars = count_chars(self.gathered.get(start..).unwrap_or_default());
        self.gathered.push(b'\n');
        let summary = &mut self.summary;
        summary.longest_line = summary
            .longest_line
            .max(u32::try_from(chars).unwrap_or(u32::MAX));
        summary.records = summary.records.saturating_add(1);
        summary.lines = summary.records;
        if self.gathered.len() >= GATHERED {
            self.pass_on()
        } else {
            Ok(())
        }
    }

    /// Ends the file.
    ///
    /// # Errors
    /// Those of the file.
    pub fn finish(mut self) -> io::Result<(W, FileSummary)> {
        self.pass_on()?;
        self.out.flush()?;
        self.summary.sha256 = hex::encode(self.hash.finalize());
        Ok((self.out, self.summary))
    }

    fn text(&mut self, text: &str) -> io::Result<()> {
        // Ids are letters, digits and hyphens, in life; anything else is escaped as JSON wants it.
        if text
            .bytes()
            .all(|b| matches!(b, b' '..=b'~') && !matches!(b, b'"' | b'\\'))
        {
            self.gathered.push(b'"');
            self.gathered.extend_from_slice(text.as_bytes());
            self.gathered.push(b'"');
            Ok(())
        } else {
            serde_json::to_writer(&mut self.gathered, text).map_err(io::Error::from)
        }
    }

    fn pass_on(&mut self) -> io::Result<()> {
        self.hash.update(&self.gathered);
        self.out.write_all(&self.gathered)?;
        self.summary.bytes += self.gathered.len() as u64;
        self.gathered.clear();
        Ok(())
    }
}
