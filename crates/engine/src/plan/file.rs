//! Plans as files: what will be done, complete in itself, written and read as a stream.
//!
//! `{"format":1, "id", "generation", "name", "connection", "settings", "targets":[["group","version"],…]}`,
//! the targets last and one a line, so that two plans can be compared by any tool.

use std::{
    fmt,
    fs::File,
    io::{BufReader, BufWriter, Read, Write},
    path::Path,
};

use overseed_domain::{rollout::Generation, waves::Waves};
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor},
};

use crate::{
    Error, ErrorCode, Problem, Session,
    connection::ConnectRequest,
    input_file::Chosen,
    permissions::{Pack, ReadBy},
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
    let chosen = Chosen::at(path)?;
    let mut out = BufWriter::new(chosen.create()?);
    let mut text = serde_json::to_string_pretty(header).map_err(unwritable)?;
    text.truncate(text.trim_end().trim_end_matches('}').trim_end().len());
    text.push_str(",\n  \"targets\": [");
    out.write_all(text.as_bytes()).map_err(Error::file(path))?;
    let mut first = true;
    targets(&mut |target, version| {
        let line = serde_json::to_string(&(target, version)).map_err(unwritable)?;
        let comma = if first { "" } else { "," };
        first = false;
        write!(out, "{comma}\n    {line}").map_err(Error::file(path))
    })?;
    out.write_all(b"\n  ]\n}\n")
        .and_then(|()| out.flush())
        .and_then(|()| out.get_ref().sync_all())
        .map_err(Error::file(path))?;
    drop(out);
    chosen.put()
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
    let file = File::open(path).map_err(Error::file(path))?;
    read_from(BufReader::new(file), on_target)
}

fn read_from(
    reader: impl Read,
    on_target: &mut dyn FnMut(&str, &str) -> Result<(), Error>,
) -> Result<PlanHeader, Error> {
    let mut failed = None;
    let mut deserializer = serde_json::Deserializer::from_reader(reader);
    let read = PlanSeed {
        on_target,
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
            .hint("Export the plan again, or make a new one; input files are opened in the input file step.")
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
    Ok(header)
}

fn unwritable(source: serde_json::Error) -> Error {
    Problem::new(ErrorCode::Internal, "The plan cannot be written")
        .detail(source)
        .into()
}

struct PlanSeed<'a> {
    on_target: &'a mut dyn FnMut(&str, &str) -> Result<(), Error>,
    failed: &'a mut Option<Error>,
}

impl<'de> DeserializeSeed<'de> for PlanSeed<'_> {
    type Value = PlanHeader;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<PlanHeader, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for PlanSeed<'_> {
    type Value = PlanHeader;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a plan")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<PlanHeader, A::Error> {
        let Self { on_target, failed } = self;
        let (mut format, mut id, mut generation) = (None, None, None);
        let (mut name, mut connection, mut settings) = (None, None, None);
        let (mut parent, mut targets) = (None, false);
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "format" => format = Some(map.next_value()?),
                "id" => id = Some(map.next_value()?),
                "generation" => generation = Some(map.next_value()?),
                "name" => name = Some(map.next_value()?),
                "connection" => connection = Some(map.next_value()?),
                "settings" => settings = Some(map.next_value()?),
                "parent" => parent = map.next_value()?,
                "targets" => {
                    targets = true;
                    map.next_value_seed(TargetsSeed { on_target, failed })?;
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        if !targets {
            return Err(A::Error::missing_field("targets"));
        }
        Ok(PlanHeader {
            format: format.ok_or_else(|| A::Error::missing_field("format"))?,
            id: id.ok_or_else(|| A::Error::missing_field("id"))?,
            generation: generation.ok_or_else(|| A::Error::missing_field("generation"))?,
            name: name.unwrap_or_default(),
            connection: connection.ok_or_else(|| A::Error::missing_field("connection"))?,
            settings: settings.ok_or_else(|| A::Error::missing_field("settings"))?,
            parent,
        })
    }
}

struct TargetsSeed<'a> {
    on_target: &'a mut dyn FnMut(&str, &str) -> Result<(), Error>,
    failed: &'a mut Option<Error>,
}

impl<'de> DeserializeSeed<'de> for TargetsSeed<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for TargetsSeed<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of [target, version]")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while let Some((target, version)) = seq.next_element::<(String, String)>()? {
            if let Err(error) = (self.on_target)(&target, &version) {
                *self.failed = Some(error);
                return Err(A::Error::custom("given up"));
            }
        }
        Ok(())
    }
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
            },
            parent: None,
        }
    }

    fn read(text: &str) -> Result<(PlanHeader, Vec<(String, String)>), Error> {
        let mut targets = Vec::new();
        let header = read_from(text.as_bytes(), &mut |t, v| {
            targets.push((t.to_owned(), v.to_owned()));
            Ok(())
        })?;
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
