//! The review: the whole plan and its preflight checks.

mod account;
mod before;
pub(crate) mod checks;
mod other;
mod plan;
pub(crate) mod ran;

use overseed_domain::v2::recipe::NeededSecret;
use serde::{Deserialize, Serialize};
use specta::Type;

pub(crate) use before::before_writing;
pub use other::other_stop;
pub use plan::preflight_for;
pub use ran::before as run_before;

use crate::{
    Error, Session,
    draft::{self, Draft},
    input_file::object_key,
    job::Progress,
    permissions,
    waves::{self, WaveFile},
};

/// The plan as it would be started, with all checks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Review {
    /// What was told so far.
    pub draft: Draft,
    /// Targets of the plan.
    pub targets: u32,
    /// The URI that Greengrass will read, of the first wave where there are several.
    pub input_file_uri: String,
    /// The files of the waves; one where the plan is not cut.
    pub waves: Vec<WaveFile>,
    /// The execution role's ARN.
    pub role_arn: String,
    /// The checks, in order.
    pub checks: Vec<Check>,
    /// Another bulk deployment of the account that has not ended.
    pub other: Option<OtherBulkDeployment>,
    /// Whether the run may start: no check failed.
    pub ready: bool,
}

/// One preflight check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Check {
    /// `connection`, `selection`, `file`, `waves` (where the plan is cut), `bucket`, `upload`, `role`, `trust`, `deploy`, `read`, `pass`,
    /// `start`, `service_role`, `cores`, `other`, `run_before` (where it was); of a V2 deployment those of [`device_review`](crate::v2::review::device_review).
    pub id: String,
    /// A sentence that is true when the check passes.
    pub title: String,
    /// How it ended.
    pub state: CheckState,
    /// What was found, and what to do.
    pub detail: String,
    /// The wizard step that mends it.
    pub step: Option<String>,
    /// Secrets that are missing and can be made with what the plan names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub secrets: Vec<NeededSecret>,
}

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum CheckState {
    /// It holds.
    Pass,
    /// It may go wrong; the start is not blocked.
    Warn,
    /// The start is blocked.
    Fail,
    /// It could not be checked; the detail says why. The start is not blocked.
    NotChecked,
}

/// A bulk deployment that stands in the way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct OtherBulkDeployment {
    /// Its id.
    pub id: String,
    /// Its status.
    pub status: overseed_domain::rollout::BulkStatus,
    /// When it was created, as the service says it.
    pub created_at: Option<String>,
    /// The run it belongs to, if its tags name one.
    pub run: Option<String>,
}

impl Check {
    pub(crate) fn new(id: &str, title: &str, state: CheckState, detail: String) -> Self {
        Self {
            id: id.to_owned(),
            title: title.to_owned(),
            state,
            detail,
            step: None,
            secrets: Vec::new(),
        }
    }

    pub(crate) fn step(mut self, step: &str) -> Self {
        self.step = Some(step.to_owned());
        self
    }
}

/// The whole draft as it would be started, with all checks. A check that cannot be made says why; it is no error.
///
/// # Errors
/// Those of the store; [`Error::Cancelled`].
pub async fn review(session: &Session, progress: &Progress) -> Result<Review, Error> {
    tokio::select! {
        biased;
        () = progress.cancel().cancelled() => Err(Error::Cancelled),
        review = look(session, progress) => review,
    }
}

async fn look(session: &Session, progress: &Progress) -> Result<Review, Error> {
    // First: what it finds may make the file stale.
    let cores = account::cores(session, progress).await?;
    progress.stage("Checking everything", None);
    let draft = draft::draft_get(session).await?;
    let (at_work, of) = (session.clone(), draft.clone());
    let waves = tokio::task::spawn_blocking(move || waves::of_draft(&at_work, &of)).await?;
    let files = waves.as_ref().map_or(&[][..], |found| &found.waves);
    let (connection, bucket, upload, permissions, service_role, other) = tokio::join!(
        checks::connection(session),
        checks::bucket(session, &draft),
        checks::upload(session, &draft, files),
        permissions::permissions_check(session),
        account::service_role(session),
        other::find(session),
    );
    let mut checks = vec![connection, checks::selection(&draft), checks::file(&draft)];
    checks.extend(checks::waves(&draft, &waves));
    checks.extend([bucket, upload]);
    checks.extend(account::permissions(&permissions));
    checks.extend([service_role, cores, other::check(session, &other)]);
    checks.extend(ran::before(session, &draft.plan).await?);
    let ready = !checks.iter().any(|check| check.state == CheckState::Fail);
    Ok(Review {
        targets: draft
            .file
            .as_ref()
            .map_or(draft.selected, |file| file.summary.records),
        input_file_uri: input_file_uri(&draft),
        waves: waves.map(|found| found.waves).unwrap_or_default(),
        role_arn: match &permissions {
            Ok(permissions) => permissions.role_arn.clone(),
            Err(_) => named_role(session, &draft.role),
        },
        checks,
        other: other.ok().flatten(),
        ready,
        draft,
    })
}

/// Where the object is, or where it will be: its key carries the plan's id and the wave's number.
fn input_file_uri(draft: &Draft) -> String {
    match &draft.upload {
        Some(upload) => format!("s3://{}/{}", upload.bucket, upload.key),
        None => {
            format!(
                "s3://{}/{}",
                draft.bucket,
                object_key(&draft.prefix, &draft.plan, 1)
            )
        }
    }
}

/// The ARN that the draft's role has where nothing could be looked at.
fn named_role(session: &Session, typed: &str) -> String {
    let place = permissions::place(session);
    overseed_domain::permissions::named_role(typed, &place).unwrap_or_default()
}
