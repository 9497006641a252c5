//! Greengrass V2 and the IoT it stands on (things, thing groups, jobs), over a seeded fleet of core devices whose facts
//! are computed and not stored. Behaviour that AWS documents follows AWS; the rest is said where it is.

pub(crate) mod call;
pub(crate) mod catalogue;
pub(crate) mod components;
mod core_devices;
pub(crate) mod cores;
pub(crate) mod course;
mod create_component;
mod create_deployment;
pub(crate) mod deployments;
pub(crate) mod document;
mod drawn;
pub(crate) mod effective;
mod fetch;
mod judge;
pub(crate) mod ledger;
mod list_deployments;
pub(crate) mod place;
mod present;
pub(crate) mod recipe;
pub(crate) mod refusal;
mod resolve;
mod route;
pub(crate) mod state;
mod tags;
#[cfg(test)]
mod tests;
mod throttle;
pub(crate) mod troubles;
mod version;
mod yaml;

use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};

use http::StatusCode;
use serde_json::Value;

pub use self::route::{is_of_v2, operation};

use self::call::Call;
use self::catalogue::Catalogue;
use self::cores::Cores;
use self::course::Pace;
use self::ledger::Ledger;
use self::place::Place;
use self::refusal::{Answer, Refusal};
use self::route::Route;
use self::state::State;
use crate::cloud::{Cloud, Service};
use crate::exchange::{Request, Response};
use crate::files::Files;
use crate::greengrass::ids::Ids;
use crate::settings::Settings;
use crate::states::Neighbour;

/// The small state's file.
const STATE: &str = "greengrassv2.json";
/// The journal of deployments.
const JOURNAL: &str = "greengrassv2.jsonl";

/// What is fixed for a world.
#[derive(Debug)]
pub(crate) struct Fixed {
    pub(crate) settings: Settings,
    pub(crate) cores: Cores,
    pub(crate) place: Place,
    pub(crate) ids: Ids,
    pub(crate) catalogue: Catalogue,
    pub(crate) pace: Pace,
}

/// What requests change.
#[derive(Debug)]
struct Moving {
    state: State,
    ledger: Ledger,
}

/// Greengrass V2 and IoT of one sandbox.
#[derive(Debug)]
pub struct GreengrassV2 {
    fixed: Fixed,
    files: Files,
    moving: Mutex<Moving>,
}

impl GreengrassV2 {
    /// The services for the world of `settings`, going on from what is in the folder of state.
    ///
    /// # Errors
    /// What the file system says, or that a file is damaged.
    pub fn open(settings: &Settings, files: &Files) -> io::Result<Self> {
        let pace = Pace::new(settings);
        Ok(Self {
            fixed: Fixed {
                cores: Cores::new(settings),
                place: Place::new(settings),
                ids: Ids::new(settings.seed, &settings.account, &settings.region),
                catalogue: Catalogue::new()?,
                pace,
                settings: settings.clone(),
            },
            files: files.clone(),
            moving: Mutex::new(Moving {
                state: files.load(STATE)?.unwrap_or_default(),
                ledger: Ledger::open(&files.path(JOURNAL), pace)?,
            }),
        })
    }

    /// A request that failed half-way left nothing half-changed that matters: go on after a panic elsewhere.
    fn moving(&self) -> MutexGuard<'_, Moving> {
        self.moving.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn with_call(
        &self,
        request: &Request,
        cloud: &dyn Cloud,
        now: i64,
        perform: impl FnOnce(&mut Call<'_>) -> Result<(StatusCode, Value), Refusal>,
    ) -> Response {
        let mut moving = self.moving();
        let Moving { state, ledger } = &mut *moving;
        let mut call = Call {
            fixed: &self.fixed,
            state,
            ledger,
            request,
            cloud,
            now,
            changed: false,
        };
        call.before_ms();
        let answer = call.advance().and_then(|()| perform(&mut call));
        if call.changed
            && let Err(error) = self.files.save(STATE, &*call.state)
        {
            tracing::error!(%error, "the state of Greengrass V2 cannot be written");
            return Refusal::internal("the sandbox cannot write its state").into_response();
        }
        match answer {
            Ok((status, Value::Null)) => Response {
                status,
                headers: http::HeaderMap::new(),
                body: bytes::Bytes::new(),
            },
            Ok((status, body)) => Response::json(status, &body),
            Err(refusal) => refusal.into_response(),
        }
    }
}

impl Service for GreengrassV2 {
    /// Answers a request of Greengrass V2 or of IoT, as its path says. What it changed is on disk then.
    fn answer(&self, request: &Request, cloud: &dyn Cloud, now_ms: i64) -> Response {
        self.with_call(request, cloud, now_ms, |call| {
            if !is_of_v2(&request.path) {
                return crate::iot::answer(call).map(|body| (StatusCode::OK, body));
            }
            let route = route::find(&request.method, &request.path)
                .ok_or_else(Refusal::unknown_operation)?;
            call.answer(route).map(|body| (created(route), body))
        })
    }

