#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use aws_sdk_greengrass::operation::list_groups::ListGroupsError;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::{body::SdkBody, error::ErrorMetadata};

use super::*;

#[test]
fn codes_words_and_statuses_have_their_kinds() {
    let table: &[(Option<&str>, &str, u16, Kind)] = &[
        (
            Some("ExpiredToken"),
            "The provided token has expired.",
            400,
            Kind::CredentialsExpired,
        ),
        (
            Some("ExpiredTokenException"),
            "",
            403,
            Kind::CredentialsExpired,
        ),
        (
            Some("InvalidClientTokenId"),
            "",
            403,
            Kind::CredentialsInvalid,
        ),
        (
            Some("UnrecognizedClientException"),
            "",
            403,
            Kind::CredentialsInvalid,
        ),
        (
            Some("SignatureDoesNotMatch"),
            "",
            403,
            Kind::CredentialsInvalid,
        ),
        (
            Some("SignatureDoesNotMatch"),
            "Signature expired: 20260101T000000Z is now earlier than 20260101T001000Z",
            403,
            Kind::ClockSkew,
        ),
        (Some("RequestExpired"), "", 400, Kind::ClockSkew),
        (Some("RequestTimeTooSkewed"), "", 403, Kind::ClockSkew),
        (Some("AccessDenied"), "", 403, Kind::AccessDenied),
        (
            Some("AccessDeniedException"),
            "User: u is not authorized to perform: greengrass:ListGroups",
            403,
            Kind::AccessDenied,
        ),
        (Some("Throttling"), "Rate exceeded", 400, Kind::Throttled),
        (Some("ThrottlingException"), "", 429, Kind::Throttled),
        (Some("TooManyRequestsException"), "", 429, Kind::Throttled),
        (Some("SlowDown"), "", 503, Kind::Throttled),
        (Some("NoSuchEntity"), "", 404, Kind::NotFound),
        (Some("NoSuchBucket"), "", 404, Kind::NotFound),
        (Some("ResourceNotFoundException"), "", 404, Kind::NotFound),
        // Greengrass V2, IoT, Secrets Manager, Step Functions.
        (Some("ConflictException"), "", 409, Kind::Conflict),
        (
            Some("RequestAlreadyInProgressException"),
            "",
            400,
            Kind::Conflict,
        ),
        (
            Some("ServiceQuotaExceededException"),
            "",
            402,
            Kind::LimitExceeded,
        ),
        (
            Some("InternalFailureException"),
            "",
            500,
            Kind::ServiceFault,
        ),
        (Some("ResourceExistsException"), "", 400, Kind::Conflict),
        (Some("InvalidNextTokenException"), "", 400, Kind::BadRequest),
        (
            Some("StateMachineDoesNotExist"),
            "State Machine Does Not Exist",
            400,
            Kind::NotFound,
        ),
        (Some("ExecutionDoesNotExist"), "", 400, Kind::NotFound),
        (Some("ExecutionAlreadyExists"), "", 400, Kind::Conflict),
        (Some("InvalidDefinition"), "", 400, Kind::BadRequest),
        (
            Some("AccessDeniedException"),
            "Neither the global service principal states.amazonaws.com, nor the regional one is authorized to assume the provided role.",
            400,
            Kind::AssumeRole,
        ),
        (Some("EntityAlreadyExists"), "", 409, Kind::Conflict),
        (Some("LimitExceeded"), "", 409, Kind::LimitExceeded),
        (
            Some("InternalServerErrorException"),
            "",
            500,
            Kind::ServiceFault,
        ),
        (
            Some("BadRequestException"),
            "NextToken is invalid",
            400,
            Kind::BadRequest,
        ),
        (
            Some("com.amazonaws.greengrass#BadRequestException:http://x"),
            "no",
            400,
            Kind::BadRequest,
        ),
        (
            Some("BadRequestException"),
            "Only one bulk deployment can run: a concurrent bulk deployment exists",
            400,
            Kind::ConcurrentBulkDeployment,
        ),
        (
            Some("LimitExceededException"),
            "Another bulk deployment is already running",
            400,
            Kind::ConcurrentBulkDeployment,
        ),
        (
            Some("BadRequestException"),
            "Greengrass is not authorized to assume the role arn:aws:iam::1:role/R",
            400,
            Kind::AssumeRole,
        ),
        (
            Some("AccessDeniedException"),
            "Greengrass cannot assume role R",
            403,
            Kind::AssumeRole,
        ),
        (
            Some("AccessDenied"),
            "User: u is not authorized to perform: sts:AssumeRole on resource: r",
            403,
            Kind::AccessDenied,
        ),
        (None, "", 404, Kind::NotFound),
        (None, "", 429, Kind::Throttled),
        (None, "", 502, Kind::ServiceFault),
        (Some("NeverHeardOf"), "", 400, Kind::BadRequest),
        (Some("NeverHeardOf"), "", 503, Kind::ServiceFault),
    ];
    for (code, message, status, kind) in table {
        assert_eq!(
            kind_of_answer(*code, message, Some(*status)),
            *kind,
            "{code:?} {message} {status}"
        );
    }
}

