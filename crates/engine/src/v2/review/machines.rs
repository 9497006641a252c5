//! What the inventory knows of the devices of a plan: their machines, and when they were last heard of.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    fmt,
};

use overseed_domain::{Millis, figures::grouped};
use rusqlite::Connection;

use super::draft::span;
use crate::{
    Error,
    review::{Check, CheckState},
    v2::plan::Whole,
};

/// A device tells its status at least once a day, unless it is configured otherwise (guide, "Check core device status").
const SILENT: i64 = 25 * 60 * 60 * 1_000;

/// What a check names one by one.
const NAMED: usize = 5;

/// What a device runs on, as it says.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Machine {
    pub(super) platform: String,
    pub(super) architecture: String,
}

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {}", self.platform, self.architecture)
    }
}

/// What is known of the targets of a plan.
#[derive(Debug, Default)]
pub(super) struct Machines {
    kinds: Vec<Machine>,
    /// Places among the kinds.
    of: HashMap<Box<str>, usize>,
    unhealthy: Vec<String>,
    unhealthy_count: u32,
    silent: Vec<String>,
    silent_count: u32,
    targets: usize,
    /// Targets that the inventory has.
    listed: usize,
}

impl Machines {
    /// Reads what the inventory has of the targets.
    pub(super) fn read(
        connection: &Connection,
        scope: i64,
        whole: &Whole,
        now: Millis,
    ) -> Result<Self, Error> {
        let targets: HashSet<&str> = whole.targets.iter().map(|target| &*target.thing).collect();
        let mut found = Self {
            targets: targets.len(),
            ..Self::default()
        };
        let mut known = BTreeMap::<Machine, usize>::new();
        let mut statement = connection.prepare_cached(
            "SELECT thing_name, status, last_status_at, platform, architecture FROM core_device
             WHERE scope = ?1 AND deployable = 0 ORDER BY ordinal",
        )?;
        let mut rows = statement.query([scope])?;
        while let Some(row) = rows.next()? {
            let thing: String = row.get(0)?;
            if !targets.contains(thing.as_str()) {
                continue;
            }
            found.listed += 1;
            let (status, at): (Option<String>, Option<i64>) = (row.get(1)?, row.get(2)?);
            if status.as_deref() == Some("UNHEALTHY") {
                found.unhealthy_count += 1;
                name(&mut found.unhealthy, &thing);
            }
            if at.is_some_and(|at| now.since(Millis(at)) > SILENT) {
                found.silent_count += 1;
                name(&mut found.silent, &thing);
            }
            let (platform, architecture): (Option<String>, Option<String>) =
                (row.get(3)?, row.get(4)?);
            if let (Some(platform), Some(architecture)) = (platform, architecture) {
                let next = found.kinds.len();
                let machine = Machine {
                    platform,
                    architecture,
                };
                let place = *known.entry(machine.clone()).or_insert(next);
                if place == next {
                    found.kinds.push(machine);
                }
                found.of.insert(thing.into_boxed_str(), place);
            }
        }
        Ok(found)
    }

    /// What a device runs on, where it has said so.
    pub(super) fn of(&self, thing: &str) -> Option<&Machine> {
        self.kinds.get(*self.of.get(thing)?)
    }

    /// Whether the targets of a plan are core devices still, as far as they were listed.
    pub(super) fn devices(&self) -> Check {
        let gone = self.targets - self.listed;
        let (state, detail) = match (self.listed, gone) {
            (_, 0) => (
                CheckState::Pass,
                format!("{} of {}.", grouped(self.listed), grouped(self.targets)),
            ),
            (0, _) => (
                CheckState::NotChecked,
                "None of them is among the core devices that are known here. List these first."
                    .to_owned(),
            ),
            (_, gone) => (
                CheckState::Warn,
                format!(
                    "{} of {} were no core devices of the account any more when these were listed last: nobody would take \
                     their deployments.",
                    grouped(gone),
                    grouped(self.targets)
                ),
            ),
        };
        let title = "The plan's devices are core devices of the account";
        Check::new("devices", title, state, detail).step("devices")
    }

    /// Whether the devices are well, as far as they have said.
    pub(super) fn health(&self) -> Check {
        let mut words = Vec::new();
        if self.unhealthy_count > 0 {
            words.push(format!(
                "{} of {} say that a component of theirs is broken ({}): the deployment may mend or fail there.",
                self.unhealthy_count,
                self.targets,
                list(&self.unhealthy, self.unhealthy_count)
            ));
        }
        if self.silent_count > 0 {
            words.push(format!(
                "{} of {} were last heard of more than {} ago ({}): they may be off. Their deployments wait for them, and \
                 the run does as long as the settle time says.",
                self.silent_count,
                self.targets,
                span(SILENT),
                list(&self.silent, self.silent_count)
            ));
        }
        let (state, detail) = if words.is_empty() {
            let detail = "None has said otherwise within a day; a device that is off may still be told as healthy.";
            (CheckState::Pass, detail.to_owned())
        } else {
            (CheckState::Warn, words.join(" "))
        };
        let title = "The devices are healthy, and were heard of lately";
        Check::new("health", title, state, detail).step("devices")
    }
}

fn name(named: &mut Vec<String>, thing: &str) {
    if named.len() < NAMED {
        named.push(thing.to_owned());
    }
}

fn list(named: &[String], count: u32) -> String {
    let more = if named.len() < usize::try_from(count).unwrap_or(usize::MAX) {
        ", …"
    } else {
        ""
    };
    format!("{}{more}", named.join(", "))
}
