//! The HTTP front: one server for all services, found by the credential scope of the signature.

mod control;
pub mod faults;
mod operation;
mod protocol;
mod query;
mod reply;
mod route;
mod sigv4;

use std::net::SocketAddr;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http::{HeaderValue, Request as HttpRequest, Response as HttpResponse};
use hyper::body::Incoming;
use hyper_util::rt::{TokioIo, TokioTimer};
use s3s::Body;
use s3s::service::S3Service;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::cloud::Service;
use crate::states::States;
use crate::world::World;
use faults::Faults;

/// How long requests under way may take once the sandbox is told to stop.
const GRACE: Duration = Duration::from_secs(2);

/// The connection is to be closed without an answer.
#[derive(Debug, thiserror::Error)]
#[error("the connection is closed on order")]
pub struct Closed;

/// All that the front needs to answer.
#[derive(Debug)]
pub struct Front {
    pub world: Arc<World>,
    pub greengrass: Arc<dyn Service>,
    pub greengrass_v2: Arc<dyn Service>,
    pub states: Arc<States>,
    pub s3: S3Service,
    pub faults: Arc<Faults>,
    /// The secret that control requests bear: that of the keys that the sandbox gives out.
    pub control_secret: String,
    /// What `GET /_sandbox/state` calls this sandbox.
    pub id: String,
    pub stop: CancellationToken,
    last_request_ms: AtomicI64,
    saving: Mutex<()>,
}

impl Front {
    pub fn new(
        world: Arc<World>,
        greengrass: Arc<dyn Service>,
        greengrass_v2: Arc<dyn Service>,
        states: Arc<States>,
        faults: Arc<Faults>,
        control_secret: String,
        id: String,
    ) -> Self {
        let last_request_ms = AtomicI64::new(world.wall_ms());
        Self {
            s3: crate::s3::service(Arc::clone(&world)),
            world,
            greengrass,
            greengrass_v2,
            states,
            faults,
            control_secret,
            id,
            stop: CancellationToken::new(),
            last_request_ms,
            saving: Mutex::new(()),
        }
    }

    /// Whether something moves by itself.
    pub fn busy(&self) -> bool {
        let now = self.world.now_ms();
        self.states.busy() || self.greengrass.busy(now) || self.greengrass_v2.busy(now)
    }

    /// How long nobody has asked anything, in milliseconds; zero while something moves by itself.
    pub fn idle_ms(&self) -> i64 {
        if self.busy() {
            return 0;
        }
        self.world.wall_ms() - self.last_request_ms.load(Ordering::SeqCst)
    }

    /// Serves until told to stop; then lets the requests under way end.
    pub async fn serve(self: Arc<Self>, listener: TcpListener) {
        let tracker = TaskTracker::new();
        loop {
            let (stream, peer) = tokio::select! {
                () = self.stop.cancelled() => break,
                accepted = listener.accept() => match accepted {
                    Ok(accepted) => accepted,
                    // Such as too many open files: the next connection may fare better.
                    Err(error) => {
                        tracing::warn!(%error, "a connection cannot be accepted");
                        tokio::task::yield_now().await;
                        continue;
                    }
                },
            };
            if let Err(error) = stream.set_nodelay(true) {
                tracing::debug!(%error, "no TCP_NODELAY");
            }
            let front = Arc::clone(&self);
            tracker.spawn(async move {
                let service =
                    hyper::service::service_fn(|request| Arc::clone(&front).answer(request, peer));
                let connection = hyper::server::conn::http1::Builder::new()
                    .timer(TokioTimer::new())
                    // A client may keep a connection for as long as it likes between two requests.
                    .header_read_timeout(None)
                    .serve_connection(TokioIo::new(stream), service);
                tokio::pin!(connection);
                let ended = tokio::select! {
                    ended = connection.as_mut() => ended,
                    () = front.stop.cancelled() => {
                        connection.as_mut().graceful_shutdown();
                        connection.await
                    }
                };
                if let Err(error) = ended {
                    tracing::debug!(%error, "a connection ended early");
                }
            });
        }
        tracker.close();
        if tokio::time::timeout(GRACE, tracker.wait()).await.is_err() {
            tracing::warn!("requests that are still under way are cut off");
        }
    }

    async fn answer(
        self: Arc<Self>,
        request: HttpRequest<Incoming>,
        peer: SocketAddr,
    ) -> Result<HttpResponse<Body>, Closed> {
        let request_id = uuid::Uuid::new_v4().to_string();
        if request.uri().path().starts_with("/_sandbox/") {
            return Ok(self.control(request).await);
        }
        self.last_request_ms
            .store(self.world.wall_ms(), Ordering::SeqCst);
        let method = request.method().clone();
        let path = request.uri().path().to_owned();
        let answer = self.route(request, &request_id).await;
        if let Ok(answer) = &answer {
            let status = answer.status().as_u16();
            tracing::debug!(%method, path, status, %peer, "answered");
        }
        answer.map(|mut answer| {
            self.stamp(&mut answer, &request_id);
            answer
        })
    }

    /// Puts request id and date on an answer. SDKs compare the date with their own clock.
    fn stamp(&self, answer: &mut HttpResponse<Body>, request_id: &str) {
        let headers = answer.headers_mut();
        if let Ok(id) = HeaderValue::from_str(request_id) {
            headers.insert("x-amzn-requestid", id.clone());
            headers.insert("x-amz-request-id", id);
        }
        if let Ok(date) = HeaderValue::from_str(&reply::http_date(self.world.wall_ms())) {
            headers.insert("date", date);
        }
    }

    /// Lets executions of state machines do what has become due, so that whoever asks next finds it done.
    pub async fn catch_up(&self) {
        let now = self.world.now_ms();
        if !self.states.is_due(now) {
            return;
        }
        let states = Arc::clone(&self.states);
        let done = tokio::task::spawn_blocking(move || states.advance(now)).await;
        if let Err(error) = done {
            tracing::error!(%error, "an execution ended badly");
        }
    }

    /// Writes the state of Greengrass down; one at a time, so that the newest is written last.
    pub fn save_greengrass(&self) -> std::io::Result<()> {
        let _one = self.saving.lock().unwrap_or_else(PoisonError::into_inner);
        self.world
            .files()
            .save("greengrass.json", &self.greengrass.snapshot())
    }
}
