//! The services' codes.

use crate::Kind;

/// The kind that a code stands for; `None` for codes that are not known.
pub(super) fn kind_of_code(code: &str) -> Option<Kind> {
    Some(match code {
        "ExpiredToken" | "ExpiredTokenException" | "TokenRefreshRequired" | "ExpiredSSOToken" => {
            Kind::CredentialsExpired
        }
        "InvalidClientTokenId"
        | "UnrecognizedClientException"
        | "SignatureDoesNotMatch"
        | "InvalidSignatureException"
        | "InvalidAccessKeyId"
        | "InvalidToken"
        | "IncompleteSignature"
        | "IncompleteSignatureException"
        | "AuthFailure"
        | "AuthorizationHeaderMalformed"
        | "InvalidSecurity" => Kind::CredentialsInvalid,
        "MissingAuthenticationToken" | "MissingAuthenticationTokenException" => {
            Kind::CredentialsMissing
        }
        "RequestExpired" | "RequestTimeTooSkewed" | "RequestInTheFuture" => Kind::ClockSkew,
        "AccessDenied"
        | "AccessDeniedException"
        | "AllAccessDisabled"
        | "Forbidden"
        | "UnauthorizedOperation"
        | "KmsAccessDeniedException"
        | "NotAuthorized"
        | "AuthorizationError"
        | "OptInRequired"
        | "ForbiddenException"
        | "UnauthorizedException" => Kind::AccessDenied,
        "Throttling"
        | "ThrottlingException"
        | "ThrottledException"
        | "RequestThrottled"
        | "RequestThrottledException"
        | "RequestLimitExceeded"
        | "KmsThrottlingException"
        | "TooManyRequests"
        | "TooManyRequestsException"
        | "SlowDown"
        | "BandwidthLimitExceeded"
        | "PriorRequestNotComplete" => Kind::Throttled,
        "NoSuchEntity"
        | "NoSuchEntityException"
        | "NoSuchBucket"
        | "NoSuchKey"
        | "NotFound"
        | "NotFoundException"
        | "ResourceNotFound"
        | "ResourceNotFoundException"
        | "NoSuchUpload"
        | "NoSuchBucketPolicy"
        | "IdNotFoundException"
        | "StateMachineDoesNotExist"
        | "ExecutionDoesNotExist"
        | "ServerSideEncryptionConfigurationNotFoundError" => Kind::NotFound,
        "EntityAlreadyExists"
        | "EntityAlreadyExistsException"
        | "BucketAlreadyExists"
        | "BucketAlreadyOwnedByYou"
        | "ConcurrentModification"
        | "Conflict"
        | "ConcurrentModificationException"
        | "ConflictException"
        | "DeleteConflict"
        | "OperationAborted"
        | "RequestAlreadyInProgressException"
        | "VersionConflictException"
        | "InvalidStateTransitionException"
        | "ResourceExistsException"
        | "PreconditionNotMetException"
        | "StateMachineAlreadyExists"
        | "StateMachineDeleting"
        | "ExecutionAlreadyExists"
        | "PreconditionFailed"
        | "ResourceAlreadyExistsException" => Kind::Conflict,
        "LimitExceeded"
        | "LimitExceededException"
        | "ServiceQuotaExceededException"
        | "TooManyBuckets"
        | "TooManyTags"
        | "StateMachineLimitExceeded"
        | "ExecutionLimitExceeded" => Kind::LimitExceeded,
        "InternalError"
        | "InternalFailure"
        | "InternalServerError"
        | "InternalFailureException"
        | "InternalServiceError"
        | "InternalServerErrorException"
        | "ServiceFailure"
        | "ServiceFailureException"
        | "ServiceUnavailable"
        | "ServiceUnavailableException" => Kind::ServiceFault,
        "RequestTimeout" | "RequestTimeoutException" => Kind::Timeout,
        "BadRequestException"
        | "BadRequest"
        | "InvalidInput"
        | "InvalidInputException"
        | "ValidationError"
        | "ValidationException"
        | "MalformedPolicyDocument"
        | "InvalidRequest"
        | "InvalidRequestException"
        | "InvalidParameterException"
        | "InvalidNextTokenException"
        | "InvalidArn"
        | "InvalidDefinition"
        | "InvalidName"
        | "InvalidExecutionInput"
        | "InvalidLoggingConfiguration"
        | "InvalidTracingConfiguration"
        | "MissingRequiredParameter"
        | "StateMachineTypeNotSupported"
        | "DecryptionFailure"
        | "InvalidParameterValue" => Kind::BadRequest,
        _ => return None,
    })
}
