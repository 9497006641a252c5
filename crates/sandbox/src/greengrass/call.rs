//! One request being answered: what every operation needs.

use std::collections::HashMap;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use super::draw::{below, draw};
use super::refusal::Refusal;
use super::state::State;
use super::world::World;
use crate::cloud::Cloud;
use crate::exchange::Request;
use crate::settings::Scenario;

/// Entries a page when the caller names no number. The service documents neither this nor a maximum.
const PAGE: usize = 50;
/// More are not given at once, whatever the caller asks for.
const LARGEST_PAGE: usize = 200;

/// A request with everything around it.
#[derive(Debug)]
pub(super) struct Call<'a> {
    pub(super) world: &'a World,
    /// Where the files of bulk deployments are.
    pub(super) folder: &'a Path,
    pub(super) state: &'a mut State,
    /// How many deployments a group had.
    pub(super) attempts: &'a mut HashMap<u32, u8>,
    pub(super) request: &'a Request,
    pub(super) cloud: &'a dyn Cloud,
    /// The sandbox's time, Unix milliseconds.
    pub(super) now: i64,
}

/// Which part of a list is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Page {
    /// From where to go on; `None` on the first page. What it counts is the list's business.
    pub(super) from: Option<u64>,
    pub(super) size: usize,
}

impl Call<'_> {
    /// The request's JSON body; an empty one is an empty object.
    pub(super) fn body(&self) -> Result<Map<String, Value>, Refusal> {
        if self.request.body.is_empty() {
            return Ok(Map::new());
        }
        match serde_json::from_slice(&self.request.body) {
            Ok(Value::Object(fields)) => Ok(fields),
            Ok(_) => Err(Refusal::bad_request(
                "The request body is not a JSON object.",
            )),
            Err(error) => Err(Refusal::bad_request(format!(
                "The request body is not JSON: {error}"
            ))),
        }
    }

    /// Reads `MaxResults` (a string in this service) and `NextToken`.
    pub(super) fn page(&self) -> Result<Page, Refusal> {
        let asked = match self.request.query_value("MaxResults") {
            None | Some("") => PAGE,
            Some(text) => match text.parse::<usize>() {
                Ok(number) if number > 0 => number.min(LARGEST_PAGE),
                _ => {
                    return Err(Refusal::bad_request(format!(
                        "MaxResults is invalid: {text}"
                    )));
                }
            },
        };
        let from = match self.request.query_value("NextToken") {
            None | Some("") => None,
            Some(token) => Some(
                self.read_token(token)
                    .ok_or_else(|| Refusal::bad_request("The NextToken is invalid."))?,
            ),
        };
        let size = if self.world.settings.scenario == Scenario::SmallPages {
            let few = 3 + below(5, &[self.world.settings.seed, from.unwrap_or(0)]);
            asked.min(usize::try_from(few).unwrap_or(3))
        } else {
            asked
        };
        Ok(Page { from, size })
    }

    /// A token for going on at `from` in the list of this request's path. Others refuse it.
    pub(super) fn token(&self, from: u64) -> String {
        URL_SAFE_NO_PAD.encode(format!("{from}.{:016x}", self.token_check(from)))
    }

    fn read_token(&self, token: &str) -> Option<u64> {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(token).ok()?).ok()?;
        let from = text.split_once('.')?.0.parse().ok()?;
        (self.token(from) == token).then_some(from)
    }

    fn token_check(&self, from: u64) -> u64 {
        let path = self
            .request
            .path
            .bytes()
            .fold(0, |sum, byte| draw(&[sum, u64::from(byte)]));
        draw(&[self.world.settings.seed, path, from])
    }

    /// A list answer with its `NextToken` where there is more.
    pub(super) fn listed(&self, member: &str, entries: Vec<Value>, next: Option<u64>) -> Value {
        let mut fields = Map::new();
        fields.insert(member.to_owned(), Value::Array(entries));
        if let Some(from) = next {
            fields.insert("NextToken".to_owned(), Value::String(self.token(from)));
        }
        Value::Object(fields)
    }
}

/// A text member that must be there and not empty.
pub(super) fn text<'a>(fields: &'a Map<String, Value>, member: &str) -> Result<&'a str, Refusal> {
    match fields.get(member) {
        Some(Value::String(text)) if !text.is_empty() => Ok(text),
        None | Some(Value::Null | Value::String(_)) => Err(Refusal::missing(member)),
        Some(_) => Err(Refusal::bad_request(format!("{member} is not a string."))),
    }
}
