//! The draft of a V2 deployment: what the wizard was told so far, in the store after each change. Nothing typed is lost
//! by going back, by an error or by closing the app.

use overseed_domain::{v2::job::IotJobConfiguration, waves::Waves};
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use serde::{Deserialize, Serialize};
use specta::Type;

use super::{
    compose::Layer,
    fixed::FixedPlan,
    row_file::DraftRows,
    way::{PlanV2, Way},
};
use crate::{
    Error, Session, StoreError,
    draft::{proposed_settle_minutes, settle_minutes_valid, waves_valid},
    inventory::stored,
    store::over_defaults,
    v2::devices::CORE_DEVICES,
};

/// The name that a draft proposes for the role of the state machine.
const ROLE: &str = "OverseedStepFunctions";

/// The prefix that a draft proposes for its objects.
const PREFIX: &str = "overseed";

/// The draft of a V2 deployment. There is one for each scope (partition, account, Region, sandbox).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct DeviceDraft {
    /// The id that the plan will have.
    pub plan: String,
    /// The last step that was open.
    pub step: String,
    /// A name for people, and for the deployments unless a layer says another.
    pub name: String,
    /// Devices selected.
    pub selected: u32,
    /// What is wanted of them; of what two say about one thing the later one wins.
    pub layers: Vec<Layer>,
    /// What is wanted of single devices.
    pub rows: Option<DraftRows>,
    /// Targets and documents that do not come from layers: of an opened plan, a retry, a way back. Layers and rows are put
    /// over these documents then.
    pub fixed: Option<FixedPlan>,
    /// What makes the deployments; absent for what is proposed for so many devices.
    pub way: Option<Way>,
    /// Rate, abort and timeout of the thing group's job.
    pub job: Option<IotJobConfiguration>,
    /// Items that the Distributed Map works on at once to begin with.
    pub concurrency: Option<u32>,
    /// Whether devices for which nothing changes get a deployment as well.
    pub unchanged_too: bool,
    /// The bucket for the waves' files and outcomes, where Step Functions makes the deployments.
    pub bucket: String,
    /// The key's prefix, without a slash at the end.
    pub prefix: String,
    /// The name of the state machine's role.
    pub role: String,
    /// Minutes that devices get to settle.
    #[specta(type = u32)]
    pub settle_minutes: f64,
    /// How it is cut into waves, and what stands between them.
    pub waves: Waves,
    /// The run that was started from this draft, while it is the last one.
    pub run: Option<String>,
    /// The run whose devices it retries or rolls back.
    pub parent: Option<String>,
}

/// What of the draft a face may change. Absent fields stay as they are.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", default)]
pub struct DeviceDraftChange {
    /// The last step that was open.
    pub step: Option<String>,
    /// A name.
    pub name: Option<String>,
    /// The layers, whole.
    pub layers: Option<Vec<Layer>>,
    /// The way; `Some(None)` for what is proposed.
    #[serde(with = "given")]
    #[specta(type = Option<Way>)]
    pub way: Option<Option<Way>>,
    /// The job.
    #[serde(with = "given")]
    #[specta(type = Option<IotJobConfiguration>)]
    pub job: Option<Option<IotJobConfiguration>>,
    /// Items at once.
    #[serde(with = "given")]
    #[specta(type = Option<u32>)]
    pub concurrency: Option<Option<u32>>,
    /// Whether unchanged devices get a deployment as well.
    pub unchanged_too: Option<bool>,
    /// The bucket.
    pub bucket: Option<String>,
    /// The prefix.
    pub prefix: Option<String>,
    /// The role.
    pub role: Option<String>,
    /// Minutes to settle.
    pub settle_minutes: Option<f64>,
    /// The waves and their gate, whole.
    pub waves: Option<Waves>,
}

/// A field that is absent where nothing is said, and null where nothing is wanted.
mod given {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<T: Serialize, S: Serializer>(
        value: &Option<Option<T>>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        value
            .as_ref()
            .and_then(Option::as_ref)
            .serialize(serializer)
    }

