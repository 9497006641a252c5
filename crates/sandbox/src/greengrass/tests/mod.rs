//! The service by itself, with an account around it that the tests hold in their hands, and a clock they name.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod course;
mod fleet;
mod rollout;
mod scenarios;
mod start;

use std::collections::HashSet;
use std::sync::Mutex;

use bytes::Bytes;
use http::{HeaderMap, Method};
use serde_json::{Value, json};

use super::Greengrass;
use crate::cloud::{
    AssumeFailure, Cloud, KnownSecret, ObjectFailure, RoleSession, Service, StoredObject,
};
use crate::exchange::{Caller, Request};
use crate::settings::{Scenario, Settings};

/// 2026-11-21T00:00:00Z.
const NOW: i64 = 1_795_219_200_000;
const ROLE: &str = "arn:aws:iam::000000000000:role/deployer";

/// The account's answers.
#[derive(Debug)]
struct Account {
    assumes: Result<(), AssumeFailure>,
    object: Result<(), ObjectFailure>,
    /// Group ARNs that the role may not deploy.
    forbidden: HashSet<String>,
    /// Actions that the caller may not take.
    refused: HashSet<String>,
}

/// A service with its account, folder and clock.
struct Bench {
    service: Greengrass,
    settings: Settings,
    folder: tempfile::TempDir,
    account: Mutex<Account>,
    now: i64,
}

#[derive(Debug)]
struct View<'a>(&'a Bench);

impl std::fmt::Debug for Bench {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Bench")
    }
}

impl Cloud for View<'_> {
    fn assume_role(
        &self,
        arn: &str,
        principal: &str,
        account: &str,
        source: &str,
    ) -> Result<RoleSession, AssumeFailure> {
        assert_eq!(
            (principal, account),
            ("greengrass.amazonaws.com", "000000000000")
        );
        assert!(source.starts_with("arn:aws:greengrass:eu-west-1:000000000000:/greengrass/bulk/"));
        self.0.account.lock().unwrap().assumes?;
        Ok(RoleSession {
            role_arn: arn.to_owned(),
            role_name: "deployer".to_owned(),
        })
    }

    fn allowed(&self, _: &RoleSession, action: &str, resource: &str, _: &[(&str, &str)]) -> bool {
        assert_eq!(action, "greengrass:CreateDeployment");
        !self.0.account.lock().unwrap().forbidden.contains(resource)
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
        region: &str,
    ) -> Result<StoredObject, ObjectFailure> {
        assert_eq!((bucket, key, region), ("b", "input.jsonl", "eu-west-1"));
        self.0.account.lock().unwrap().object.clone()?;
        let path = self.0.folder.path().join("input.jsonl");
        let size = std::fs::metadata(&path).unwrap().len();
        Ok(StoredObject {
            path,
            size,
            etag: String::new(),
        })
    }

    fn object_for(
        &self,
        _: &Caller,
        _: &str,
        _: &str,
        _: &str,
    ) -> Result<StoredObject, ObjectFailure> {
        Err(ObjectFailure::NoSuchBucket)
    }

    fn secret(&self, _: &str) -> Option<KnownSecret> {
        None
    }

    fn bucket_region(&self, _: &str) -> Option<String> {
        None
    }

    fn role_exists(&self, arn: &str) -> bool {
        arn == ROLE
    }
}

