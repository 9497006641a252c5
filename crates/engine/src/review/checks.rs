//! The checks of the connection, the draft and its object. Each names the step that mends it.

use overseed_aws::ObjectHead;
use overseed_domain::figures::{bytes, counted, grouped};

use super::{Check, CheckState};
use crate::{
    Error, ErrorCode, Problem, Session, buckets,
    draft::{Draft, DraftFile},
    input_file::is_whole,
    waves::{WaveFile, WavesPreview},
};

/// Credentials that end within this time may not last until the rollout is started and watched.
const SHORT: i64 = 60 * 60 * 1000;

/// Refuses a start of which a check failed.
///
/// # Errors
/// [`ErrorCode::PreflightFailed`].
pub(crate) fn none_failed(checks: &[Check]) -> Result<(), Error> {
    let failed: Vec<&Check> = checks
        .iter()
        .filter(|check| check.state == CheckState::Fail)
        .collect();
    let Some(first) = failed.first() else {
        return Ok(());
    };
    let told: Vec<String> = failed
        .iter()
        .map(|check| format!("{}: {}", check.title, check.detail))
        .collect();
    Err(Problem::new(
        ErrorCode::PreflightFailed,
        format!(
            "Not started: {} of {} checks failed",
            failed.len(),
            checks.len()
        ),
    )
    .detail(told.join("\n"))
    .hint(first.detail.clone())
    .into())
}

/// The credentials are still valid, for the same caller.
pub(crate) async fn connection(session: &Session) -> Check {
    let check = |state, detail| {
        Check::new("connection", "The credentials are valid", state, detail).step("connect")
    };
    let connection = &session.connection;
    match session.clients.caller_identity().await {
        Ok(identity) if identity.account != connection.account => check(
            CheckState::Fail,
            format!(
                "The credentials are now those of account {}, not of {}. Connect again.",
                identity.account, connection.account
            ),
        ),
        Ok(identity) => {
            let left = connection
                .credentials_expire_at
                .map(|end| end.since(session.clock().now()));
            match left {
                Some(left) if left < SHORT => check(
                    CheckState::Warn,
                    format!(
                        "{}, but they end in {} minutes: then nothing can be watched or stopped until you sign in again.",
                        identity.arn,
                        left.max(0) / 60_000
                    ),
                ),
                _ => check(CheckState::Pass, identity.arn),
            }
        }
        Err(error) => check(CheckState::Fail, told(&Error::from(error).problem())),
    }
}

/// Something is selected, or an input file was opened.
pub(super) fn selection(draft: &Draft) -> Check {
    let opened = draft.file.as_ref().and_then(|file| file.opened.as_deref());
    let (state, detail) = match (opened, draft.selected) {
        (Some(name), _) => (CheckState::Pass, format!("The groups are those of {name}.")),
        (None, 0) => (CheckState::Fail, "No group is selected.".to_owned()),
        (None, 1) => (CheckState::Pass, "1 group is selected.".to_owned()),
        (None, count) => (
            CheckState::Pass,
            format!("{} groups are selected.", grouped(count)),
        ),
    };
    Check::new("selection", "Groups are selected", state, detail).step("groups")
}

/// The input file is there, holds the selection, and would not be refused.
pub(super) fn file(draft: &Draft) -> Check {
    let (state, detail) = match &draft.file {
        None => (
            CheckState::Fail,
            "There is no input file yet. Make or open one.".to_owned(),
        ),
        Some(DraftFile { stale: true, .. }) => (
            CheckState::Fail,
            "Groups or versions were changed after the file was made. Make it again.".to_owned(),
        ),
        Some(DraftFile { summary, .. }) if summary.records == 0 => (
            CheckState::Fail,
            "The input file has no records.".to_owned(),
        ),
        Some(DraftFile { summary, .. }) if summary.refusals > 0 => (
            CheckState::Fail,
            format!(
                "Greengrass would refuse the file: {} of its findings are refusals.",
                grouped(summary.refusals)
            ),
        ),
        Some(DraftFile { summary, .. }) if summary.findings > 0 => (
            CheckState::Warn,
            format!(
                "Greengrass would take it, with {}.",
                counted(summary.findings, "finding")
            ),
        ),
        Some(DraftFile { summary, .. }) => (
            CheckState::Pass,
            format!(
                "{} in {}; SHA-256 {}.",
                counted(summary.records, "record"),
                bytes(summary.bytes),
                summary.sha256
            ),
        ),
    };
    Check::new(
        "file",
        "The input file is valid and up to date",
        state,
        detail,
    )
    .step("file")
}

