//! Plans made without a draft, for the command line; the window's draft stays as it is.

use std::path::{Path, PathBuf};

use overseed_domain::{
    input_file::{FileSummary, Finding, Writer},
    rollout::Generation,
    v2::line::LineFinding,
};
use serde::Serialize;

use super::{
    file::{FORMAT, PlanConnection, PlanHeader, PlanSettings, plan_read, plan_write},
    reading::plan_generation,
};
use crate::{
    Engine, Error, ErrorCode, Problem, Session,
    buckets::possible_name,
    draft::{settle_minutes_valid, waves_valid},
    groups::{Filter, for_each_matching},
    input_file::{self, Passing, file_check, file_make_from, listed_targets},
    job::Progress,
    permissions::{self, Needs, Permissions},
    v2::plan::Loaded,
    waves::{self, WaveFile, WavesPreview},
};

/// Findings of a plan's input file that are named.
const NAMED: usize = 10;

/// Where a plan's targets come from.
#[derive(Debug, Clone)]
pub enum PlanFrom {
    /// All deployable groups of the inventory that match, with their latest versions.
    Filter(Filter),
    /// A list of `id` or `id,version` lines.
    List(PathBuf),
}

/// A plan with what its input file comes to and what its role has to be allowed.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PlanShown {
    /// The plan without its targets.
    #[serde(flatten)]
    pub header: PlanHeader,
    /// The input file that would be sent, of all waves together.
    pub file: FileSummary,
    /// The files of the waves; one where the plan is not cut.
    pub waves: Vec<WaveFile>,
    /// What has to be true, and what is so now.
    pub permissions: Permissions,
}

/// A plan with what it asks of its role.
#[derive(Debug)]
pub struct PlanNeeds {
    /// The plan without its targets.
    pub header: PlanHeader,
    /// The input file that would be sent, of all waves together.
    pub file: FileSummary,
    /// The files of the waves, and what is to be known about them.
    pub waves: WavesPreview,
    /// What its role has to be allowed.
    pub needs: Needs,
}

/// Makes a plan file and answers what its input file and its waves come to.
///
/// # Errors
/// [`ErrorCode::NothingSelected`] where no group is left; [`ErrorCode::InvalidInput`] for a filter, list or
/// settle time that cannot be read, and for what can be no role's or bucket's name; [`ErrorCode::FileInvalid`]; those
/// of cutting it into waves; [`Error::File`], [`Error::Cancelled`].
pub async fn plan_new(
    session: &Session,
    from: PlanFrom,
    name: &str,
    settings: PlanSettings,
    out: &Path,
    progress: &Progress,
) -> Result<(PlanHeader, FileSummary, WavesPreview), Error> {
    settle_minutes_valid(settings.settle_minutes)?;
    waves_valid(&settings.waves)?;
    possible_name(&settings.bucket)?;
    permissions::possible_role(session, &settings.role)?;
    let header = PlanHeader {
        format: FORMAT,
        id: uuid::Uuid::new_v4().to_string(),
        generation: Generation::V1,
        name: name.to_owned(),
        connection: PlanConnection::of(session),
        settings,
        parent: None,
    };
    let (session, out, progress) = (session.clone(), out.to_owned(), progress.clone());
    tokio::task::spawn_blocking(move || {
        let made = Passing::beside(&session.engine.data_dir().join("plan.jsonl"))?;
        let summary = match from {
            PlanFrom::Filter(filter) => matching(&session, &filter, made.path())?,
            PlanFrom::List(list) => {
                let text = std::fs::read_to_string(&list).map_err(Error::file(&list))?;
                file_make_from(
                    Some(&session),
                    listed_targets(&text)?,
                    made.path(),
                    &progress,
                )?
            }
        };
        progress.check()?;
        let place = (header.settings.prefix.as_str(), header.id.as_str());
        let cuts = &header.settings.waves;
        let waves = waves::of_file(&session, cuts, made.path(), &summary, place)?;
        plan_write(&out, &header, |target| {
            input_file::for_each_record(made.path(), &mut |_, group, version| {
                target(group, version)
            })
        })?;
        Ok((header, summary, waves))
    })
    .await?
}

/// What is wrong with a plan's targets, the first findings.
#[derive(Debug)]
pub enum PlanFindings {
    /// By line of the input file.
    Groups(Vec<Finding>),
    /// By place in the plan, from 1.
    Devices(Vec<LineFinding>),
}

/// Reads a plan and checks what would be sent, without a connection; answers the plan without its targets, what they come
/// to, and the first of the findings.
///
/// # Errors
/// [`ErrorCode::PlanInvalid`]; [`Error::File`].
pub async fn plan_check(
    engine: &Engine,
    path: &Path,
) -> Result<(PlanHeader, FileSummary, PlanFindings), Error> {
    let (path, folder) = (path.to_owned(), engine.data_dir().to_owned());
    tokio::task::spawn_blocking(move || {
        if plan_generation(&path)? == Some(Generation::V2) {
            let loaded = Loaded::read(&path, &folder)?;
            let findings = PlanFindings::Devices(loaded.findings);
            return Ok((loaded.header, loaded.summary, findings));
        }
        let (header, file, made) = input_file_of(&path, &folder)?;
        let mut findings = Vec::new();
        if file.findings > 0 {
            file_check(made.path(), &mut |finding| {
                if findings.len() < NAMED {
                    findings.push(finding);
                }
            })?;
        }
        Ok((header, file, PlanFindings::Groups(findings)))
    })
    .await?
}

