//! What refusals say beside their words.

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;

/// What the services add to their words, where it says more: Greengrass V1's `ErrorDetails` (service model:
/// `BadRequestException`), V2's `fields` and `resourceId` (`ValidationException`, `ConflictException`).
pub(super) fn details(response: &HttpResponse) -> Option<String> {
    let body: serde_json::Value = serde_json::from_slice(response.body().bytes()?).ok()?;
    details_v1(&body)
        .or_else(|| fields(&body))
        .or_else(|| resource(&body))
}

fn fields(body: &serde_json::Value) -> Option<String> {
    let fields = body
        .get("fields")?
        .as_array()?
        .iter()
        .filter_map(|field| {
            let text = |name| field.get(name).and_then(|value| value.as_str());
            Some(format!("{}: {}", text("name")?, text("message")?))
        })
        .collect::<Vec<_>>();
    (!fields.is_empty()).then(|| fields.join("; "))
}

fn resource(body: &serde_json::Value) -> Option<String> {
    let text = |name| body.get(name).and_then(|value| value.as_str());
    Some(format!("{} {}", text("resourceType")?, text("resourceId")?))
}

fn details_v1(body: &serde_json::Value) -> Option<String> {
    let details = body
        .get("ErrorDetails")?
        .as_array()?
        .iter()
        .filter_map(|detail| {
            let field = |name| detail.get(name).and_then(|value| value.as_str());
            let message = field("DetailedErrorMessage")?;
            Some(match field("DetailedErrorCode") {
                Some(code) => format!("{code}: {message}"),
                None => message.to_owned(),
            })
        })
        .collect::<Vec<_>>();
    (!details.is_empty()).then(|| details.join("; "))
}