fn answer(status: u16, body: &str) -> HttpResponse {
    let mut response = HttpResponse::new(
        StatusCode::try_from(status).unwrap(),
        SdkBody::from(body.to_owned()),
    );
    response.headers_mut().insert("x-amzn-requestid", "r-1");
    response
}

#[test]
fn an_unknown_refusal_keeps_every_word() {
    let meta = ErrorMetadata::builder()
        .code("Strange")
        .message("It rains.")
        .build();
    let error = SdkError::service_error(ListGroupsError::generic(meta), answer(418, ""));
    let error = failed("greengrass:ListGroups", error);
    assert_eq!(error.kind, Kind::BadRequest);
    assert_eq!(error.code.as_deref(), Some("Strange"));
    assert_eq!(error.message, "It rains.");
    assert_eq!(
        (error.status, error.request_id.as_deref()),
        (Some(418), Some("r-1"))
    );
    assert_eq!(
        error.to_string(),
        "greengrass:ListGroups: It rains. (Strange)"
    );
}

#[test]
fn a_refusal_without_words_is_shown_by_its_body_or_status() {
    let error = |body| {
        let meta = ErrorMetadata::builder().build();
        failed(
            "s3:ListBuckets",
            SdkError::service_error(ListGroupsError::generic(meta), answer(403, body)),
        )
    };
    assert_eq!(error("Blocked,\n by policy").message, "Blocked, by policy");
    assert_eq!(error("").message, "HTTP 403 without an AWS error");
    assert_eq!(error("").kind, Kind::AccessDenied);
}

#[test]
fn a_redirection_of_s3_is_another_region_and_does_not_pass() {
    let error = |operation, code: Option<&str>| {
        let mut meta = ErrorMetadata::builder();
        if let Some(code) = code {
            meta = meta.code(code);
        }
        let error = ListGroupsError::generic(meta.build());
        failed(operation, SdkError::service_error(error, answer(301, "")))
    };
    for found in [
        error("s3:HeadObject", None),
        error("s3:PutObject", Some("PermanentRedirect")),
    ] {
        assert_eq!(found.kind, Kind::WrongRegion, "{found:?}");
        assert!(!found.is_transient());
    }
    assert_eq!(error("greengrass:ListGroups", None).kind, Kind::Unreadable);
}

#[test]
fn a_web_page_is_told_by_its_status_and_name_not_by_its_markup() {
    let long = format!("<html><title>{}</title></html>", "x".repeat(500));
    let table = [
        (
            "<!DOCTYPE html>\n<html><head><title>502\n Bad Gateway</title></head><body>nginx</body></html>",
            ": 502 Bad Gateway",
        ),
        (
            "<html>\n  <H1 class=\"a\">Blocked by the proxy</H1></html>",
            ": Blocked by the proxy",
        ),
        ("<html><title></title><p>Oops</p></html>", ""),
        ("<html><title", ""),
        (&long, &format!(": {}", "x".repeat(120))),
    ];
    for (body, name) in table {
        let wanted = format!("HTTP 500 with a web page instead of an AWS answer{name}");
        let refused: SdkError<ListGroupsError, HttpResponse> = SdkError::service_error(
            ListGroupsError::generic(ErrorMetadata::builder().build()),
            answer(500, body),
        );
        let unread: SdkError<ListGroupsError, HttpResponse> =
            SdkError::response_error("expected `{`", answer(500, body));
        for error in [refused, unread] {
            let error = failed("greengrass:ListGroups", error);
            assert_eq!(error.message, wanted);
            assert_eq!((error.kind, error.status), (Kind::ServiceFault, Some(500)));
        }
    }
}

