//! Checks of a recipe against what the account has: versions, objects, secrets.

use std::collections::{BTreeMap, BTreeSet};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use overseed_aws::{Digested, Kind, cancellable, v2::RecipeFormat};
use overseed_domain::v2::recipe::{
    Configured, Present, Recipe, check_present, next_version, secrets,
};

use super::{
    ArtifactFile, ArtifactObject, ComponentCheck, ObjectStanding, PublishRequest, VersionStanding,
    arn, check,
    list::{cancelled, component_versions},
    sameness,
};
use crate::{Error, Session, input_file, job::Progress};

/// A check with what publishing needs of it.
pub(super) struct Checked {
    pub(super) recipe: Recipe,
    pub(super) check: ComponentCheck,
    /// Size and checksums of the artifacts' files, in the order of the check's artifacts.
    pub(super) files: Vec<Option<Digested>>,
}

/// Checks a recipe against the account: which versions there are and whether one of this number says the same, whether
/// the artifacts are in S3, whether the secrets exist. What the caller may not look at is left open.
///
/// # Errors
/// As [`recipe_check`](super::recipe_check); those of the calls; [`Error::Cancelled`].
pub async fn component_check(
    session: &Session,
    request: PublishRequest,
    progress: &Progress,
) -> Result<ComponentCheck, Error> {
    Ok(checked(session, request, progress).await?.check)
}

pub(super) async fn checked(
    session: &Session,
    request: PublishRequest,
    progress: &Progress,
) -> Result<Checked, Error> {
    progress.stage("Checking the recipe", None);
    let read = tokio::task::spawn_blocking(move || check::checked(&request));
    let (recipe, mut checked) = read.await??;
    progress.stage(
        "Reading the artifacts",
        Some(checked.artifacts.len() as u64),
    );
    let mut files = Vec::with_capacity(checked.artifacts.len());
    for (done, file) in (1..).zip(&checked.artifacts) {
        files.push(check::digested(file.path.as_deref(), progress).await?);
        progress.done(done);
    }
    progress.stage("Looking for the artifacts", Some(files.len() as u64));
    let mut objects = Vec::with_capacity(files.len());
    for (done, (file, digested)) in (1..).zip(checked.artifacts.iter().zip(&files)) {
        objects.push(object(session, file, digested.as_ref(), progress).await?);
        progress.done(done);
    }
    let present = Objects::of(&objects);
    checked
        .findings
        .extend(present.missing(&recipe, &checked.findings));
    progress.stage("Looking for the secrets", None);
    if let Some(known) = known_secrets(session, &recipe, progress).await? {
        let present = Present {
            secrets: Some(&known),
            ..Present::default()
        };
        checked
            .findings
            .extend(check_present(&Configured::by_default(&recipe), &present));
    }
    checked.findings.sort_by_key(|f| (f.severity, f.line));
    progress.stage("Looking at the versions", None);
    let component = arn::component(session, &checked.name);
    let versions = versions(session, &component, progress).await?;
    let arn = arn::version(&component, &checked.version);
    let (standing, differences) = if versions.contains(&checked.version) {
        standing(
            session,
            &arn,
            &recipe,
            &digests(&checked.artifacts, &files),
            progress,
        )
        .await?
    } else {
        (VersionStanding::New, Vec::new())
    };
    let proposed = (standing == VersionStanding::Taken)
        .then(|| next_version(&checked.version, versions.iter().map(String::as_str)));
    Ok(Checked {
        recipe,
        check: ComponentCheck {
            recipe: checked,
            arn,
            versions,
            standing,
            differences,
            proposed,
            objects,
        },
        files,
    })
}

