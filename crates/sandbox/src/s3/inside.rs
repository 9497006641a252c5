//! Objects that services put in the name of a role.

use std::fs::File;
use std::io::{self, Read, Write};

use s3s::crypto::{Checksum as _, Md5};

use super::state::Object;
use crate::cloud::{ObjectFailure, RoleSession};
use crate::world::World;

/// Why an object cannot be put.
#[derive(Debug, thiserror::Error)]
pub enum PutFailure {
    /// As for reading.
    #[error(transparent)]
    Refused(#[from] ObjectFailure),
    /// The sandbox's own trouble.
    #[error("the sandbox cannot keep the object: {0}")]
    Disk(#[from] io::Error),
}

impl World {
    /// Puts an object whose bytes `write` gives, and says its size.
    ///
    /// # Errors
    /// If the bucket is not there, is elsewhere, or neither role nor bucket allow it.
    pub fn put_as(
        &self,
        role: &RoleSession,
        bucket: &str,
        key: &str,
        content_type: &str,
        write: &mut dyn FnMut(&mut dyn Write) -> io::Result<()>,
    ) -> Result<u64, PutFailure> {
        let encryption = self
            .may_as(role, "s3:PutObject", bucket, key, &self.settings.region)?
            .encryption;
        let file = uuid::Uuid::new_v4().simple().to_string();
        let path = self.shelf.path(&file);
        write(&mut File::create(&path)?)?;
        let (size, md5) = sum(&path)?;
        let object = Object {
            file,
            size,
            etag: md5,
            modified_ms: self.now_ms(),
            content_type: Some(content_type.to_owned()),
            metadata: std::collections::BTreeMap::new(),
            checksums: std::collections::BTreeMap::new(),
            checksum_type: None,
            encryption,
        };
        let mut stock = self.stock();
        let found = stock
            .buckets
            .get_mut(bucket)
            .ok_or(ObjectFailure::NoSuchBucket)?;
        let old = found.objects.insert(key.to_owned(), object);
        self.save_stock(&stock)?;
        drop(stock);
        self.shelf.discard(old.iter().map(|old| old.file.as_str()));
        Ok(size)
    }
}

fn sum(path: &std::path::Path) -> io::Result<(u64, String)> {
    let mut md5 = Md5::new();
    let mut file = File::open(path)?;
    let mut part = vec![0; 64 * 1024];
    let mut size = 0;
    loop {
        let read = file.read(&mut part)?;
        if read == 0 {
            return Ok((size, hex::encode(md5.finalize())));
        }
        size += u64::try_from(read).unwrap_or(0);
        md5.update(part.get(..read).unwrap_or_default());
    }
}
