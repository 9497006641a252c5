//! Writing a plan as a stream.

use std::{
    fs::File,
    io::{BufWriter, Write},
    path::{Path, PathBuf},
};

use super::file::PlanHeader;
use crate::{Error, ErrorCode, Problem, input_file::Chosen};

/// A plan that is being written: documents first, where there are any, then targets.
pub(crate) struct PlanWriting {
    chosen: Chosen,
    out: BufWriter<File>,
    path: PathBuf,
    part: Part,
    first: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Header,
    Documents,
    Targets,
}

impl PlanWriting {
    pub(crate) fn begin(path: &Path, header: &PlanHeader) -> Result<Self, Error> {
        let chosen = Chosen::at(path)?;
        let mut out = BufWriter::new(chosen.create()?);
        let mut text = serde_json::to_string_pretty(header).map_err(unwritable)?;
        text.truncate(text.trim_end().trim_end_matches('}').trim_end().len());
        out.write_all(text.as_bytes()).map_err(Error::file(path))?;
        Ok(Self {
            chosen,
            out,
            path: path.to_owned(),
            part: Part::Header,
            first: true,
        })
    }

    /// `body` is JSON.
    pub(crate) fn document(&mut self, hash: &str, body: &str) -> Result<(), Error> {
        self.turn_to(Part::Documents)?;
        let hash = serde_json::to_string(hash).map_err(unwritable)?;
        self.line(&format!("{hash}: {body}"))
    }

    /// `before` as in the file.
    pub(crate) fn target(
        &mut self,
        target: &str,
        version: &str,
        before: Option<&str>,
    ) -> Result<(), Error> {
        self.turn_to(Part::Targets)?;
        let line = match before {
            None => serde_json::to_string(&(target, version)),
            Some(before) => serde_json::to_string(&(target, version, before)),
        };
        self.line(&line.map_err(unwritable)?)
    }

    /// The same of a target whose deployment is known by its id.
    pub(crate) fn target_replacing(
        &mut self,
        target: &str,
        version: &str,
        before: Option<&str>,
        replaces: &str,
    ) -> Result<(), Error> {
        self.turn_to(Part::Targets)?;
        let line = serde_json::to_string(&(target, version, before, replaces));
        self.line(&line.map_err(unwritable)?)
    }

    pub(crate) fn end(mut self) -> Result<(), Error> {
        self.turn_to(Part::Targets)?;
        self.write("\n  ]\n}\n")?;
        self.out
            .flush()
            .and_then(|()| self.out.get_ref().sync_all())
            .map_err(Error::file(&self.path))?;
        drop(self.out);
        self.chosen.put()
    }

    fn turn_to(&mut self, part: Part) -> Result<(), Error> {
        if part == self.part {
            return Ok(());
        }
        let end = match self.part {
            Part::Documents => "\n  }",
            Part::Header | Part::Targets => "",
        };
        let begin = match part {
            Part::Documents => ",\n  \"documents\": {",
            Part::Header | Part::Targets => ",\n  \"targets\": [",
        };
        (self.part, self.first) = (part, true);
        self.write(end)?;
        self.write(begin)
    }

    fn line(&mut self, line: &str) -> Result<(), Error> {
        let comma = if std::mem::replace(&mut self.first, false) {
            ""
        } else {
            ","
        };
        self.write(comma)?;
        self.write("\n    ")?;
        self.write(line)
    }

    fn write(&mut self, text: &str) -> Result<(), Error> {
        self.out
            .write_all(text.as_bytes())
            .map_err(Error::file(&self.path))
    }
}

fn unwritable(source: serde_json::Error) -> Error {
    Problem::new(ErrorCode::Internal, "The plan cannot be written")
        .detail(source)
        .into()
}