    pub(super) fn deserialize<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Option<T>>, D::Error> {
        Option::deserialize(deserializer).map(Some)
    }
}

impl DeviceDraft {
    /// What only V2 plans say, for so many targets.
    #[must_use]
    pub fn v2(&self, targets: u32) -> PlanV2 {
        let way = self.way.unwrap_or_else(|| super::proposed_way(targets));
        PlanV2 {
            way,
            job: self.job.clone().filter(|_| way == Way::ThingGroup),
            concurrency: self.concurrency.filter(|_| way == Way::StepFunctions),
        }
    }
}

/// The draft of the connection, made if there is none.
///
/// # Errors
/// Those of the store.
pub async fn device_draft_get(session: &Session) -> Result<DeviceDraft, Error> {
    let (scope, sandbox) = (session.scope, session.connection.sandbox.is_some());
    session
        .store()
        .write(move |tx| load_or_make(tx, scope, sandbox))
        .await
}

/// Changes what a face may change, and answers the whole draft.
///
/// # Errors
/// [`ErrorCode::InvalidInput`](crate::ErrorCode::InvalidInput) for what can be no settle time, no waves, and no number
/// of items; those of the store. Layers are taken as they are: what is wrong with them the preview tells.
pub async fn device_draft_set(
    session: &Session,
    change: DeviceDraftChange,
) -> Result<DeviceDraft, Error> {
    if let Some(minutes) = change.settle_minutes {
        settle_minutes_valid(minutes)?;
    }
    if let Some(waves) = &change.waves {
        waves_valid(waves)?;
    }
    if let Some(concurrency) = change.concurrency {
        let way = Way::StepFunctions;
        let v2 = PlanV2 {
            way,
            job: None,
            concurrency,
        };
        v2.valid()?;
    }
    let (scope, sandbox) = (session.scope, session.connection.sandbox.is_some());
    session
        .store()
        .write(move |tx| {
            let mut draft = load_or_make(tx, scope, sandbox)?;
            apply(&mut draft, change);
            save(tx, scope, &draft)?;
            Ok(draft)
        })
        .await
}

/// Begins a new draft: nothing selected and nothing wanted; bucket, prefix, role and settle time stay.
///
/// # Errors
/// Those of the store.
pub async fn device_draft_reset(session: &Session) -> Result<DeviceDraft, Error> {
    let (scope, sandbox) = (session.scope, session.connection.sandbox.is_some());
    session
        .store()
        .write(move |tx| {
            let old = load_or_make(tx, scope, sandbox)?;
            begin_next(tx, scope, &old, None)
        })
        .await
}

pub(crate) fn load_or_make(
    tx: &Transaction<'_>,
    scope: i64,
    sandbox: bool,
) -> Result<DeviceDraft, Error> {
    let mut draft = load(tx, scope)?.unwrap_or_default();
    if draft.plan.is_empty() {
        draft = DeviceDraft {
            plan: uuid::Uuid::new_v4().to_string(),
            step: "devices".to_owned(),
            prefix: PREFIX.to_owned(),
            role: ROLE.to_owned(),
            settle_minutes: proposed_settle_minutes(sandbox),
            selected: draft.selected,
            ..DeviceDraft::default()
        };
        save(tx, scope, &draft)?;
    }
    Ok(draft)
}

/// Reads the draft; `None` where the scope has none yet. Its plan is empty where only a selection was made.
pub(crate) fn load(connection: &Connection, scope: i64) -> Result<Option<DeviceDraft>, Error> {
    let body: Option<String> = connection
        .query_row(
            "SELECT body FROM device_draft WHERE scope = ?1",
            [scope],
            |row| row.get(0),
        )
        .optional()?;
    let Some(body) = body else {
        return Ok(None);
    };
    let mut draft: DeviceDraft = over_defaults(&body).map_err(|source| StoreError::Json {
        what: "device_draft.body",
        source,
    })?;
    let (selection, _) = stored::selections(connection, &CORE_DEVICES, scope)?;
    draft.selected = u32::try_from(selection.len()).unwrap_or(u32::MAX);
    Ok(Some(draft))
}

