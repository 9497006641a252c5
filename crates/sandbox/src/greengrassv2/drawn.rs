//! Troubles that are drawn: of whole halls and of single devices, in the scenario that has them.

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::call::Call;
use super::cores::HALL;
use super::ledger::{Deployment, Target};
use super::present::rolls_back;
use super::troubles::{Trouble, Way};
use crate::greengrass::draw::{below, unit};
use crate::settings::Scenario;

const TROUBLED_HALL: u64 = 221;
const RUN: u64 = 222;
const PRONE: u64 = 223;
const KIND: u64 = 224;
const AGAIN: u64 = 225;

/// Whether another try can help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lasting {
    /// Mostly gone at the next deployment.
    Passing,
    /// Fails again until the deployment asks for something else.
    UntilRevised,
}

/// A kind of trouble: codes after the first, types, words (with `{component}`, `{version}` and `{number}`).
#[derive(Debug)]
struct Kind {
    lasting: Lasting,
    way: Way,
    stack: &'static [&'static str],
    types: &'static [&'static str],
    words: &'static str,
}

const fn kind(
    lasting: Lasting,
    stack: &'static [&'static str],
    types: &'static [&'static str],
    words: &'static str,
) -> Kind {
    Kind {
        lasting,
        way: Way::Failed,
        stack,
        types,
        words,
    }
}

/// Troubles of neighbours: network, clocks, disks prepared alike.
const OF_HALLS: [Kind; 4] = [
    kind(
        Lasting::Passing,
        &["ARTIFACT_DOWNLOAD_ERROR", "NETWORK_ERROR"],
        &["NETWORK_ERROR"],
        "Failed to download artifact of component {component}-{version}, reason: Unable to execute HTTP request: Connect to greengrass-ats.iot timed out",
    ),
    kind(
        Lasting::UntilRevised,
        &["ARTIFACT_DOWNLOAD_ERROR", "IO_ERROR", "DISK_SPACE_CRITICAL"],
        &["DEVICE_ERROR"],
        "Failed to download artifact of component {component}-{version}, reason: Disk space critical: {number} MB left, 20 MB must stay free",
    ),
    kind(
        Lasting::Passing,
        &["CLOUD_API_ERROR", "SERVER_ERROR"],
        &["SERVER_ERROR"],
        "Greengrass Cloud Service returned an error when getting full deployment configuration (Status Code: 500)",
    ),
    kind(
        Lasting::UntilRevised,
        &[
            "CLOUD_API_ERROR",
            "ACCESS_DENIED",
            "RESOLVE_COMPONENT_CANDIDATES_ACCESS_DENIED",
        ],
        &["PERMISSION_ERROR"],
        "Access denied while calling ResolveComponentCandidates (Status Code: 403). Ensure the core device's IoT policy grants greengrass:ResolveComponentCandidates",
    ),
];

/// Troubles of single devices.
const OF_DEVICES: [Kind; 9] = [
    Kind {
        lasting: Lasting::UntilRevised,
        way: Way::Broken,
        stack: &["COMPONENT_UPDATE_ERROR", "COMPONENT_BROKEN"],
        types: &[],
        words: "STARTUP_ERROR",
    },
    Kind {
        lasting: Lasting::UntilRevised,
        way: Way::Broken,
        stack: &["COMPONENT_UPDATE_ERROR", "COMPONENT_BROKEN"],
        types: &[],
        words: "INSTALL_ERROR",
    },
    Kind {
        lasting: Lasting::Passing,
        way: Way::Broken,
        stack: &["COMPONENT_UPDATE_ERROR", "COMPONENT_BROKEN"],
        types: &[],
        words: "STARTUP_TIMEOUT",
    },
    kind(
        Lasting::Passing,
        &[
            "ARTIFACT_DOWNLOAD_ERROR",
            "HTTP_REQUEST_ERROR",
            "DOWNLOAD_GREENGRASS_ARTIFACT_ERROR",
        ],
        &["HTTP_ERROR"],
        "Failed to download artifact of component {component}-{version}, reason: Failed to download greengrass artifact: response code {number}",
    ),
    kind(
        Lasting::UntilRevised,
        &["IO_ERROR", "IO_WRITE_ERROR"],
        &["DEVICE_ERROR"],
        "Failed to write /greengrass/v2/packages/artifacts/{component}/{version}: Read-only file system",
    ),
    kind(
        Lasting::UntilRevised,
        &[
            "COMPONENT_PACKAGE_LOADING_ERROR",
            "IO_ERROR",
            "LOCAL_RECIPE_CORRUPTED",
        ],
        &["DEVICE_ERROR"],
        "Found component recipe {component}-{version} on disk, but its content is corrupted",
    ),
    kind(
        Lasting::Passing,
        &["NUCLEUS_RESTART_FAILURE"],
        &["NUCLEUS_ERROR"],
        "Nucleus restart failure: the nucleus did not come back within {number} seconds",
    ),
    Kind {
        lasting: Lasting::Passing,
        way: Way::Rejected,
        stack: &["REJECTED_STALE_DEPLOYMENT"],
        types: &["REQUEST_ERROR"],
        words: "REJECTED: The deployment is stale: a newer one was already taken for the same target",
    },
    // One that no list knows: nothing more specific than the first code.
    kind(
        Lasting::UntilRevised,
        &[],
        &["UNKNOWN_ERROR"],
        "java.lang.IllegalStateException: lease {number} is held by nobody",
    ),
];

