//! The service by itself, with an account around it that the tests hold in their hands, and a clock they name.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod components;
mod deployments;
mod fleet;
mod groups;
mod scenarios;
mod troubles;

use std::collections::{BTreeMap, HashSet};
use std::sync::Mutex;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderMap, Method};
use serde_json::{Value, json};

use super::GreengrassV2;
use crate::cloud::{
    AssumeFailure, Cloud, KnownSecret, ObjectFailure, RoleSession, Service, StoredObject,
};
use crate::exchange::{Caller, Request};
use crate::files::Files;
use crate::settings::{Scenario, Settings};

/// 2026-11-21T00:00:00Z.
const NOW: i64 = 1_795_219_200_000;

/// The account's answers.
#[derive(Debug, Default)]
struct Account {
    /// Actions that the caller may not take.
    refused: HashSet<String>,
    /// Actions that the devices' role may not take.
    device_refused: HashSet<String>,
    /// Objects by `BUCKET/KEY`: their content.
    objects: BTreeMap<String, String>,
    /// Keys of secrets by name.
    secrets: BTreeMap<String, Vec<String>>,
}

/// A service with its account, folder and clock.
struct Bench {
    service: GreengrassV2,
    settings: Settings,
    folder: tempfile::TempDir,
    account: Mutex<Account>,
    now: i64,
}

impl std::fmt::Debug for Bench {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Bench")
    }
}

#[derive(Debug)]
struct View<'a>(&'a Bench);

impl View<'_> {
    fn object(&self, bucket: &str, key: &str) -> Result<StoredObject, ObjectFailure> {
        let name = format!("{bucket}/{key}");
        let account = self.0.account.lock().unwrap();
        let content = account.objects.get(&name).ok_or(ObjectFailure::NoSuchKey)?;
        let path = self.0.folder.path().join(name.replace('/', "_"));
        std::fs::write(&path, content).unwrap();
        Ok(StoredObject {
            path,
            size: content.len() as u64,
            etag: String::new(),
        })
    }
}

impl Cloud for View<'_> {
    fn assume_role(
        &self,
        arn: &str,
        principal: &str,
        _: &str,
        _: &str,
    ) -> Result<RoleSession, AssumeFailure> {
        assert_eq!(principal, "credentials.iot.amazonaws.com");
        Ok(RoleSession {
            role_arn: arn.to_owned(),
            role_name: "GreengrassV2TokenExchangeRole".to_owned(),
        })
    }

    fn allowed(&self, _: &RoleSession, action: &str, _: &str, _: &[(&str, &str)]) -> bool {
        !self
            .0
            .account
            .lock()
            .unwrap()
            .device_refused
            .contains(action)
    }

    fn caller_allowed(
        &self,
        _: &Caller,
        action: &str,
        resource: &str,
        _: &[(&str, &str)],
    ) -> Result<(), String> {
        if self.0.account.lock().unwrap().refused.contains(action) {
            return Err(format!(
                "User: dana is not authorized to perform: {action} on resource: {resource}"
            ));
        }
        Ok(())
    }

    fn object_as(
        &self,
        _: &RoleSession,
        bucket: &str,
        key: &str,
        _: &str,
    ) -> Result<StoredObject, ObjectFailure> {
        if self
            .0
            .account
            .lock()
            .unwrap()
            .device_refused
            .contains("s3:GetObject")
        {
            return Err(ObjectFailure::AccessDenied);
        }
        self.object(bucket, key)
    }

    fn object_for(
        &self,
        _: &Caller,
        bucket: &str,
        key: &str,
        _: &str,
    ) -> Result<StoredObject, ObjectFailure> {
        self.object(bucket, key)
    }

    fn secret(&self, id: &str) -> Option<KnownSecret> {
        let account = self.0.account.lock().unwrap();
        account.secrets.get(id).map(|keys| KnownSecret {
            arn: format!("arn:aws:secretsmanager:eu-west-1:000000000000:secret:{id}-abcdef"),
            keys: keys.clone(),
        })
    }

    fn bucket_region(&self, _: &str) -> Option<String> {
        None
    }

    fn role_exists(&self, _: &str) -> bool {
        true
    }
}

