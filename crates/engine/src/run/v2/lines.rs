//! The file of a wave, line by line and in any order: what was reviewed is what is sent.

use std::{
    fs::File,
    io::{BufRead, BufReader, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
};

use overseed_aws::v2::CreateDeployment;
use overseed_domain::v2::line::{LineRecord, LinesError, for_each_line};
use sha2::{Digest, Sha256};

use crate::{Error, ErrorCode, Problem};

/// Where the lines of a wave's file begin.
#[derive(Debug)]
pub(super) struct WaveLines {
    wave: u32,
    path: PathBuf,
    sha256: String,
    /// Where each line begins, and the end of the last one.
    places: Vec<u64>,
}

impl WaveLines {
    /// Opens the file of a wave.
    ///
    /// # Errors
    /// [`ErrorCode::FileInvalid`] where it is not the one that was reviewed; [`Error::File`].
    pub(super) fn open(wave: u32, path: &Path, sha256: &str) -> Result<Self, Error> {
        let mut reader = BufReader::new(File::open(path).map_err(Error::file(path))?);
        let (mut hash, mut places, mut end) = (Sha256::new(), vec![0], 0_u64);
        let mut line = Vec::new();
        loop {
            line.clear();
            let bytes = reader
                .read_until(b'\n', &mut line)
                .map_err(Error::file(path))?;
            if bytes == 0 {
                break;
            }
            hash.update(&line);
            end += bytes as u64;
            places.push(end);
        }
        if hex::encode(hash.finalize()) != sha256 {
            return Err(Problem::new(
                ErrorCode::FileInvalid,
                format!("The file of wave {wave} is not the one that was reviewed"),
            )
            .detail(path.display())
            .hint("It was changed or damaged in the data folder. Stop the run and start its plan anew.")
            .into());
        }
        Ok(Self {
            wave,
            path: path.to_owned(),
            sha256: sha256.to_owned(),
            places,
        })
    }

    /// Whether these are the lines of that wave's file.
    pub(super) fn is_of(&self, wave: u32, sha256: &str) -> bool {
        self.wave == wave && self.sha256 == sha256
    }

    /// Lines by their numbers, from 1.
    ///
    /// # Errors
    /// [`Error::File`]; [`ErrorCode::FileInvalid`] where there is no such line.
    pub(super) fn read(&self, numbers: &[u32]) -> Result<Vec<LineRecord>, Error> {
        let mut file = File::open(&self.path).map_err(Error::file(&self.path))?;
        let mut records = Vec::with_capacity(numbers.len());
        for number in numbers {
            let at = usize::try_from(*number).unwrap_or(usize::MAX);
            let place = at
                .checked_sub(1)
                .and_then(|before| Some((*self.places.get(before)?, *self.places.get(at)?)));
            let Some((begin, end)) = place else {
                return Err(self.unreadable(*number, "there is no such line"));
            };
            let mut bytes = Vec::new();
            file.seek(SeekFrom::Start(begin))
                .and_then(|_| (&mut file).take(end - begin).read_to_end(&mut bytes))
                .map_err(Error::file(&self.path))?;
            let mut found = None;
            for_each_line(&*bytes, |record| {
                found = Some(record);
                Ok::<(), LinesError>(())
            })
            .map_err(|error| self.unreadable(*number, error))?;
            records.push(found.ok_or_else(|| self.unreadable(*number, "it is blank"))?);
        }
        Ok(records)
    }

    fn unreadable(&self, line: u32, why: impl std::fmt::Display) -> Error {
        Problem::new(
            ErrorCode::FileInvalid,
            format!(
                "Line {line} of the file of wave {} cannot be read",
                self.wave
            ),
        )
        .detail(why)
        .into()
    }
}

/// What a line asks for, as the call takes it.
pub(super) fn call(record: &LineRecord) -> CreateDeployment {
    CreateDeployment {
        target_arn: record.target_arn.clone(),
        document: record.document.clone(),
        client_token: Some(record.client_token.clone()),
    }
}
