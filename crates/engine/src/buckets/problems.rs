//! What can stand against a bucket, in our own words: AWS is not known to have words for two of them.

use overseed_aws::Kind;

use crate::{ErrorCode, Problem};

pub(super) fn missing(name: &str, error: Option<&overseed_aws::Error>) -> Problem {
    let problem = Problem::new(
        ErrorCode::BucketMissing,
        format!("There is no bucket {name}"),
    )
    .hint("Check the name, choose another bucket, or create this one.");
    match error {
        Some(error) => Problem {
            request_id: error.request_id.clone(),
            ..problem.detail(error)
        },
        None => problem,
    }
}

pub(super) fn region(name: &str, region: &str, here: &str) -> Problem {
    Problem::new(
        ErrorCode::BucketRegion,
        format!("The bucket {name} lies in {region}, but Greengrass works in {here}"),
    )
    .detail("A bulk deployment reads its input file from a bucket of its own Region only.")
    .hint(format!("Choose or create a bucket in {here}."))
}

/// The bucket, or an object that came to lie in it, is encrypted with a KMS key.
pub(crate) fn kms(name: &str) -> Problem {
    Problem::new(
        ErrorCode::BucketKms,
        format!("The bucket {name} encrypts with a KMS key (SSE-KMS)"),
    )
    .detail("Bulk deployments do not read input files that are encrypted with KMS keys.")
    .hint("Choose or create a bucket that encrypts with S3's own keys (SSE-S3).")
}

pub(super) fn denied(name: &str, what: &str) -> Problem {
    Problem::new(ErrorCode::BucketDenied, format!("You may not {what} in the bucket {name}"))
        .hint("Ask an administrator for s3:PutObject and s3:GetObject on its objects, or choose another bucket.")
}

/// What an error of a call about an object says of its bucket; `None` where it says nothing.
pub(crate) fn refused(name: &str, error: &overseed_aws::Error) -> Option<Problem> {
    let problem = match (error.kind, error.code.as_deref()) {
        (_, Some("NoSuchBucket")) => missing(name, None),
        (Kind::WrongRegion, _)
        | (
            _,
            Some(
                "PermanentRedirect"
                | "AuthorizationHeaderMalformed"
                | "IllegalLocationConstraintException",
            ),
        ) => Problem::new(
            ErrorCode::BucketRegion,
            format!("The bucket {name} lies in another Region"),
        )
        .hint("Choose or create a bucket in the connection's Region."),
        (Kind::AccessDenied, _) => {
            let reading = matches!(error.operation, "s3:HeadObject" | "s3:GetObject");
            denied(
                name,
                if reading {
                    "read objects"
                } else {
                    "write objects"
                },
            )
        }
        _ => return None,
    };
    Some(Problem {
        request_id: error.request_id.clone(),
        ..problem.detail(error)
    })
}
