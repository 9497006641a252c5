//! Plans as files: what will be done, complete in itself, written and read as a stream.
//!
//! `{"format":1, "id", "generation", "name", "connection", "settings", "targets":[["group","version"],…]}`,
//! the targets last and one a line, so that two plans can be compared by any tool. A V2 plan has before them
//! `"documents":{"HASH":{…},…}`, one a line, and its targets are `["thing","HASH","BEFORE"]`: BEFORE is the hash of the
//! document that the target had when the plan was made, empty where it had none, and absent where that is not known. After
//! it stands the id of the deployment that had it, where that is known: another one by then is not replaced.

use std::{
    fs::File,
    io::{BufReader, Read},
    path::Path,
};

use overseed_domain::{rollout::Generation, v2::document::DeploymentDocument, waves::Waves};
use serde::{Deserialize, Serialize, de::DeserializeSeed};

use super::{
    reading::{PlanSeed, PlanSink},
    writing::PlanWriting,
};
use crate::{
    Error, ErrorCode, Problem, Session,
    connection::ConnectRequest,
    permissions::{Pack, ReadBy},
    v2::plan::PlanV2,
};

/// The format that this version writes.
pub(crate) const FORMAT: u32 = 1;

/// All of a plan but its targets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PlanHeader {
    /// Version of the file format: 1.
    pub format: u32,
    /// The plan's id: the same plan started twice is one run.
    pub id: String,
    /// V1 or V2.
    pub generation: Generation,
    /// A name for people.
    pub name: String,
    /// Where it is to be carried out.
    pub connection: PlanConnection,
    /// How.
    pub settings: PlanSettings,
    /// The run whose targets it retries or rolls back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
}

/// Where a plan is to be carried out; no secrets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PlanConnection {
    /// What to connect with.
    pub request: ConnectRequest,
    /// The account.
    pub account: String,
    /// The Region.
    pub region: String,
    /// The sandbox's id; absent for accounts.
    pub sandbox: Option<String>,
}

impl PlanConnection {
    /// Where a session works.
    #[must_use]
    pub fn of(session: &Session) -> Self {
        let connection = &session.connection;
        Self {
            request: connection.request.clone(),
            account: connection.account.clone(),
            region: connection.region.clone(),
            sandbox: connection.sandbox.clone(),
        }
    }

    /// Refuses a plan that was made for another account, Region or sandbox than the session's.
    ///
    /// # Errors
    /// [`ErrorCode::RunElsewhere`].
    pub fn check(&self, session: &Session) -> Result<(), Error> {
        let here = Self::of(session);
        if (&self.account, &self.region, &self.sandbox)
            == (&here.account, &here.region, &here.sandbox)
        {
            return Ok(());
        }
        let place = |at: &Self| match &at.sandbox {
            Some(sandbox) => format!("sandbox {sandbox}"),
            None => format!("account {}, {}", at.account, at.region),
        };
        Err(Problem::new(
            ErrorCode::RunElsewhere,
            "The plan is for another account, Region or sandbox than the connection",
        )
        .detail(format!(
            "plan: {}; connection: {}",
            place(self),
            place(&here)
        ))
        .hint("Connect to where the plan was made for.")
        .into())
    }
}

/// How a plan is carried out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PlanSettings {
    /// The execution role's name.
    pub role: String,
    /// The bucket for the input files.
    pub bucket: String,
    /// The key's prefix, without a slash at the end.
    pub prefix: String,
    /// How the groups are to be packed into the role's policies.
    #[serde(default, skip_serializing_if = "is_default")]
    pub pack: Pack,
    /// Which policy lets the role read the input file.
    #[serde(default, skip_serializing_if = "is_default")]
    pub read_by: ReadBy,
    /// Minutes that targets get to settle.
    pub settle_minutes: f64,
    /// How the targets are cut into waves, and what stands between them.
    #[serde(default, skip_serializing_if = "is_default")]
    pub waves: Waves,
    /// What only V2 plans say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub v2: Option<PlanV2>,
}

/// What is as proposed is not written: plans of before are the same plans.
fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// Writes a plan; `targets` is called once and hands each target on.
///
/// # Errors
/// [`Error::File`], or what `targets` fails with. A failed write leaves no file behind under the name.
pub fn plan_write(
    path: &Path,
    header: &PlanHeader,
    targets: impl FnOnce(&mut dyn FnMut(&str, &str) -> Result<(), Error>) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut writing = PlanWriting::begin(path, header)?;
    targets(&mut |target, version| writing.target(target, version, None))?;
    writing.end()
}

