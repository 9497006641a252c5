//! Machines carried out against a Greengrass that answers as each test says.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod faults;
mod machines;
mod map_runs;
mod states;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};
use serde_json::{Value, json};

use super::{Inside, Neighbour, States};
use crate::clock::SteppedClock;
use crate::cloud::{Cloud, RoleSession};
use crate::exchange::{Caller, Request, Response};
use crate::front::faults::Faults;
use crate::settings::Settings;
use crate::world::World;

const START_MS: i64 = 1_795_291_200_000;
const ACCOUNT: &str = "000000000000";
pub(super) const BUCKET: &str = "overseed-demo-000000000000";

/// A Greengrass of devices that do as their names say.
#[derive(Debug, Default)]
struct Plant {
    /// How often each operation was called, and what was refused is counted too.
    calls: Mutex<BTreeMap<String, u32>>,
    /// When each deployment was made, by thing.
    made: Mutex<BTreeMap<String, i64>>,
}

impl Plant {
    fn count(&self, what: &str) -> u32 {
        let mut calls = self.calls.lock().unwrap();
        let count = calls.entry(what.to_owned()).or_default();
        *count += 1;
        *count
    }

    fn calls(&self, what: &str) -> u32 {
        self.calls.lock().unwrap().get(what).copied().unwrap_or(0)
    }
}

impl Neighbour for Plant {
    fn answer(&self, request: &Request, cloud: &dyn Cloud, now_ms: i64) -> Response {
        let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
        if request.method == Method::POST {
            let target = body["targetArn"].as_str().unwrap_or_default().to_owned();
            let thing = target.rsplit('/').next().unwrap_or_default().to_owned();
            if let Err(words) =
                cloud.caller_allowed(&request.caller, "greengrass:CreateDeployment", &target, &[])
            {
                return Response::json_error(
                    StatusCode::FORBIDDEN,
                    "AccessDeniedException",
                    &words,
                );
            }
            let tries = self.count(&format!("make {thing}"));
            if thing.starts_with("busy") && tries <= 2 {
                return Response::json_error(
                    StatusCode::TOO_MANY_REQUESTS,
                    "ThrottlingException",
                    "Too many",
                );
            }
            if thing.starts_with("gone") {
                return Response::json_error(
                    StatusCode::NOT_FOUND,
                    "ResourceNotFoundException",
                    "No such thing",
                );
            }
            self.made.lock().unwrap().insert(thing.clone(), now_ms);
            return Response::json(
                StatusCode::CREATED,
                &json!({ "deploymentId": format!("deployment-of-{thing}") }),
            );
        }
        let thing = request
            .path
            .split('/')
            .nth(4)
            .unwrap_or_default()
            .to_owned();
        self.count(&format!("look {thing}"));
        let Some(made) = self.made.lock().unwrap().get(&thing).copied() else {
            return Response::json(StatusCode::OK, &json!({ "effectiveDeployments": [] }));
        };
        // A minute of the sandbox's sixty-fold time.
        let ended = now_ms >= made + 1_000 && !thing.starts_with("off");
        let failed = thing.starts_with("bad");
        let status = match (ended, failed) {
            (false, _) => "IN_PROGRESS",
            (true, false) => "COMPLETED",
            (true, true) => "FAILED",
        };
        let mut shown = json!({
            "deploymentId": format!("deployment-of-{thing}"),
            "coreDeviceExecutionStatus": status,
            "creationTimestamp": 1_795_291_200.5,
        });
        if ended && failed {
            shown["reason"] = json!("FAILED_ROLLBACK_COMPLETE: no disk");
            shown["statusDetails"] = json!({ "errorStack": ["DEPLOYMENT_FAILURE", "IO_ERROR"], "errorTypes": ["DEVICE_ERROR"] });
        }
        let older = json!({ "deploymentId": "older", "coreDeviceExecutionStatus": "COMPLETED" });
        Response::json(
            StatusCode::OK,
            &json!({ "effectiveDeployments": [older, shown] }),
        )
    }
}