/// Writes the draft; its selection has its own column and stays.
pub(crate) fn save(tx: &Transaction<'_>, scope: i64, draft: &DeviceDraft) -> Result<(), Error> {
    let body = serde_json::to_string(draft).map_err(|source| StoreError::Json {
        what: "device_draft.body",
        source,
    })?;
    tx.execute(
        "INSERT INTO device_draft (scope, body) VALUES (?1, ?2)
         ON CONFLICT (scope) DO UPDATE SET body = excluded.body",
        params![scope, body],
    )?;
    Ok(())
}

/// Puts an empty draft in the place of `old`, which became `run` or was given up. The selection can be taken back by
/// undo.
pub(crate) fn begin_next(
    tx: &Transaction<'_>,
    scope: i64,
    old: &DeviceDraft,
    run: Option<String>,
) -> Result<DeviceDraft, Error> {
    let draft = DeviceDraft {
        plan: uuid::Uuid::new_v4().to_string(),
        step: "devices".to_owned(),
        bucket: old.bucket.clone(),
        prefix: old.prefix.clone(),
        role: old.role.clone(),
        settle_minutes: old.settle_minutes,
        run,
        ..DeviceDraft::default()
    };
    save(tx, scope, &draft)?;
    tx.execute(
        "UPDATE device_draft SET previous_selection = selection, selection = NULL, revision = revision + 1
         WHERE scope = ?1",
        [scope],
    )?;
    Ok(draft)
}

fn apply(draft: &mut DeviceDraft, change: DeviceDraftChange) {
    let DeviceDraftChange {
        step,
        name,
        layers,
        way,
        job,
        concurrency,
        unchanged_too,
        bucket,
        prefix,
        role,
        settle_minutes,
        waves,
    } = change;
    for (field, value) in [
        (&mut draft.step, step),
        (&mut draft.name, name),
        (&mut draft.bucket, bucket),
        (&mut draft.role, role),
    ] {
        if let Some(value) = value {
            value.trim().clone_into(field);
        }
    }
    if let Some(prefix) = prefix {
        prefix
            .trim()
            .trim_matches('/')
            .clone_into(&mut draft.prefix);
    }
    if let Some(layers) = layers {
        draft.layers = layers;
    }
    if let Some(way) = way {
        draft.way = way;
    }
    if let Some(job) = job {
        draft.job = job;
    }
    if let Some(concurrency) = concurrency {
        draft.concurrency = concurrency;
    }
    if let Some(unchanged_too) = unchanged_too {
        draft.unchanged_too = unchanged_too;
    }
    if let Some(minutes) = settle_minutes {
        draft.settle_minutes = minutes;
    }
    if let Some(waves) = waves {
        draft.waves = waves;
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    #[test]
    fn what_is_not_said_stays_and_what_is_null_is_taken_back() {
        let mut draft = DeviceDraft {
            way: Some(Way::StepFunctions),
            concurrency: Some(20),
            ..DeviceDraft::default()
        };
        let change = |text: &str| serde_json::from_str::<DeviceDraftChange>(text).unwrap();
        apply(
            &mut draft,
            change("{\"name\":\" a \",\"concurrency\":null}"),
        );
        assert_eq!(
            (draft.way, draft.concurrency, draft.name.as_str()),
            (Some(Way::StepFunctions), None, "a")
        );
        apply(&mut draft, change("{\"way\":\"thing_group\"}"));
        assert_eq!(draft.way, Some(Way::ThingGroup));
        apply(&mut draft, change("{\"way\":null}"));
        assert_eq!(draft.way, None);
        assert_eq!(draft.v2(200).way, Way::Direct);
        assert_eq!(draft.v2(201).way, Way::StepFunctions);
    }
}
