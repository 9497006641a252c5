//! Targets of a run as a new draft.

use overseed_domain::rollout::Generation;
use roaring::RoaringBitmap;
use rusqlite::{Transaction, params};

use super::{
    super::{
        retried::{self, Found, Version},
        rows::Run,
    },
    RetryVersion, RetryWhat, name_of, nothing_left_of,
    plan::{self, MadeFor},
};
use crate::{
    Error, ErrorCode, Problem, Session,
    draft::{self, Draft, NextDraft},
    generation::generation_set,
    input_file::Passing,
    job::Progress,
    v2::plan::{DeviceDraft, FixedFrom, passing_place, take_over},
    versions::write_choice,
};

/// The wizard is for the run's generation from then on.
pub(super) async fn make(
    session: &Session,
    run: Run,
    what: (RetryWhat, RetryVersion),
    why: &'static str,
    from: FixedFrom,
    progress: &Progress,
) -> Result<NextDraft, Error> {
    match run.generation {
        Generation::V1 => {
            let draft = groups_draft(session, run, what, why).await?;
            generation_set(session, Generation::V1).await?;
            Ok(NextDraft::V1 {
                draft: Box::new(draft),
            })
        }
        Generation::V2 => {
            let draft = devices_draft(session, run, what, why, from, progress).await?;
            Ok(NextDraft::V2 {
                draft: Box::new(draft),
            })
        }
    }
}

/// By way of the very plan that the command line would make.
async fn devices_draft(
    session: &Session,
    run: Run,
    what: (RetryWhat, RetryVersion),
    why: &str,
    from: FixedFrom,
    progress: &Progress,
) -> Result<DeviceDraft, Error> {
    let file = Passing::beside(&passing_place(session))?;
    let made = plan::make(session, run, what, why, (file.path(), MadeFor::Draft)).await?;
    take_over(session, file, from, made.left_out, progress).await
}

async fn groups_draft(
    session: &Session,
    run: Run,
    (what, version): (RetryWhat, RetryVersion),
    why: &'static str,
) -> Result<Draft, Error> {
    let (scope, sandbox) = (session.scope, session.connection.sandbox.is_some());
    session
        .store()
        .write(move |tx| {
            let old = draft::load_or_make(tx, scope, sandbox)?;
            let mut draft = draft::begin_next(tx, scope, &old, None)?;
            let selection = select(tx, &run, &what, version)?;
            if selection.is_empty() {
                return Err(nothing_left_of(tx, &run, &what)?);
            }
            draft.name = name_of(&run.name, why);
            draft.parent = Some(run.id.clone());
            if run.found_bulk.is_none() {
                draft.role = run.settings.role.clone();
                draft.bucket = run.settings.bucket.clone();
                draft.prefix = run.settings.prefix.clone();
                draft.pack = run.settings.pack;
                draft.read_by = run.settings.read_by;
                draft.settle_minutes = run.settings.settle_minutes;
                draft.waves = run.settings.waves.clone();
            }
            draft.step = "versions".to_owned();
            draft::save(tx, scope, &draft)?;
            draft.selected = u32::try_from(selection.len()).unwrap_or(u32::MAX);
            let mut bytes = Vec::with_capacity(selection.serialized_size());
            selection.serialize_into(&mut bytes).map_err(|source| {
                Problem::new(ErrorCode::Internal, "The selection cannot be written").detail(source)
            })?;
            tx.execute(
                "UPDATE draft SET selection = ?2 WHERE scope = ?1",
                params![scope, bytes],
            )?;
            Ok(draft)
        })
        .await
}

/// The groups as a selection, with the choice of each version that is not the latest.
fn select(
    tx: &Transaction<'_>,
    run: &Run,
    what: &RetryWhat,
    version: RetryVersion,
) -> Result<RoaringBitmap, Error> {
    let mut selection = RoaringBitmap::new();
    retried::for_each(tx, run.ordinal, what, &mut |target, deployed| {
        let Found::Known { ordinal, version } = retried::find(tx, run, target, deployed, version)?
        else {
            return Ok(());
        };
        selection.insert(ordinal);
        let choice = |word, chosen| write_choice(tx, run.scope, ordinal, word, chosen);
        match &version {
            Version::Latest(_) => Ok(()),
            Version::Other(version) | Version::Earlier(version) => {
                choice("chosen", Ok(version.as_str()))
            }
            Version::Before(version) => choice("previous", Ok(version.as_str())),
            Version::None(why) => choice("chosen", Err(*why)),
        }
    })?;
    Ok(selection)
}
