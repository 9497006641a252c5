//! A request's way: to which service, whether it is let in, and what the answer is.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, Request as HttpRequest, Response as HttpResponse};
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use s3s::Body;

use super::faults::FaultKind;
use super::protocol::{Destination, Refusal};
use super::sigv4::{self, Claim};
use super::{Closed, Front, operation, query, reply};
use crate::exchange::{Caller, Request, Response};
use crate::s3::SignedRegion;

/// How far a signature's time may be from the sandbox's clock.
const SKEW_MS: i64 = 15 * 60 * 1000;
/// The longest body of a request that is not S3's; the services' own limits are lower.
const LONGEST_BODY: usize = 10 * 1024 * 1024;

impl Front {
    pub(super) async fn route(
        &self,
        request: HttpRequest<Incoming>,
        request_id: &str,
    ) -> Result<HttpResponse<Body>, Closed> {
        let query = reply::query_pairs(request.uri().query().unwrap_or_default());
        let claim = sigv4::claim(request.headers(), &query);
        let path = reply::decoded(request.uri().path());
        let destination = match &claim {
            Some(claim) => Destination::of_service(&claim.service),
            None if path.starts_with("/greengrass/v2/") => Some(Destination::GreengrassV2),
            None if path.starts_with("/greengrass/") => Some(Destination::Greengrass),
            None if request.method() == http::Method::POST && path == "/" => Some(Destination::Sts),
            None => Some(Destination::S3),
        };
        let destination = match destination {
            Some(Destination::Greengrass) if crate::greengrassv2::is_of_v2(&path) => {
                Some(Destination::GreengrassV2)
            }
            other => other,
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
        let operation = operation::name(
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
            Some(FaultKind::Stall) => std::future::pending().await,
            Some(FaultKind::Delay(ms)) => {
                tokio::time::sleep(std::time::Duration::from_millis(*ms)).await;
            }
            Some(FaultKind::Status(status)) => return refuse(&Refusal::Status(*status)),
            Some(FaultKind::Throttle) => return refuse(&Refusal::Throttled),
            Some(FaultKind::ExpiredCredentials) => return refuse(&Refusal::Expired),
            Some(FaultKind::ClockSkew) => {
                return refuse(&self.skewed(claim.as_ref().map(|claim| claim.time.clone())));
            }
            Some(FaultKind::LostAnswer | FaultKind::Silence | FaultKind::CutBody) | None => {}
        }
        let Some(claim) = claim else {
            return refuse(&unclaimed(&parts.headers, &query));
        };
        let caller = match self.admit(destination, &claim) {
            Ok(caller) => caller,
            Err(refusal) => return refuse(&refusal),
        };
        self.catch_up().await;
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
            Some(FaultKind::Silence) => std::future::pending().await,
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
        let regional = matches!(
            destination,
            Destination::Greengrass
                | Destination::GreengrassV2
                | Destination::Iot
                | Destination::SecretsManager
                | Destination::States
        );
        if regional && claim.region != *region {
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
                greengrass.answer(&request, &*world, world.now_ms())
            })
            .await;
            if changes && let Err(error) = self.save_greengrass() {
                tracing::error!(%error, "the state of Greengrass cannot be written");
                return destination.refuse(&Refusal::Status(500), &request_id);
            }
            done
        } else if matches!(destination, Destination::GreengrassV2 | Destination::Iot) {
            let greengrass = Arc::clone(&self.greengrass_v2);
            tokio::task::spawn_blocking(move || {
                greengrass.answer(&request, &*world, world.now_ms())
            })
            .await
        } else if destination == Destination::SecretsManager {
            tokio::task::spawn_blocking(move || crate::secretsmanager::answer(&world, &request))
                .await
        } else if destination == Destination::States {
            let states = Arc::clone(&self.states);
            tokio::task::spawn_blocking(move || states.answer(&request, world.now_ms())).await
        } else {
            tokio::task::spawn_blocking(move || query::answer(&world, destination, &request)).await
        };
        done.unwrap_or_else(|error| {
            tracing::error!(%error, "a request ended badly");
            destination.refuse(&Refusal::Status(500), &request_id)
        })
    }
}

/// Why a request without a usable claim is refused: unsigned, or signed in the way before version 4.
fn unclaimed(headers: &HeaderMap, query: &[(String, String)]) -> Refusal {
    let authorization = headers
        .get("authorization")
        .and_then(|value| value.to_str().ok());
    let old = authorization.is_some_and(|value| value.starts_with("AWS "))
        || query.iter().any(|(name, _)| name == "AWSAccessKeyId");
    if old {
        Refusal::OldSignature
    } else {
        Refusal::Unsigned
    }
}
