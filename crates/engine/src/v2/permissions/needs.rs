//! What a V2 plan asks of its roles.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::{Arc, PoisonError},
};

use overseed_domain::{
    permissions::{Objects, Place},
    v2::roles::{EngineRole, Grant},
};
use rusqlite::params;
use sha2::{Digest, Sha256};

use super::components::{self, Recipes, Used};
use crate::{
    Error, ErrorCode, Problem, Session,
    input_file::Passing,
    job::Progress,
    permissions::{RoleKind, in_use, needs},
    plan::{PlanHeader, PlanSettings},
    v2::plan::{Loaded, Way, Whole, device_plan_export},
};

/// The state machines of this app, as a pattern: one policy and one trust statement do for all of them.
const MACHINES: &str = "overseed-*";

/// So many targets are kept by name: with more of them none is named.
pub(crate) const THINGS_KEPT: u32 = 200;

/// What a V2 plan asks of its roles.
#[derive(Debug, Clone)]
pub struct RolesNeeded {
    /// The plan without its targets.
    pub header: PlanHeader,
    pub(crate) device: DeviceNeeds,
    /// Where Step Functions makes the deployments.
    pub(crate) engine: Option<EngineNeeds>,
    pub(crate) way: Way,
    pub(crate) warnings: Vec<String>,
}

/// What is asked of the devices' role.
#[derive(Debug, Clone)]
pub(crate) struct DeviceNeeds {
    /// Its name or ARN.
    pub(crate) role: String,
    pub(crate) grants: Vec<Grant>,
    /// With the artifacts of all versions, where those of single ones do not fit; absent where that was asked for.
    pub(crate) wide: Option<Vec<Grant>>,
    /// Component versions.
    pub(crate) components: usize,
    /// Those whose recipes could not be read, and why.
    pub(crate) unread: Vec<String>,
}

/// What is asked of the engine's role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EngineNeeds {
    /// Its name or ARN.
    pub(crate) role: String,
    pub(crate) bucket: String,
    pub(crate) objects: Objects,
    /// The things to deploy to, those of live runs with the same role and place included.
    pub(crate) things: Vec<String>,
    /// A state machine of the plan.
    pub(crate) machine: String,
}

impl RolesNeeded {
    /// The needs of the draft: those of the plan that it comes to.
    ///
    /// # Errors
    /// As [`device_plan_export`] and [`Self::of_plan`].
    pub async fn of_draft(session: &Session, progress: &Progress) -> Result<Self, Error> {
        let plan = Passing::beside(&session.engine.data_dir().join("plan.json"))?;
        device_plan_export(session, plan.path(), progress).await?;
        Self::of_plan(session, plan.path(), progress).await
    }

    /// The needs of a plan: its components' recipes are read from the account.
    ///
    /// # Errors
    /// [`ErrorCode::PlanInvalid`], [`ErrorCode::RunElsewhere`]; [`ErrorCode::InvalidInput`] for a name that can be no
    /// role's, and one role for both; [`Error::Cancelled`]; [`Error::File`]. A recipe that cannot be read is no error:
    /// it is told.
    pub async fn of_plan(
        session: &Session,
        path: &Path,
        progress: &Progress,
    ) -> Result<Self, Error> {
        progress.stage("Reading the plan", None);
        let (at_work, path) = (session.clone(), path.to_owned());
        let cancel = progress.cancel().clone();
        let read = tokio::task::spawn_blocking(move || {
            let plan = Loaded::read_unless(&path, at_work.engine.data_dir(), &cancel)?;
            plan.header.connection.check(&at_work)?;
            Ok::<_, Error>((plan.header.clone(), Arc::new(Whole::from(plan))))
        });
        let (header, whole) = read.await??;
        Self::of_whole(session, header, &whole, &Recipes::default(), progress).await
    }

    /// The same of a plan that was read already; recipes that are known are not read again.
    ///
    /// # Errors
    /// As [`Self::of_plan`], but for the file.
    pub(in crate::v2) async fn of_whole(
        session: &Session,
        header: PlanHeader,
        whole: &Arc<Whole>,
        recipes: &Recipes,
        progress: &Progress,
    ) -> Result<Self, Error> {
        let things: Vec<String> = whole
            .targets
            .iter()
            .take(THINGS_KEPT as usize)
            .map(|target| target.thing.to_string())
            .collect();
        let (of, at_work) = (Arc::clone(whole), progress.clone());
        let used = tokio::task::spawn_blocking(move || used(&of, &at_work)).await??;
        let v2 = header.settings.v2.clone().unwrap_or_default();
        let place = needs::place(session);
        let device_role = v2.device_role().to_owned();
        let device_name = needs::named(&device_role, &place)?;
        let engine = if v2.way == Way::StepFunctions {
            let of = EngineNeeds::new(session, &header.settings, &header.id, things).await?;
            if needs::named(&of.role, &place)? == device_name {
                return Err(one_for_both(device_name));
            }
            Some(of)
        } else {
            None
        };
        let (device, warnings) = components::needed(
            session,
            &place,
            device_role,
            used,
            v2.wishes,
            (recipes, progress),
        )
        .await?;
        Ok(Self {
            header,
            device,
            engine,
            way: v2.way,
            warnings,
        })
    }
}

