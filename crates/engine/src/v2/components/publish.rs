//! Publishing a component version: artifacts first, then the version, then waiting until it can be deployed. Each call
//! that changes something is in the log of changes before it is made.

use overseed_domain::figures::bytes;
use std::{collections::BTreeMap, time::Duration};

use overseed_aws::{Digested, Kind, cancellable};
use overseed_domain::v2::recipe::{RecipeFinding, Severity};
use uuid::Uuid;

use super::{
    ArtifactFile, ComponentCheck, ObjectStanding, PublishRequest, Published, VersionStanding,
    account::{self, Checked},
    explain,
    list::cancelled,
};
use crate::{
    Error, ErrorCode, Problem, Session, buckets,
    changes::{self, Intent},
    input_file,
    job::Progress,
};

/// The media type of artifacts.
const BYTES: &str = "application/octet-stream";

/// How long a version may take until it can be deployed. Seconds are usual.
const LONGEST: Duration = Duration::from_secs(10 * 60);

/// Between two looks at a version, at first and at most.
const LOOK: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(10));

/// Publishes a component version and waits until it can be deployed. A version that is there and says the same is
/// answered as published; one that says something else is refused, with a version that is free.
///
/// # Errors
/// As [`component_check`](super::component_check); [`ErrorCode::FileInvalid`] where a finding is an error;
/// [`ErrorCode::Conflict`] where the version is taken, or an object has other bytes and may not be overwritten; the
/// bucket's problems; [`ErrorCode::ObjectMismatch`]; [`ErrorCode::BadRequest`] with an explanation where AWS refuses the
/// recipe or cannot make it deployable; [`ErrorCode::Timeout`]; [`Error::Cancelled`].
pub async fn component_publish(
    session: &Session,
    request: PublishRequest,
    progress: &Progress,
) -> Result<Published, Error> {
    let overwrite = request.overwrite;
    let Checked {
        recipe,
        check,
        files,
    } = account::checked(session, request, progress).await?;
    let findings = check.recipe.findings.clone();
    let published = |uploaded, was_there| Published {
        name: check.recipe.name.clone(),
        version: check.recipe.version.clone(),
        arn: check.arn.clone(),
        uploaded,
        was_there,
        findings: findings.clone(),
    };
    if check.standing == VersionStanding::Same {
        until_deployable(session, &check, progress).await?;
        return Ok(published(Vec::new(), true));
    }
    refuse(&check, overwrite)?;
    let mut uploaded = Vec::new();
    for ((file, digested), object) in check
        .recipe
        .artifacts
        .iter()
        .zip(&files)
        .zip(&check.objects)
    {
        if let (
            Some(digested),
            ObjectStanding::ToUpload | ObjectStanding::Differs | ObjectStanding::Unknown,
        ) = (digested, object.state)
        {
            upload(session, &check, file, digested, progress).await?;
            uploaded.push(object.uri.clone());
        }
    }
    create(session, &check, recipe.text(), progress).await?;
    until_deployable(session, &check, progress).await?;
    Ok(published(uploaded, false))
}

/// What stands against publishing.
fn refuse(check: &ComponentCheck, overwrite: bool) -> Result<(), Problem> {
    let title = format!("{} {}", check.recipe.name, check.recipe.version);
    let errors: Vec<&RecipeFinding> = check
        .recipe
        .findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error)
        .collect();
    if let Some(first) = errors.first() {
        let lines: Vec<String> = errors
            .iter()
            .map(|finding| match finding.line {
                Some(line) => format!("line {line}: {}", finding.message),
                None => finding.message.clone(),
            })
            .collect();
        return Err(Problem::new(
            ErrorCode::FileInvalid,
            format!("The recipe of {title} cannot be published as it is"),
        )
        .detail(lines.join("\n"))
        .hint(first.remedy.clone()));
    }
    let proposed = check.proposed.as_deref().unwrap_or_default();
    if check.standing == VersionStanding::Taken {
        return Err(Problem::new(
            ErrorCode::Conflict,
            format!("{title} is there already and says something else"),
        )
        .detail(format!("What differs: {}", check.differences.join(", ")))
        .hint(format!(
            "Versions never change, and devices keep what they have of one: publish it as {proposed}."
        )));
    }
    let differs = |object: &&super::ArtifactObject| object.state == ObjectStanding::Differs;
    if let Some(object) = check.objects.iter().find(differs).filter(|_| !overwrite) {
        return Err(Problem::new(
            ErrorCode::Conflict,
            format!("{} is there with other bytes", object.uri),
        )
        .hint(
            "Versions that use it would fail on devices by their checksum. Put the new version's number into the keys of \
             the artifacts, or say that it may be overwritten.",
        ));
    }
    Ok(())
}

/// The change log's name for what belongs to one version.
fn plan(check: &ComponentCheck) -> String {
    format!("component {} {}", check.recipe.name, check.recipe.version)
}

