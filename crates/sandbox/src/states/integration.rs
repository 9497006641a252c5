//! Calls of other services in the name of a machine's role: AWS SDK service integrations
//! (`arn:aws:states:::aws-sdk:SERVICE:OPERATION`), carried out by the sandbox's own services.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http::{HeaderMap, Method};
use serde_json::Value;

use super::members::{capital, large, lower, small, unfit};
use super::model::Failure;
use crate::cloud::{Cloud, RoleSession};
use crate::exchange::{Caller, Request, Response};
use crate::front::faults::{FaultKind, Faults};
use crate::world::World;

/// Who Step Functions is to IAM.
pub(super) const PRINCIPAL: &str = "states.amazonaws.com";

/// The rest of the account, as executions reach it.
#[derive(Debug)]
pub(crate) struct Inside {
    pub(super) world: Arc<World>,
    faults: Arc<Faults>,
    greengrass_v2: Arc<dyn Neighbour>,
    /// The role that was assumed last, for which machine, and at which count of IAM's changes: a map run asks for each
    /// call of each child.
    assumed: Mutex<Option<(u64, String, RoleSession)>>,
}

/// A service beside this one. What it changed is on disk when it has answered.
pub(crate) trait Neighbour: Send + Sync + std::fmt::Debug {
    /// Answers a request as if it had come over the wire.
    fn answer(&self, request: &Request, cloud: &dyn Cloud, now_ms: i64) -> Response;
}

/// Whose machine calls, and when.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asking<'a> {
    pub(super) role_arn: &'a str,
    pub(super) machine_arn: &'a str,
    /// The execution's name: the session has it.
    pub(super) session: &'a str,
    pub(super) at: i64,
}

/// An operation of Greengrass V2 by its name in definitions: method, path, members of the path and of the query.
type Operation = (&'static str, Method, &'static str, &'static [&'static str]);

/// Service model of Greengrass V2 (2020-11-30); `{}` in a path is the first member named.
const OPERATIONS: [Operation; 8] = [
    (
        "createDeployment",
        Method::POST,
        "/greengrass/v2/deployments",
        &[],
    ),
    (
        "cancelDeployment",
        Method::POST,
        "/greengrass/v2/deployments/{}/cancel",
        &["DeploymentId"],
    ),
    (
        "getDeployment",
        Method::GET,
        "/greengrass/v2/deployments/{}",
        &["DeploymentId"],
    ),
    (
        "listDeployments",
        Method::GET,
        "/greengrass/v2/deployments",
        &[
            "TargetArn",
            "HistoryFilter",
            "ParentTargetArn",
            "MaxResults",
            "NextToken",
        ],
    ),
    (
        "getCoreDevice",
        Method::GET,
        "/greengrass/v2/coreDevices/{}",
        &["CoreDeviceThingName"],
    ),
    (
        "listCoreDevices",
        Method::GET,
        "/greengrass/v2/coreDevices",
        &[
            "ThingGroupArn",
            "Status",
            "Runtime",
            "MaxResults",
            "NextToken",
        ],
    ),
    (
        "listEffectiveDeployments",
        Method::GET,
        "/greengrass/v2/coreDevices/{}/effectiveDeployments",
        &["CoreDeviceThingName", "MaxResults", "NextToken"],
    ),
    (
        "listInstalledComponents",
        Method::GET,
        "/greengrass/v2/coreDevices/{}/installedComponents",
        &[
            "CoreDeviceThingName",
            "MaxResults",
            "NextToken",
            "TopologyFilter",
        ],
    ),
];

/// The errors of the service model; others come under the service's general name.
const MODELED: [&str; 8] = [
    "AccessDeniedException",
    "ConflictException",
    "InternalServerException",
    "RequestAlreadyInProgressException",
    "ResourceNotFoundException",
    "ServiceQuotaExceededException",
    "ThrottlingException",
    "ValidationException",
];

/// The operation of Greengrass V2 that a task's resource names, if this sandbox carries it out.
pub(super) fn operation_of(resource: &str) -> Option<&str> {
    let (_, name) = resource.split_once(":states:::aws-sdk:greengrassv2:")?;
    OPERATIONS
        .iter()
        .any(|operation| operation.0 == name)
        .then_some(name)
}

/// The service's words for a role whose trust policy does not let it in.
pub(super) fn not_assumable() -> String {
    format!(
        "Neither the global service principal {PRINCIPAL}, nor the regional one is authorized to assume the provided role."
    )
}

impl Inside {
    pub(crate) fn new(
        world: Arc<World>,
        faults: Arc<Faults>,
        greengrass_v2: Arc<dyn Neighbour>,
    ) -> Self {
        Self {
            world,
            faults,
            greengrass_v2,
            assumed: Mutex::default(),
        }
    }

    pub(super) fn real_ms(&self, seconds: f64) -> i64 {
        let ms = self.world.settings.real_ms(seconds);
        if seconds > 0.0 { ms.max(1) } else { ms }
    }

    pub(super) fn seed(&self) -> u64 {
        self.world.settings.seed
    }

