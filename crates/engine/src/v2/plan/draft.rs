//! The draft of a V2 deployment: what the wizard was told so far, in the store after each change. Nothing typed is lost
//! by going back, by an error or by closing the app.

use overseed_domain::{
    v2::{job::IotJobConfiguration, roles::Wishes},
    waves::Waves,
};
use rusqlite::Transaction;
use serde::{Deserialize, Serialize};
use specta::Type;

use super::{
    compose::Layer,
    fixed::FixedPlan,
    fixed_file,
    row_file::DraftRows,
    way::{DEVICE_ROLE, PlanV2, Way},
};
use crate::{
    Error, Session,
    draft::{
        PREFIX,
        kept::{self, Kept, put, put_prefix, put_text},
        proposed_settle_minutes, settle_minutes_valid, waves_valid,
    },
    inventory::Shape,
    v2::devices::CORE_DEVICES,
};

/// The name that a draft proposes for the role of the state machine.
const ROLE: &str = "OverseedStepFunctions";

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
    /// The devices' role (token exchange role), by name or ARN.
    pub device_role: String,
    /// What the devices' role is to have beside what the components say.
    pub wishes: Wishes,
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
    /// The devices' role.
    pub device_role: Option<String>,
    /// What it is to have beside what the components say, whole.
    pub wishes: Option<Wishes>,
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
            device_role: Some(self.device_role.clone())
                .filter(|role| !role.is_empty() && role != DEVICE_ROLE),
            wishes: self.wishes,
        }
    }
}

/// The draft of the connection, made if there is none.
///
/// # Errors
/// Those of the store.
pub async fn device_draft_get(session: &Session) -> Result<DeviceDraft, Error> {
    kept::get(session).await
}

/// Changes what a face may change, and answers the whole draft.
///
/// # Errors
/// [`ErrorCode::InvalidInput`](crate::ErrorCode::InvalidInput) for what can be no settle time, no waves, no number of
/// items and no job; those of the store. Layers are taken as they are: what is wrong with them the preview tells.
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
            ..PlanV2::default()
        };
        v2.valid()?;
    }
    if let Some(job) = &change.job {
        let v2 = PlanV2 {
            way: Way::ThingGroup,
            job: job.clone(),
            ..PlanV2::default()
        };
        v2.valid()?;
    }
    kept::change(session, |draft| {
        apply(draft, change);
        Ok(true)
    })
    .await
}

/// Begins a new draft: nothing selected and nothing wanted; bucket, prefix, role and settle time stay.
///
/// # Errors
/// Those of the store.
pub async fn device_draft_reset(session: &Session) -> Result<DeviceDraft, Error> {
    let draft: DeviceDraft = kept::reset(session).await?;
    fixed_file::sweep(session).await?;
    Ok(draft)
}

impl Kept for DeviceDraft {
    const BODY: &'static str = "device_draft.body";

    fn shape() -> &'static Shape {
        &CORE_DEVICES
    }

    fn plan(&self) -> &str {
        &self.plan
    }

    fn first(sandbox: bool) -> Self {
        Self {
            step: "devices".to_owned(),
            prefix: PREFIX.to_owned(),
            role: ROLE.to_owned(),
            device_role: DEVICE_ROLE.to_owned(),
            settle_minutes: proposed_settle_minutes(sandbox),
            ..Self::default()
        }
    }

    /// Bucket, prefix, roles and settle time.
    fn next(&self) -> Self {
        Self {
            step: "devices".to_owned(),
            bucket: self.bucket.clone(),
            prefix: self.prefix.clone(),
            role: self.role.clone(),
            device_role: self.device_role.clone(),
            wishes: self.wishes,
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
        (CORE_DEVICES.changed)(tx, scope)
    }
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
        device_role,
        wishes,
        settle_minutes,
        waves,
    } = change;
    put_text(&mut draft.step, step);
    put_text(&mut draft.name, name);
    put(&mut draft.layers, layers);
    put(&mut draft.way, way);
    put(&mut draft.job, job);
    put(&mut draft.concurrency, concurrency);
    put(&mut draft.unchanged_too, unchanged_too);
    put_text(&mut draft.bucket, bucket);
    put_prefix(&mut draft.prefix, prefix);
    put_text(&mut draft.role, role);
    put_text(&mut draft.device_role, device_role);
    put(&mut draft.wishes, wishes);
    put(&mut draft.settle_minutes, settle_minutes);
    put(&mut draft.waves, waves);
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
