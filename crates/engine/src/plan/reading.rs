//! Reading a plan as a stream: its targets are never all in memory.

use std::{fmt, fs::File, io::BufReader, path::Path};

use overseed_domain::{rollout::Generation, v2::document::DeploymentDocument};
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor},
};

use super::file::PlanHeader;
use crate::Error;

/// What a plan is handed on to while it is read.
pub(crate) trait PlanSink {
    /// The next document of a V2 plan; they come before the targets in every plan that this app has written.
    fn document(&mut self, hash: &str, document: DeploymentDocument) -> Result<(), Error>;

    /// The next target.
    fn target(&mut self, target: &str, version: &str, before: Option<&str>) -> Result<(), Error>;

    /// The same of a target with the id of the deployment that it had.
    fn target_replacing(
        &mut self,
        target: &str,
        version: &str,
        before: Option<&str>,
        _replaces: &str,
    ) -> Result<(), Error> {
        self.target(target, version, before)
    }
}

/// The generation that a plan says near its beginning, as every plan does that this app has written; `None` where the
/// file says none before something else is wrong with it, which reading it tells.
///
/// # Errors
/// [`Error::File`].
pub(crate) fn plan_generation(path: &Path) -> Result<Option<Generation>, Error> {
    let file = File::open(path).map_err(Error::file(path))?;
    let mut found = None;
    let mut deserializer = serde_json::Deserializer::from_reader(BufReader::new(file));
    // Given up as soon as it is found, so the end is an error either way.
    let _given_up = deserializer.deserialize_map(Until(&mut found));
    Ok(found)
}

struct Until<'a>(&'a mut Option<Generation>);

impl<'de> Visitor<'de> for Until<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a plan")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            if key == "generation" {
                *self.0 = Some(map.next_value()?);
                return Err(A::Error::custom("found"));
            }
            map.next_value::<IgnoredAny>()?;
        }
        Ok(())
    }
}

/// All of a plan; `failed` is what the sink failed with.
pub(super) struct PlanSeed<'a> {
    pub(super) sink: &'a mut dyn PlanSink,
    pub(super) failed: &'a mut Option<Error>,
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
        let Self { sink, failed } = self;
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
                "documents" => map.next_value_seed(DocumentsSeed { sink, failed })?,
                "targets" => {
                    targets = true;
                    map.next_value_seed(TargetsSeed { sink, failed })?;
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

struct DocumentsSeed<'a> {
    sink: &'a mut dyn PlanSink,
    failed: &'a mut Option<Error>,
}

impl<'de> DeserializeSeed<'de> for DocumentsSeed<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for DocumentsSeed<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("deployment documents by their hashes")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some((hash, document)) = map.next_entry::<String, DeploymentDocument>()? {
            if let Err(error) = self.sink.document(&hash, document) {
                *self.failed = Some(error);
                return Err(A::Error::custom("given up"));
            }
        }
        Ok(())
    }
}

struct TargetsSeed<'a> {
    sink: &'a mut dyn PlanSink,
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
        while let Some(PlannedTarget(target, version, before, replaces)) = seq.next_element()? {
            let before = before.as_deref();
            let taken = match replaces {
                None => self.sink.target(&target, &version, before),
                Some(replaces) => self
                    .sink
                    .target_replacing(&target, &version, before, &replaces),
            };
            if let Err(error) = taken {
                *self.failed = Some(error);
                return Err(A::Error::custom("given up"));
            }
        }
        Ok(())
    }
}

/// `[target, version]`, `[target, version, before]` or `[target, version, before, replaces]`.
struct PlannedTarget(String, String, Option<String>, Option<String>);

impl<'de> Deserialize<'de> for PlannedTarget {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Parts;
        impl<'de> Visitor<'de> for Parts {
            type Value = PlannedTarget;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("[target, version]")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<PlannedTarget, A::Error> {
                let missing = |count| A::Error::invalid_length(count, &"[target, version]");
                let target = seq.next_element()?.ok_or_else(|| missing(0))?;
                let version = seq.next_element()?.ok_or_else(|| missing(1))?;
                let before = seq.next_element::<Option<String>>()?.flatten();
                let replaces = seq.next_element()?;
                Ok(PlannedTarget(target, version, before, replaces))
            }
        }
        deserializer.deserialize_seq(Parts)
    }
}