async fn versions(
    session: &Session,
    component: &str,
    progress: &Progress,
) -> Result<Vec<String>, Error> {
    match component_versions(session, component, progress).await {
        Ok(rows) => Ok(rows.into_iter().map(|row| row.version).collect()),
        // The first version of a component: the service knows no ARN of it yet.
        Err(Error::Aws(error)) if error.kind == Kind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// How the version that is there stands to the recipe.
async fn standing(
    session: &Session,
    arn: &str,
    recipe: &Recipe,
    digests: &BTreeMap<String, String>,
    progress: &Progress,
) -> Result<(VersionStanding, Vec<String>), Error> {
    let clients = &session.clients;
    let detail = clients.describe_component(arn);
    let detail = cancellable("greengrass:DescribeComponent", progress.cancel(), detail)
        .await
        .map_err(cancelled)?;
    if !detail.state.is_deployable() && !detail.state.is_pending() {
        return Ok((
            VersionStanding::Failed,
            super::explain::words(&detail.state),
        ));
    }
    let there = clients.component_recipe(arn, RecipeFormat::Json);
    let there = cancellable("greengrass:GetComponent", progress.cancel(), there)
        .await
        .map_err(cancelled)?;
    let there = match Recipe::parse(&String::from_utf8_lossy(&there)) {
        Ok(there) => there,
        Err(error) => {
            let words = format!("the recipe that is there cannot be read: {error}");
            return Ok((VersionStanding::Taken, vec![words]));
        }
    };
    let differences = sameness::differences(&there, recipe, digests);
    Ok(if differences.is_empty() {
        (VersionStanding::Same, differences)
    } else {
        (VersionStanding::Taken, differences)
    })
}

/// The SHA-256 of each artifact's file by URI, as recipes have it: Base64.
fn digests(artifacts: &[ArtifactFile], files: &[Option<Digested>]) -> BTreeMap<String, String> {
    artifacts
        .iter()
        .zip(files)
        .filter_map(|(file, digested)| {
            let digest = hex::decode(&digested.as_ref()?.sha256).ok()?;
            Some((uri(file), STANDARD.encode(digest)))
        })
        .collect()
}

pub(super) fn uri(file: &ArtifactFile) -> String {
    format!("s3://{}/{}", file.artifact.bucket, file.artifact.key)
}

async fn object(
    session: &Session,
    file: &ArtifactFile,
    digested: Option<&Digested>,
    progress: &Progress,
) -> Result<ArtifactObject, Error> {
    let (bucket, key) = (&file.artifact.bucket, &file.artifact.key);
    let state = match (
        input_file::head(session, bucket, key, progress).await,
        digested,
    ) {
        (Ok(Some(there)), Some(ours)) if is_same(&there, ours) => ObjectStanding::Same,
        (Ok(Some(_)), Some(_)) => ObjectStanding::Differs,
        (Ok(Some(_)), None) => ObjectStanding::InPlace,
        (Ok(None), Some(_)) => ObjectStanding::ToUpload,
        (Ok(None), None) => ObjectStanding::Missing,
        // A bucket that is a stand-in, or someone else's: its finding says so.
        (Err(Error::Aws(error)), _)
            if matches!(
                error.kind,
                Kind::AccessDenied | Kind::BadRequest | Kind::WrongRegion
            ) =>
        {
            ObjectStanding::Unknown
        }
        (Err(error), _) => return Err(error),
    };
    Ok(ArtifactObject {
        uri: uri(file),
        state,
    })
}

/// Whether an object has the bytes of a file. One without a checksum that can be compared has not, as far as is known.
fn is_same(there: &overseed_aws::ObjectHead, ours: &Digested) -> bool {
    there.bytes == ours.bytes
        && (there.checksum.as_ref() == Some(&ours.checksum)
            || input_file::is_whole(there.checksum.as_ref(), &ours.sha256))
}

/// Which objects are there, as far as it could be looked at.
struct Objects(BTreeSet<String>);

impl Objects {
    fn of(objects: &[ArtifactObject]) -> Self {
        let missing = |object: &&ArtifactObject| object.state == ObjectStanding::Missing;
        Self(
            objects
                .iter()
                .filter(|object| !missing(object))
                .map(|object| object.uri.clone())
                .collect(),
        )
    }

    /// Findings about objects that are not there, unless there is one for the place already.
    fn missing(
        &self,
        recipe: &Recipe,
        known: &[overseed_domain::v2::recipe::RecipeFinding],
    ) -> Vec<overseed_domain::v2::recipe::RecipeFinding> {
        let present = Present {
            objects: Some(&self.0),
            ..Present::default()
        };
        let mut findings = check_present(&Configured::by_default(recipe), &present);
        findings.retain(|finding| {
            !known
                .iter()
                .any(|other| other.code == finding.code && other.path == finding.path)
        });
        findings
    }
}

/// The secrets of the default configuration that exist; `None` where the caller may not look.
async fn known_secrets(
    session: &Session,
    recipe: &Recipe,
    progress: &Progress,
) -> Result<Option<BTreeSet<String>>, Error> {
    let mut known = BTreeSet::new();
    for secret in secrets(&Configured::by_default(recipe)) {
        let call = session.clients.describe_secret(&secret.id);
        let call = cancellable("secretsmanager:DescribeSecret", progress.cancel(), call);
        match call.await {
            Ok(Some(found)) if found.deleted_at.is_none() => {
                known.insert(secret.id);
            }
            Ok(_) => {}
            Err(error) if error.kind == Kind::AccessDenied => return Ok(None),
            // A name that can be none: it does not exist either.
            Err(error) if error.kind == Kind::BadRequest => {}
            Err(error) => return Err(cancelled(error)),
        }
    }
    Ok(Some(known))
}
