//! A V2 plan that was read from its file.

use std::{collections::HashSet, path::Path};

use overseed_domain::{
    Partition,
    input_file::FileSummary,
    v2::{
        document::DeploymentDocument,
        line::{self, LineFinding, LineFindingCode, Writer},
    },
};
use sha2::{Digest, Sha256};
use tokio_util::sync::CancellationToken;

use super::{contents::Contents, hash::document_hash, shelf::Shelf, wave_files::thing_arn};
use crate::{
    Error, ErrorCode, Problem,
    plan::{PlanHeader, PlanSink, plan_read_whole},
};

/// Findings that are kept; the others are counted.
const NAMED: usize = 100;

/// What a target had when the plan was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Before {
    /// Nobody wrote it down.
    Unknown,
    /// No deployment.
    Nothing,
    /// The document with this number.
    Document(u32),
}

/// One target: its thing and the numbers of its documents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LoadedTarget {
    pub(crate) thing: Box<str>,
    pub(crate) document: u32,
    pub(crate) before: Before,
    /// The id of the deployment that it had: empty for none, absent where that is not known.
    pub(crate) replaces: Option<Box<str>>,
}

/// A plan with its targets in memory, and its documents on disk.
pub(crate) struct Loaded {
    pub(crate) header: PlanHeader,
    pub(crate) shelf: Shelf,
    pub(crate) targets: Vec<LoadedTarget>,
    /// Records are targets. The SHA-256 is that of targets and documents, however the file is set; bytes and longest
    /// line are those of the waves' files and not known here.
    pub(crate) summary: FileSummary,
    /// The first findings; line numbers are places in the plan, from 1.
    pub(crate) findings: Vec<LineFinding>,
    /// The components that targets get.
    pub(crate) contents: Contents,
}

impl Loaded {
    /// Reads a plan; its documents go to a passing file in `folder`.
    ///
    /// # Errors
    /// [`ErrorCode::PlanInvalid`], also where a document is not what its hash says, or a target's document is missing;
    /// [`Error::File`].
    pub(crate) fn read(plan: &Path, folder: &Path) -> Result<Self, Error> {
        Self::read_unless(plan, folder, &CancellationToken::new())
    }

    /// The same unless it is cancelled.
    ///
    /// # Errors
    /// As [`Self::read`]; [`Error::Cancelled`].
    pub(crate) fn read_unless(
        plan: &Path,
        folder: &Path,
        cancel: &CancellationToken,
    ) -> Result<Self, Error> {
        let mut loading = Loading {
            shelf: Shelf::new(folder)?,
            targets: Vec::new(),
            things: HashSet::new(),
            checked: Vec::new(),
            hash: Sha256::new(),
            findings: Vec::new(),
            summary: FileSummary::default(),
            contents: Contents::default(),
            cancel: cancel.clone(),
        };
        let header = plan_read_whole(plan, &mut loading)?;
        let mut summary = loading.summary;
        summary.records = u32::try_from(loading.targets.len()).unwrap_or(u32::MAX);
        summary.lines = summary.records;
        summary.sha256 = hex::encode(loading.hash.finalize());
        Ok(Self {
            header,
            shelf: loading.shelf,
            targets: loading.targets,
            summary,
            findings: loading.findings,
            contents: loading.contents,
        })
    }
}

struct Loading {
    shelf: Shelf,
    targets: Vec<LoadedTarget>,
    things: HashSet<Box<str>>,
    /// Whether a document was checked, by number.
    checked: Vec<bool>,
    hash: Sha256,
    findings: Vec<LineFinding>,
    summary: FileSummary,
    contents: Contents,
    cancel: CancellationToken,
}

impl Loading {
    /// Asked at each document and target: a plan may have a hundred thousand of each.
    fn go_on(&self) -> Result<(), Error> {
        if self.cancel.is_cancelled() {
            return Err(Error::Cancelled);
        }
        Ok(())
    }

    fn part(&mut self, text: &str) {
        self.hash.update((text.len() as u64).to_le_bytes());
        self.hash.update(text);
    }

    fn number(&self, thing: &str, hash: &str) -> Result<u32, Error> {
        self.shelf.number(hash).ok_or_else(|| {
            invalid("A target's document is not in the plan")
                .detail(format!("{thing}: {hash}"))
                .into()
        })
    }

    fn tell(&mut self, finding: LineFinding) {
        self.summary.findings += 1;
        self.summary.refusals += u32::from(finding.code.is_refused());
        if self.findings.len() < NAMED {
            self.findings.push(finding);
        }
    }

