//! The state that all services share, and who may do what in it.

use std::collections::HashMap;
use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::authority::Permissions;
use crate::clock::Clock;
use crate::files::Files;
use crate::iam::evaluate::Compiled;
use crate::iam::model::Iam;
use crate::s3::state::{Shelf, Stock};
use crate::secretsmanager::Secrets;
use crate::settings::Settings;

/// When the sandbox last ran, by the computer's clock, and how long it has stood still in all.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Stillness {
    seen_ms: i64,
    stood_still_ms: i64,
    /// Whether this was noted at the end, and not some time before it.
    at_the_end: bool,
}

/// How often a running sandbox notes the time.
pub const NOTE_EVERY: Duration = Duration::from_secs(2);

/// The account.
#[derive(Debug)]
pub struct World {
    /// With `state_dir` set.
    pub settings: Settings,
    clock: Arc<dyn Clock>,
    stood_still_ms: i64,
    files: Files,
    iam: Mutex<Iam>,
    /// Counts the changes of IAM: compiled policies of an earlier count are stale.
    pub(crate) changes: AtomicU64,
    pub(crate) compiled: Mutex<HashMap<String, (u64, Arc<Permissions>)>>,
    stock: Mutex<Stock>,
    secrets: Mutex<Secrets>,
    /// Bucket policies, compiled when first asked; by their text.
    pub(crate) bucket_policies: Mutex<HashMap<String, Arc<Compiled>>>,
    /// Where objects' bytes are.
    pub shelf: Shelf,
}

impl World {
    /// Opens the world in the state folder of the settings, or makes a new one there.
    ///
    /// # Errors
    /// What the file system says, or that a state file is damaged.
    pub fn open(settings: Settings, dir: PathBuf, clock: Arc<dyn Clock>) -> io::Result<Self> {
        let files = Files::open(&dir)?;
        let settings = Settings {
            state_dir: Some(dir),
            ..settings
        };
        let wall_ms = clock.now_ms();
        let stood_still_ms = match files.load::<Stillness>("clock.json")? {
            Some(last) => {
                let away_ms = wall_ms - last.seen_ms;
                // After a kill it ran on for a while unnoted: what was seen then must not be undone.
                let unnoted_ms = i64::try_from(NOTE_EVERY.as_millis()).unwrap_or(0);
                let ran_on_ms = if last.at_the_end {
                    0
                } else {
                    away_ms.clamp(0, unnoted_ms)
                };
                last.stood_still_ms + away_ms - ran_on_ms
            }
            None => 0,
        };
        let now_ms = wall_ms - stood_still_ms;
        let shelf = Shelf(files.path("objects"));
        std::fs::create_dir_all(&shelf.0)?;
        let iam = files
            .load("iam.json")?
            .unwrap_or_else(|| crate::iam::seed(&settings, now_ms));
        let stock = files
            .load("s3.json")?
            .unwrap_or_else(|| crate::s3::state::seed(&settings, now_ms));
        shelf.tidy(&stock)?;
        let secrets = files.load("secrets.json")?.unwrap_or_default();
        let world = Self {
            settings,
            clock,
            stood_still_ms,
            files,
            iam: Mutex::new(iam),
            changes: AtomicU64::new(0),
            compiled: Mutex::default(),
            stock: Mutex::new(stock),
            secrets: Mutex::new(secrets),
            bucket_policies: Mutex::default(),
            shelf,
        };
        world.save_iam(&world.iam())?;
        world.save_stock(&world.stock())?;
        world.save_clock(false)?;
        Ok(world)
    }

    /// The computer's time: signatures and credentials are judged by it.
    #[must_use]
    pub fn wall_ms(&self) -> i64 {
        self.clock.now_ms()
    }

    /// `aws:CurrentTime` and `aws:EpochTime` of a request that is made now.
    pub(crate) fn moment(&self) -> [(&'static str, String); 2] {
        let seconds = self.now_ms().div_euclid(1000);
        let time = jiff::Timestamp::from_second(seconds).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
        [
            ("aws:CurrentTime", time.to_string()),
            ("aws:EpochTime", seconds.to_string()),
        ]
    }

    /// The sandbox's own time: it stands still while the sandbox is not running.
    #[must_use]
    pub fn now_ms(&self) -> i64 {
        self.wall_ms() - self.stood_still_ms
    }

    /// Notes the time, so that a restart goes on from here.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub fn save_clock(&self, at_the_end: bool) -> io::Result<()> {
        let (seen_ms, stood_still_ms) = (self.wall_ms(), self.stood_still_ms);
        self.files.save(
            "clock.json",
            &Stillness {
                seen_ms,
                stood_still_ms,
                at_the_end,
            },
        )
    }

    /// The folder of state files.
    #[must_use]
    pub fn files(&self) -> &Files {
        &self.files
    }

    /// The identities, to read.
    pub fn iam(&self) -> MutexGuard<'_, Iam> {
        // A panic of another request cannot leave IAM half changed: every operation checks before it changes.
        self.iam.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes IAM after a change, before the change is answered, and forgets compiled policies.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub fn save_iam(&self, iam: &Iam) -> io::Result<()> {
        self.changes.fetch_add(1, Ordering::SeqCst);
        self.files.save("iam.json", iam)
    }

    /// The secret of an access key, long-lived or of a session.
    pub fn secret_of(&self, access_key: &str) -> Option<String> {
        let iam = self.iam();
        let key = iam.keys.get(access_key).map(|key| key.secret.clone());
        key.or_else(|| {
            iam.sessions
                .get(access_key)
                .map(|session| session.secret.clone())
        })
    }

    /// Secrets of Secrets Manager.
    pub fn secrets(&self) -> MutexGuard<'_, Secrets> {
        self.secrets.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes secrets after a change, before the change is answered.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub fn save_secrets(&self, secrets: &Secrets) -> io::Result<()> {
        self.files.save_private("secrets.json", secrets)
    }

    /// Buckets and objects.
    pub fn stock(&self) -> MutexGuard<'_, Stock> {
        self.stock.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes buckets and objects after a change, before the change is answered.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub fn save_stock(&self, stock: &Stock) -> io::Result<()> {
        self.files.save("s3.json", stock)
    }
}
