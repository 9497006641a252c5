//! The HTTP front: one server for all services, found by the credential scope of the signature.

mod control;
pub mod faults;
mod protocol;
mod reply;
mod sigv4;

use std::net::SocketAddr;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http::{HeaderValue, Request as HttpRequest, Response as HttpResponse};
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use hyper_util::rt::{TokioIo, TokioTimer};
use s3s::Body;
use s3s::service::S3Service;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::cloud::Service;
use crate::exchange::{Caller, Request, Response};
use crate::iam::model::Iam;
use crate::iam::params::Params;
use crate::iam::{Call, Failure};
use crate::s3::SignedRegion;
use crate::world::World;
use faults::{FaultKind, Faults};
use protocol::{Destination, Refusal};
use sigv4::Claim;

/// How far a signature's time may be from the sandbox's clock.
const SKEW_MS: i64 = 15 * 60 * 1000;
/// The longest body of a request that is not S3's; the services' own limits are lower.
const LONGEST_BODY: usize = 10 * 1024 * 1024;

/// The connection is to be closed without an answer.
#[derive(Debug, thiserror::Error)]
#[error("the connection is closed on order")]
pub struct Closed;

/// All that the front needs to answer.
#[derive(Debug)]
pub struct Front {
    pub world: Arc<World>,
    pub greengrass: Arc<dyn Service>,
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
        faults: Arc<Faults>,
        control_secret: String,
        id: String,
    ) -> Self {
        let last_request_ms = AtomicI64::new(world.wall_ms());
        Self {
            s3: crate::s3::service(Arc::clone(&world)),
            world,
            greengrass,
            faults,
            control_secret,
            id,
            stop: CancellationToken::new(),
            last_request_ms,
            saving: Mutex::new(()),
        }
    }

    /// How long nobody has asked anything, in milliseconds; zero while something moves by itself.
    pub fn idle_ms(&self) -> i64 {
        if self.greengrass.busy(self.world.now_ms()) {
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
        tracker.wait().await;
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

    async fn route(
        &self,
        request: HttpRequest<Incoming>,
        request_id: &str,
    ) -> Result<HttpResponse<Body>, Closed> {
        let query = reply::query_pairs(request.uri().query().unwrap_or_default());
        let claim = sigv4::claim(request.headers(), &query);
        let path = reply::decoded(request.uri().path());
        let destination = match &claim {
            Some(claim) => Destination::of_service(&claim.service),
            None if path.starts_with("/greengrass/") => Some(Destination::Greengrass),
            None if request.method() == http::Method::POST && path == "/" => Some(Destination::Sts),
            None => Some(Destination::S3),
        };
        let Some(destination) = destination else {
            let refusal = Refusal::WrongScope("correct service: 'greengrass'".to_owned());
            return Ok(reply::whole(
                Destination::Greengrass.refuse(&refusal, request_id),
            ));
        };
        let refuse = |refusal: &Refusal| Ok(reply::whole(destination.refuse(refusal, request_id)));
        let (parts, body) = request.into_parts();
        // S3's bodies are streams that s3s reads; the others are short and read first.
        let (bytes, stream) = if destination == Destination::S3 {
            (Bytes::new(), Some(body))
        } else {
            match Limited::new(body, LONGEST_BODY).collect().await {
                Ok(collected) => (collected.to_bytes(), None),
                Err(_) => return refuse(&Refusal::TooLarge),
            }
        };
        let operation = protocol::operation(
            destination,
            &parts.method,
            &path,
            &query,
            &parts.headers,
            &bytes,
        );
        let fault = self
            .faults
            .meet(&format!("{}:{operation}", destination.name()));
        match &fault {
            Some(FaultKind::Reset) => return Err(Closed),
            Some(FaultKind::Delay(ms)) => {
                tokio::time::sleep(std::time::Duration::from_millis(*ms)).await;
            }
            Some(FaultKind::Status(status)) => return refuse(&Refusal::Status(*status)),
            Some(FaultKind::Throttle) => return refuse(&Refusal::Throttled),
            Some(FaultKind::ExpiredCredentials) => return refuse(&Refusal::Expired),
            Some(FaultKind::ClockSkew) => {
                return refuse(&self.skewed(claim.as_ref().map(|claim| claim.time.clone())));
            }
            Some(FaultKind::LostAnswer | FaultKind::CutBody) | None => {}
        }
        let Some(claim) = claim else {
            return refuse(&Refusal::Unsigned);
        };
        let caller = match self.admit(destination, &claim) {
            Ok(caller) => caller,
            Err(refusal) => return refuse(&refusal),
        };
        let answer = if let Some(body) = stream {
            let mut request = HttpRequest::from_parts(parts, Body::from(body));
            request.extensions_mut().insert(caller);
            request.extensions_mut().insert(SignedRegion(claim.region));
            match self.s3.call(request).await {
                Ok(answer) => answer,
                Err(_) => return refuse(&Refusal::Status(500)),
            }
        } else {
            let secret = self.world.secret_of(&claim.access_key).unwrap_or_default();
            let raw_path = parts.uri.path();
            if !claim.fits(
                &secret,
                &parts.method,
                raw_path,
                &query,
                &parts.headers,
                &bytes,
            ) {
                return refuse(&Refusal::WrongSignature);
            }
            let request = Request {
                method: parts.method,
                path,
                query,
                headers: parts.headers,
                body: bytes,
                caller,
                request_id: request_id.to_owned(),
            };
            reply::whole(self.dispatch(destination, request).await)
        };
        match fault {
            Some(FaultKind::LostAnswer) => Err(Closed),
            Some(FaultKind::CutBody) => Ok(reply::cut(answer)),
            _ => Ok(answer),
        }
    }

    fn skewed(&self, signed: Option<String>) -> Refusal {
        let now = reply::basic_time(self.world.wall_ms());
        Refusal::Skewed {
            signed: signed.unwrap_or_else(|| "19700101T000000Z".to_owned()),
            now,
        }
    }

    /// Who signed, if time, key and token are good. The signature itself is checked with the body.
    fn admit(&self, destination: Destination, claim: &Claim) -> Result<Caller, Refusal> {
        let wall_ms = self.world.wall_ms();
        let signed_ms = claim.signed_ms().ok_or(Refusal::WrongSignature)?;
        let latest_ms = match claim.expires {
            Some(seconds) => signed_ms.saturating_add(seconds.saturating_mul(1000)),
            None => signed_ms + SKEW_MS,
        };
        if wall_ms > latest_ms || wall_ms < signed_ms - SKEW_MS {
            return Err(self.skewed(Some(claim.time.clone())));
        }
        let region = &self.world.settings.region;
        if destination == Destination::Greengrass && claim.region != *region {
            return Err(Refusal::WrongScope(format!(
                "a valid region, such as '{region}'"
            )));
        }
        let iam = self.world.iam();
        let (account, partition) = (iam.account.clone(), iam.partition.clone());
        if let Some(key) = iam.keys.get(&claim.access_key) {
            let user = iam.users.get(&key.user).ok_or(Refusal::UnknownKey)?;
            if claim.token.is_some() {
                return Err(Refusal::WrongToken);
            }
            return Ok(Caller {
                arn: iam.user_arn(user),
                account,
                user_id: user.id.clone(),
                access_key: key.id.clone(),
            });
        }
        let session = iam
            .sessions
            .get(&claim.access_key)
            .ok_or(Refusal::UnknownKey)?;
        let role = iam.roles.get(&session.role).ok_or(Refusal::UnknownKey)?;
        if claim.token.as_deref() != Some(session.token.as_str()) {
            return Err(Refusal::WrongToken);
        }
        if session.expires_ms <= wall_ms {
            return Err(Refusal::Expired);
        }
        Ok(Caller {
            arn: format!(
                "arn:{partition}:sts::{account}:assumed-role/{}/{}",
                session.role, session.name
            ),
            account,
            user_id: format!("{}:{}", role.id, session.name),
            access_key: session.access_key.clone(),
        })
    }

    /// Carries a verified request out on a thread that may block.
    async fn dispatch(&self, destination: Destination, request: Request) -> Response {
        let request_id = request.request_id.clone();
        let world = Arc::clone(&self.world);
        let done = if destination == Destination::Greengrass {
            let greengrass = Arc::clone(&self.greengrass);
            let changes = request.method != http::Method::GET;
            let done = tokio::task::spawn_blocking(move || {
                greengrass.handle(&request, &*world, world.now_ms())
            })
            .await;
            if changes && let Err(error) = self.save_greengrass() {
                tracing::error!(%error, "the state of Greengrass cannot be written");
                return destination.refuse(&Refusal::Status(500), &request_id);
            }
            done
        } else {
            tokio::task::spawn_blocking(move || query_call(&world, destination, &request)).await
        };
        done.unwrap_or_else(|error| {
            tracing::error!(%error, "a request ended badly");
            destination.refuse(&Refusal::Status(500), &request_id)
        })
    }

    /// Writes the state of Greengrass down; one at a time, so that the newest is written last.
    pub fn save_greengrass(&self) -> std::io::Result<()> {
        let _one = self.saving.lock().unwrap_or_else(PoisonError::into_inner);
        self.world
            .files()
            .save("greengrass.json", &self.greengrass.snapshot())
    }
}

/// One call of IAM or STS.
fn query_call(world: &World, destination: Destination, request: &Request) -> Response {
    let params = Params::parse(&request.body);
    let action = params.get("Action").unwrap_or_default().to_owned();
    let answer = if destination == Destination::Sts {
        crate::sts::call(world, &action, &params, &request.caller)
    } else {
        iam_call(world, &action, &params, &request.caller)
    };
    match answer {
        Ok(inner) => protocol::query_answer(destination, &action, inner, &request.request_id),
        Err(failure) => protocol::query_error(destination, &failure, &request.request_id),
    }
}

fn iam_call(world: &World, action: &str, params: &Params, caller: &Caller) -> crate::iam::Answer {
    let resource = world
        .iam()
        .resource_of(action, params, caller)
        .ok_or_else(|| {
            Failure::new(
                "InvalidAction",
                format!("Could not find operation {action} for version 2010-05-08"),
            )
        })?;
    world
        .authorize(caller, &format!("iam:{action}"), &resource, &[], None)
        .map_err(|message| Failure::new("AccessDenied", message))?;
    let mut iam = world.iam();
    let call = Call {
        action,
        params,
        caller,
        now_ms: world.now_ms(),
    };
    let answer = iam.call(&call)?;
    if Iam::changes(action) {
        world.save_iam(&iam).map_err(|error| Failure {
            status: http::StatusCode::INTERNAL_SERVER_ERROR,
            code: "ServiceFailure",
            message: format!("the sandbox cannot write its state: {error}"),
        })?;
    }
    Ok(answer)
}
