//! The draft: everything that the wizard has been told so far. It is in the store after each change, so that
//! nothing typed is lost by going back, by an error or by closing the app.

pub(crate) mod kept;

use std::path::PathBuf;

use overseed_domain::{Millis, input_file::FileSummary, waves::Waves};
use rusqlite::Transaction;
use serde::{Deserialize, Serialize};
use specta::Type;

use self::kept::{Kept, put, put_prefix, put_text};
pub(crate) use self::kept::{begin_next, bitmap, load, save};
use crate::{
    Engine, Error, ErrorCode, Problem, Session,
    groups::GROUPS,
    inventory::Shape,
    permissions::{Pack, ReadBy},
    v2::plan::DeviceDraft,
};

/// The draft of a deployment. There is one for each scope (partition, account, Region, sandbox).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Draft {
    /// The id that the plan will have; the object key carries it.
    pub plan: String,
    /// The last step that was open: `groups`, `versions`, `file`, `permissions`, `review`.
    pub step: String,
    /// A name for people.
    pub name: String,
    /// Groups selected.
    pub selected: u32,
    /// The bucket for the input file.
    pub bucket: String,
    /// The key's prefix, without a slash at the end.
    pub prefix: String,
    /// The execution role's name.
    pub role: String,
    /// How the groups are to be packed into its policies.
    pub pack: Pack,
    /// Which policy lets it read the input file.
    pub read_by: ReadBy,
    /// Minutes that targets get to settle after their bulk deployment has ended.
    // JSON has no NaN, so the window may take it for a plain number.
    #[specta(type = u32)]
    pub settle_minutes: f64,
    /// How it is cut into waves, and what stands between them.
    pub waves: Waves,
    /// The input file, once it is made or opened.
    pub file: Option<DraftFile>,
    /// The uploaded object, once its size and checksum were compared; with several waves that of the first one, once
    /// all of them are there.
    pub upload: Option<Upload>,
    /// The run that was started from this draft, while it is the last one.
    pub run: Option<String>,
    /// The run whose targets it retries or rolls back.
    pub parent: Option<String>,
}

/// What of the draft a face may change. Absent fields stay as they are.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", default)]
pub struct DraftChange {
    /// The last step that was open.
    pub step: Option<String>,
    /// A name for people.
    pub name: Option<String>,
    /// The bucket.
    pub bucket: Option<String>,
    /// The key's prefix.
    pub prefix: Option<String>,
    /// The execution role's name.
    pub role: Option<String>,
    /// How the groups are to be packed.
    pub pack: Option<Pack>,
    /// Which policy lets the role read.
    pub read_by: Option<ReadBy>,
    /// Minutes to settle.
    pub settle_minutes: Option<f64>,
    /// The waves and their gate, whole.
    pub waves: Option<Waves>,
}

/// A draft that was made from something else: from a plan file, or from a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(tag = "generation", rename_all = "lowercase")]
pub enum NextDraft {
    /// Of groups.
    V1 {
        /// The draft.
        draft: Box<Draft>,
    },
    /// Of core devices.
    V2 {
        /// The draft.
        draft: Box<DeviceDraft>,
    },
}

impl NextDraft {
    /// That of groups, if it is one.
    #[must_use]
    pub fn groups(self) -> Option<Draft> {
        match self {
            Self::V1 { draft } => Some(*draft),
            Self::V2 { .. } => None,
        }
    }

    /// That of core devices, if it is one.
    #[must_use]
    pub fn devices(self) -> Option<DeviceDraft> {
        match self {
            Self::V1 { .. } => None,
            Self::V2 { draft } => Some(*draft),
        }
    }
}

/// Where the draft's input file comes from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct DraftFile {
    /// The name of the file that was opened from disk; absent where it was generated from the selection.
    pub opened: Option<String>,
    /// What it comes to.
    pub summary: FileSummary,
    /// Its first lines, up to 20.
    pub first_lines: Vec<String>,
    /// Whether selection or versions have changed since it was generated.
    pub stale: bool,
}

/// An input file that arrived in S3 as it was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Upload {
    /// The bucket.
    pub bucket: String,
    /// The object's key.
    pub key: String,
    /// Bytes stored.
    pub bytes: u64,
    /// SHA-256 of what was sent.
    pub sha256: String,
    /// When it was compared.
    pub checked_at: Millis,
}

/// The prefix that a new draft of either generation proposes.
pub(crate) const PREFIX: &str = "overseed";

/// The execution role's name that a new draft proposes.
const DEFAULT_ROLE: &str = "OverseedBulkDeployment";

/// Minutes to settle, unless said otherwise.
const DEFAULT_SETTLE_MINUTES: f64 = 30.0;

/// The same in the sandbox, whose simulated time runs faster.
const SANDBOX_SETTLE_MINUTES: f64 = 1.0;

/// Minutes to settle that a new draft or plan proposes.
#[must_use]
pub const fn proposed_settle_minutes(sandbox: bool) -> f64 {
    if sandbox {
        SANDBOX_SETTLE_MINUTES
    } else {
        DEFAULT_SETTLE_MINUTES
    }
}

/// The longest settle time: a week.
const LONGEST_SETTLE_MINUTES: f64 = 7.0 * 24.0 * 60.0;

/// The draft of the connection, made if there is none.
///
/// # Errors
/// Those of the store.
pub async fn draft_get(session: &Session) -> Result<Draft, Error> {
    kept::get(session).await
}