    /// Nothing: this service keeps its own files, for deployments are too many to be written whole each time.
    fn snapshot(&self) -> Value {
        Value::Null
    }

    fn busy(&self, now_ms: i64) -> bool {
        self.moving().ledger.busy(now_ms)
    }
}

impl Neighbour for GreengrassV2 {
    fn answer(&self, request: &Request, cloud: &dyn Cloud, now_ms: i64) -> Response {
        Service::answer(self, request, cloud, now_ms)
    }
}

/// The status of a success, as the service model has it.
fn created(route: Route<'_>) -> StatusCode {
    match route {
        Route::CreateComponentVersion | Route::CreateDeployment => StatusCode::CREATED,
        Route::DeleteComponent(_) | Route::DeleteCoreDevice(_) | Route::DeleteDeployment(_) => {
            StatusCode::NO_CONTENT
        }
        _ => StatusCode::OK,
    }
}

impl Call<'_> {
    fn answer(&mut self, route: Route<'_>) -> Answer {
        self.throttle(route.operation())?;
        self.authorize(route)?;
        match route {
            Route::ListCoreDevices => self.list_core_devices(),
            Route::GetCoreDevice(name) => self.get_core_device(name),
            Route::DeleteCoreDevice(name) => self.delete_core_device(name),
            Route::ListInstalledComponents(name) => self.list_installed_components(name),
            Route::ListEffectiveDeployments(name) => self.list_effective_deployments(name),
            Route::ListComponents => self.list_components(),
            Route::ListComponentVersions(arn) => self.list_component_versions(arn),
            Route::DescribeComponent(arn) => self.describe_component(arn),
            Route::GetComponent(arn) => self.get_component(arn),
            Route::GetComponentVersionArtifact(arn, name) => {
                self.get_component_version_artifact(arn, name)
            }
            Route::CreateComponentVersion => self.create_component_version(),
            Route::DeleteComponent(arn) => self.delete_component(arn),
            Route::CreateDeployment => self.create_deployment(),
            Route::GetDeployment(id) => self.get_deployment(id),
            Route::ListDeployments => self.list_deployments(),
            Route::CancelDeployment(id) => self.cancel_deployment(id),
            Route::DeleteDeployment(id) => self.delete_deployment(id),
            Route::TagResource(arn) => self.tag_resource(arn),
            Route::UntagResource(arn) => self.untag_resource(arn),
            Route::ListTagsForResource(arn) => self.list_tags(arn),
        }
    }

    /// Asks IAM about the operation itself. What else CreateDeployment needs is asked where it is known.
    fn authorize(&self, route: Route<'_>) -> Result<(), Refusal> {
        let place = &self.fixed.place;
        let resource = match route {
            Route::GetCoreDevice(name)
            | Route::DeleteCoreDevice(name)
            | Route::ListInstalledComponents(name)
            | Route::ListEffectiveDeployments(name) => {
                place.greengrass(&format!("coreDevices:{name}"))
            }
            Route::ListComponentVersions(arn)
            | Route::DescribeComponent(arn)
            | Route::GetComponent(arn)
            | Route::GetComponentVersionArtifact(arn, _)
            | Route::DeleteComponent(arn)
            | Route::TagResource(arn)
            | Route::UntagResource(arn)
            | Route::ListTagsForResource(arn) => arn.to_owned(),
            Route::GetDeployment(id)
            | Route::CancelDeployment(id)
            | Route::DeleteDeployment(id) => place.greengrass(&format!("deployments:{id}")),
            // Asked for with the component's name, which is in the body.
            Route::CreateComponentVersion => return Ok(()),
            Route::ListCoreDevices
            | Route::ListComponents
            | Route::ListDeployments
            | Route::CreateDeployment => "*".to_owned(),
        };
        self.allow(&format!("greengrass:{}", route.operation()), &resource)
    }
}
