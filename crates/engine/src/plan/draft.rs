//! The draft as a plan file, and back.

use std::path::Path;

use overseed_domain::{input_file::Writer, rollout::Generation};

use super::{
    file::{FORMAT, PlanConnection, PlanHeader, PlanSettings, plan_read, plan_write},
    new::of_groups,
    reading::plan_generation,
};
use crate::{
    Error, ErrorCode, Problem, Session,
    draft::{self, Draft, NextDraft},
    generation::generation_set,
    input_file::{self, Passing},
    job::Progress,
    v2::plan::device_plan_open,
};

/// Writes the draft as a plan: started on the command line, it is the very run that the window would start.
///
/// # Errors
/// [`ErrorCode::FileInvalid`] without an input file, or with one that has findings for which Greengrass would refuse
/// it; [`Error::File`].
pub async fn plan_export(session: &Session, path: &Path) -> Result<(), Error> {
    let draft = draft::draft_get(session).await?;
    let whole = draft
        .file
        .as_ref()
        .is_some_and(|file| !file.stale && file.summary.refusals == 0);
    if !whole {
        return Err(Problem::new(
            ErrorCode::FileInvalid,
            "The plan has no input file that could be sent",
        )
        .hint("Make the file, or mend its findings, in the input file step; then export again.")
        .into());
    }
    let header = PlanHeader {
        format: FORMAT,
        id: draft.plan,
        generation: Generation::V1,
        name: draft.name,
        connection: PlanConnection::of(session),
        settings: PlanSettings {
            role: draft.role,
            bucket: draft.bucket,
            prefix: draft.prefix,
            pack: draft.pack,
            read_by: draft.read_by,
            settle_minutes: draft.settle_minutes,
            waves: draft.waves,
            v2: None,
        },
        parent: draft.parent,
    };
    let (from, to) = (
        draft::file_path(&session.engine, session.scope),
        path.to_owned(),
    );
    tokio::task::spawn_blocking(move || {
        plan_write(&to, &header, |target| {
            input_file::for_each_record(&from, &mut |_, group, version| target(group, version))
        })
    })
    .await?
}

/// Makes the draft from a plan file, of the generation that the plan is for, which the wizard is for from then on. What
/// that draft held before is given up; its selection can be taken back by undo. Of a V1 plan the targets become the input
/// file, of a V2 plan the selection with fixed documents.
///
/// # Errors
/// [`ErrorCode::PlanInvalid`], [`ErrorCode::RunElsewhere`]; for V2 [`ErrorCode::FileInvalid`] and
/// [`ErrorCode::NothingSelected`] as well; [`Error::File`], [`Error::Cancelled`].
pub async fn plan_open(
    session: &Session,
    path: &Path,
    progress: &Progress,
) -> Result<NextDraft, Error> {
    let of = path.to_owned();
    let generation = tokio::task::spawn_blocking(move || plan_generation(&of)).await??;
    if generation == Some(Generation::V2) {
        let draft = device_plan_open(session, path, progress).await?;
        return Ok(NextDraft::V2 {
            draft: Box::new(draft),
        });
    }
    let draft = open_groups(session, path, progress).await?;
    generation_set(session, Generation::V1).await?;
    Ok(NextDraft::V1 {
        draft: Box::new(draft),
    })
}

async fn open_groups(session: &Session, path: &Path, progress: &Progress) -> Result<Draft, Error> {
    let name = path
        .file_name()
        .unwrap_or(path.as_os_str())
        .to_string_lossy()
        .into_owned();
    progress.stage("Reading the plan", None);
    let (from, place) = (
        path.to_owned(),
        draft::file_path(&session.engine, session.scope),
    );
    let (header, made) = tokio::task::spawn_blocking(move || {
        let made = Passing::beside(&place)?;
        let mut writer = Writer::new(made.create()?);
        let header = plan_read(&from, &mut |target, version| {
            writer
                .record(target, version)
                .map_err(Error::file(made.path()))
        })?;
        writer.finish().map_err(Error::file(made.path()))?;
        Ok::<_, Error>((header, made))
    })
    .await??;
    of_groups(&header)?;
    header.connection.check(session)?;
    let (scope, sandbox) = (session.scope, session.connection.sandbox.is_some());
    session
        .store()
        .write(move |tx| {
            let old = draft::load_or_make(tx, scope, sandbox)?;
            let mut draft = draft::begin_next(tx, scope, &old, None)?;
            draft.plan = header.id;
            draft.name = header.name;
            draft.role = header.settings.role;
            draft.bucket = header.settings.bucket;
            draft.prefix = header.settings.prefix;
            draft.pack = header.settings.pack;
            draft.read_by = header.settings.read_by;
            draft.settle_minutes = header.settings.settle_minutes;
            draft.waves = header.settings.waves;
            draft.parent = header.parent;
            draft.step = "file".to_owned();
            draft::save(tx, scope, &draft)
        })
        .await?;
    input_file::file_open(session, made.path(), progress).await?;
    session
        .store()
        .write(move |tx| {
            let mut draft = draft::load_or_make(tx, scope, sandbox)?;
            if let Some(file) = draft.file.as_mut() {
                file.opened = Some(name);
            }
            draft::save(tx, scope, &draft)?;
            Ok(draft)
        })
        .await
}