    /// The machine's role, if its trust policy lets Step Functions have it.
    pub(super) fn role(&self, asking: Asking<'_>) -> Result<RoleSession, Failure> {
        let changes = self.world.changes.load(Ordering::SeqCst);
        let mut assumed = self.assumed.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((at, machine, role)) = &*assumed
            && *at == changes
            && machine == asking.machine_arn
            && role.role_arn == asking.role_arn
        {
            return Ok(role.clone());
        }
        let account = &self.world.settings.account;
        let role = self
            .world
            .assume_role(asking.role_arn, PRINCIPAL, account, asking.machine_arn)
            .map_err(|_| Failure::new("States.Permissions", not_assumable()))?;
        *assumed = Some((changes, asking.machine_arn.to_owned(), role.clone()));
        Ok(role)
    }

    /// Calls an operation of Greengrass V2 with arguments as definitions have them.
    ///
    /// # Errors
    /// As the task fails: `GreengrassV2.…`, or `States.Runtime` for arguments that are none.
    pub(super) fn call(
        &self,
        operation: &str,
        arguments: &Value,
        asking: Asking<'_>,
    ) -> Result<Value, Failure> {
        let role = self.role(asking)?;
        let Some((_, method, path, members)) =
            OPERATIONS.into_iter().find(|known| known.0 == operation)
        else {
            return Err(Failure::new(
                "States.Runtime",
                format!("There is no operation {operation}."),
            ));
        };
        let body = small(arguments, false)?;
        let Value::Object(mut body) = body else {
            return Err(unfit(arguments, "The arguments are no object"));
        };
        let mut query = Vec::new();
        let mut path = path.to_owned();
        for member in members {
            let name = lower(member);
            let value = body.remove(&name).map(|value| {
                value
                    .as_str()
                    .map_or_else(|| value.to_string(), str::to_owned)
            });
            match (path.contains("{}"), value) {
                (true, Some(value)) => path = path.replace("{}", &value),
                (true, None) => {
                    return Err(unfit(
                        arguments,
                        &format!("The field '{member}' is required but was missing"),
                    ));
                }
                (false, Some(value)) => query.push((name, value)),
                (false, None) => {}
            }
        }
        let changes = method != Method::GET;
        let fault = self
            .faults
            .meet(&format!("greengrassv2:{}", capital(operation)));
        let lost = Failure::new(
            "GreengrassV2.SdkClientException",
            "Unable to execute HTTP request: the connection ended before the answer.",
        );
        match fault {
            Some(FaultKind::Reset | FaultKind::Stall) => return Err(lost),
            Some(FaultKind::Throttle) => {
                return Err(refused(
                    "ThrottlingException",
                    "Too many requests",
                    429,
                    asking,
                ));
            }
            Some(FaultKind::Status(status)) => {
                return Err(refused(
                    "InternalServerException",
                    "Internal error",
                    status,
                    asking,
                ));
            }
            Some(FaultKind::ExpiredCredentials | FaultKind::ClockSkew) => {
                return Err(refused(
                    "GreengrassV2Exception",
                    "The security token is expired",
                    403,
                    asking,
                ));
            }
            Some(
                FaultKind::LostAnswer
                | FaultKind::Silence
                | FaultKind::CutBody
                | FaultKind::Delay(_),
            )
            | None => {}
        }
        let request = Request {
            method,
            path,
            query,
            headers: HeaderMap::new(),
            body: if changes {
                Bytes::from(Value::Object(body).to_string())
            } else {
                Bytes::new()
            },
            caller: self.caller(&role, asking),
            request_id: super::uuid(&[self.seed(), asking.at.unsigned_abs(), 7]),
        };
        let answer = self.greengrass_v2.answer(&request, &*self.world, asking.at);
        match fault {
            Some(FaultKind::LostAnswer | FaultKind::Silence | FaultKind::CutBody) => Err(lost),
            _ => read(&answer, asking),
        }
    }

    fn caller(&self, role: &RoleSession, asking: Asking<'_>) -> Caller {
        let (partition, account) = (
            self.world.settings.partition(),
            &self.world.settings.account,
        );
        let name = &role.role_name;
        Caller {
            arn: format!(
                "arn:{partition}:sts::{account}:assumed-role/{name}/{}",
                asking.session
            ),
            account: account.clone(),
            user_id: format!("AROASTATES:{}", asking.session),
            access_key: String::new(),
        }
    }
}

/// An answer's members as definitions see them, or the error.
fn read(answer: &Response, asking: Asking<'_>) -> Result<Value, Failure> {
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    if answer.status.is_success() {
        return Ok(large(&body, false));
    }
    let header = answer
        .headers
        .get("x-amzn-errortype")
        .and_then(|value| value.to_str().ok());
    let code = header
        .or_else(|| body.get("__type")?.as_str())
        .unwrap_or_default();
    let code = code.split(':').next().unwrap_or_default();
    let code = code.rsplit('#').next().unwrap_or_default();
    let message = body.get("message").or_else(|| body.get("Message"));
    let message = message.and_then(Value::as_str).unwrap_or_default();
    let code = if MODELED.contains(&code) {
        code
    } else {
        "GreengrassV2Exception"
    };
    Err(refused(code, message, answer.status.as_u16(), asking))
}

fn refused(code: &str, message: &str, status: u16, asking: Asking<'_>) -> Failure {
    let id = super::uuid(&[asking.at.unsigned_abs(), u64::from(status)]);
    Failure::new(
        &format!("GreengrassV2.{code}"),
        format!("{message} (Service: GreengrassV2, Status Code: {status}, Request ID: {id})"),
    )
}
