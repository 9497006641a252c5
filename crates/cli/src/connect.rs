//! From options to a connection.

use std::path::PathBuf;

use clap::{CommandFactory, error::ErrorKind};
use overseed_engine::{
    Clock, Engine, Error, ErrorCode, Problem, Session,
    connect::{SandboxReach, connect},
    connection::ConnectRequest,
    groups::{Inventory, groups_refresh, groups_status},
    job::JobKind,
};
use overseed_sandbox::{Settings, process};
use tokio_util::sync::CancellationToken;

use crate::{
    args::{Cli, ConnectionArgs},
    output::Output,
    progress::watched,
};

/// Said before the first call to Greengrass, to scripts as well (Greengrass V1 maintenance policy).
const V1_ENDED: &str = "AWS has ended AWS IoT Greengrass V1: since 2026-10-07 its resources in AWS accounts cannot be reached, and calls are \
likely to be refused. The way on is AWS IoT Greengrass V2; the sandbox and other endpoints with the V1 API work in full.";

/// What all commands work with.
#[derive(Debug)]
pub struct Context {
    pub output: Output,
    pub cancel: CancellationToken,
    connection: ConnectionArgs,
    data_dir: Option<PathBuf>,
}

impl Context {
    pub fn new(connection: ConnectionArgs, data_dir: Option<PathBuf>, json: bool) -> Self {
        let data_dir = data_dir.filter(|folder| !folder.as_os_str().is_empty());
        Self {
            output: Output::new(json),
            cancel: CancellationToken::new(),
            connection,
            data_dir,
        }
    }

    /// The clock for work without a connection.
    pub fn clock(&self) -> Clock {
        Clock::system()
    }

    /// The Region, where the options name one.
    pub fn region(&self) -> Option<&str> {
        self.connection.region.as_deref()
    }

    /// Connects as the options say.
    pub async fn session(&self) -> Result<Session, Error> {
        self.connected(None, V1_ENDED).await
    }

    /// The same for what is Greengrass V2's alone.
    pub async fn session_v2(&self) -> Result<Session, Error> {
        self.connected(None, "").await
    }

    /// Connects as the options say; without any, to where a plan was made or a run was started.
    pub async fn session_like(&self, planned: &ConnectRequest) -> Result<Session, Error> {
        self.connected(Some(planned), V1_ENDED).await
    }

    /// The same for what is Greengrass V2's alone.
    pub async fn session_like_v2(&self, planned: &ConnectRequest) -> Result<Session, Error> {
        self.connected(Some(planned), "").await
    }

    /// Opens the data folder.
    pub fn engine(&self) -> Result<Engine, Error> {
        let data_dir = match &self.data_dir {
            Some(folder) => std::path::absolute(folder).map_err(Error::file(folder))?,
            None => overseed_engine::data_dir()?,
        };
        Ok(Engine::open(data_dir, self.clock())?)
    }

    /// `ended` is said where AWS has ended Greengrass V1.
    async fn connected(
        &self,
        planned: Option<&ConnectRequest>,
        ended: &str,
    ) -> Result<Session, Error> {
        let engine = self.engine()?;
        let session = match self.settings(&engine, planned)? {
            Where::Sandbox(settings) => {
                let request = ConnectRequest::Sandbox {
                    scenario: settings.scenario.to_string(),
                    groups: settings.groups,
                    seed: settings.seed,
                    speed: settings.speed,
                };
                let reach = sandbox(&engine, settings).await?;
                connect(&engine, request, Some(reach)).await?
            }
            Where::Account(request) => connect(&engine, request, None).await?,
        };
        self.say(&session, ended);
        Ok(session)
    }

