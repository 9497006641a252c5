//! What comes of each device: its present deployment with all that is wanted of it put over it.

use std::{collections::HashMap, sync::Arc};

use overseed_domain::{
    Millis,
    v2::{
        document::NAME_CHARS,
        finding::PlanFinding,
        intent::Intent,
        plan::{PlanError, PlanTarget, Planned, Planner, Present, TargetKind, contradictions},
        rows::Rows,
        template::escape,
    },
};
use roaring::RoaringBitmap;
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use specta::Type;

use super::{
    fixed_file::Fixed,
    known::Known,
    targets::{self, Device, DevicesMeant},
    through_known::Through,
};
use crate::{Error, ErrorCode, Problem, inventory::Index};

/// Bytes of present documents that are kept as they were read last.
const KEPT_BYTES: usize = 8_000_000;

/// What is wanted of some devices.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", default)]
pub struct Layer {
    /// Of which.
    pub of: DevicesMeant,
    /// What.
    pub intent: Intent,
}

/// All that is wanted of a plan's devices.
#[derive(Debug, Default)]
pub struct Wanted {
    /// The plan's name: that of its deployments, unless a layer says another.
    pub name: String,
    /// Of what two say about one thing the later one wins.
    pub layers: Vec<Layer>,
    /// What is wanted of single devices, after all layers; their values are for the layers' templates as well.
    pub rows: Option<Arc<Rows>>,
}

/// What outcomes are composed from, beside what devices have.
#[derive(Default)]
pub(crate) struct Basis {
    pub(crate) wanted: Wanted,
    /// Documents that layers and rows are put over in the place of what devices have.
    pub(crate) fixed: Option<Arc<Fixed>>,
}

/// Plans devices one after the other.
pub(crate) struct Composer {
    planner: Planner,
    /// For each layer the ordinals that it is for; `None` for all.
    meant: Vec<Option<RoaringBitmap>>,
    rows: Option<Arc<Rows>>,
    fixed: Option<Arc<Fixed>>,
    through: Through,
    /// Whether anything says how the deployments are called; otherwise each keeps its name.
    named: bool,
    layers: Vec<u32>,
}

/// Why nothing can be composed: the intents themselves are wrong.
#[derive(Debug)]
pub(crate) struct Refused(pub(crate) Vec<PlanFinding>);

impl Composer {
    /// Reads what is wanted.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidInput`] for filters that cannot be read and devices that are not there.
    pub(crate) fn new(
        connection: &Connection,
        scope: i64,
        index: &Index,
        Basis { wanted, fixed }: &Basis,
        now: Millis,
    ) -> Result<Result<Self, Refused>, Error> {
        let name = wanted.name.trim();
        let unnamed = wanted
            .layers
            .iter()
            .all(|layer| layer.intent.deployment_name.is_none());
        let base = (unnamed && !name.is_empty()).then(|| Layer {
            of: DevicesMeant::All,
            intent: Intent {
                deployment_name: Some(escape(&name.chars().take(NAME_CHARS).collect::<String>())),
                ..Intent::default()
            },
        });
        let (mut compiled, mut meant) = (Vec::new(), Vec::new());
        for layer in base.iter().chain(&wanted.layers) {
            compiled.push(layer.intent.compile());
            meant.push(match &layer.of {
                DevicesMeant::All => None,
                DevicesMeant::Matching { filter } => {
                    Some(targets::matching(connection, scope, index, filter, now)?)
                }
                DevicesMeant::Named { names } => {
                    let names = names.iter().map(String::as_str);
                    Some(targets::named(connection, scope, names)?)
                }
            });
        }
        match Planner::new(compiled) {
            Ok(planner) => Ok(Ok(Self {
                planner,
                meant,
                rows: wanted.rows.clone(),
                fixed: fixed.clone(),
                through: Through::of(connection, scope)?,
                named: !unnamed || !name.is_empty(),
                layers: Vec::new(),
            })),
            Err(PlanError::Intents(findings)) => Ok(Err(Refused(findings))),
            Err(other) => Err(failed(&other)),
        }
    }

