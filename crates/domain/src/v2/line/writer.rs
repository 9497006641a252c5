//! Writes a file of lines as a stream.

use std::{
    collections::BTreeMap,
    io::{self, Write},
};

use sha2::{Digest, Sha256};

use super::super::{document::DeploymentDocument, json, state_machine::task_arguments};
use crate::input_file::{FileSummary, lines::count_chars};

/// Bytes gathered before they are hashed and written.
const GATHERED: usize = 64 * 1024;

/// Writes lines in one canonical form: no white space, a line feed after each, keys of the request in order. Nothing is
/// checked here: [`super::check`] does that for every file alike.
#[derive(Debug)]
pub struct Writer<W> {
    out: W,
    gathered: String,
    hash: Sha256,
    summary: FileSummary,
}

impl<W: Write> Writer<W> {
    /// Begins a file.
    pub fn new(out: W) -> Self {
        Self {
            out,
            gathered: String::with_capacity(2 * GATHERED),
            hash: Sha256::new(),
            summary: FileSummary::default(),
        }
    }

    /// Writes the line of one core device; `replaces` as in the file.
    ///
    /// # Errors
    /// Those of the file.
    pub fn line(
        &mut self,
        thing_name: &str,
        target_arn: &str,
        client_token: &str,
        replaces: Option<&str>,
        document: &DeploymentDocument,
        tags: &BTreeMap<String, String>,
    ) -> io::Result<()> {
        let start = self.gathered.len();
        let request = super::request(target_arn, client_token, document, tags);
        self.gathered.push_str("{\"thingName\":");
        json::write_text(&mut self.gathered, thing_name);
        self.gathered.push_str(",\"clientToken\":");
        json::write_text(&mut self.gathered, client_token);
        if let Some(replaces) = replaces {
            self.gathered.push_str(",\"replaces\":");
            json::write_text(&mut self.gathered, replaces);
        }
        self.gathered.push_str(",\"request\":");
        self.gathered
            .push_str(&json::canonical(&task_arguments(&request)));
        self.gathered.push('}');
        let line = self.gathered.get(start..).unwrap_or_default();
        let chars = u32::try_from(count_chars(line.as_bytes())).unwrap_or(u32::MAX);
        self.gathered.push('\n');
        let summary = &mut self.summary;
        summary.longest_line = summary.longest_line.max(chars);
        summary.records = summary.records.saturating_add(1);
        summary.lines = summary.records;
        if self.gathered.len() >= GATHERED {
            self.pass_on()?;
        }
        Ok(())
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

    fn pass_on(&mut self) -> io::Result<()> {
        self.hash.update(self.gathered.as_bytes());
        self.out.write_all(self.gathered.as_bytes())?;
        self.summary.bytes += self.gathered.len() as u64;
        self.gathered.clear();
        Ok(())
    }
}
