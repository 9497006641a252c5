//! The store: SQLite in the data folder, the truth of drafts and runs.
//!
//! One writer connection a process, WAL, `synchronous=FULL`, a busy timeout, `BEGIN IMMEDIATE`. A store of a newer
//! version is refused; an older one is migrated after a copy is set aside.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};
use serde::{Serialize, de::DeserializeOwned};

use crate::{Error, error::StoreError};

/// The version of `schema.sql`.
const VERSION: i64 = 6;

/// From each version to the next, from version 1.
const STEPS: [&str; 5] = [
    include_str!("from_1.sql"),
    concat!(include_str!("from_2.sql"), include_str!("tallies.sql")),
    concat!(
        include_str!("from_3.sql"),
        include_str!("devices.sql"),
        include_str!("documents.sql")
    ),
    include_str!("from_4.sql"),
    concat!(
        include_str!("from_5.sql"),
        include_str!("tallied.sql"),
        include_str!("kept.sql"),
        include_str!("through.sql")
    ),
];

/// A new store.
const SCHEMA: [&str; 7] = [
    include_str!("schema.sql"),
    include_str!("tallies.sql"),
    include_str!("tallied.sql"),
    include_str!("devices.sql"),
    include_str!("documents.sql"),
    include_str!("kept.sql"),
    include_str!("through.sql"),
];

/// How long a connection waits for another process's transaction.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// Readers kept for the next use.
const IDLE_READERS: usize = 4;

/// The store. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    path: PathBuf,
    writer: Mutex<Connection>,
    readers: Mutex<Vec<Connection>>,
}

impl Store {
    /// Opens the store in a data folder, making or migrating it as needed.
    ///
    /// # Errors
    /// [`StoreError`]: written by a newer version, or not to be opened.
    pub fn open(data_dir: &Path) -> Result<Self, StoreError> {
        std::fs::create_dir_all(data_dir).map_err(|source| StoreError::Folder {
            path: data_dir.to_owned(),
            source,
        })?;
        let path = data_dir.join("overseed.sqlite");
        let mut writer = Connection::open(&path)?;
        prepare(&writer)?;
        writer.pragma_update(None, "journal_mode", "WAL")?;
        migrate(&mut writer, &path)?;
        let inner = Inner {
            path,
            writer: Mutex::new(writer),
            readers: Mutex::new(Vec::new()),
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    /// The database file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.inner.path
    }

    /// Reads, on a thread that may block.
    ///
    /// # Errors
    /// Those of `work`, or [`StoreError`].
    pub async fn read<T, F>(&self, work: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, Error> + Send + 'static,
    {
        let store = self.clone();
        tokio::task::spawn_blocking(move || store.read_now(work)).await?
    }

    /// Writes in one transaction, on a thread that may block. Nothing is written where `work` fails.
    ///
    /// # Errors
    /// Those of `work`, or [`StoreError`].
    pub async fn write<T, F>(&self, work: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction<'_>) -> Result<T, Error> + Send + 'static,
    {
        let store = self.clone();
        tokio::task::spawn_blocking(move || store.write_now(work)).await?
    }

    /// Reads on this thread.
    ///
    /// # Errors
    /// Those of `work`, or [`StoreError`].
    pub fn read_now<T>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let idle = lock(&self.inner.readers).pop();
        let reader = match idle {
            Some(reader) => reader,
            None => self.reader()?,
        };
        let result = work(&reader);
        let mut readers = lock(&self.inner.readers);
        if readers.len() < IDLE_READERS {
            readers.push(reader);
        }
        result
    }

    /// Writes in one transaction on this thread.
    ///
    /// # Errors
    /// Those of `work`, or [`StoreError`].
    pub fn write_now<T>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        in_transaction(&mut lock(&self.inner.writer), work)
    }

    /// Writes in one transaction that survives a killed process, but perhaps not a power cut before the next
    /// [`Store::write`]: for what can be read from AWS again, since waiting for the disk takes longer than writing.
    ///
    /// # Errors
    /// Those of `work`, or [`StoreError`].
    pub async fn write_readable_again<T, F>(&self, work: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction<'_>) -> Result<T, Error> + Send + 'static,
    {
        let store = self.clone();
        tokio::task::spawn_blocking(move || {
            let mut writer = lock(&store.inner.writer);
            writer
                .pragma_update(None, "synchronous", "NORMAL")
                .map_err(StoreError::from)?;
            let result = in_transaction(&mut writer, work);
            writer
                .pragma_update(None, "synchronous", "FULL")
                .map_err(StoreError::from)?;
            result
        })
        .await?
    }

    /// Gives the space of rows that are gone back to the disk. Takes as long as copying what is left; other
    /// processes wait for it as for any write.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn compact(&self) -> Result<(), Error> {
        let writer = lock(&self.inner.writer);
        writer
            .execute_batch("VACUUM; PRAGMA wal_checkpoint(TRUNCATE);")
            .map_err(StoreError::from)?;
        Ok(())
    }

    fn reader(&self) -> Result<Connection, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let reader = Connection::open_with_flags(&self.inner.path, flags)?;
        reader.busy_timeout(BUSY_TIMEOUT)?;
        Ok(reader)
    }
}

