//! CreateComponentVersion: what the service checks at once, and what it finds later.
//! Messages: AWS IoT Greengrass V2 Developer Guide, "Troubleshooting", and public threads about the others.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::call::{Call, seconds, text};
use super::components;
use super::recipe::{self, LARGEST, Recipe, s3_parts};
use super::refusal::{Answer, Refusal};
use super::state::MadeComponent;
use super::tags;

/// For how long an answer is remembered by its client token: eight hours.
pub(crate) const REMEMBERED_MS: i64 = 8 * 3_600_000;
/// What is said of an artifact that the caller cannot read, whatever the reason.
const NOT_ACCESSIBLE: &str = "Specified artifact resource cannot be accessed";
/// All artifacts of a version together ("quotas": 2 GB).
const LARGEST_ARTIFACTS: u64 = 2_000_000_000;

impl Call<'_> {
    pub(crate) fn create_component_version(&mut self) -> Answer {
        let body = self.body()?;
        let token = self.client_token(&body)?;
        if let Some(known) = self.remembered("CreateComponentVersion", token.as_deref(), &body)? {
            return Ok(known);
        }
        if body
            .get("lambdaFunction")
            .is_some_and(|member| !member.is_null())
        {
            return Err(Refusal::invalid(
                "The sandbox makes components of recipes only, not of Lambda functions",
            ));
        }
        let tags = tags::read(&body)?;
        let encoded = text(&body, "inlineRecipe")?;
        let bytes = STANDARD
            .decode(encoded)
            .map_err(|_| Refusal::field("inlineRecipe", "inlineRecipe is not base64"))?;
        if bytes.len() > LARGEST {
            return Err(Refusal::field(
                "inlineRecipe",
                format!("Member must have length less than or equal to {LARGEST}"),
            ));
        }
        let caller = &self.request.caller.arn;
        // Without a name there is no resource to ask IAM about: known as the sign of a recipe that does not parse.
        let unreadable =
            || Refusal::denied(format!("User: {caller} is not authorized to perform: null"));
        let value = std::str::from_utf8(&bytes)
            .ok()
            .and_then(recipe::parse)
            .ok_or_else(unreadable)?;
        let read = Recipe::read(&value).ok_or_else(unreadable)?;
        self.allow(
            "greengrass:CreateComponentVersion",
            &self.fixed.place.component(false, &read.name),
        )?;
        if !tags.is_empty() {
            let arn = self
                .fixed
                .place
                .component_version(false, &read.name, &read.version);
            self.allow("greengrass:TagResource", &arn)?;
        }
        let faults = recipe::faults(&value);
        if !faults.is_empty() {
            let faults = faults.join(", ");
            return Err(Refusal::invalid(format!(
                "Invalid Input: Encountered following errors in Recipe: {{{faults}}}"
            )));
        }
        self.refuse_existing(&read, !tags.is_empty())?;
        let digests = self.digests(&read)?;
        let made = MadeComponent {
            name: read.name.clone(),
            version: read.version.clone(),
            recipe: recipe::kept(&value, &digests),
            created_ms: self.now,
            caller: Some(self.request.caller.clone()),
            failed: BTreeMap::new(),
            deleted: false,
        };
        let arn = self
            .fixed
            .place
            .component_version(false, &read.name, &read.version);
        let answer = json!({
            "arn": arn,
            "componentName": made.name,
            "componentVersion": made.version,
            "creationTimestamp": seconds(made.created_ms),
            "status": components::status("REQUESTED", &BTreeMap::new()),
        });
        self.state.components.push(made);
        self.set_tags(&arn, tags);
        self.remember("CreateComponentVersion", token, &body, &answer);
        self.changed = true;
        Ok(answer)
    }

    /// A version is made once; only one that failed may be made again.
    fn refuse_existing(&self, read: &Recipe, tagged: bool) -> Result<(), Refusal> {
        let Recipe { name, version, .. } = read;
        let Some(found) = self.component(false, name, version) else {
            return Ok(());
        };
        if found.state == "FAILED" {
            return Ok(());
        }
        let account = &self.fixed.settings.account;
        let already =
            format!("Component [{name} : {version}] for account [{account}] already exists");
        let message = if tagged {
            format!("{already} and can't be created again with tags.")
        } else {
            format!("{already} with state: [{}]", found.state)
        };
        Err(Refusal::conflict("Component", &found.arn, message))
    }

    /// The digests of all artifacts in S3, read with the caller's rights.
    fn digests(&self, read: &Recipe) -> Result<BTreeMap<String, String>, Refusal> {
        let region = &self.fixed.settings.region;
        let mut digests = BTreeMap::new();
        let mut refused = BTreeMap::new();
        let mut total = 0;
        for (uri, _) in read.artifacts() {
            let Some((bucket, key)) = s3_parts(uri) else {
                continue;
            };
            let found = self
                .cloud
                .object_for(&self.request.caller, bucket, key, region);
            match found.map(|object| (object.size, digest(&object.path))) {
                Ok((size, Ok(digest))) => {
                    total += size;
                    digests.insert(uri.clone(), digest);
                }
                Ok((_, Err(_))) | Err(_) => {
                    refused.insert(uri.clone(), NOT_ACCESSIBLE);
                }
            }
        }
        if !refused.is_empty() {
            let list: Vec<String> = refused
                .iter()
                .map(|(uri, words)| format!("{uri} = {words}"))
                .collect();
            let list = list.join(", ");
            return Err(Refusal::invalid(format!(
                "Invalid Input: Encountered following errors in Artifacts: {{{list}}}"
            )));
        }
        if total > LARGEST_ARTIFACTS {
            return Err(Refusal::invalid(
                "Invalid Input: The artifacts of a component version may have 2 GB in all",
            ));
        }
        Ok(digests)
    }

    /// Ends the work on new versions whose time has come: an artifact that cannot be read any more makes one `FAILED`.
    pub(crate) fn settle_components(&mut self) {
        let region = &self.fixed.settings.region;
        for place in 0..self.state.components.len() {
            let Some(made) = self.state.components.get(place) else {
                continue;
            };
            let Some(caller) = &made.caller else {
                continue;
            };
            if !self.is_done(made) {
                continue;
            }
            let read = Recipe::read(&made.recipe);
            let artifacts = read.iter().flat_map(Recipe::artifacts);
            let lost = artifacts.filter(|(uri, _)| {
                s3_parts(uri).is_some_and(|(bucket, key)| {
                    let found = self.cloud.object_for(caller, bucket, key, region);
                    found.is_err()
                })
            });
            let failed: BTreeMap<String, String> = lost
                .map(|(uri, _)| (uri.clone(), NOT_ACCESSIBLE.to_owned()))
                .collect();
            if let Some(made) = self.state.components.get_mut(place) {
                made.caller = None;
                made.failed = failed;
                self.changed = true;
            }
        }
    }

    /// `clientToken` of a request.
    pub(crate) fn client_token(
        &self,
        body: &Map<String, Value>,
    ) -> Result<Option<String>, Refusal> {
        match body.get("clientToken") {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(token))
                if (1..=64).contains(&token.len())
                    && token
                        .bytes()
                        .all(|b| b.is_ascii_alphanumeric() || b == b'-') =>
            {
                Ok(Some(token.clone()))
            }
            Some(_) => Err(Refusal::field(
                "clientToken",
                "Value at 'clientToken' must satisfy regular expression pattern: ^[a-zA-Z0-9-]+$ and have a length of 1 to 64",
            )),
        }
    }

    /// The answer that a client token already got.
    pub(crate) fn remembered(
        &self,
        operation: &str,
        token: Option<&str>,
        body: &Map<String, Value>,
    ) -> Result<Option<Value>, Refusal> {
        let Some(token) = token else {
            return Ok(None);
        };
        match self.state.tokens.get(&format!("{operation} {token}")) {
            Some((at_ms, _, _)) if self.now - at_ms > REMEMBERED_MS => Ok(None),
            Some((_, asked, answer)) if *asked == fingerprint(body) => Ok(Some(answer.clone())),
            Some(_) => Err(Refusal::conflict(
                "clientToken",
                token,
                format!("The client token {token} was used before with other parameters"),
            )),
            None => Ok(None),
        }
    }

    /// Remembers an answer by its client token.
    pub(crate) fn remember(
        &mut self,
        operation: &str,
        token: Option<String>,
        body: &Map<String, Value>,
        answer: &Value,
    ) {
        if let Some(token) = token {
            let known = (self.now, fingerprint(body), answer.clone());
            self.state
                .tokens
                .insert(format!("{operation} {token}"), known);
            self.changed = true;
        }
    }
}

/// A short stand-in for a request's parameters, whatever their order: SDKs send maps in any.
pub(crate) fn fingerprint(body: &Map<String, Value>) -> String {
    let mut sorted = Value::Object(body.clone());
    sorted.sort_all_objects();
    hex::encode(Sha256::digest(sorted.to_string()))
}

/// SHA-256 of a file, in base64 as recipes carry it.
pub(crate) fn digest(path: &std::path::Path) -> std::io::Result<String> {
    let mut hash = Sha256::new();
    std::io::copy(&mut std::fs::File::open(path)?, &mut hash)?;
    Ok(STANDARD.encode(hash.finalize()))
}
