//! Getting a V2 wave ready, and making its file anew where targets were left out of it.

use std::{
    collections::HashSet,
    fs::File,
    io::{BufRead, BufReader, BufWriter, Write},
};

use overseed_domain::{input_file::FileSummary, rollout::WaveState};
use rusqlite::params;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::super::{
    driver::Driver,
    record::wave_file,
    rows::{Run, WaveRow, word},
    skip::{self, SKIPPED},
};
use crate::{Error, ErrorCode, Problem, Session, input_file::Passing};

impl Driver {
    /// Makes the wave's file without those who were left out; then the wave may be started.
    pub(super) async fn ready(&self, run: &Run, wave: &WaveRow) -> Result<(), Error> {
        let remade = self.remade(run, wave).await?;
        self.starting(wave, remade, None).await
    }

    /// The wave's file without those who were left out; nothing where nobody was.
    pub(super) async fn remade(
        &self,
        run: &Run,
        wave: &WaveRow,
    ) -> Result<Option<FileSummary>, Error> {
        if wave.wave.skipped == 0 {
            return Ok(None);
        }
        remake(&self.session, run, wave).await.map(Some)
    }

    /// Moves the wave on, and takes down what its file is now. Where more targets were left out meanwhile, it is made
    /// ready once more.
    pub(super) async fn starting(
        &self,
        wave: &WaveRow,
        remade: Option<FileSummary>,
        token: Option<String>,
    ) -> Result<(), Error> {
        let (run, wave) = (self.ordinal, wave.clone());
        self.session
            .store()
            .write(move |tx| {
                if let Some(file) = &remade {
                    skip::remade(tx, run, &wave, file)?;
                }
                tx.execute(
                    "UPDATE wave SET client_token = ?3, state = ?4
                     WHERE run = ?1 AND number = ?2 AND skipped = ?5",
                    params![
                        run,
                        wave.wave.number,
                        token,
                        word(&WaveState::Starting)?,
                        wave.wave.skipped
                    ],
                )?;
                Ok(())
            })
            .await
    }
}

/// What is read of a line to know whose it is.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Whose {
    thing_name: String,
}

/// Makes the file of a wave anew, without the lines of targets that were left out, and numbers the lines of the others.
/// What a crash cut off is done again, to the same end.
async fn remake(session: &Session, run: &Run, wave: &WaveRow) -> Result<FileSummary, Error> {
    let place = wave_file(session, &run.id, wave.wave.number);
    let (store, run, positions) = (session.store().clone(), run.ordinal, wave.positions());
    tokio::task::spawn_blocking(move || {
        let (mut left_out, mut kept) = (HashSet::new(), Vec::new());
        store.read_now(|c| {
            let mut statement = c.prepare_cached(
                "SELECT target, position, cause IS ?4 FROM target
                 WHERE run = ?1 AND position >= ?2 AND position < ?3 ORDER BY position",
            )?;
            let mut rows =
                statement.query(params![run, positions.start, positions.end, SKIPPED])?;
            while let Some(row) = rows.next()? {
                let (thing, position): (String, u32) = (row.get(0)?, row.get(1)?);
                if row.get(2)? {
                    left_out.insert(thing);
                } else {
                    kept.push((position, thing));
                }
            }
            Ok(())
        })?;
        let passing = Passing::beside(&place)?;
        let mut out = BufWriter::new(passing.create()?);
        let mut reader = BufReader::new(File::open(&place).map_err(Error::file(&place))?);
        let (mut hash, mut summary) = (Sha256::new(), FileSummary::default());
        let mut line = Vec::new();
        let mut expected = kept.iter();
        loop {
            line.clear();
            let bytes = reader
                .read_until(b'\n', &mut line)
                .map_err(Error::file(&place))?;
            if bytes == 0 {
                break;
            }
            let whose: Whose = serde_json::from_slice(&line).map_err(other)?;
            if left_out.contains(&whose.thing_name) {
                continue;
            }
            if expected.next().map(|(_, thing)| thing) != Some(&whose.thing_name) {
                return Err(other(format!("{} stands elsewhere", whose.thing_name)));
            }
            hash.update(&line);
            out.write_all(&line).map_err(Error::file(&place))?;
            let chars = u32::try_from(bytes.saturating_sub(1)).unwrap_or(u32::MAX);
            summary.longest_line = summary.longest_line.max(chars);
            summary.bytes += bytes as u64;
            summary.records += 1;
        }
        if let Some((_, thing)) = expected.next() {
            return Err(other(format!("{thing} is missing")));
        }
        summary.lines = summary.records;
        summary.sha256 = hex::encode(hash.finalize());
        let file = out
            .into_inner()
            .map_err(|error| Error::file(&place)(error.into_error()))?;
        file.sync_all().map_err(Error::file(&place))?;
        passing.put(&place)?;
        store.write_now(|tx| {
            let mut statement =
                tx.prepare_cached("UPDATE target SET line = ?3 WHERE run = ?1 AND position = ?2")?;
            for (line, (position, _)) in (1_u32..).zip(&kept) {
                statement.execute(params![run, position, line])?;
            }
            Ok(())
        })?;
        Ok(summary)
    })
    .await?
}

fn other(why: impl std::fmt::Display) -> Error {
    Problem::new(
        ErrorCode::FileInvalid,
        "The wave's file does not have the lines that it was recorded with",
    )
    .detail(why)
    .hint("It was changed or damaged in the data folder. Stop the run and start its plan anew.")
    .into()
}