/// Step Functions over a plant, with a role that may do what waves need.
pub(super) struct Bench {
    pub(super) states: States,
    plant: Arc<Plant>,
    world: Arc<World>,
    clock: Arc<SteppedClock>,
    faults: Arc<Faults>,
    folder: PathBuf,
    _temporary: Option<Arc<tempfile::TempDir>>,
}

impl Bench {
    pub(super) fn new() -> Self {
        let temporary = Arc::new(tempfile::tempdir().unwrap());
        let clock = Arc::new(SteppedClock::at(START_MS));
        let folder = temporary.path().to_owned();
        let mut bench = Self::open(folder, clock, Arc::new(Plant::default()));
        bench._temporary = Some(temporary);
        bench.role("Wave", "states.amazonaws.com", &allowed());
        // Trust policies take a while to be seen.
        bench.pass(20.0);
        bench
    }

    fn open(folder: PathBuf, clock: Arc<SteppedClock>, plant: Arc<Plant>) -> Self {
        let settings = Settings {
            groups: 0,
            ..Settings::default()
        };
        let world = Arc::new(
            World::open(settings, folder.clone(), Arc::<SteppedClock>::clone(&clock)).unwrap(),
        );
        let faults = Arc::new(Faults::default());
        let neighbour: Arc<dyn Neighbour> = Arc::<Plant>::clone(&plant);
        let inside = Inside::new(Arc::clone(&world), Arc::clone(&faults), neighbour);
        Self {
            states: States::new(inside).unwrap(),
            plant,
            world,
            clock,
            faults,
            folder,
            _temporary: None,
        }
    }

    /// The same after an end and a new start.
    pub(super) fn restarted(self) -> Self {
        self.states.save().unwrap();
        self.killed()
    }

    /// The same after a kill: what was not written down is gone.
    pub(super) fn killed(self) -> Self {
        self.world.save_clock(true).unwrap();
        let Self {
            plant,
            clock,
            folder,
            _temporary,
            ..
        } = self;
        // The sandbox's own time stands still meanwhile.
        clock.advance(3_600_000);
        let mut bench = Self::open(folder, clock, plant);
        bench._temporary = _temporary;
        bench
    }

    /// Lets simulated seconds pass.
    pub(super) fn pass(&self, seconds: f64) {
        self.clock.advance(self.world.settings.real_ms(seconds));
    }

