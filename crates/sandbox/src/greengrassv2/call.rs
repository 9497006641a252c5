//! One request being answered: what every operation of Greengrass V2 and IoT needs.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use super::Fixed;
use super::cores::SEEDED_BEFORE_MS;
use super::ledger::{Entry, Ledger};
use super::refusal::Refusal;
use super::state::State;
use crate::cloud::Cloud;
use crate::exchange::Request;
use crate::greengrass::draw::{below, draw};
use crate::settings::Scenario;

const DAY_MS: i64 = 86_400_000;

/// A request with everything around it.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    pub(crate) fixed: &'a Fixed,
    pub(crate) state: &'a mut State,
    pub(crate) ledger: &'a mut Ledger,
    pub(crate) request: &'a Request,
    pub(crate) cloud: &'a dyn Cloud,
    /// The sandbox's time, Unix milliseconds.
    pub(crate) now: i64,
    /// Whether the small state changed and is to be written.
    pub(crate) changed: bool,
}

/// Which part of a list is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Page {
    /// From where to go on; 0 on the first page. What it counts is the list's business.
    pub(crate) from: u64,
    pub(crate) size: usize,
}

impl Call<'_> {
    /// The request's JSON body; an empty one is an empty object.
    pub(crate) fn body(&self) -> Result<Map<String, Value>, Refusal> {
        if self.request.body.is_empty() {
            return Ok(Map::new());
        }
        match serde_json::from_slice(&self.request.body) {
            Ok(Value::Object(fields)) => Ok(fields),
            Ok(_) => Err(Refusal::invalid("The request body is not a JSON object")),
            Err(error) => Err(Refusal::invalid(format!(
                "The request body is not JSON: {error}"
            ))),
        }
    }

    /// Before when the seeded world was made. A clock of long ago (in a test) still finds it.
    pub(crate) fn before_ms(&mut self) -> i64 {
        let first = self.state.seeded_before_ms.is_none();
        self.changed |= first;
        *self
            .state
            .seeded_before_ms
            .get_or_insert(SEEDED_BEFORE_MS.min(self.now - DAY_MS))
    }

    /// Like [`Self::before_ms`], once that was called.
    pub(crate) fn seeded_before_ms(&self) -> i64 {
        self.state.seeded_before_ms.unwrap_or(SEEDED_BEFORE_MS)
    }

    /// Whether IAM lets the caller do something.
    pub(crate) fn allow(&self, action: &str, resource: &str) -> Result<(), Refusal> {
        self.cloud
            .caller_allowed(&self.request.caller, action, resource, &[])
            .map_err(Refusal::denied)
    }

    /// Writes to the journal of deployments.
    pub(crate) fn note(&mut self, entries: Vec<Entry>) -> Result<(), Refusal> {
        self.ledger.add(entries).map_err(|error| {
            Refusal::internal(format!("the sandbox cannot write its state: {error}"))
        })
    }

    /// Reads `maxResults` and `nextToken`; `usual` entries when the caller names no number, never more than `most`.
    pub(crate) fn page(&self, usual: usize, most: usize) -> Result<Page, Refusal> {
        let asked = match self.request.query_value("maxResults") {
            None | Some("") => usual,
            Some(text) => match text.parse::<usize>() {
                Ok(number) if (1..=most).contains(&number) => number,
                _ => {
                    return Err(Refusal::field(
                        "maxResults",
                        format!("Value '{text}' must be between 1 and {most}"),
                    ));
                }
            },
        };
        let from = match self.request.query_value("nextToken") {
            None | Some("") => 0,
            Some(token) => self
                .read_token(token)
                .ok_or_else(|| Refusal::field("nextToken", "The nextToken is invalid"))?,
        };
        let size = if self.fixed.settings.scenario == Scenario::SmallPages {
            let few = 3 + below(5, &[self.fixed.settings.seed, from]);
            asked.min(usize::try_from(few).unwrap_or(3))
        } else {
            asked
        };
        Ok(Page { from, size })
    }

    /// A token for going on at `from` in the list of this request's path. Others refuse it.
    fn token(&self, from: u64) -> String {
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
        draw(&[self.fixed.settings.seed, path, from])
    }

    /// A list answer with its `nextToken` where there is more.
    pub(crate) fn listed(&self, member: &str, entries: Vec<Value>, next: Option<u64>) -> Value {
        let mut fields = Map::new();
        fields.insert(member.to_owned(), Value::Array(entries));
        if let Some(from) = next {
            fields.insert("nextToken".to_owned(), Value::String(self.token(from)));
        }
        Value::Object(fields)
    }

    /// A page of a list that is whole already.
    pub(crate) fn paged(&self, member: &str, page: Page, all: Vec<Value>) -> Value {
        let from = usize::try_from(page.from).unwrap_or(usize::MAX);
        let more = all.len() > from.saturating_add(page.size);
        let next = page.from + u64::try_from(page.size).unwrap_or(0);
        let entries = all.into_iter().skip(from).take(page.size).collect();
        self.listed(member, entries, more.then_some(next))
    }
}

/// A text member that must be there and not empty.
pub(crate) fn text<'a>(fields: &'a Map<String, Value>, member: &str) -> Result<&'a str, Refusal> {
    match fields.get(member) {
        Some(Value::String(text)) if !text.is_empty() => Ok(text),
        None | Some(Value::Null) => {
            Err(Refusal::field(member, format!("{member} must not be null")))
        }
        Some(_) => Err(Refusal::field(
            member,
            format!("{member} must not be empty"),
        )),
    }
}

/// A text member that may be missing.
pub(crate) fn optional<'a>(
    fields: &'a Map<String, Value>,
    member: &str,
) -> Result<Option<&'a str>, Refusal> {
    match fields.get(member) {
        None | Some(Value::Null) => Ok(None),
        Some(_) => text(fields, member).map(Some),
    }
}

/// A time as this service writes it: seconds of Unix time with their fractions.
pub(crate) fn seconds(ms: i64) -> Value {
    #[expect(clippy::cast_precision_loss, reason = "milliseconds fit into 53 bits")]
    let seconds = ms as f64 / 1_000.0;
    seconds.into()
}