impl DeviceNeeds {
    /// The buckets that the components' artifacts come from; those of AWS are not the account's to write.
    pub(super) fn artifact_buckets(&self) -> Vec<String> {
        let of_own = |component: &Option<String>| {
            let name = component.as_deref().unwrap_or_default();
            !name.starts_with("aws.greengrass.")
        };
        let buckets: BTreeSet<&str> = self
            .grants
            .iter()
            .flat_map(|grant| &grant.resources)
            .filter(|resource| of_own(&resource.component))
            .filter_map(|resource| resource.arn.split_once(":s3:::"))
            .map(|(_, path)| path.split('/').next().unwrap_or(path))
            .filter(|bucket| !bucket.is_empty() && !bucket.contains('*'))
            .collect();
        buckets.into_iter().map(str::to_owned).collect()
    }
}

impl EngineNeeds {
    /// For a plan's things; what live runs with the same role, bucket and prefix have left is added, so that none of
    /// them loses what it needs.
    pub(crate) async fn new(
        session: &Session,
        settings: &PlanSettings,
        plan: &str,
        mut things: Vec<String>,
    ) -> Result<Self, Error> {
        let place = needs::place(session);
        let name = needs::named(&settings.role, &place)?;
        if settings.bucket.is_empty() {
            return Err(Problem::new(
                ErrorCode::InvalidInput,
                "No bucket is chosen, so it is not known what the role of the state machine has to read",
            )
            .hint("Choose or create a bucket in the rollout step, then check again.")
            .into());
        }
        let mut known: BTreeSet<String> = things.iter().cloned().collect();
        for run in in_use::live(session, name, plan).await? {
            let of = &run.settings;
            if of.v2.is_some() && of.bucket == settings.bucket && of.prefix == settings.prefix {
                for thing in left(session, run.ordinal).await? {
                    if known.insert(thing.clone()) {
                        things.push(thing);
                    }
                }
            }
        }
        Ok(Self {
            role: settings.role.clone(),
            bucket: settings.bucket.clone(),
            objects: Objects::Prefix(settings.prefix.clone()),
            things,
            machine: format!("overseed-{plan}-1"),
        })
    }

    /// The name of our inline policy: what runs with the same bucket and prefix need is one policy of the role, since
    /// inline policies have 10,240 characters in all (IAM), too few for one a run.
    pub(crate) fn policy(&self) -> String {
        let prefix = match &self.objects {
            Objects::Prefix(text) | Objects::Key(text) => text,
        };
        let hash = Sha256::digest(format!("{}/{prefix}", self.bucket));
        format!(
            "{}-{}",
            RoleKind::Engine.policy(),
            hex::encode(hash.get(..4).unwrap_or_default())
        )
    }

    /// The same as the domain has it.
    pub(crate) fn of<'a>(&'a self, place: &'a Place) -> EngineRole<'a> {
        EngineRole {
            place,
            state_machine: MACHINES,
            bucket: &self.bucket,
            plans: &self.objects,
            results: &self.objects,
            things: &self.things,
        }
    }
}

/// The things of the waves that are not ended, as many as matter.
async fn left(session: &Session, run: i64) -> Result<Vec<String>, Error> {
    session
        .store()
        .read(move |c| {
            let mut query = c.prepare(
                "SELECT target.target FROM target
                   JOIN wave ON wave.run = target.run AND wave.number = target.wave
                 WHERE target.run = ?1 AND wave.state IN ('waiting', 'starting', 'running', 'settling')
                 LIMIT ?2",
            )?;
            let rows = query.query_map(params![run, THINGS_KEPT], |row| row.get(0))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
        .await
}

/// The distinct component versions of the plan's documents, each with its distinct merges.
fn used(plan: &Whole, progress: &Progress) -> Result<Vec<Used>, Error> {
    let numbers: BTreeSet<u32> = plan.targets.iter().map(|target| target.document).collect();
    let mut used: BTreeMap<(String, String), BTreeSet<Option<String>>> = BTreeMap::new();
    let mut documents = plan
        .documents
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    for number in numbers {
        progress.check()?;
        let document = documents.document(number)?;
        for (name, component) in &document.components {
            let key = (name.clone(), component.component_version.clone());
            let update = component.configuration_update.as_ref();
            let merge = update.and_then(|update| update.merge.clone());
            used.entry(key).or_default().insert(merge);
        }
    }
    let used = used.into_iter().map(|((name, version), merges)| Used {
        name,
        version,
        merges: merges.into_iter().collect(),
    });
    Ok(used.collect())
}

fn one_for_both(role: &str) -> Error {
    Problem::new(
        ErrorCode::InvalidInput,
        format!("The role {role} cannot be both the devices' and that of the state machine"),
    )
    .hint("Name another role in one of the two places: devices must not get the rights of the state machine.")
    .into()
}
