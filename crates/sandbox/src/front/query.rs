//! Calls of the query protocol: IAM and STS.

use super::protocol::{self, Destination};
use crate::exchange::{Caller, Request, Response};
use crate::iam::model::Iam;
use crate::iam::params::Params;
use crate::iam::{Call, Failure};
use crate::world::World;

/// One call of IAM or STS.
pub(super) fn answer(world: &World, destination: Destination, request: &Request) -> Response {
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
    // Known where a policy is attached or detached (service authorization reference of IAM).
    let context: Vec<(&str, &str)> = match action {
        "AttachRolePolicy" | "DetachRolePolicy" | "AttachUserPolicy" | "DetachUserPolicy" => params
            .get("PolicyArn")
            .map(|arn| ("iam:PolicyARN", arn))
            .into_iter()
            .collect(),
        _ => Vec::new(),
    };
    world
        .authorize(caller, &format!("iam:{action}"), &resource, &context, None)
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
