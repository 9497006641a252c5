//! A V2 plan file told to people: what it comes to, before anything is sent.

use std::{
    collections::BTreeMap,
    io,
    path::Path,
    sync::{Arc, Mutex},
};

use overseed_domain::{
    input_file::FileSummary,
    v2::{
        document::DeploymentPolicies,
        line::LineFinding,
        rows::{RowFinding, Rows},
    },
};
use serde::{Deserialize, Serialize};
use specta::Type;
use tokio_util::sync::CancellationToken;

use super::{
    contents::Contents,
    loaded::{Loaded, LoadedTarget},
    row_file,
    shelf::Shelf,
    wave_files::{Line, WaveFiles, cut},
};
use crate::{Error, Session, input_file::object_key, plan::PlanHeader, waves::WaveFile};

/// Documents that are told whole.
const NAMED: usize = 20;

/// A V2 plan with what its waves' files come to.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DevicePlanShown {
    /// The plan without its targets.
    #[serde(flatten)]
    pub header: PlanHeader,
    /// All files of the waves together; the SHA-256 is that of targets and documents.
    pub file: FileSummary,
    /// The files of the waves; one where the plan is not cut.
    pub waves: Vec<WaveFile>,
    /// What is to be known about the waves, in sentences.
    pub wave_findings: Vec<String>,
    /// What is wrong with the requests, the first findings.
    pub findings: Vec<LineFinding>,
    /// Different documents that targets get.
    pub documents_total: u32,
    /// The first of them: those that most targets get.
    pub documents: Vec<PlanDocument>,
}

/// One document of a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct PlanDocument {
    /// Its hash.
    pub hash: String,
    /// Targets that get it.
    pub targets: u32,
    /// The first of them.
    pub example: String,
    /// Versions by component.
    pub components: BTreeMap<String, String>,
    /// The deployment's name.
    pub deployment_name: Option<String>,
    /// Its policies.
    pub policies: Option<DeploymentPolicies>,
}

/// Reads a V2 plan and makes the files of its waves to tell their hashes; looks at nothing in the account.
///
/// # Errors
/// [`ErrorCode::PlanInvalid`](crate::ErrorCode::PlanInvalid),
/// [`ErrorCode::RunElsewhere`](crate::ErrorCode::RunElsewhere); [`Error::File`].
pub async fn device_plan_show(session: &Session, path: &Path) -> Result<DevicePlanShown, Error> {
    Ok(show_whole(session, path, &CancellationToken::new())
        .await?
        .0)
}

/// What is looked at beside what is told.
pub(in crate::v2) struct Whole {
    pub(in crate::v2) contents: Contents,
    pub(in crate::v2) targets: Vec<LoadedTarget>,
    pub(in crate::v2) documents: Mutex<Shelf>,
}

impl From<Loaded> for Whole {
    fn from(plan: Loaded) -> Self {
        Self {
            contents: plan.contents,
            targets: plan.targets,
            documents: Mutex::new(plan.shelf),
        }
    }
}

/// The same with all targets and what they get.
///
/// # Errors
/// As [`device_plan_show`]; [`Error::Cancelled`].
pub(in crate::v2) async fn show_whole(
    session: &Session,
    path: &Path,
    cancel: &CancellationToken,
) -> Result<(DevicePlanShown, Whole), Error> {
    let (session, path, cancel) = (session.clone(), path.to_owned(), cancel.clone());
    tokio::task::spawn_blocking(move || {
        let mut plan = Loaded::read_unless(&path, session.engine.data_dir(), &cancel)?;
        plan.header.connection.check(&session)?;
        let (id, prefix) = (plan.header.id.clone(), plan.header.settings.prefix.clone());
        let cut = cut(&plan.header.settings.waves, &plan.targets);
        let go_on = |_: Line<'_>| match cancel.is_cancelled() {
            true => Err(Error::Cancelled),
            false => Ok(()),
        };
        let files =
            WaveFiles::new(&session, &id).write(&mut plan, &cut, |_| Ok(io::sink()), go_on)?;
        let mut file = plan.summary.clone();
        let mut waves = Vec::with_capacity(files.len());
        for ((number, wave), (_, written)) in (1..).zip(&cut.waves).zip(files) {
            file.bytes += written.bytes;
            file.longest_line = file.longest_line.max(written.longest_line);
            waves.push(WaveFile {
                number,
                targets: wave.targets,
                bytes: written.bytes,
                sha256: written.sha256,
                key: object_key(&prefix, &id, number),
                by: wave.by.clone(),
            });
        }
        let (documents_total, documents) = documents(&mut plan)?;
        let shown = DevicePlanShown {
            header: plan.header.clone(),
            file,
            waves,
            wave_findings: cut.findings,
            findings: std::mem::take(&mut plan.findings),
            documents_total,
            documents,
        };
        Ok((shown, plan.into()))
    })
    .await?
}

fn documents(plan: &mut Loaded) -> Result<(u32, Vec<PlanDocument>), Error> {
    let mut counts: BTreeMap<u32, (u32, usize)> = BTreeMap::new();
    for (place, target) in plan.targets.iter().enumerate() {
        counts.entry(target.document).or_insert((0, place)).0 += 1;
    }
    let total = u32::try_from(counts.len()).unwrap_or(u32::MAX);
    let mut all: Vec<_> = counts.into_iter().collect();
    all.sort_by_key(|(number, (targets, _))| (std::cmp::Reverse(*targets), *number));
    let mut told = Vec::new();
    for (number, (targets, place)) in all.into_iter().take(NAMED) {
        let document = plan.shelf.document(number)?;
        told.push(PlanDocument {
            hash: plan.shelf.hash(number).to_owned(),
            targets,
            example: plan
                .targets
                .get(place)
                .map_or_else(String::new, |target| target.thing.to_string()),
            components: document
                .components
                .iter()
                .map(|(name, spec)| (name.clone(), spec.component_version.clone()))
                .collect(),
            deployment_name: document.deployment_name.clone(),
            policies: document.deployment_policies.clone(),
        });
    }
    Ok((total, told))
}

/// Reads a file of rows, CSV or JSON lines, for a plan that is made without a draft; answers the findings with it.
///
/// # Errors
/// [`Error::File`].
pub async fn rows_read(path: &Path) -> Result<(Arc<Rows>, Vec<RowFinding>), Error> {
    let path = path.to_owned();
    tokio::task::spawn_blocking(move || {
        let mut findings = Vec::new();
        let (rows, _) = row_file::rows_of(&path, &mut |finding| findings.push(finding))?;
        Ok((Arc::new(rows), findings))
    })
    .await?
}
