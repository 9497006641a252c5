//! Drafts that are made from a plan: from a file, or from what a run comes to.

use std::{
    collections::{HashMap, HashSet},
    fs::File,
    path::Path,
};

use overseed_domain::rollout::Generation;
use roaring::RoaringBitmap;
use rusqlite::{Connection, OptionalExtension};

use super::{
    draft::DeviceDraft,
    fixed::{FixedFrom, FixedPlan},
    fixed_file,
    loaded::Loaded,
};
use crate::{
    Error, ErrorCode, Problem, Session,
    draft::{
        begin_next,
        kept::{self, Kept},
    },
    generation::generation_set,
    input_file::Passing,
    inventory::stored,
    job::Progress,
    plan::PlanHeader,
    run::LeftOut,
    v2::devices::{devices_refresh, devices_status},
};

/// Targets that could not be taken over and are named.
const NAMED: usize = 100;

/// Findings of a plan that are named.
const FINDINGS: usize = 3;

/// Said of a target that the inventory does not have.
const NOT_LISTED: &str = "It is no core device of the account, as far as they were listed";

/// Makes the draft from the file of a V2 plan: its settings, its targets as the selection, and its documents. What the
/// draft held before is given up; its selection can be taken back by undo. Core devices are listed first where they never
/// were and some of the targets are not known. A plan that was started already becomes a new one, whose parent is its run.
///
/// # Errors
/// [`ErrorCode::PlanInvalid`], [`ErrorCode::RunElsewhere`]; [`ErrorCode::FileInvalid`] for what the service would refuse;
/// [`ErrorCode::NothingSelected`] where none of the targets is a core device; those of listing; [`Error::File`],
/// [`Error::Cancelled`].
pub(crate) async fn device_plan_open(
    session: &Session,
    path: &Path,
    progress: &Progress,
) -> Result<DeviceDraft, Error> {
    progress.stage("Reading the plan", None);
    let file = path
        .file_name()
        .unwrap_or(path.as_os_str())
        .to_string_lossy()
        .into_owned();
    let (from, place) = (path.to_owned(), passing_place(session));
    let plan = tokio::task::spawn_blocking(move || {
        let passing = Passing::beside(&place)?;
        let mut source = File::open(&from).map_err(Error::file(&from))?;
        let mut copy = passing.create()?;
        std::io::copy(&mut source, &mut copy)
            .and_then(|_| copy.sync_all())
            .map_err(Error::file(&from))?;
        Ok::<_, Error>(passing)
    })
    .await??;
    let from = FixedFrom::Opened { file, run: None };
    take_over(session, plan, from, Vec::new(), progress).await
}

/// Takes the fixed documents off the draft: layers and rows are put over what devices have then.
///
/// # Errors
/// Those of the store.
pub async fn device_fixed_clear(session: &Session) -> Result<DeviceDraft, Error> {
    let draft = kept::change(session, |draft: &mut DeviceDraft| {
        draft.fixed = None;
        Ok(true)
    })
    .await?;
    fixed_file::sweep(session).await?;
    Ok(draft)
}

/// Beside which a plan is made that a draft takes over.
pub(crate) fn passing_place(session: &Session) -> std::path::PathBuf {
    fixed_file::place(&session.engine, session.scope, "new")
}

/// Makes the draft from a plan, whose file becomes the draft's.
pub(crate) async fn take_over(
    session: &Session,
    plan: Passing,
    from: FixedFrom,
    left_out: Vec<LeftOut>,
    progress: &Progress,
) -> Result<DeviceDraft, Error> {
    let (at_work, cancel) = (session.clone(), progress.cancel().clone());
    let (loaded, plan) = tokio::task::spawn_blocking(move || {
        let loaded = Loaded::read_unless(plan.path(), at_work.engine.data_dir(), &cancel)?;
        loaded.header.connection.check(&at_work)?;
        whole(&loaded)?;
        Ok::<_, Error>((loaded, plan))
    })
    .await??;
    let things: Vec<Box<str>> = loaded.targets.iter().map(|t| t.thing.clone()).collect();
    let mut found = listed(session, things.clone()).await?;
    if found.missing > 0 && devices_status(session).await?.listed_at.is_none() {
        devices_refresh(session, progress).await?;
        found = listed(session, things.clone()).await?;
    }
    progress.check()?;
    if found.ordinals.is_empty() {
        return Err(Problem::new(
            ErrorCode::NothingSelected,
            "None of the plan's targets is a core device of the account",
        )
        .hint("List the core devices again, and check that the plan is for this account.")
        .into());
    }
    let fixed = fixed_plan(&loaded, from, left_out, &things, &found);
    let (header, ordinals) = (loaded.header, found.ordinals);
    let (scope, sandbox) = (session.scope, session.connection.sandbox.is_some());
    let place = fixed_file::place(&session.engine, scope, &fixed.sha256);
    let draft = session
        .store()
        .write(move |tx| {
            plan.put(&place)?;
            let old: DeviceDraft = kept::load_or_make(tx, scope, sandbox)?;
            let mut draft = begin_next(tx, scope, &old, None)?;
            take(&mut draft, header, fixed);
            if started(tx, &draft.plan)? {
                started_before(&mut draft);
            }
            kept::save(tx, scope, &draft)?;
            kept::select(tx, scope, &mut draft, &ordinals)?;
            Ok(draft)
        })
        .await?;
    generation_set(session, Generation::V2).await?;
    fixed_file::sweep(session).await?;
    Ok(draft)
}