impl Call<'_> {
    /// The drawn trouble that hits this deployment on this device, if one does.
    pub(crate) fn drawn(
        &self,
        ordinal: u32,
        made: &Deployment,
        thing: u32,
        document: &Value,
    ) -> Option<Trouble> {
        let cores = &self.fixed.cores;
        if cores.scenario != Scenario::Mixed || thing >= cores.count {
            return None;
        }
        let found = self.prone_to(thing)?;
        if found.way == Way::Rejected && matches!(made.target, Target::Thing(_)) {
            return None;
        }
        let earlier = self
            .ledger
            .of_thing(thing)
            .iter()
            .filter(|other| **other < ordinal);
        let attempt = earlier.count() as u64;
        let strikes = match found.lasting {
            Lasting::Passing => attempt == 0 || self.chance(AGAIN, thing, attempt) < 0.15,
            Lasting::UntilRevised => {
                let asks = fingerprint(document);
                let first = self.ledger.of_thing(thing).first();
                let same = first
                    .and_then(|first| self.ledger.get(*first))
                    .is_some_and(|first| {
                        let first: Value =
                            serde_json::from_str(&first.document).unwrap_or_default();
                        fingerprint(&first) == asks
                    });
                same || self.chance(AGAIN, thing, asks) < 0.2
            }
        };
        strikes.then(|| self.said(found, made, thing, document))
    }

    fn chance(&self, purpose: u64, thing: u32, more: u64) -> f64 {
        unit(&[self.fixed.cores.seed, purpose, u64::from(thing), more])
    }

    /// What is wrong with a device: with its hall, or with it alone. About one in twelve.
    fn prone_to(&self, thing: u32) -> Option<&'static Kind> {
        let cores = &self.fixed.cores;
        let hall = thing / HALL;
        if cores.chosen(hall, 8, TROUBLED_HALL) {
            let first = below(HALL - 14, &[cores.seed, RUN, u64::from(hall)]);
            let run = 6 + below(8, &[cores.seed, RUN, u64::from(hall), 1]);
            if (first..first + run).contains(&(thing % HALL)) {
                // Kinds take turns, so that a small fleet shows several.
                let turn = u64::from(hall / 8).wrapping_add(cores.seed) % 4;
                return OF_HALLS.get(usize::try_from(turn).unwrap_or(0));
            }
        }
        if cores.chosen(thing, 24, PRONE) {
            let count = u64::try_from(OF_DEVICES.len()).unwrap_or(1);
            let turn = (u64::from(thing / 24) + cores.drawn(KIND, 0)) % count;
            return OF_DEVICES.get(usize::try_from(turn).unwrap_or(0));
        }
        None
    }

    fn said(&self, found: &Kind, made: &Deployment, thing: u32, document: &Value) -> Trouble {
        // The last one that is named: of the account's own, if there is one.
        let components = document.get("components").and_then(Value::as_object);
        let component = components.and_then(|components| {
            let mut own = components
                .iter()
                .filter(|(name, _)| !name.starts_with("aws."));
            own.next_back().or_else(|| components.iter().next_back())
        });
        let (component, version) =
            component.map_or(("aws.greengrass.Nucleus", "2.0.0"), |(name, fields)| {
                let version = fields.get("componentVersion").and_then(Value::as_str);
                (name.as_str(), version.unwrap_or("1.0.0"))
            });
        if found.way == Way::Broken {
            return Trouble::broken(component, found.words, rolls_back(&made.document), "");
        }
        let number = self.fixed.cores.drawn(KIND, thing) % 500;
        let words = found
            .words
            .replace("{component}", component)
            .replace("{version}", version)
            .replace("{number}", &number.to_string());
        let mut trouble = Trouble::early(found.stack, "", words);
        trouble.types = found.types.iter().map(|kind| (*kind).to_owned()).collect();
        if found.way == Way::Rejected {
            trouble.way = Way::Rejected;
            trouble.stack = ["DEPLOYMENT_REJECTED"]
                .iter()
                .chain(found.stack)
                .map(|code| (*code).to_owned())
                .collect();
            trouble.reason = found.words.to_owned();
        }
        trouble
    }
}

/// What a deployment asks for, as a number.
fn fingerprint(document: &Value) -> u64 {
    let mut asked = document.get("components").cloned().unwrap_or_default();
    asked.sort_all_objects();
    let hash = Sha256::digest(asked.to_string());
    hash.iter()
        .take(8)
        .fold(0, |sum, byte| sum << 8 | u64::from(*byte))
}