fn in_transaction<T>(
    writer: &mut Connection,
    work: impl FnOnce(&Transaction<'_>) -> Result<T, Error>,
) -> Result<T, Error> {
    let transaction = writer
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(StoreError::from)?;
    let value = work(&transaction)?;
    transaction.commit().map_err(StoreError::from)?;
    Ok(value)
}

/// Reads what an older version may have written: fields that it did not know have their defaults.
pub(crate) fn over_defaults<T>(text: &str) -> Result<T, serde_json::Error>
where
    T: Default + Serialize + DeserializeOwned,
{
    let mut value = serde_json::to_value(T::default())?;
    if let serde_json::Value::Object(fields) = &mut value {
        fields.extend(serde_json::from_str::<serde_json::Map<_, _>>(text)?);
    }
    serde_json::from_value(value)
}

fn prepare(connection: &Connection) -> Result<(), StoreError> {
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", "ON")?;
    // In kilobytes: the index of 700,000 ids has to fit, since reports come in no order of theirs.
    connection.pragma_update(None, "cache_size", -64_000)?;
    // In pages: a page of reports changes some hundreds.
    connection.pragma_update(None, "wal_autocheckpoint", 4_000)?;
    Ok(())
}

fn migrate(connection: &mut Connection, path: &Path) -> Result<(), StoreError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found: i64 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    match found {
        VERSION => {}
        0 => {
            for part in SCHEMA {
                transaction.execute_batch(part)?;
            }
            transaction.pragma_update(None, "user_version", VERSION)?;
        }
        newer if newer > VERSION => {
            return Err(StoreError::Newer {
                path: path.to_owned(),
                found,
                known: VERSION,
            });
        }
        older => {
            let done = usize::try_from(older - 1).unwrap_or(usize::MAX);
            let Some(steps) = STEPS.get(done..) else {
                return Err(StoreError::Unmigratable {
                    path: path.to_owned(),
                    found: older,
                });
            };
            set_aside(path, older)?;
            for step in steps {
                transaction.execute_batch(step)?;
            }
            transaction.pragma_update(None, "user_version", VERSION)?;
        }
    }
    transaction.commit()?;
    Ok(())
}

/// A copy of the store as it was, beside it: `overseed.version-1.sqlite`. One that is there already stays.
fn set_aside(path: &Path, version: i64) -> Result<(), StoreError> {
    let copy = path.with_extension(format!("version-{version}.sqlite"));
    if !copy.exists() {
        let present = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        present.backup("main", &copy, None::<fn(rusqlite::backup::Progress)>)?;
    }
    Ok(())
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    #[test]
    fn a_store_of_a_newer_version_is_refused_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = Store::open(folder.path()).unwrap().path().to_owned();
        Connection::open(&path)
            .unwrap()
            .pragma_update(None, "user_version", 99)
            .unwrap();
        let error = Store::open(folder.path()).unwrap_err();
        assert!(
            matches!(
                error,
                StoreError::Newer {
                    found: 99,
                    known: VERSION,
                    ..
                }
            ),
            "{error}"
        );
    }

    /// The columns of each table, the names of all indexes and the triggers.
    fn shape(connection: &Connection) -> Vec<String> {
        let mut query = connection
            .prepare(
                "SELECT m.name || '.' || c.name FROM sqlite_schema m, pragma_table_info(m.name) c
                 WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%'
                 UNION SELECT name || '(' || tbl_name || ')' || iif(type = 'trigger', sql, '')
                 FROM sqlite_schema WHERE type IN ('index', 'trigger', 'view')
                 ORDER BY 1",
            )
            .unwrap();
        let rows = query.query_map([], |row| row.get(0)).unwrap();
        rows.collect::<Result<_, _>>().unwrap()
    }

    #[test]
    fn a_store_of_any_older_version_is_migrated_after_a_copy_is_set_aside() {
        let fresh = Connection::open_in_memory().unwrap();
        for part in SCHEMA {
            fresh.execute_batch(part).unwrap();
        }
        for version in 1..VERSION {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("overseed.sqlite");
            let old = Connection::open(&path).unwrap();
            old.execute_batch(include_str!("version_1.sql")).unwrap();
            for step in STEPS.iter().take(usize::try_from(version - 1).unwrap()) {
                old.execute_batch(step).unwrap();
            }
            old.pragma_update(None, "user_version", version).unwrap();
            let shape_before = shape(&old);
            drop(old);
            let store = Store::open(folder.path()).unwrap();
            let migrated = Connection::open(store.path()).unwrap();
            assert_eq!(shape(&migrated), shape(&fresh), "from version {version}");
            let kept: (String, String, u32) = migrated
                .query_row(
                    "SELECT c.summary, r.hold, (SELECT count(*) FROM target) FROM change c, run r",
                    [],
                    |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
                )
                .unwrap();
            let tallies: (String, String, u32) = migrated
                .query_row(
                    "SELECT f.states, f.causes, c.targets FROM fleet f, cause_count c",
                    [],
                    |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
                )
                .unwrap();
            assert_eq!(tallies, ("34".to_owned(), "0000000001".to_owned(), 1));
            let expected = ("Create the role Bulk".to_owned(), "problem".to_owned(), 2);
            assert_eq!(kept, expected, "from version {version}");
            let copy = folder
                .path()
                .join(format!("overseed.version-{version}.sqlite"));
            assert_eq!(shape(&Connection::open(copy).unwrap()), shape_before);
            // The next opening finds nothing to do.
            drop(store);
            Store::open(folder.path()).unwrap();
        }
    }

    #[test]
    fn a_failed_write_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let failed: Result<(), Error> = store.write_now(|tx| {
            tx.execute("INSERT INTO setting VALUES ('a', '1')", [])
                .map_err(StoreError::from)?;
            Err(Error::Cancelled)
        });
        assert!(failed.is_err());
        let rows: i64 = store
            .read_now(|c| {
                Ok(
                    c.query_row("SELECT count(*) FROM setting", [], |r| r.get(0))
                        .map_err(StoreError::from)?,
                )
            })
            .unwrap();
        assert_eq!(rows, 0);
    }
}