/// Refuses a plan that could not be started as it is: nothing of it is left out unseen.
fn whole(plan: &Loaded) -> Result<(), Error> {
    if plan.header.generation != Generation::V2 {
        return Err(
            Problem::new(ErrorCode::PlanInvalid, "This plan is not for core devices")
                .detail(&plan.header.name)
                .into(),
        );
    }
    if plan.summary.refusals == 0 {
        return Ok(());
    }
    let refused: Vec<String> = plan
        .findings
        .iter()
        .filter(|finding| finding.code.is_refused())
        .take(FINDINGS)
        .map(|finding| format!("target {}: {}", finding.line, finding.message))
        .collect();
    Err(Problem::new(
        ErrorCode::FileInvalid,
        format!(
            "Greengrass would refuse {} of the plan's requests",
            plan.summary.refusals
        ),
    )
    .detail(refused.join("\n"))
    .hint("Make the plan again; show it with plan show to see all findings.")
    .into())
}

/// Targets in the inventory.
struct FoundTargets {
    ordinals: RoaringBitmap,
    known: HashSet<Box<str>>,
    missing: usize,
}

async fn listed(session: &Session, things: Vec<Box<str>>) -> Result<FoundTargets, Error> {
    let scope = session.scope;
    session
        .store()
        .read(move |c| {
            let mut left: HashMap<Box<str>, ()> =
                things.into_iter().map(|thing| (thing, ())).collect();
            let (mut ordinals, mut known) = (RoaringBitmap::new(), HashSet::new());
            let mut rows = c.prepare_cached(
                "SELECT ordinal, thing_name FROM core_device WHERE scope = ?1 AND deployable = 0",
            )?;
            let mut rows = rows.query([scope])?;
            while let Some(row) = rows.next()? {
                let thing = stored::text(row, 1)?.unwrap_or_default();
                if let Some((thing, ())) = left.remove_entry(thing) {
                    ordinals.insert(row.get(0)?);
                    known.insert(thing);
                }
            }
            Ok(FoundTargets {
                ordinals,
                known,
                missing: left.len(),
            })
        })
        .await
}

fn fixed_plan(
    plan: &Loaded,
    from: FixedFrom,
    mut left_out: Vec<LeftOut>,
    things: &[Box<str>],
    found: &FoundTargets,
) -> FixedPlan {
    let documents: HashSet<u32> = plan.targets.iter().map(|target| target.document).collect();
    let total = left_out.len() + found.missing;
    let missing = things.iter().filter(|thing| !found.known.contains(*thing));
    left_out.truncate(NAMED);
    let room = NAMED - left_out.len();
    left_out.extend(missing.take(room).map(|thing| LeftOut {
        target: thing.to_string(),
        why: NOT_LISTED.to_owned(),
    }));
    let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    FixedPlan {
        from,
        name: plan.header.name.clone(),
        targets: count(plan.targets.len()),
        documents: count(documents.len()),
        left_out,
        left_out_total: count(total),
        sha256: plan.summary.sha256.clone(),
    }
}

/// What the plan says; of places in the account what it does not say stays as it was.
fn take(draft: &mut DeviceDraft, header: PlanHeader, fixed: FixedPlan) {
    let settings = header.settings;
    for (field, value) in [
        (&mut draft.role, settings.role),
        (&mut draft.bucket, settings.bucket),
        (&mut draft.prefix, settings.prefix),
    ] {
        if !value.is_empty() {
            *field = value;
        }
    }
    let v2 = settings.v2.unwrap_or_default();
    draft.set_plan(header.id);
    draft.step = "changes".to_owned();
    draft.name = header.name;
    draft.way = Some(v2.way);
    draft.job = v2.job;
    draft.concurrency = v2.concurrency;
    if let Some(role) = v2.device_role {
        draft.device_role = role;
    }
    draft.wishes = v2.wishes;
    draft.settle_minutes = settings.settle_minutes;
    draft.waves = settings.waves;
    draft.parent = header.parent;
    // All of its targets were meant, whatever they have by now.
    draft.unchanged_too = true;
    draft.fixed = Some(fixed);
}

fn started(connection: &Connection, plan: &str) -> Result<bool, Error> {
    let found: Option<i64> = connection
        .prepare_cached("SELECT 1 FROM run WHERE id = ?1")?
        .query_row([plan], |row| row.get(0))
        .optional()?;
    Ok(found.is_some())
}

/// The same plan started twice is one run, so what comes of it now is another plan; and who has all of it by now needs it
/// no more.
fn started_before(draft: &mut DeviceDraft) {
    let run = std::mem::replace(&mut draft.plan, uuid::Uuid::new_v4().to_string());
    draft.parent = Some(run.clone());
    draft.unchanged_too = false;
    if let Some(FixedPlan {
        from: FixedFrom::Opened { run: before, .. },
        ..
    }) = &mut draft.fixed
    {
        *before = Some(run);
    }
}