/// Changes what a face may change, and answers the whole draft.
///
/// # Errors
/// [`ErrorCode::InvalidInput`] for a settle time that is no time and waves that cannot be cut; those of the store.
pub async fn draft_set(session: &Session, change: DraftChange) -> Result<Draft, Error> {
    if let Some(minutes) = change.settle_minutes {
        settle_minutes_valid(minutes)?;
    }
    if let Some(waves) = &change.waves {
        waves_valid(waves)?;
    }
    kept::change(session, |draft: &mut Draft| {
        let before = draft.clone();
        apply(draft, change);
        let sent = |draft: &Draft| {
            let Waves { cuts, order, .. } = &draft.waves;
            (
                draft.bucket.clone(),
                draft.prefix.clone(),
                cuts.clone(),
                *order,
            )
        };
        if sent(draft) != sent(&before) {
            draft.upload = None;
        }
        Ok(true)
    })
    .await
}

/// Begins a new draft: nothing selected, a new plan id; bucket, prefix, role, how it is allowed, and settle time stay.
///
/// # Errors
/// Those of the store.
pub async fn draft_reset(session: &Session) -> Result<Draft, Error> {
    kept::reset(session).await
}

/// Refuses settle times below zero, beyond a week, or no numbers at all.
///
/// # Errors
/// [`ErrorCode::InvalidInput`].
pub fn settle_minutes_valid(minutes: f64) -> Result<(), Error> {
    if (0.0..=LONGEST_SETTLE_MINUTES).contains(&minutes) {
        return Ok(());
    }
    Err(Problem::new(
        ErrorCode::InvalidInput,
        "The settle time is not between 0 minutes and a week",
    )
    .hint("30 minutes suit cores that are on; more for cores that are off at times.")
    .into())
}

/// Refuses waves that cannot be cut or judged.
///
/// # Errors
/// [`ErrorCode::InvalidInput`].
pub fn waves_valid(waves: &Waves) -> Result<(), Error> {
    waves.validate().map_err(|error| {
        Problem::new(
            ErrorCode::InvalidInput,
            "The plan cannot be cut into these waves",
        )
        .detail(error)
        .hint("Change the wave or the limit that is named.")
        .into()
    })
}

/// To be called in the transaction that changes selection or versions: a generated file no longer holds what
/// was chosen, and what was uploaded is not the plan.
pub(crate) fn targets_changed(tx: &Transaction<'_>, scope: i64) -> Result<(), Error> {
    let Some(mut draft) = load::<Draft>(tx, scope)? else {
        return Ok(());
    };
    let Some(file) = draft.file.as_mut() else {
        return Ok(());
    };
    if file.opened.is_none() && !file.stale {
        file.stale = true;
        draft.upload = None;
        save(tx, scope, &draft)?;
    }
    Ok(())
}

/// The draft's input file in the data folder.
#[must_use]
pub fn file_path(engine: &Engine, scope: i64) -> PathBuf {
    engine
        .data_dir()
        .join("drafts")
        .join(format!("{scope}.jsonl"))
}

/// The draft, made in this transaction if there is none.
pub(crate) fn load_or_make(
    tx: &Transaction<'_>,
    scope: i64,
    sandbox: bool,
) -> Result<Draft, Error> {
    kept::load_or_make(tx, scope, sandbox)
}

impl Kept for Draft {
    const BODY: &'static str = "draft.body";

    fn shape() -> &'static Shape {
        &GROUPS
    }

    fn plan(&self) -> &str {
        &self.plan
    }

    fn first(sandbox: bool) -> Self {
        Self {
            step: "groups".to_owned(),
            prefix: PREFIX.to_owned(),
            role: DEFAULT_ROLE.to_owned(),
            settle_minutes: proposed_settle_minutes(sandbox),
            ..Self::default()
        }
    }

    /// Bucket, prefix, role, how it is allowed, and settle time.
    fn next(&self) -> Self {
        Self {
            step: "groups".to_owned(),
            bucket: self.bucket.clone(),
            prefix: self.prefix.clone(),
            role: self.role.clone(),
            pack: self.pack,
            read_by: self.read_by,
            settle_minutes: self.settle_minutes,
            ..Self::default()
        }
    }

    fn set_plan(&mut self, plan: String) {
        self.plan = plan;
    }

    fn set_selected(&mut self, selected: u32) {
        self.selected = selected;
    }

    fn set_run(&mut self, run: Option<String>) {
        self.run = run;
    }

    fn given_up(tx: &Transaction<'_>, scope: i64) -> Result<(), Error> {
        tx.execute("DELETE FROM draft_version WHERE scope = ?1", [scope])?;
        Ok(())
    }
}

fn apply(draft: &mut Draft, change: DraftChange) {
    let DraftChange {
        step,
        name,
        bucket,
        prefix,
        role,
        pack,
        read_by,
        settle_minutes,
        waves,
    } = change;
    put_text(&mut draft.step, step);
    put_text(&mut draft.name, name);
    put_text(&mut draft.bucket, bucket);
    put_prefix(&mut draft.prefix, prefix);
    put_text(&mut draft.role, role);
    put(&mut draft.pack, pack);
    put(&mut draft.read_by, read_by);
    put(&mut draft.settle_minutes, settle_minutes);
    put(&mut draft.waves, waves);
}
