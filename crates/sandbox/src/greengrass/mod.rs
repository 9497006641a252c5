//! Greengrass V1: the operations of the service model that a fleet's deployments need, over a seeded fleet whose
//! facts are computed and not stored. Behaviour that AWS documents follows AWS; the rest is said where it is.

mod bulk;
mod call;
mod course;
mod definition_versions;
mod definitions;
mod deployments;
pub(crate) mod draw;
mod failures;
mod fleet;
mod group_versions;
mod groups;
pub(crate) mod ids;
mod kinds;
mod refusal;
mod roles;
mod route;
mod seeded;
mod state;
mod tags;
#[cfg(test)]
mod tests;
mod timestamp;
mod world;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

use http::{Method, StatusCode};
use serde_json::Value;

pub use self::route::operation;

use self::call::Call;
use self::refusal::{Answer, Refusal};
use self::route::Route;
use self::state::{Remembered, State};
use self::world::World;
use crate::cloud::{Cloud, Service};
use crate::exchange::{Request, Response};
use crate::settings::{Scenario, Settings};

/// Who Greengrass is to IAM.
const PRINCIPAL: &str = "greengrass.amazonaws.com";
const DAY_MS: i64 = 86_400_000;

/// The service of one sandbox.
#[derive(Debug)]
pub struct Greengrass {
    world: World,
    /// For the files of bulk deployments.
    folder: PathBuf,
    moving: Mutex<Moving>,
}

/// What requests change.
#[derive(Debug, Default)]
struct Moving {
    state: State,
    /// How many deployments a group had, for those that had any.
    attempts: HashMap<u32, u8>,
}