    pub(super) fn role(&self, name: &str, principal: &str, policy: &Value) {
        let trust = json!({ "Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Principal": { "Service": principal }, "Action": "sts:AssumeRole" }] });
        let encoded = |pairs: &[(&str, &str)]| {
            let mut form = url::form_urlencoded::Serializer::new(String::new());
            form.extend_pairs(pairs);
            form.finish()
        };
        for pairs in [
            vec![
                ("Action", "CreateRole"),
                ("RoleName", name),
                ("AssumeRolePolicyDocument", &trust.to_string()),
            ],
            vec![
                ("Action", "PutRolePolicy"),
                ("RoleName", name),
                ("PolicyName", "p"),
                ("PolicyDocument", &policy.to_string()),
            ],
        ] {
            let params = crate::iam::params::Params::parse(encoded(&pairs).as_bytes());
            let caller = self.caller();
            let call = crate::iam::Call {
                action: pairs[0].1,
                params: &params,
                caller: &caller,
                now_ms: self.world.now_ms(),
            };
            let mut iam = self.world.iam();
            iam.call(&call).map_err(|failure| failure.message).unwrap();
            self.world.save_iam(&iam).unwrap();
        }
    }

    /// The administrator of the seeded account.
    fn caller(&self) -> Caller {
        let iam = self.world.iam();
        let key = iam.keys.values().next().unwrap();
        let user = &iam.users[&key.user];
        Caller {
            arn: iam.user_arn(user),
            account: ACCOUNT.to_owned(),
            user_id: user.id.clone(),
            access_key: key.id.clone(),
        }
    }

    /// A call as the wire has it: the answer, or the error's code and words.
    pub(super) fn ask(&self, operation: &str, body: &Value) -> Result<Value, (String, String)> {
        let mut headers = HeaderMap::new();
        headers.insert(
            "x-amz-target",
            format!("AWSStepFunctions.{operation}").parse().unwrap(),
        );
        let request = Request {
            method: Method::POST,
            path: "/".to_owned(),
            query: Vec::new(),
            headers,
            body: Bytes::from(body.to_string()),
            caller: self.caller(),
            request_id: String::new(),
        };
        let answer = self.states.answer(&request, self.world.now_ms());
        let body: Value = serde_json::from_slice(&answer.body).unwrap();
        if answer.status.is_success() {
            return Ok(body);
        }
        let text = |member: &str| body[member].as_str().unwrap_or_default().to_owned();
        Err((text("__type"), text("message")))
    }

    pub(super) fn get(&self, operation: &str, body: &Value) -> Value {
        self.ask(operation, body)
            .unwrap_or_else(|error| panic!("{operation}: {error:?}"))
    }

    /// Makes a machine of the role `Wave` and starts it.
    pub(super) fn start(&self, definition: &Value, input: &Value) -> String {
        let made = self.get("CreateStateMachine", &machine("m", definition));
        let started =
            json!({ "stateMachineArn": made["stateMachineArn"], "input": input.to_string() });
        let started = self.get("StartExecution", &started);
        started["executionArn"].as_str().unwrap().to_owned()
    }

    pub(super) fn look(&self, execution: &str) -> Value {
        self.get("DescribeExecution", &json!({ "executionArn": execution }))
    }

    /// The end of an execution: its status and output, or its error and cause.
    pub(super) fn ended(&self, definition: &Value, input: &Value) -> (String, Value) {
        let execution = self.start(definition, input);
        self.pass(100_000.0);
        let seen = self.look(&execution);
        let status = seen["status"].as_str().unwrap().to_owned();
        match seen["output"].as_str() {
            Some(output) => (status, serde_json::from_str(output).unwrap()),
            None => (
                status,
                json!({ "error": seen["error"], "cause": seen["cause"] }),
            ),
        }
    }

    pub(super) fn put(&self, key: &str, text: &str) {
        let role = RoleSession {
            role_arn: format!("arn:aws:iam::{ACCOUNT}:role/Wave"),
            role_name: "Wave".to_owned(),
        };
        let put = self
            .world
            .put_as(&role, BUCKET, key, "text/plain", &mut |file| {
                file.write_all(text.as_bytes())
            });
        put.unwrap();
    }

    pub(super) fn read(&self, key: &str) -> Value {
        let stock = self.world.stock();
        let object = &stock.buckets[BUCKET].objects[key];
        let bytes = std::fs::read(self.world.shelf.path(&object.file)).unwrap();
        serde_json::from_slice(&bytes).unwrap()
    }
}

pub(super) fn allowed() -> Value {
    json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Allow", "Action": ["greengrass:CreateDeployment", "greengrass:ListEffectiveDeployments"], "Resource": "*" },
        { "Effect": "Allow", "Action": "states:StartExecution", "Resource": "*" },
        { "Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": format!("arn:aws:s3:::{BUCKET}/*") },
    ] })
}

/// What CreateStateMachine is asked.
pub(super) fn machine(name: &str, definition: &Value) -> Value {
    json!({
        "name": name,
        "definition": definition.to_string(),
        "roleArn": format!("arn:aws:iam::{ACCOUNT}:role/Wave"),
    })
}

/// A definition of these states, beginning with the first.
pub(super) fn states(states: Value) -> Value {
    let first = states.as_object().unwrap().keys().next().unwrap().clone();
    json!({ "QueryLanguage": "JSONata", "StartAt": first, "States": states })
}
