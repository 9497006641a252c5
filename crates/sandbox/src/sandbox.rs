//! A sandbox in this process.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::cloud::Cloud;
use crate::front::Front;
use crate::front::faults::Faults;
use crate::greengrass::Greengrass;
use crate::greengrassv2::GreengrassV2;
use crate::settings::Settings;
use crate::states::{Inside, States};
use crate::world::{NOTE_EVERY, World};

/// The access key that a sandbox gives out. No secret of anyone's: it opens this sandbox only.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Keys {
    /// The access key id.
    pub access_key_id: String,
    /// The secret access key.
    pub secret_access_key: String,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keys")
            .field("access_key_id", &self.access_key_id)
            .finish_non_exhaustive()
    }
}

/// Why a sandbox does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// What was asked for.
        address: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
    /// The state cannot be read or written, or is damaged.
    #[error("the sandbox's state is not usable: {0}")]
    State(#[from] io::Error),
    /// The state of Greengrass is not what it must be.
    #[error("the sandbox's state of Greengrass is not usable: {0}")]
    Greengrass(String),
    /// `speed` is not above zero, or the account is not twelve digits.
    #[error("the settings are not usable: {0}")]
    Settings(&'static str),
}

/// A running sandbox; it stops when dropped.
#[derive(Debug)]
pub struct Sandbox {
    front: Arc<Front>,
    address: SocketAddr,
    keys: Keys,
    server: Option<std::thread::JoinHandle<()>>,
    /// Goes away with the sandbox where no state folder was given.
    _temporary: Option<tempfile::TempDir>,
}

impl Sandbox {
    /// Starts on a free port of loopback. The server runs on threads of its own, so that the caller may
    /// block or pause its own runtime's time.
    ///
    /// # Errors
    /// See [`StartError`].
    pub fn start(settings: Settings, clock: Arc<dyn Clock>) -> Result<Self, StartError> {
        Self::start_on(
            SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            settings,
            clock,
            String::new(),
        )
    }

    /// Starts on an address, with the id that its state answers.
    ///
    /// # Errors
    /// See [`StartError`].
    pub fn start_on(
        address: SocketAddr,
        settings: Settings,
        clock: Arc<dyn Clock>,
        id: String,
    ) -> Result<Self, StartError> {
        if !(settings.speed.is_finite() && settings.speed > 0.0) {
            return Err(StartError::Settings("the speed must be above zero"));
        }
        if settings.account.len() != 12 || !settings.account.bytes().all(|b| b.is_ascii_digit()) {
            return Err(StartError::Settings("the account must be twelve digits"));
        }
        let (dir, temporary): (PathBuf, _) = match &settings.state_dir {
            Some(dir) => (dir.clone(), None),
            None => {
                let temporary = tempfile::Builder::new().prefix("sandbox-").tempdir()?;
                (temporary.path().to_owned(), Some(temporary))
            }
        };
        let world = Arc::new(World::open(settings, dir, clock)?);
        let restored = world.files().load("greengrass.json")?;
        let greengrass = Greengrass::new(&world.settings, restored)
            .map_err(|error| StartError::Greengrass(error.to_string()))?;
        let keys = given_keys(&world)?;
        let faults = Arc::new(Faults::default());
        let secret = keys.secret_access_key.clone();
        let greengrass = Arc::new(greengrass);
        let v2 = Arc::new(GreengrassV2::open(&world.settings, world.files())?);
        let inside = Inside::new(Arc::clone(&world), Arc::clone(&faults), v2.clone());
        let states = Arc::new(States::new(inside)?);
        let front = Arc::new(Front::new(
            world, greengrass, v2, states, faults, secret, id,
        ));

        let refused = |source| StartError::Listen { address, source };
        let listener = std::net::TcpListener::bind(address).map_err(refused)?;
        listener.set_nonblocking(true).map_err(refused)?;
        let address = listener.local_addr().map_err(refused)?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("sandbox")
            .enable_all()
            .build()?;
        let serving = Arc::clone(&front);
        let server = std::thread::Builder::new()
            .name("sandbox".to_owned())
            .spawn(move || {
                runtime.block_on(async move {
                    match tokio::net::TcpListener::from_std(listener) {
                        Ok(listener) => {
                            let noting = note_time(Arc::clone(&serving));
                            tokio::join!(Arc::clone(&serving).serve(listener), noting);
                        }
                        Err(error) => tracing::error!(%error, "the sandbox cannot serve"),
                    }
                });
                // Whatever still runs may not keep the process from ending.
                runtime.shutdown_timeout(Duration::from_secs(2));
            })?;
        Ok(Self {
            front,
            address,
            keys,
            server: Some(server),
            _temporary: temporary,
        })
    }

    /// The endpoint, such as `http://127.0.0.1:4599`.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The keys of the user `dana`, an administrator of the account.
    #[must_use]
    pub fn keys(&self) -> &Keys {
        &self.keys
    }

    /// The settings, with the state folder in use.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.front.world.settings
    }

    /// Faults on order.
    #[must_use]
    pub fn faults(&self) -> &Faults {
        &self.front.faults
    }

    /// How often an operation was called, such as `StartBulkDeployment` or `s3:PutObject`.
    #[must_use]
    pub fn calls(&self, operation: &str) -> u64 {
        self.front.faults.calls(operation)
    }

    /// What services see of the account.
    #[must_use]
    pub fn cloud(&self) -> &dyn Cloud {
        &*self.front.world
    }

    /// The sandbox's own time in Unix milliseconds.
    #[must_use]
    pub fn now_ms(&self) -> i64 {
        self.front.world.now_ms()
    }

    /// How long nobody has asked anything, in milliseconds; zero while a bulk deployment runs.
    #[must_use]
    pub fn idle_ms(&self) -> i64 {
        self.front.idle_ms()
    }

    /// Ends when the sandbox is asked to stop, by [`Sandbox::stopper`] or over its control address.
    #[must_use]
    pub fn stopper(&self) -> CancellationToken {
        self.front.stop.clone()
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.front.stop.cancel();
        if let Some(server) = self.server.take()
            && server.join().is_err()
        {
            tracing::error!("the sandbox's server ended badly");
        }
    }
}

/// Notes the time now and then, and at the end the state as it is.
async fn note_time(front: Arc<Front>) {
    let mut every = tokio::time::interval(NOTE_EVERY);
    every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = front.stop.cancelled() => break,
            _ = every.tick() => {}
        }
        front.catch_up().await;
        for done in [front.world.save_clock(false), front.states.save()] {
            if let Err(error) = done {
                tracing::warn!(%error, "the time or what it brought cannot be noted");
            }
        }
    }
    for done in [
        front.world.save_clock(true),
        front.save_greengrass(),
        front.states.save(),
    ] {
        if let Err(error) = done {
            tracing::error!(%error, "the last state cannot be written");
        }
    }
}

/// The keys that were given out when the state was new.
fn given_keys(world: &World) -> io::Result<Keys> {
    if let Some(keys) = world.files().load("keys.json")? {
        return Ok(keys);
    }
    let iam = world.iam();
    let key = iam
        .keys
        .values()
        .next()
        .ok_or_else(|| io::Error::other("no access key"))?;
    let keys = Keys {
        access_key_id: key.id.clone(),
        secret_access_key: key.secret.clone(),
    };
    world.files().save("keys.json", &keys)?;
    Ok(keys)
}
