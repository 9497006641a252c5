//! What the shell holds between commands: the engine, the connection in use, and what is being watched.

use std::{
    collections::{HashMap, HashSet},
    future::Future,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError, RwLock,
        atomic::{AtomicU32, Ordering},
    },
};

use overseed_engine::{
    Clock, Engine, Error, Problem, Session, StoreError,
    job::{JobKind, Progress},
    run::Reading,
};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::error::{Answer, Wire, not_connected};

/// Managed by tauri; commands get it as their state.
#[derive(Debug)]
pub struct Shell {
    /// The engine.
    pub engine: Engine,
    /// Told when the user has changed a setting.
    pub settings_changed: Arc<Notify>,
    session: RwLock<Option<Session>>,
    watches: Mutex<HashMap<u32, CancellationToken>>,
    next_watch: AtomicU32,
    folders: Mutex<HashSet<PathBuf>>,
}

impl Shell {
    /// Opens the data folder.
    pub fn open(data_dir: PathBuf) -> Result<Self, StoreError> {
        Ok(Self {
            engine: Engine::open(data_dir, Clock::system())?,
            settings_changed: Arc::default(),
            session: RwLock::default(),
            watches: Mutex::default(),
            next_watch: AtomicU32::new(1),
            folders: Mutex::default(),
        })
    }

    /// The connection in use.
    pub fn session(&self) -> Answer<Session> {
        self.connected().ok_or_else(not_connected)
    }

    /// The connection in use, if there is one.
    pub fn connected(&self) -> Option<Session> {
        self.session
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// What runs are read through: also without a connection.
    pub fn reading(&self) -> Reading {
        Reading::of(&self.engine, self.connected().as_ref())
    }

    /// Takes a connection into use, or none.
    pub fn set_session(&self, session: Option<Session>) {
        self.engine.jobs.clear();
        *self.session.write().unwrap_or_else(PoisonError::into_inner) = session;
    }

    /// Does long work on the connection as a job that can be watched and cancelled.
    pub async fn job<T, F, W>(&self, kind: JobKind, work: W) -> Answer<T>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, Error>> + Send + 'static,
        W: FnOnce(Session, Progress) -> F,
    {
        let session = self.session()?;
        let engine = session.engine.clone();
        engine
            .jobs
            .run(kind, &engine.clock, |progress| work(session, progress))
            .await
            .wire()
    }

    /// Does work on the connection that nobody watches and that ends soon: several of a kind may be at work at once.
    pub async fn beside<T, F, W>(&self, kind: JobKind, work: W) -> Answer<T>
    where
        F: Future<Output = Result<T, Error>>,
        W: FnOnce(Session, Progress) -> F,
    {
        let session = self.session()?;
        let clock = session.clock().clone();
        let (progress, _) = Progress::within(kind, clock, CancellationToken::new());
        work(session, progress).await.wire()
    }

    /// Notes a folder that the user has chosen in a dialog.
    pub fn folder_chosen(&self, folder: PathBuf) {
        self.folders().insert(folder);
    }

    /// Whether a folder that the window names is one that the user has chosen.
    pub fn is_chosen(&self, folder: &Path) -> bool {
        self.folders().contains(folder)
    }

    /// Begins a watch; its number ends it.
    pub fn watch_begin(&self) -> (u32, CancellationToken) {
        let id = self.next_watch.fetch_add(1, Ordering::Relaxed);
        let token = CancellationToken::new();
        self.watches().insert(id, token.clone());
        (id, token)
    }

    /// Ends a watch; one that has ended already is no error.
    pub fn watch_end(&self, id: u32) {
        if let Some(token) = self.watches().remove(&id) {
            token.cancel();
        }
    }

    fn folders(&self) -> std::sync::MutexGuard<'_, HashSet<PathBuf>> {
        self.folders.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn watches(&self) -> std::sync::MutexGuard<'_, HashMap<u32, CancellationToken>> {
        self.watches.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The path as the window shows it, once a file has been written there.
pub fn shown(path: Option<PathBuf>) -> Result<Option<String>, Problem> {
    Ok(path.map(|path| path.display().to_string()))
}