/// Reads a plan, makes its input file to tell its hash, and looks at its permissions.
///
/// # Errors
/// [`ErrorCode::PlanInvalid`], [`ErrorCode::RunElsewhere`]; [`Error::File`]; those of the connection.
pub async fn plan_show(session: &Session, path: &Path) -> Result<PlanShown, Error> {
    let PlanNeeds {
        header,
        file,
        waves,
        needs,
    } = plan_needs(session, path).await?;
    let permissions = permissions::check_for(session, &needs, &header.id).await?;
    Ok(PlanShown {
        header,
        file,
        waves: waves.waves,
        permissions,
    })
}

/// Reads a plan and what it asks of its role; looks at nothing in the account.
///
/// # Errors
/// [`ErrorCode::PlanInvalid`], [`ErrorCode::RunElsewhere`]; those of cutting it into waves; [`Error::File`].
pub async fn plan_needs(session: &Session, path: &Path) -> Result<PlanNeeds, Error> {
    let (path, at_work) = (path.to_owned(), session.clone());
    let plan = tokio::task::spawn_blocking(move || {
        let (header, file, made) = input_file_of(&path, at_work.engine.data_dir())?;
        header.connection.check(&at_work)?;
        let place = (header.settings.prefix.as_str(), header.id.as_str());
        let cuts = &header.settings.waves;
        let waves = waves::of_file(&at_work, cuts, made.path(), &file, place)?;
        let needs = Needs::of_plan(&header.settings, made.path())?;
        Ok::<_, Error>(PlanNeeds {
            header,
            file,
            waves,
            needs,
        })
    });
    plan.await?
}

/// What a run is recorded from.
pub(crate) enum Source {
    /// The input file that a V1 plan comes to.
    Made(Passing),
    /// A V2 plan itself.
    Plan(PathBuf),
}

impl Source {
    pub(crate) fn path(&self) -> &Path {
        match self {
            Self::Made(made) => made.path(),
            Self::Plan(plan) => plan,
        }
    }
}

/// Reads and checks a plan of either generation.
pub(crate) fn source_of(
    plan: &Path,
    folder: &Path,
) -> Result<(PlanHeader, FileSummary, Source), Error> {
    if plan_generation(plan)? == Some(Generation::V2) {
        let loaded = Loaded::read(plan, folder)?;
        return Ok((loaded.header, loaded.summary, Source::Plan(plan.to_owned())));
    }
    let (header, summary, made) = input_file_of(plan, folder)?;
    Ok((header, summary, Source::Made(made)))
}

/// Writes the input file of a plan under a passing name, and checks it as any other.
pub(crate) fn input_file_of(
    plan: &Path,
    folder: &Path,
) -> Result<(PlanHeader, FileSummary, Passing), Error> {
    let made = Passing::beside(&folder.join("plan.jsonl"))?;
    let failed = || Error::file(made.path());
    let mut writer = Writer::new(made.create()?);
    let header = plan_read(plan, &mut |target, version| {
        writer.record(target, version).map_err(failed())
    })?;
    of_groups(&header)?;
    let (_, written) = writer.finish().map_err(failed())?;
    let checked = file_check(made.path(), &mut |_| {})?;
    Ok((
        header,
        FileSummary {
            sha256: written.sha256,
            ..checked
        },
        made,
    ))
}

/// Refuses a V2 plan where only groups can be.
pub(super) fn of_groups(header: &PlanHeader) -> Result<(), Error> {
    match header.generation {
        Generation::V1 => Ok(()),
        Generation::V2 => Err(Problem::new(
            ErrorCode::PlanInvalid,
            "This plan is for core devices (Greengrass V2), not for groups",
        )
        .detail(&header.name)
        .hint("Show it with plan show, start it with run start; core devices have no input file of groups and no execution role.")
        .into()),
    }
}

fn matching(session: &Session, filter: &Filter, out: &Path) -> Result<FileSummary, Error> {
    let file = std::fs::File::create(out).map_err(Error::file(out))?;
    let mut writer = Writer::new(file);
    let left_out = for_each_matching(session, filter, &mut |group, version| {
        writer.record(group, version).map_err(Error::file(out))
    })?;
    let (_, summary) = writer.finish().map_err(Error::file(out))?;
    if summary.records > 0 {
        return Ok(summary);
    }
    Err(
        Problem::new(ErrorCode::NothingSelected, "No deployable group matches")
            .detail(format!("{left_out} groups match but cannot be deployed"))
            .hint("List the groups first (groups refresh), and check the filter.")
            .into(),
    )
}