#[test]
fn errors_of_the_credentials_chain_are_told_apart() {
    use aws_smithy_runtime_api::client::result::ConnectorError;
    let table = [
        (
            CredentialsError::not_loaded("no providers in chain provided credentials"),
            Kind::CredentialsMissing,
        ),
        (
            CredentialsError::provider_error("the SSO session token has expired"),
            Kind::CredentialsExpired,
        ),
        (
            CredentialsError::invalid_configuration("profile `x` was not defined"),
            Kind::ProfileInvalid,
        ),
        (
            CredentialsError::provider_timed_out(std::time::Duration::from_secs(5)),
            Kind::Timeout,
        ),
    ];
    for (credentials, kind) in table {
        let wanted = words(&credentials);
        let error: SdkError<ListGroupsError, HttpResponse> =
            SdkError::dispatch_failure(ConnectorError::other(credentials.into(), None));
        let error = failed("sts:GetCallerIdentity", error);
        assert_eq!(error.kind, kind, "{wanted}");
        assert!(
            error.message.ends_with(&wanted),
            "{} / {wanted}",
            error.message
        );
    }
}

#[test]
fn an_answer_that_cannot_be_read_says_how_it_begins() {
    let error: SdkError<ListGroupsError, HttpResponse> =
        SdkError::response_error("expected `{`", answer(200, "hello"));
    let error = failed("greengrass:ListGroups", error);
    assert_eq!(error.kind, Kind::Unreadable);
    assert!(
        error.message.contains("expected `{`") && error.message.contains("hello"),
        "{}",
        error.message
    );
}

#[test]
fn greengrass_details_are_kept() {
    let body = r#"{"Message":"Bad.","ErrorDetails":[{"DetailedErrorCode":"400","DetailedErrorMessage":"Worse."}]}"#;
    let meta = ErrorMetadata::builder()
        .code("BadRequestException")
        .message("Bad.")
        .build();
    let error = SdkError::service_error(ListGroupsError::generic(meta), answer(400, body));
    assert_eq!(
        failed("greengrass:ListGroups", error).message,
        "Bad. [400: Worse.]"
    );
}

#[test]
fn what_greengrass_v2_adds_is_kept() {
    for (body, words) in [
        (
            r#"{"message":"Bad.","reason":"FIELD_VALIDATION_FAILED","fields":[{"name":"targetArn","message":"no ARN"}]}"#,
            "Bad. [targetArn: no ARN]",
        ),
        (
            r#"{"message":"Bad.","resourceId":"arn:1","resourceType":"Component"}"#,
            "Bad. [Component arn:1]",
        ),
        (r#"{"message":"Bad.","fields":[]}"#, "Bad."),
    ] {
        let meta = ErrorMetadata::builder().message("Bad.").build();
        let error = SdkError::service_error(ListGroupsError::generic(meta), answer(400, body));
        assert_eq!(failed("greengrass:CreateDeployment", error).message, words);
    }
}

#[test]
fn some_words_and_codes_mean_something_else_in_one_place() {
    let error = |operation, code: &str, message: &str| {
        let meta = ErrorMetadata::builder().code(code).message(message).build();
        failed(
            operation,
            SdkError::service_error(ListGroupsError::generic(meta), answer(403, "")),
        )
        .kind
    };
    let null = "User: u is not authorized to perform: null";
    let denied = "AccessDeniedException";
    assert_eq!(
        error("greengrass:CreateComponentVersion", denied, null),
        Kind::BadRequest
    );
    assert_eq!(
        error("greengrass:CreateDeployment", denied, null),
        Kind::AccessDenied
    );
    assert_eq!(
        error("states:ListMapRuns", "InvalidToken", ""),
        Kind::BadRequest
    );
    assert_eq!(
        error("s3:ListBuckets", "InvalidToken", ""),
        Kind::CredentialsInvalid
    );
}