    fn settings(&self, engine: &Engine, planned: Option<&ConnectRequest>) -> Result<Where, Error> {
        let ConnectionArgs {
            profile,
            region,
            endpoint_url,
            sandbox,
            sandbox_groups,
            seed,
            speed,
        } = &self.connection;
        if let Some(scenario) = sandbox {
            let told =
                scenario.is_some() || sandbox_groups.is_some() || seed.is_some() || speed.is_some();
            let last = process::last(engine.data_dir()).map_err(sandbox_failed)?;
            if let Some(last) = last.filter(|_| !told) {
                return Ok(Where::Sandbox(last.settings()));
            }
            let usual = Settings::default();
            return Ok(Where::Sandbox(Settings {
                scenario: scenario.unwrap_or(usual.scenario),
                groups: sandbox_groups.unwrap_or(usual.groups),
                seed: seed.unwrap_or(usual.seed),
                speed: speed.unwrap_or(usual.speed),
                ..usual
            }));
        }
        let told = profile.is_some() || region.is_some() || endpoint_url.is_some();
        match planned.filter(|_| !told) {
            Some(ConnectRequest::Sandbox {
                scenario,
                groups,
                seed,
                speed,
            }) => {
                let scenario = scenario.parse().map_err(|error| {
                    Problem::new(
                        ErrorCode::PlanInvalid,
                        "The plan's sandbox has an unknown scenario",
                    )
                    .detail(error)
                    .hint("Make the plan anew, or name a scenario with --sandbox=SCENARIO.")
                })?;
                let (groups, seed, speed) = (*groups, *seed, *speed);
                Ok(Where::Sandbox(Settings {
                    scenario,
                    groups,
                    seed,
                    speed,
                    ..Settings::default()
                }))
            }
            Some(account) => Ok(Where::Account(account.clone())),
            None => Ok(Where::Account(ConnectRequest::Account {
                profile: profile.clone(),
                region: region.clone(),
                endpoint: endpoint_url.clone(),
            })),
        }
    }

    /// The connection is always in sight.
    fn say(&self, session: &Session, ended: &str) {
        let connection = &session.connection;
        if connection.v1_ended && !ended.is_empty() {
            self.output.note(ended);
        }
        if self.output.is_json() {
            return;
        }
        let place = match &connection.sandbox {
            Some(id) => format!("SANDBOX {id}"),
            None => format!("Account {}", connection.account),
        };
        self.output.note(format_args!(
            "{place} · {} · {}",
            connection.region, connection.identity
        ));
    }

    /// Lists the account's groups.
    pub async fn refresh(&self, session: &Session) -> Result<Inventory, Error> {
        watched(
            &self.output,
            JobKind::Groups,
            session.clock(),
            &self.cancel,
            |progress| async move { groups_refresh(session, &progress).await },
        )
        .await
    }

    /// Lists the account's groups if that has never been done.
    pub async fn listed(&self, session: &Session) -> Result<Inventory, Error> {
        let known = groups_status(session).await?;
        if known.listed_at.is_some() {
            Ok(known)
        } else {
            self.refresh(session).await
        }
    }
}

enum Where {
    Account(ConnectRequest),
    Sandbox(Settings),
}

/// The sandbox process of the data folder, started if need be; it outlives this one.
async fn sandbox(engine: &Engine, settings: Settings) -> Result<SandboxReach, Error> {
    let data_dir = engine.data_dir().to_owned();
    let attached =
        tokio::task::spawn_blocking(move || process::attach_or_start(&data_dir, &settings))
            .await?
            .map_err(sandbox_failed)?;
    Ok(SandboxReach {
        endpoint: attached.endpoint,
        region: attached.region,
        access_key_id: attached.access_key_id,
        secret_access_key: attached.secret_access_key,
        id: attached.id,
    })
}

fn sandbox_failed(error: process::AttachError) -> Error {
    Problem::new(ErrorCode::SandboxFailed, "The sandbox could not be started")
        .detail(error)
        .hint("Try again; its log is in the data folder under sandbox.")
        .into()
}

/// Options that do not go together. clap does not see this for options that stand before and after a command.
pub fn contradiction(options: &ConnectionArgs) -> Option<clap::Error> {
    let account =
        options.profile.is_some() || options.region.is_some() || options.endpoint_url.is_some();
    let world =
        options.sandbox_groups.is_some() || options.seed.is_some() || options.speed.is_some();
    let wrong = match &options.sandbox {
        Some(_) if account => (
            ErrorKind::ArgumentConflict,
            "--sandbox cannot be used with --profile, --region or --endpoint-url",
        ),
        None if world => (
            ErrorKind::MissingRequiredArgument,
            "--sandbox-groups, --seed and --speed need --sandbox",
        ),
        _ if options
            .speed
            .is_some_and(|speed| !(speed.is_finite() && speed > 0.0)) =>
        {
            (ErrorKind::ValueValidation, "--speed must be above zero")
        }
        _ => return None,
    };
    Some(Cli::command().error(wrong.0, wrong.1))
}