async fn upload(
    session: &Session,
    check: &ComponentCheck,
    file: &ArtifactFile,
    digested: &Digested,
    progress: &Progress,
) -> Result<(), Error> {
    let (bucket, key) = (&file.artifact.bucket, &file.artifact.key);
    let Some(path) = &file.path else {
        return Ok(());
    };
    let here = &session.connection.region;
    let region = cancellable(
        "s3:HeadBucket",
        progress.cancel(),
        session.clients.bucket_region(bucket),
    );
    match region.await {
        Ok(region) if region != *here => {
            return Err(Problem::new(
                ErrorCode::BucketRegion,
                format!("The bucket {bucket} is in {region}, the component would be in {here}"),
            )
            .hint("Artifacts have to be in the component's Region: take another bucket.")
            .into());
        }
        // Not allowed to look: the upload itself will tell.
        Err(error) if error.kind == Kind::AccessDenied => {}
        Err(error) => return Err(input_file::denied_or(cancelled(error), bucket)),
        Ok(_) => {}
    }
    let uri = account::uri(file);
    let intent = Intent {
        plan: plan(check),
        operation: "s3:PutObject",
        summary: format!(
            "Upload {} ({}) to {uri}",
            path.display(),
            bytes(digested.bytes)
        ),
        after: Some(digested.sha256.clone()),
        ..Intent::default()
    };
    let intended = changes::intend(session, intent).await?;
    let stage = format!("Uploading {}", file.artifact.file_name);
    progress.stage(&stage, Some(digested.bytes));
    let put = session
        .clients
        .put_file_as(
            BYTES,
            bucket,
            key,
            path,
            |done| progress.done(done),
            progress.cancel(),
        )
        .await;
    let outcome = put.as_ref().map(|put| put.request_id.clone());
    changes::ended(session, intended, outcome).await?;
    let put = put.map_err(|error| match error.kind {
        Kind::Cancelled => Error::Cancelled,
        _ => match buckets::refused(bucket, &error) {
            Some(problem) => problem.into(),
            None => error.into(),
        },
    })?;
    if put.sha256 != digested.sha256 {
        return Err(Problem::new(
            ErrorCode::FileInvalid,
            format!("{} was changed while it was sent", path.display()),
        )
        .hint("Publish it again.")
        .into());
    }
    match input_file::head(session, bucket, key, progress).await {
        Ok(Some(stored)) => {
            input_file::compare(session, bucket, key, &put, &stored, progress).await
        }
        Ok(None) => Err(input_file::mismatch(bucket, key, "it is not there").into()),
        // S3 has verified the checksum that was sent; who may only write has to be content with that.
        Err(Error::Aws(error)) if error.kind == Kind::AccessDenied => Ok(()),
        Err(error) => Err(error),
    }
}

async fn create(
    session: &Session,
    check: &ComponentCheck,
    recipe: &str,
    progress: &Progress,
) -> Result<(), Error> {
    let (name, version) = (&check.recipe.name, &check.recipe.version);
    progress.check()?;
    progress.stage(&format!("Creating {name} {version}"), None);
    let intent = Intent {
        plan: plan(check),
        operation: "greengrass:CreateComponentVersion",
        summary: format!("Create the version {version} of the component {name}"),
        after: Some(recipe.to_owned()),
        ..Intent::default()
    };
    let intended = changes::intend(session, intent).await?;
    // Retries of this call have one token. A later try has another: a version that failed may be made again from the
    // same recipe, once its artifacts are right, and is not to be answered from memory.
    let token = Uuid::new_v4().to_string();
    // Not cut off by a cancel: whether the version is there has to be known.
    let created = session
        .clients
        .create_component_version(recipe.to_owned().into(), &BTreeMap::new(), &token)
        .await;
    let outcome = created.as_ref().map(|created| created.request_id.clone());
    changes::ended(session, intended, outcome).await?;
    created
        .map(|_| ())
        .map_err(|error| explain::refused(name, version, error))
}

/// Looks at the version until the service is done with it.
async fn until_deployable(
    session: &Session,
    check: &ComponentCheck,
    progress: &Progress,
) -> Result<(), Error> {
    let (name, version) = (&check.recipe.name, &check.recipe.version);
    progress.stage(
        &format!("Waiting until {name} {version} can be deployed"),
        None,
    );
    let began = session.clock().now();
    let (mut pause, longest_pause) = LOOK;
    loop {
        let call = session.clients.describe_component(&check.arn);
        let call = cancellable("greengrass:DescribeComponent", progress.cancel(), call);
        let state = match call.await {
            Ok(detail) => Some(detail.state),
            // Just made, and not to be seen everywhere yet.
            Err(error) if error.kind == Kind::NotFound => None,
            Err(error) => return Err(cancelled(error)),
        };
        match state {
            Some(state) if state.is_deployable() => return Ok(()),
            Some(state) if !state.is_pending() => {
                return Err(explain::failed(name, version, &state).into());
            }
            _ => {}
        }
        if session.clock().now().since(began)
            >= i64::try_from(LONGEST.as_millis()).unwrap_or(i64::MAX)
        {
            return Err(Problem::new(
                ErrorCode::Timeout,
                format!("{name} {version} was made, but cannot be deployed yet"),
            )
            .hint("Look at it again in a while: publishing the same recipe again goes on waiting.")
            .into());
        }
        tokio::select! {
            biased;
            () = progress.cancel().cancelled() => return Err(Error::Cancelled),
            () = session.clock().sleep(pause) => {}
        }
        pause = (pause * 2).min(longest_pause);
    }
}
