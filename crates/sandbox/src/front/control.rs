//! The sandbox's own address space, `/_sandbox/`: faults, state, stop. Requests bear the secret of the
//! sandbox's keys: `Authorization: Bearer SECRET`.

use http::{Method, Request as HttpRequest, Response as HttpResponse, StatusCode, header};
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use s3s::Body;
use serde_json::json;

use super::faults::Fault;
use super::{Front, reply};
use crate::exchange::Response;

impl Front {
    pub(super) async fn control(&self, request: HttpRequest<Incoming>) -> HttpResponse<Body> {
        reply::whole(self.controlled(request).await)
    }

    async fn controlled(&self, request: HttpRequest<Incoming>) -> Response {
        let bearer = request.headers().get(header::AUTHORIZATION);
        let bearer = bearer.and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
        if bearer != Some(self.control_secret.as_str()) {
            let message = "Authorization: Bearer with the sandbox's secret access key is needed";
            return Response::json(StatusCode::FORBIDDEN, &json!({ "message": message }));
        }
        let method = request.method().clone();
        let path = request.uri().path().to_owned();
        let done = || Response::json(StatusCode::OK, &json!({}));
        match (method, path.as_str()) {
            (Method::GET, "/_sandbox/state") => Response::json(
                StatusCode::OK,
                &json!({
                    "id": self.id,
                    "settings": self.world.settings,
                    "nowMs": self.world.now_ms(),
                    "busy": self.busy(),
                    "calls": self.faults.all_calls(),
                    "faults": self.faults.on_order(),
                }),
            ),
            (Method::POST, "/_sandbox/faults") => {
                let body = Limited::new(request.into_body(), 64 * 1024).collect().await;
                let bytes = body
                    .map(http_body_util::Collected::to_bytes)
                    .unwrap_or_default();
                match orders(&bytes) {
                    Ok(faults) => {
                        faults.into_iter().for_each(|fault| self.faults.add(fault));
                        done()
                    }
                    Err(error) => {
                        let message = error.to_string();
                        Response::json(StatusCode::BAD_REQUEST, &json!({ "message": message }))
                    }
                }
            }
            (Method::DELETE, "/_sandbox/faults") => {
                self.faults.clear();
                done()
            }
            (Method::POST, "/_sandbox/stop") => {
                self.stop.cancel();
                done()
            }
            _ => Response::json(
                StatusCode::NOT_FOUND,
                &json!({ "message": "there are GET state, POST and DELETE faults, POST stop" }),
            ),
        }
    }
}

/// One fault or a list of them.
fn orders(bytes: &[u8]) -> Result<Vec<Fault>, serde_json::Error> {
    if bytes.trim_ascii_start().starts_with(b"[") {
        return serde_json::from_slice(bytes);
    }
    serde_json::from_slice(bytes).map(|fault| vec![fault])
}
