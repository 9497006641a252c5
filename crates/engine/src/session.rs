//! The engine and a connection in use.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use overseed_aws::{Clients, Clock};
use rusqlite::params;

use crate::{
    Error, ErrorCode, Problem, StoreError,
    connection::Connection,
    input_file,
    job::Jobs,
    run::{Comparisons, Drivers},
    store::Store,
};

/// The engine: a data folder, its store, a clock, and the jobs at work. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Engine {
    data_dir: Arc<Path>,
    /// The store in the data folder.
    pub store: Store,
    /// Where time comes from.
    pub clock: Clock,
    /// Long work.
    pub jobs: Jobs,
    /// Drivers of runs in this process.
    pub drivers: Drivers,
    /// The last comparison of two runs.
    pub(crate) comparisons: Comparisons,
}

impl Engine {
    /// Opens the data folder.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn open(data_dir: PathBuf, clock: Clock) -> Result<Self, StoreError> {
        let store = Store::open(&data_dir)?;
        input_file::sweep_data(&data_dir, clock.now());
        Ok(Self {
            data_dir: data_dir.into(),
            store,
            clock,
            jobs: Jobs::default(),
            drivers: Drivers::default(),
            comparisons: Comparisons::default(),
        })
    }

    /// The data folder.
    #[must_use]
    pub fn data_dir(&self) -> &Path {
        &self.data_dir
    }
}

/// A connection in use: what most use cases work on. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Session {
    /// The engine.
    pub engine: Engine,
    /// What was connected, and as whom.
    pub connection: Arc<Connection>,
    /// The SDK's clients.
    pub clients: Clients,
    /// Row of the scope table.
    pub scope: i64,
    /// The inventory in memory, made from the store when first needed.
    pub(crate) index: crate::inventory::IndexCell,
    /// The same of core devices.
    pub(crate) devices: crate::inventory::IndexCell,
    /// The draft's waves as they were cut last.
    pub(crate) cut: crate::waves::LastCut,
    /// The V2 draft's devices as they were planned last.
    pub(crate) composed: crate::v2::plan::LastComposed,
}

impl Session {
    /// Takes a checked connection into use.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn begin(
        engine: Engine,
        connection: Connection,
        clients: Clients,
    ) -> Result<Self, Error> {
        let key = (
            connection.partition.as_str(),
            connection.account.clone(),
            connection.region.clone(),
            connection.sandbox.clone().unwrap_or_default(),
        );
        let scope = engine
            .store
            .write(move |tx| {
                let (partition, account, region, sandbox) = key;
                tx.execute(
                    "INSERT INTO scope (partition, account, region, sandbox) VALUES (?1, ?2, ?3, ?4)
                     ON CONFLICT DO NOTHING",
                    params![partition, account, region, sandbox],
                )
                .map_err(StoreError::from)?;
                let id = tx
                    .query_row(
                        "SELECT id FROM scope
                         WHERE partition = ?1 AND account = ?2 AND region = ?3 AND sandbox = ?4",
                        params![partition, account, region, sandbox],
                        |row| row.get(0),
                    )
                    .map_err(StoreError::from)?;
                Ok(id)
            })
            .await?;
        Ok(Self {
            engine,
            connection: Arc::new(connection),
            clients,
            scope,
            index: crate::inventory::IndexCell::of(&crate::groups::GROUPS),
            devices: crate::inventory::IndexCell::of(&crate::v2::devices::CORE_DEVICES),
            cut: crate::waves::LastCut::default(),
            composed: crate::v2::plan::LastComposed::default(),
        })
    }

    /// The store.
    #[must_use]
    pub const fn store(&self) -> &Store {
        &self.engine.store
    }

    /// Where time comes from.
    #[must_use]
    pub const fn clock(&self) -> &Clock {
        &self.engine.clock
    }
}

/// The data folder of both faces: `OVERSEED_DATA_DIR`, or the platform's place for the data of apps.
///
/// # Errors
/// [`ErrorCode::FileUnreadable`] where the platform names no such place.
pub fn data_dir() -> Result<PathBuf, Error> {
    if let Some(told) = std::env::var_os("OVERSEED_DATA_DIR").filter(|told| !told.is_empty()) {
        return std::path::absolute(&told).map_err(Error::file(PathBuf::from(told)));
    }
    dirs::data_local_dir()
        .map(|folder| folder.join("overseed"))
        .ok_or_else(|| {
            Problem::new(
                ErrorCode::FileUnreadable,
                "There is no place for the app's data",
            )
            .hint("Set OVERSEED_DATA_DIR to a folder that you may write.")
            .into()
        })
}
