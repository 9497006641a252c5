//! AWS Step Functions: standard state machines in JSONata, really interpreted, with map runs (Distributed Map) over items
//! in S3. What a definition asks for and this does not interpret is refused when the machine is made.

mod branches;
mod call;
mod definition;
mod executions;
mod expression;
mod files;
mod history;
mod integration;
mod items;
mod kinds;
mod machines;
mod map_run_calls;
mod map_runs;
mod members;
mod model;
mod place;
mod refusal;
mod run;
mod tasks;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use http::StatusCode;
use serde_json::{Value, json};

pub(crate) use self::integration::{Inside, Neighbour};
pub(crate) use self::refusal::refused;

use self::call::Call;
use self::files::MapFiles;
use self::model::State;
use self::run::{Due, Run};
use crate::exchange::{Request, Response};

/// What the name of an operation is preceded by in `X-Amz-Target`.
const TARGET: &str = "AWSStepFunctions.";

/// The service of one sandbox.
#[derive(Debug)]
pub(crate) struct States {
    folder: PathBuf,
    inside: Inside,
    moving: Mutex<Moving>,
    /// When something is due next: asked before every request, so without a lock.
    next_ms: AtomicI64,
    /// Whether the state changed since it was last written.
    changed: AtomicBool,
}

#[derive(Debug, Default)]
struct Moving {
    state: State,
    due: Due,
    files: BTreeMap<usize, MapFiles>,
}

/// The operation that a request's headers name.
pub(crate) fn operation(headers: &http::HeaderMap) -> Option<&str> {
    headers
        .get("x-amz-target")?
        .to_str()
        .ok()?
        .strip_prefix(TARGET)
}

impl States {
    /// The service, going on from what was stored.
    ///
    /// # Errors
    /// If what was stored cannot be read.
    pub(crate) fn new(inside: Inside) -> io::Result<Self> {
        let files = inside.world.files();
        let folder = files.path("states");
        std::fs::create_dir_all(&folder)?;
        let mut moving = Moving {
            state: files.load("states.json")?.unwrap_or_default(),
            ..Moving::default()
        };
        for (number, map_run) in moving.state.map_runs.iter().enumerate() {
            let mut files = MapFiles::of(&folder, number);
            files.restore(map_run.children_bytes)?;
            moving.files.insert(number, files);
        }
        for (id, execution) in &moving.state.executions {
            for (frame, at) in &execution.frames {
                moving.due.extend(at.due_ms.map(|due| (due, *id, *frame)));
            }
        }
        let next_ms = AtomicI64::new(next(&moving.due));
        Ok(Self {
            folder,
            inside,
            moving: Mutex::new(moving),
            next_ms,
            changed: AtomicBool::new(false),
        })
    }

    /// Whether something has become due that [`States::advance`] would do.
    pub(crate) fn is_due(&self, now_ms: i64) -> bool {
        self.next_ms.load(Ordering::SeqCst) <= now_ms
    }

    /// Does what has become due. May take a while: not for a thread that must not block.
    pub(crate) fn advance(&self, now_ms: i64) {
        self.with(now_ms, |_| ());
    }

    /// Answers one verified request. Runs on a thread that may block.
    pub(crate) fn answer(&self, request: &Request, now_ms: i64) -> Response {
        let done = self.with(now_ms, |run| {
            let mut call = Call {
                run,
                request,
                now: now_ms,
            };
            let answer = call.answer();
            // What was started may be due at once.
            call.run.advance(now_ms);
            answer
        });
        match done {
            Ok(body) => {
                let reads = operation(&request.headers).is_some_and(|name| {
                    ["Describe", "List", "Get", "Validate"]
                        .iter()
                        .any(|verb| name.starts_with(verb))
                });
                if !reads {
                    self.changed.store(true, Ordering::SeqCst);
                    if let Err(error) = self.save() {
                        tracing::error!(%error, "the state of Step Functions cannot be written");
                        let status = StatusCode::INTERNAL_SERVER_ERROR;
                        return refused(status, "InternalFailure", &error.to_string());
                    }
                }
                refusal::answer(StatusCode::OK, &body)
            }
            Err(refusal) => refusal.into_response(),
        }
    }

    /// Whether executions go on by themselves.
    pub(crate) fn busy(&self) -> bool {
        self.next_ms.load(Ordering::SeqCst) < i64::MAX
    }

    /// Writes the state down if it changed.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub(crate) fn save(&self) -> io::Result<()> {
        let moving = self.moving();
        if !self.changed.swap(false, Ordering::SeqCst) {
            return Ok(());
        }
        self.inside.world.files().save("states.json", &moving.state)
    }

    fn moving(&self) -> MutexGuard<'_, Moving> {
        self.moving.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does what is due, then something more.
    fn with<T>(&self, now_ms: i64, then: impl FnOnce(&mut Run<'_>) -> T) -> T {
        let mut moving = self.moving();
        let Moving { state, due, files } = &mut *moving;
        let mut run = Run {
            state,
            due,
            files,
            folder: &self.folder,
            inside: &self.inside,
            at: now_ms,
        };
        if run.advance(now_ms) {
            self.changed.store(true, Ordering::SeqCst);
        }
        let given = then(&mut run);
        self.next_ms.store(next(run.due), Ordering::SeqCst);
        given
    }
}

fn next(due: &Due) -> i64 {
    due.first().map_or(i64::MAX, |(due, _, _)| *due)
}

/// A time as awsJson has it: seconds since 1970.
fn moment(ms: i64) -> Value {
    #[expect(
        clippy::cast_precision_loss,
        reason = "milliseconds of our era are far below 2^53"
    )]
    let seconds = ms as f64 / 1_000.0;
    json!(seconds)
}

/// A time as text.
fn text_of(ms: i64) -> String {
    let time = jiff::Timestamp::from_millisecond(ms).unwrap_or_default();
    time.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

/// A name in the form of a UUID that depends on these numbers.
fn uuid(parts: &[u64]) -> String {
    use crate::greengrass::draw::draw;
    let high = u128::from(draw(parts));
    let low = u128::from(draw(&[draw(parts), 1]));
    uuid::Builder::from_random_bytes((high << 64 | low).to_be_bytes())
        .into_uuid()
        .to_string()
}