impl Bench {
    fn new(groups: u32, scenario: Scenario) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let settings = Settings {
            groups,
            scenario,
            speed: 1.0,
            state_dir: Some(folder.path().to_owned()),
            ..Settings::default()
        };
        let account = Account {
            assumes: Ok(()),
            object: Ok(()),
            forbidden: HashSet::new(),
            refused: HashSet::new(),
        };
        Self {
            service: Greengrass::new(&settings, None).unwrap(),
            settings,
            folder,
            account: Mutex::new(account),
            now: NOW,
        }
    }

    /// The same world after a restart.
    fn restart(&mut self) {
        let snapshot = self.service.snapshot().to_string();
        let snapshot = serde_json::from_str(&snapshot).unwrap();
        self.service = Greengrass::new(&self.settings, Some(snapshot)).unwrap();
    }

    fn pass(&mut self, seconds: i64) {
        self.now += seconds * 1_000;
    }

    /// Status and body of a request; `path` may have a query.
    fn ask(&self, method: Method, path: &str, body: &Value, token: Option<&str>) -> (u16, Value) {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let query = url::form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .collect();
        let mut headers = HeaderMap::new();
        if let Some(token) = token {
            headers.insert("x-amzn-client-token", token.parse().unwrap());
        }
        let request = Request {
            method,
            path: path.to_owned(),
            query,
            headers,
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
        }
        (answer.status.as_u16(), body)
    }

    fn get(&self, path: &str) -> Value {
        let (status, body) = self.ask(Method::GET, path, &Value::Null, None);
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    fn post(&self, path: &str, body: &Value) -> Value {
        let (status, answer) = self.ask(Method::POST, path, body, None);
        assert_eq!(status, 200, "{path}: {answer}");
        answer
    }

    /// All entries of a list.
    fn all(&self, path: &str, member: &str) -> Vec<Value> {
        let mut entries = Vec::new();
        let mut token = None::<String>;
        loop {
            let path = match &token {
                None => path.to_owned(),
                Some(token) => format!("{path}?NextToken={token}"),
            };
            let page = self.get(&path);
            entries.extend(page[member].as_array().unwrap().iter().cloned());
            match page["NextToken"].as_str() {
                None => return entries,
                Some(next) => token = Some(next.to_owned()),
            }
        }
    }

    /// The seeded groups that have a version, as (id, newest version).
    fn deployable(&self) -> Vec<(String, String)> {
        let pair = |group: &Value| {
            let version = group["LatestVersion"].as_str()?;
            Some((group["Id"].as_str()?.to_owned(), version.to_owned()))
        };
        self.all("/greengrass/groups", "Groups")
            .iter()
            .filter_map(pair)
            .collect()
    }

    fn put_input(&self, content: &str) {
        std::fs::write(self.folder.path().join("input.jsonl"), content).unwrap();
    }

    fn put_records(&self, records: &[(String, String)]) {
        let line = |(group, version): &(String, String)| {
            json!({"GroupId": group, "GroupVersionId": version, "DeploymentType": "NewDeployment"})
                .to_string()
        };
        let lines: Vec<String> = records.iter().map(line).collect();
        self.put_input(&format!("{}\n", lines.join("\n")));
    }

    fn try_start(&self, token: Option<&str>) -> (u16, Value) {
        self.ask(
            Method::POST,
            "/greengrass/bulk/deployments",
            &start_body(),
            token,
        )
    }

    /// Starts with what `put_input` left and returns the path of the bulk deployment.
    fn start(&self) -> String {
        let (status, answer) = self.try_start(None);
        assert_eq!(status, 200, "{answer}");
        format!(
            "/greengrass/bulk/deployments/{}",
            answer["BulkDeploymentId"].as_str().unwrap()
        )
    }

    fn status(&self, bulk: &str) -> Value {
        self.get(&format!("{bulk}/status"))
    }

    /// Lets time pass until the status is terminal.
    fn finish(&mut self, bulk: &str) -> Value {
        for _ in 0..10_000 {
            let status = self.status(bulk);
            if ["Completed", "Stopped", "Failed"]
                .iter()
                .any(|end| status["BulkDeploymentStatus"] == *end)
            {
                return status;
            }
            self.pass(5);
        }
        panic!("it does not end");
    }
}

fn start_body() -> Value {
    json!({"ExecutionRoleArn": ROLE, "InputFileUri": "s3://b/input.jsonl", "tags": {"run": "r-1"}})
}

impl Bench {
    /// The id of a seeded group.
    fn world_group(&self, index: u32) -> String {
        self.service.world.group_id(index)
    }
}