/// Reads a plan, handing each target on in order.
///
/// # Errors
/// [`ErrorCode::PlanInvalid`] where the file is no plan or of a newer format; [`Error::File`]; what `on_target`
/// fails with.
pub fn plan_read(
    path: &Path,
    on_target: &mut dyn FnMut(&str, &str) -> Result<(), Error>,
) -> Result<PlanHeader, Error> {
    plan_read_whole(path, &mut TargetsOnly(on_target))
}

struct TargetsOnly<'a>(&'a mut dyn FnMut(&str, &str) -> Result<(), Error>);

impl PlanSink for TargetsOnly<'_> {
    fn document(&mut self, _: &str, _: DeploymentDocument) -> Result<(), Error> {
        Ok(())
    }

    fn target(&mut self, target: &str, version: &str, _: Option<&str>) -> Result<(), Error> {
        (self.0)(target, version)
    }
}

/// Reads a plan with all that is in it.
///
/// # Errors
/// As [`plan_read`].
pub(crate) fn plan_read_whole(path: &Path, sink: &mut dyn PlanSink) -> Result<PlanHeader, Error> {
    let file = File::open(path).map_err(Error::file(path))?;
    read_from(BufReader::new(file), sink)
}

fn read_from(reader: impl Read, sink: &mut dyn PlanSink) -> Result<PlanHeader, Error> {
    let mut failed = None;
    let mut deserializer = serde_json::Deserializer::from_reader(reader);
    let read = PlanSeed {
        sink,
        failed: &mut failed,
    }
    .deserialize(&mut deserializer)
    .and_then(|header| deserializer.end().map(|()| header));
    if let Some(error) = failed {
        return Err(error);
    }
    let mut header = read.map_err(|error| {
        Problem::new(ErrorCode::PlanInvalid, "This file is not a plan that Overseed can read")
            .detail(error)
            .hint("Export the plan again, or make a new one. Input files of groups are no plans: they are opened in the input file step.")
    })?;
    if header.format != FORMAT {
        return Err(Problem::new(
            ErrorCode::PlanInvalid,
            format!(
                "This plan has format {}; this version reads format {FORMAT}",
                header.format
            ),
        )
        .hint("Update Overseed.")
        .into());
    }
    // In one form whichever way it is written: the id names a folder, an object and tags.
    header.id = uuid::Uuid::parse_str(&header.id)
        .map_err(|error| {
            Problem::new(ErrorCode::PlanInvalid, "The plan's id is not a UUID")
                .detail(format!("{}: {error}", header.id))
                .hint("Export the plan again: the id names its run and its objects.")
        })?
        .to_string();
    crate::draft::settle_minutes_valid(header.settings.settle_minutes)?;
    crate::draft::waves_valid(&header.settings.waves)?;
    match (header.generation, &header.settings.v2) {
        (Generation::V1, _) => {}
        (Generation::V2, Some(v2)) => v2.valid()?,
        (Generation::V2, None) => {
            return Err(Problem::new(
                ErrorCode::PlanInvalid,
                "The plan does not say how its deployments are to be made",
            )
            .detail("settings.v2 is missing")
            .hint("Make the plan again.")
            .into());
        }
    }
    Ok(header)
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        reason = "a test fails by panicking"
    )]

    use super::*;

    fn header() -> PlanHeader {
        PlanHeader {
            format: FORMAT,
            id: "6f2a3c1e-5a43-4a53-9a0b-0d6d2f6f1c11".into(),
            generation: Generation::V1,
            name: "Firmware 4.2".into(),
            connection: PlanConnection {
                request: ConnectRequest::Account {
                    profile: Some("plant".into()),
                    region: None,
                    endpoint: None,
                },
                account: "123456789012".into(),
                region: "eu-west-1".into(),
                sandbox: None,
            },
            settings: PlanSettings {
                role: "OverseedBulkDeployment".into(),
                bucket: "rollouts".into(),
                prefix: "overseed".into(),
                pack: Pack::default(),
                read_by: ReadBy::default(),
                settle_minutes: 30.0,
                waves: Waves::default(),
                v2: None,
            },
            parent: None,
        }
    }

    fn read(text: &str) -> Result<(PlanHeader, Vec<(String, String)>), Error> {
        let mut targets = Vec::new();
        let mut take = |target: &str, version: &str| {
            targets.push((target.to_owned(), version.to_owned()));
            Ok(())
        };
        let header = read_from(text.as_bytes(), &mut TargetsOnly(&mut take))?;
        Ok((header, targets))
    }

    #[test]
    fn a_plan_reads_as_it_was_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("plan.json");
        plan_write(&path, &header(), |target| {
            target("g1", "v1")?;
            target("g\"2", "v2")
        })
        .unwrap();
        let (found, targets) = read(&std::fs::read_to_string(&path).unwrap()).unwrap();
        assert_eq!(found, header());
        assert_eq!(
            targets,
            [("g1".into(), "v1".into()), ("g\"2".into(), "v2".into())]
        );
        assert!(
            serde_json::from_str::<serde_json::Value>(&std::fs::read_to_string(path).unwrap())
                .is_ok()
        );
    }

    #[derive(Default)]
    struct All {
        documents: Vec<(String, DeploymentDocument)>,
        targets: Vec<(String, String, Option<String>)>,
    }

    impl PlanSink for All {
        fn document(&mut self, hash: &str, document: DeploymentDocument) -> Result<(), Error> {
            self.documents.push((hash.to_owned(), document));
            Ok(())
        }

        fn target(&mut self, target: &str, hash: &str, before: Option<&str>) -> Result<(), Error> {
            let before = before.map(str::to_owned);
            self.targets
                .push((target.to_owned(), hash.to_owned(), before));
            Ok(())
        }
    }

    #[test]
    fn a_v2_plan_has_documents_before_its_targets() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("plan.json");
        let mut header = header();
        header.generation = Generation::V2;
        header.settings.v2 = Some(PlanV2::default());
        let named = |name: &str| DeploymentDocument {
            deployment_name: Some(name.to_owned()),
            ..DeploymentDocument::default()
        };
        let mut writing = PlanWriting::begin(&path, &header).unwrap();
        for name in ["a", "b"] {
            let body = serde_json::to_string(&named(name)).unwrap();
            writing.document(name, &body).unwrap();
        }
        writing.target("t1", "a", Some("b")).unwrap();
        writing.target("t2", "a", Some("")).unwrap();
        writing.target("t3", "b", None).unwrap();
        writing.end().unwrap();
        let mut all = All::default();
        assert_eq!(plan_read_whole(&path, &mut all).unwrap(), header);
        assert_eq!(
            all.documents,
            [("a".into(), named("a")), ("b".into(), named("b"))]
        );
        let target = |thing: &str, hash: &str, before: Option<&str>| {
            (thing.to_owned(), hash.to_owned(), before.map(str::to_owned))
        };
        assert_eq!(
            all.targets,
            [
                target("t1", "a", Some("b")),
                target("t2", "a", Some("")),
                target("t3", "b", None)
            ]
        );
        assert_eq!(
            super::super::reading::plan_generation(&path).unwrap(),
            Some(Generation::V2)
        );
    }

    #[test]
    fn a_v1_plan_is_written_as_ever() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("plan.json");
        plan_write(&path, &header(), |target| target("g1", "v1")).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(
            text.ends_with(
                "    \"settleMinutes\": 30.0\n  },\n  \"targets\": [\n    [\"g1\",\"v1\"]\n  ]\n}\n"
            ),
            "{text}"
        );
        plan_write(&path, &header(), |_| Ok(())).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.ends_with("\"targets\": [\n  ]\n}\n"), "{text}");
    }

    #[test]
    fn what_is_no_plan_is_refused_with_a_remedy() {
        for text in [
            "",
            "[]",
            "{}",
            "{\"format\":1}",
            "{\"GroupId\":\"a\"}",
            "{\"targets\":[[1,2]]}",
        ] {
            let problem = read(text).unwrap_err().problem();
            assert_eq!(problem.code, ErrorCode::PlanInvalid, "{text}");
            assert!(problem.hint.is_some());
        }
    }

    #[test]
    fn a_newer_format_and_a_foreign_id_are_refused() {
        let mut newer = serde_json::to_value(header()).unwrap();
        newer["targets"] = serde_json::json!([]);
        newer["format"] = 2.into();
        assert_eq!(
            read(&newer.to_string()).unwrap_err().problem().code,
            ErrorCode::PlanInvalid
        );
        newer["format"] = 1.into();
        newer["id"] = "../../etc".into();
        assert_eq!(
            read(&newer.to_string()).unwrap_err().problem().code,
            ErrorCode::PlanInvalid
        );
    }
}