    fn take(
        &mut self,
        target: &str,
        version: &str,
        before: Option<&str>,
        replaces: Option<&str>,
    ) -> Result<(), Error> {
        self.go_on()?;
        self.part(target);
        self.part(version);
        self.part(before.unwrap_or("-"));
        let document = self.number(target, version)?;
        let before = match before {
            None => Before::Unknown,
            Some("") => Before::Nothing,
            Some(hash) => Before::Document(self.number(target, hash)?),
        };
        self.check(target, document)?;
        if !self.things.insert(target.into()) {
            self.tell(LineFinding {
                line: u32::try_from(self.targets.len()).map_or(u32::MAX, |place| place + 1),
                code: LineFindingCode::RepeatedThing,
                at: None,
                message: format!("{target} is in the plan more than once. Keep one of them."),
            });
        }
        self.targets.push(LoadedTarget {
            thing: target.into(),
            document,
            before,
            replaces: replaces.map(Into::into),
        });
        Ok(())
    }

    /// Checks the line that a target's document comes to: once a document, since all else of a line is made by rule.
    fn check(&mut self, thing: &str, number: u32) -> Result<(), Error> {
        let place = usize::try_from(number).unwrap_or(usize::MAX);
        match self.checked.get_mut(place) {
            Some(checked) if !*checked => *checked = true,
            _ => return Ok(()),
        }
        let document = self.shelf.document(number)?;
        self.contents.take(number, &document);
        let mut writer = Writer::new(Vec::new());
        let arn = thing_arn(Partition::Aws, "eu-west-1", "123456789012", thing);
        let token = line::client_token("", 0, 0);
        let unwritable = |source| Error::File {
            path: thing.into(),
            source,
        };
        writer
            .line(thing, &arn, &token, None, &document, &document.tags)
            .map_err(unwritable)?;
        let (bytes, _) = writer.finish().map_err(unwritable)?;
        let at = u32::try_from(self.targets.len()).unwrap_or(u32::MAX);
        let mut found = Vec::new();
        line::check(bytes.as_slice(), &mut |finding| found.push(finding)).map_err(unwritable)?;
        for finding in found {
            self.tell(LineFinding {
                line: at.saturating_add(1),
                ..finding
            });
        }
        Ok(())
    }
}

impl PlanSink for Loading {
    fn document(&mut self, hash: &str, document: DeploymentDocument) -> Result<(), Error> {
        self.go_on()?;
        let is = document_hash(&document, &document.digest());
        if is != hash {
            return Err(
                invalid("A document of the plan is not the one that its hash says")
                    .detail(format!("{hash} is {is}"))
                    .into(),
            );
        }
        let body = body_of(&document)?;
        self.part(hash);
        self.part(&body);
        self.shelf.put(hash, &body)?;
        self.checked.resize(self.shelf.len(), false);
        Ok(())
    }

    fn target(&mut self, target: &str, version: &str, before: Option<&str>) -> Result<(), Error> {
        // What had nothing had no deployment either.
        let replaces = before.filter(|before| before.is_empty());
        self.take(target, version, before, replaces)
    }

    fn target_replacing(
        &mut self,
        target: &str,
        version: &str,
        before: Option<&str>,
        replaces: &str,
    ) -> Result<(), Error> {
        self.part(replaces);
        self.take(target, version, before, Some(replaces))
    }
}

/// A document as plans and the store keep it.
pub(crate) fn body_of(document: &DeploymentDocument) -> Result<String, Error> {
    serde_json::to_string(document).map_err(|source| {
        Problem::new(ErrorCode::Internal, "A document cannot be written")
            .detail(source)
            .into()
    })
}

fn invalid(message: &str) -> Problem {
    Problem::new(ErrorCode::PlanInvalid, message)
        .hint("Make the plan again instead of changing its file by hand.")
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        reason = "a test fails by panicking"
    )]

    use super::*;

    #[test]
    fn a_reading_that_is_cancelled_ends_at_the_next_target_and_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let cancel = CancellationToken::new();
        let mut loading = Loading {
            shelf: Shelf::new(folder.path()).unwrap(),
            targets: Vec::new(),
            things: HashSet::new(),
            checked: Vec::new(),
            hash: Sha256::new(),
            findings: Vec::new(),
            summary: FileSummary::default(),
            contents: Contents::default(),
            cancel: cancel.clone(),
        };
        let document = DeploymentDocument::default();
        let hash = document_hash(&document, &document.digest());
        loading.document(&hash, document.clone()).unwrap();
        loading.target("gw-1", &hash, None).unwrap();
        cancel.cancel();
        let next = loading.target("gw-2", &hash, None);
        assert!(matches!(next, Err(Error::Cancelled)), "{next:?}");
        let next = loading.document(&hash, document);
        assert!(matches!(next, Err(Error::Cancelled)), "{next:?}");
        assert_eq!(loading.targets.len(), 1);
        drop(loading);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