/// The bucket suits: see [`buckets::bucket_check`].
pub(super) async fn bucket(session: &Session, draft: &Draft) -> Check {
    let check = |state, detail| {
        Check::new(
            "bucket",
            "Greengrass can read from the bucket",
            state,
            detail,
        )
        .step("file")
    };
    let name = &draft.bucket;
    if name.is_empty() {
        return check(CheckState::Fail, "No bucket is chosen.".to_owned());
    }
    let found = match buckets::bucket_check(session, name).await {
        Ok(found) => found,
        Err(error) => return check(CheckState::Fail, told(&error.problem())),
    };
    if !found.problems.is_empty() {
        // What is uploaded already needs no more writing.
        let only_rights = found
            .problems
            .iter()
            .all(|p| p.code == ErrorCode::BucketDenied);
        let state = if only_rights && draft.upload.is_some() {
            CheckState::Warn
        } else {
            CheckState::Fail
        };
        let problems: Vec<String> = found.problems.iter().map(told).collect();
        return check(state, problems.join(" "));
    }
    match (found.region, found.encryption) {
        (Some(region), Some(encryption)) => check(
            CheckState::Pass,
            format!("{name} is in {region}; encryption: {encryption}."),
        ),
        (region, _) => check(
            CheckState::NotChecked,
            format!(
                "You may not read {} of {name}: it has to be in {}, and not encrypted with a KMS key.",
                if region.is_none() {
                    "the Region"
                } else {
                    "the encryption"
                },
                session.connection.region
            ),
        ),
    }
}

/// The plan can be cut as was asked for; no check where it is one wave.
pub(super) fn waves(draft: &Draft, found: &Result<WavesPreview, Error>) -> Option<Check> {
    if draft.waves.is_one() {
        return None;
    }
    let (state, detail) = match found {
        Err(error) => (CheckState::Fail, told(&error.problem())),
        Ok(found) if found.waves.is_empty() => (CheckState::Fail, found.findings.join(" ")),
        Ok(found) => {
            let sizes: Vec<String> = found
                .waves
                .iter()
                .map(|wave| grouped(wave.targets))
                .collect();
            let mut detail = format!("{} waves of {} groups.", sizes.len(), sizes.join(", "));
            for finding in &found.findings {
                detail.push(' ');
                detail.push_str(finding);
            }
            let state = if found.findings.is_empty() {
                CheckState::Pass
            } else {
                CheckState::Warn
            };
            (state, detail)
        }
    };
    Some(Check::new("waves", "The plan is cut into its waves", state, detail).step("file"))
}

/// What is in the bucket are the input files of this draft.
pub(super) async fn upload(session: &Session, draft: &Draft, files: &[WaveFile]) -> Check {
    let check = |state, detail| {
        Check::new(
            "upload",
            "The uploaded object is the input file",
            state,
            detail,
        )
        .step("file")
    };
    let (Some(upload), Some(file)) = (&draft.upload, files.first()) else {
        return check(
            CheckState::Fail,
            "The input file has not been uploaded.".to_owned(),
        );
    };
    let same = upload.sha256 == file.sha256 && upload.bytes == file.bytes;
    if !same || upload.bucket != draft.bucket {
        let detail = "What was uploaded is another file, or is in another bucket. Upload it again.";
        return check(CheckState::Fail, detail.to_owned());
    }
    for wave in files.iter().skip(1) {
        let there = session.clients.head_object(&upload.bucket, &wave.key).await;
        // The driver sends and compares each file once more before its wave is started; but what is started has to be
        // what was looked at.
        if let Ok(head) = there
            && !head.is_some_and(|head| is_file(&head, wave))
        {
            let detail = format!(
                "The file of wave {} is not there as it was made: s3://{}/{}. Upload the files again.",
                wave.number, upload.bucket, wave.key
            );
            return check(CheckState::Fail, detail);
        }
    }
    let uri = format!("s3://{}/{}", upload.bucket, upload.key);
    match session
        .clients
        .head_object(&upload.bucket, &upload.key)
        .await
    {
        Ok(None) => check(CheckState::Fail, format!("{uri} is gone. Upload it again.")),
        Ok(Some(head)) if head.bytes != upload.bytes => check(
            CheckState::Fail,
            format!(
                "{uri} has {}, {} were uploaded.",
                bytes(head.bytes),
                grouped(upload.bytes)
            ),
        ),
        Ok(Some(_)) if files.len() > 1 => check(
            CheckState::Pass,
            format!(
                "{} files, the first {uri}, SHA-256 {}.",
                files.len(),
                upload.sha256
            ),
        ),
        Ok(Some(_)) => check(
            CheckState::Pass,
            format!("{uri}, SHA-256 {}.", upload.sha256),
        ),
        Err(error) => check(
            CheckState::NotChecked,
            format!("{uri} was right when it was uploaded, but cannot be looked at now. {error}"),
        ),
    }
}

/// Whether an object is a wave's file, as far as the endpoint can tell: it may keep no checksum of the whole.
fn is_file(head: &ObjectHead, wave: &WaveFile) -> bool {
    let checksum = head.checksum.as_ref().filter(|sum| sum.parts.is_none());
    head.bytes == wave.bytes && (checksum.is_none() || is_whole(checksum, &wave.sha256))
}

/// A problem in one line.
pub(crate) fn told(problem: &Problem) -> String {
    let parts = [
        Some(problem.message.as_str()),
        problem.detail.as_deref(),
        problem.hint.as_deref(),
    ];
    let mut text = String::new();
    for part in parts.into_iter().flatten() {
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(part);
        if !part.ends_with(['.', '!', '?', ':', ';']) {
            text.push('.');
        }
    }
    text
}