/// Why a service cannot be built.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// The settings name no folder for state.
    #[error("the Greengrass service needs a folder for its state")]
    NoFolder,
    /// The snapshot is not one of this version.
    #[error("the stored state of the Greengrass service cannot be read: {0}")]
    Snapshot(#[from] serde_json::Error),
    /// The folder or the files in it cannot be used.
    #[error("the files of the Greengrass service in {folder}: {source}", folder = .folder.display())]
    Files {
        /// Where.
        folder: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

impl Greengrass {
    /// A service for the world of `settings`, going on from `restored` (a value of [`Service::snapshot`]) and from
    /// the files in `greengrass` under the state folder.
    ///
    /// # Errors
    /// If there is no folder, or what is in it or in the snapshot cannot be read.
    pub fn new(settings: &Settings, restored: Option<Value>) -> Result<Self, RestoreError> {
        let folder = settings
            .state_dir
            .as_ref()
            .ok_or(RestoreError::NoFolder)?
            .join("greengrass");
        let failed = |source| RestoreError::Files {
            folder: folder.clone(),
            source,
        };
        std::fs::create_dir_all(&folder).map_err(failed)?;
        let world = World::new(settings);
        let mut moving = Moving::default();
        if let Some(snapshot) = restored {
            moving.state = serde_json::from_value(snapshot)?;
            for bulk in &mut moving.state.bulks {
                bulk.restore(&folder, &world.fleet).map_err(failed)?;
            }
            let made = moving.state.bulks.iter().flat_map(bulk::Bulk::groups_made);
            for group in made.chain(moving.state.singles.iter().map(|single| single.group)) {
                let attempts = moving.attempts.entry(group).or_default();
                *attempts = attempts.saturating_add(1);
            }
        }
        Ok(Self {
            world,
            folder,
            moving: Mutex::new(moving),
        })
    }

    /// A request that failed half-way left nothing half-changed that matters: go on after a panic elsewhere.
    fn moving(&self) -> MutexGuard<'_, Moving> {
        self.moving.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Service for Greengrass {
    fn answer(&self, request: &Request, cloud: &dyn Cloud, now_ms: i64) -> Response {
        let mut moving = self.moving();
        let Moving { state, attempts } = &mut *moving;
        // A clock of long ago (in a test) still finds the fleet made before it.
        state
            .seeded_before_ms
            .get_or_insert(fleet::SEEDED_BEFORE_MS.min(now_ms - DAY_MS));
        let (world, folder) = (&self.world, self.folder.as_path());
        let mut call = Call {
            world,
            folder,
            state,
            attempts,
            request,
            cloud,
            now: now_ms,
        };
        call.advance();
        match call.answer() {
            Ok(Value::Null) => Response {
                status: StatusCode::NO_CONTENT,
                headers: http::HeaderMap::new(),
                body: bytes::Bytes::new(),
            },
            Ok(body) => Response::json(StatusCode::OK, &body),
            Err(refusal) => refusal.into_response(),
        }
    }

    fn snapshot(&self) -> Value {
        serde_json::to_value(&self.moving().state).unwrap_or_else(|error| {
            tracing::error!(%error, "the Greengrass state cannot be written down");
            Value::Null
        })
    }

    fn busy(&self, now_ms: i64) -> bool {
        let scenario = self.world.settings.scenario;
        self.moving()
            .state
            .bulks
            .iter()
            .any(|bulk| bulk.running(now_ms, scenario))
    }
}

impl Call<'_> {
    fn answer(&mut self) -> Answer {
        let request = self.request;
        let route =
            route::find(&request.method, &request.path).ok_or_else(Refusal::unknown_operation)?;
        let operation = route.operation();
        if self.throttle(&operation) {
            return Err(Refusal::throttled());
        }
        self.authorize(&route, &operation)?;
        let token = match request.header("x-amzn-client-token") {
            Some(token) if request.method == Method::POST => Some(token),
            _ => None,
        };
        let asked = || format!("{operation} {} {}", request.path, self.parameters());
        if let Some(token) = token {
            if token.is_empty() || token.len() > 64 || !token.is_ascii() {
                return Err(Refusal::bad_request(
                    "X-Amzn-Client-Token is invalid: it has up to 64 ASCII characters.",
                ));
            }
            if let Some(known) = self.state.tokens.get(token) {
                return if known.request == asked() {
                    Ok(known.answer.clone())
                } else {
                    Err(Refusal::bad_request(format!(
                        "The client token {token} was used before with other parameters."
                    )))
                };
            }
        }
        let asked = token.map(|_| asked());
        let answer = self.perform(route)?;
        if let (Some(token), Some(request)) = (token, asked) {
            let remembered = Remembered {
                request,
                answer: answer.clone(),
            };
            self.state.tokens.insert(token.to_owned(), remembered);
        }
        Ok(answer)
    }

    /// The body in one spelling, whatever its white space and order of members.
    fn parameters(&self) -> String {
        fn sorted(value: &Value) -> Value {
            match value {
                Value::Object(fields) => {
                    let mut members: Vec<_> = fields.iter().collect();
                    members.sort_by_key(|(name, _)| name.as_str());
                    members
                        .into_iter()
                        .map(|(name, value)| (name.clone(), sorted(value)))
                        .collect()
                }
                Value::Array(items) => items.iter().map(sorted).collect(),
                other => other.clone(),
            }
        }
        match serde_json::from_slice(&self.request.body) {
            Ok(value) => sorted(&value).to_string(),
            Err(_) => String::from_utf8_lossy(&self.request.body).into_owned(),
        }
    }

    fn authorize(&self, route: &Route<'_>, operation: &str) -> Result<(), Refusal> {
        let resource = match route {
            Route::TagResource(arn) | Route::UntagResource(arn) | Route::ListTags(arn) => {
                (*arn).to_owned()
            }
            other => other
                .resource(|id| self.world.bare(id).to_owned())
                .map_or_else(|| "*".to_owned(), |path| self.world.arn(&path)),
        };
        self.cloud
            .caller_allowed(
                &self.request.caller,
                &format!("greengrass:{operation}"),
                &resource,
                &[],
            )
            .map_err(Refusal::denied)
    }

    /// In one scenario each fifth call of an operation is refused, and now and then four in a row, which the
    /// SDKs' own three attempts do not get over. Counted and not timed, so that it is repeatable.
    fn throttle(&mut self, operation: &str) -> bool {
        if self.world.settings.scenario != Scenario::Throttling {
            return false;
        }
        let calls = self.state.calls.entry(operation.to_owned()).or_default();
        *calls = calls.wrapping_add(1);
        calls.is_multiple_of(5) || matches!(*calls % 64, 41..45)
    }

    fn perform(&mut self, route: Route<'_>) -> Answer {
        match route {
            Route::CreateGroup => self.create_group(),
            Route::ListGroups => self.list_groups(),
            Route::GetGroup(id) => self.get_group(id),
            Route::UpdateGroup(id) => self.update_group(id),
            Route::DeleteGroup(id) => self.delete_group(id),
            Route::CreateGroupVersion(id) => self.create_group_version(id),
            Route::ListGroupVersions(id) => self.list_group_versions(id),
            Route::GetGroupVersion(id, version) => self.get_group_version(id, version),
            Route::AssociateRole(id) => self.associate_role(id),
            Route::GetRole(id) => self.get_role(id),
            Route::DisassociateRole(id) => self.disassociate_role(id),
            Route::AssociateServiceRole => self.associate_service_role(),
            Route::GetServiceRole => self.get_service_role(),
            Route::DisassociateServiceRole => self.disassociate_service_role(),
            Route::CreateDeployment(id) => self.create_deployment(id),
            Route::ListDeployments(id) => self.list_deployments(id),
            Route::GetDeploymentStatus(id, deployment) => {
                self.get_deployment_status(id, deployment)
            }
            Route::ResetDeployments(id) => self.reset_deployments(id),
            Route::StartBulk => self.start_bulk(),
            Route::ListBulks => self.list_bulks(),
            Route::BulkStatus(id) => self.bulk_status(id),
            Route::BulkReports(id) => self.bulk_reports(id),
            Route::StopBulk(id) => self.stop_bulk(id),
            Route::CreateDefinition(kind) => self.create_definition(kind),
            Route::ListDefinitions(kind) => self.list_definitions(kind),
            Route::GetDefinition(kind, id) => self.get_definition(kind, id),
            Route::UpdateDefinition(kind, id) => self.update_definition(kind, id),
            Route::DeleteDefinition(kind, id) => self.delete_definition(kind, id),
            Route::CreateDefinitionVersion(kind, id) => self.create_definition_version(kind, id),
            Route::ListDefinitionVersions(kind, id) => self.list_definition_versions(kind, id),
            Route::GetDefinitionVersion(kind, id, version) => {
                self.get_definition_version(kind, id, version)
            }
            Route::TagResource(arn) => self.tag_resource(arn),
            Route::UntagResource(arn) => self.untag_resource(arn),
            Route::ListTags(arn) => self.list_tags(arn),
        }
    }
}