impl Bench {
    fn new(cores: u32, scenario: Scenario) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let settings = Settings {
            groups: cores,
            scenario,
            speed: 1.0,
            state_dir: Some(folder.path().to_owned()),
            ..Settings::default()
        };
        Self {
            service: GreengrassV2::open(&settings, &Files::open(folder.path()).unwrap()).unwrap(),
            settings,
            folder,
            account: Mutex::default(),
            now: NOW,
        }
    }

    /// The same world after a restart.
    fn restart(&mut self) {
        let files = Files::open(self.folder.path()).unwrap();
        self.service = GreengrassV2::open(&self.settings, &files).unwrap();
    }

    fn pass(&mut self, seconds: i64) {
        self.now += seconds * 1_000;
    }

    fn account(&self) -> std::sync::MutexGuard<'_, Account> {
        self.account.lock().unwrap()
    }

    /// Status and body of a request; `path` may have a query.
    fn ask(&self, method: Method, path: &str, body: &Value) -> (u16, Value) {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let query = url::form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .collect();
        let request = Request {
            method,
            path: path.to_owned(),
            query,
            headers: HeaderMap::new(),
            body: if body.is_null() {
                Bytes::new()
            } else {
                Bytes::from(body.to_string())
            },
            caller: Caller {
                arn: "arn:aws:iam::000000000000:user/dana".to_owned(),
                account: "000000000000".to_owned(),
                user_id: "AIDA".to_owned(),
                access_key: "AKIA".to_owned(),
            },
            request_id: "r".to_owned(),
        };
        let answer = self.service.answer(&request, &View(self), self.now);
        let body = if answer.body.is_empty() {
            Value::Null
        } else {
            serde_json::from_slice(&answer.body).unwrap()
        };
        if answer.status.as_u16() >= 400 {
            assert!(answer.headers.contains_key("x-amzn-errortype"), "{body}");
            let code = answer.headers["x-amzn-errortype"].to_str().unwrap();
            let message = body["message"].as_str().unwrap();
            return (answer.status.as_u16(), format!("{code}: {message}").into());
        }
        (answer.status.as_u16(), body)
    }

    fn get(&self, path: &str) -> Value {
        let (status, body) = self.ask(Method::GET, path, &Value::Null);
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    fn post(&self, path: &str, body: &Value) -> Value {
        let (status, answer) = self.ask(Method::POST, path, body);
        assert!((200..300).contains(&status), "{path}: {answer}");
        answer
    }

    /// What a refused request is refused with: `Code: words`.
    fn refused(&self, method: Method, path: &str, body: &Value) -> String {
        let (status, answer) = self.ask(method, path, body);
        assert!(status >= 400, "{path}: {answer}");
        answer.as_str().unwrap().to_owned()
    }

    /// All entries of a list.
    fn all(&self, path: &str, member: &str) -> Vec<Value> {
        let mut entries = Vec::new();
        let mut token = None::<String>;
        loop {
            let glue = if path.contains('?') { '&' } else { '?' };
            let path = match &token {
                None => path.to_owned(),
                Some(token) => format!("{path}{glue}nextToken={token}"),
            };
            let page = self.get(&path);
            entries.extend(page[member].as_array().unwrap().iter().cloned());
            match page["nextToken"].as_str() {
                None => return entries,
                Some(next) => token = Some(next.to_owned()),
            }
        }
    }

    fn core(&self, index: u32) -> String {
        self.service.fixed.cores.name(index)
    }

    fn thing_arn(&self, index: u32) -> String {
        format!(
            "arn:aws:iot:eu-west-1:000000000000:thing/{}",
            self.core(index)
        )
    }

    /// Deploys components to a target; the answer.
    fn deploy(&self, target: &str, components: &Value) -> Value {
        let body =
            json!({ "targetArn": target, "deploymentName": "test", "components": components });
        self.post("/greengrass/v2/deployments", &body)
    }

    /// The effective deployment of an id on a core device, if there is one.
    fn effective(&self, index: u32, id: &str) -> Option<Value> {
        let path = format!(
            "/greengrass/v2/coreDevices/{}/effectiveDeployments",
            self.core(index)
        );
        let all = self.all(&path, "effectiveDeployments");
        all.into_iter().find(|entry| entry["deploymentId"] == id)
    }

    /// Lets time pass until a deployment has ended on a device, and says how.
    fn settled(&mut self, index: u32, id: &str) -> Value {
        for _ in 0..100 {
            let entry = self.effective(index, id).unwrap();
            if !["QUEUED", "IN_PROGRESS"]
                .contains(&entry["coreDeviceExecutionStatus"].as_str().unwrap())
            {
                return entry;
            }
            self.pass(5);
        }
        panic!("it does not end");
    }

    /// Publishes a component and lets time pass until it is deployable.
    fn publish(&mut self, recipe: &Value) -> String {
        let made = self.create_component(&recipe.to_string());
        self.pass(10);
        made["arn"].as_str().unwrap().to_owned()
    }

    fn create_component(&self, recipe: &str) -> Value {
        let body = json!({ "inlineRecipe": STANDARD.encode(recipe) });
        self.post("/greengrass/v2/createComponentVersion", &body)
    }
}

fn recipe(name: &str, version: &str, artifacts: &[&str]) -> Value {
    let artifacts: Vec<Value> = artifacts.iter().map(|uri| json!({ "URI": uri })).collect();
    json!({
        "RecipeFormatVersion": "2020-01-25",
        "ComponentName": name,
        "ComponentVersion": version,
        "Manifests": [{
            "Platform": { "os": "all" },
            "Lifecycle": { "Run": "true" },
            "Artifacts": artifacts,
        }],
    })
}
