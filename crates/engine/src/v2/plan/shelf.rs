//! Documents of a plan on disk: a plan may have one for each target, which would not fit in memory.

use std::{
    collections::HashMap,
    fs::File,
    io::{self, BufWriter, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    sync::Arc,
};

use overseed_domain::v2::document::DeploymentDocument;

use crate::{Error, ErrorCode, Problem};

/// Documents that are kept in memory as they were read last; neighbours often have the same.
const KEPT: usize = 64;

/// Documents in the order in which they were put there. Their file has no name: the system takes it away with this value,
/// also where the process is killed.
pub(crate) struct Shelf {
    folder: PathBuf,
    file: BufWriter<File>,
    /// Where each begins, and its bytes.
    places: Vec<(Box<str>, u64, usize)>,
    by_hash: HashMap<Box<str>, u32>,
    end: u64,
    kept: HashMap<u32, Arc<DeploymentDocument>>,
}

impl Shelf {
    /// An empty one in a folder.
    pub(crate) fn new(folder: &Path) -> Result<Self, Error> {
        let file = tempfile::tempfile_in(folder).map_err(Error::file(folder))?;
        Ok(Self {
            folder: folder.to_owned(),
            file: BufWriter::new(file),
            places: Vec::new(),
            by_hash: HashMap::new(),
            end: 0,
            kept: HashMap::new(),
        })
    }

    /// The number of the document with a hash.
    pub(crate) fn number(&self, hash: &str) -> Option<u32> {
        self.by_hash.get(hash).copied()
    }

    /// The hash of a document.
    pub(crate) fn hash(&self, number: u32) -> &str {
        self.place(number).map_or("", |(hash, _, _)| hash)
    }

    /// Puts a document there under its hash, unless there is one; answers its number.
    pub(crate) fn put(&mut self, hash: &str, body: &str) -> Result<u32, Error> {
        if let Some(number) = self.number(hash) {
            return Ok(number);
        }
        let number = u32::try_from(self.places.len()).unwrap_or(u32::MAX);
        self.file
            .write_all(body.as_bytes())
            .map_err(Error::file(&*self.folder))?;
        self.places.push((hash.into(), self.end, body.len()));
        self.by_hash.insert(hash.into(), number);
        self.end += body.len() as u64;
        Ok(number)
    }

    /// How many there are.
    pub(crate) const fn len(&self) -> usize {
        self.places.len()
    }

    /// The body of a document, as JSON.
    pub(crate) fn body(&mut self, number: u32) -> Result<String, Error> {
        let Some((_, from, bytes)) = self.place(number).cloned() else {
            return Err(lost("there is no such document"));
        };
        let mut body = vec![0; bytes];
        self.read(from, &mut body)
            .map_err(Error::file(&*self.folder))?;
        String::from_utf8(body).map_err(lost)
    }

    /// Reads, and goes back to the end, where the next document is put.
    fn read(&mut self, from: u64, body: &mut [u8]) -> io::Result<()> {
        self.file.flush()?;
        let file = self.file.get_mut();
        file.seek(SeekFrom::Start(from))?;
        file.read_exact(body)?;
        file.seek(SeekFrom::End(0))?;
        Ok(())
    }

    /// A document.
    pub(crate) fn document(&mut self, number: u32) -> Result<Arc<DeploymentDocument>, Error> {
        if let Some(document) = self.kept.get(&number) {
            return Ok(Arc::clone(document));
        }
        let body = self.body(number)?;
        let document: Arc<DeploymentDocument> =
            Arc::new(serde_json::from_str(&body).map_err(lost)?);
        if self.kept.len() >= KEPT {
            self.kept.clear();
        }
        self.kept.insert(number, Arc::clone(&document));
        Ok(document)
    }

    fn place(&self, number: u32) -> Option<&(Box<str>, u64, usize)> {
        self.places.get(usize::try_from(number).ok()?)
    }
}

fn lost(why: impl std::fmt::Display) -> Error {
    Problem::new(ErrorCode::Internal, "A document of the plan is lost")
        .detail(why)
        .into()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    #[test]
    fn documents_come_back_by_number_while_more_are_put_there() {
        let folder = tempfile::tempdir().unwrap();
        let mut shelf = Shelf::new(folder.path()).unwrap();
        let body = |place: u32| format!("{{\"deploymentName\":\"d{place}\"}}");
        for place in 0..200 {
            assert_eq!(shelf.put(&place.to_string(), &body(place)).unwrap(), place);
            let earlier = place / 2;
            assert_eq!(shelf.body(earlier).unwrap(), body(earlier));
            let name = shelf.document(place).unwrap().deployment_name.clone();
            assert_eq!(name, Some(format!("d{place}")));
        }
        assert_eq!(shelf.put("7", "{}").unwrap(), 7, "the first one stays");
        assert_eq!((shelf.len(), shelf.hash(7)), (200, "7"));
        assert!(shelf.body(200).is_err());
        drop(shelf);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