    /// Plans one device: its present document, without its name, and what is known of it.
    ///
    /// # Errors
    /// A present document that the store has and that is none.
    pub(crate) fn plan(
        &mut self,
        device: &Device,
        present: Option<&str>,
        known: Option<&Known>,
    ) -> Result<Arc<Planned>, Error> {
        self.layers.clear();
        for (number, meant) in (0..).zip(&self.meant) {
            if meant
                .as_ref()
                .is_none_or(|meant| meant.contains(device.ordinal))
            {
                self.layers.push(number);
            }
        }
        let row = self.rows.as_ref().and_then(|rows| rows.of(&device.thing));
        let own = row
            .map(|row| row.intent())
            .filter(|intent| *intent != Intent::default())
            .map(|intent| intent.compile());
        let fixed = match &self.fixed {
            Some(fixed) => fixed.body(&device.thing)?,
            None => None,
        };
        let value = |name: &str| row.and_then(|row| row.value(name));
        let mut planned = self
            .planner
            .plan(&PlanTarget {
                name: &device.thing,
                kind: TargetKind::Thing,
                present: present.map_or(Present::None, Present::Text),
                fixed: fixed.as_deref().map(Present::Text),
                layers: &self.layers,
                own: own.as_ref(),
                values: &value,
            })
            .map_err(|error| failed(&error))?;
        // A fixed document stands for itself, whatever was there before.
        if let Some(finding) = known.and_then(Known::finding).filter(|_| fixed.is_none()) {
            Arc::make_mut(&mut planned).findings.push(finding);
        }
        let against = contradictions(&planned, self.through.device(device.ordinal));
        if !against.is_empty() {
            Arc::make_mut(&mut planned).findings.extend(against);
        }
        // It has its own name as well.
        let name = known.and_then(|known| known.name.as_deref());
        if let Some(name) = name.filter(|_| !self.named && fixed.is_none()) {
            Arc::make_mut(&mut planned).outcome.deployment_name = Some(name.to_owned());
        }
        Ok(planned)
    }

    /// The fixed documents.
    pub(crate) fn fixed(&self) -> Option<&Arc<Fixed>> {
        self.fixed.as_ref()
    }

    /// Rows whose things are not among the devices: they change nothing.
    pub(crate) fn unmatched_rows(&self, devices: &[Device]) -> u32 {
        let Some(rows) = &self.rows else {
            return 0;
        };
        let matched = devices
            .iter()
            .filter(|device| rows.of(&device.thing).is_some())
            .count();
        u32::try_from(rows.len().saturating_sub(matched)).unwrap_or(u32::MAX)
    }
}

fn failed(error: &PlanError) -> Error {
    Problem::new(ErrorCode::Internal, "The devices could not be planned")
        .detail(error)
        .into()
}

/// The intents are wrong for every device.
pub(crate) fn refused(Refused(findings): &Refused) -> Error {
    let words: Vec<&str> = findings
        .iter()
        .filter(|finding| finding.code.is_refused())
        .map(|finding| finding.message.as_str())
        .collect();
    Problem::new(
        ErrorCode::InvalidInput,
        "What is wanted of the devices cannot be carried out",
    )
    .detail(words.join("\n"))
    .hint("Change what is named.")
    .into()
}

/// Present documents by their rows in the store, the last ones kept.
#[derive(Debug, Default)]
pub(crate) struct Bodies {
    kept: HashMap<i64, Arc<str>>,
    bytes: usize,
}

impl Bodies {
    /// The document of a device as JSON; `None` where it has no deployment.
    pub(crate) fn of(
        &mut self,
        connection: &Connection,
        known: &Known,
    ) -> Result<Option<Arc<str>>, Error> {
        let Some(ordinal) = known.document else {
            return Ok(None);
        };
        if let Some(body) = self.kept.get(&ordinal) {
            return Ok(Some(Arc::clone(body)));
        }
        let body: String = connection
            .prepare_cached("SELECT body FROM present_document WHERE ordinal = ?1")?
            .query_row([ordinal], |row| row.get(0))?;
        let body: Arc<str> = body.into();
        if self.bytes + body.len() > KEPT_BYTES {
            self.kept.clear();
            self.bytes = 0;
        }
        self.bytes += body.len();
        self.kept.insert(ordinal, Arc::clone(&body));
        Ok(Some(body))
    }
}
