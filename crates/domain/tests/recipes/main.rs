//! Recipes: those of both tutorials with their slips, in the shapes that recipes of public components have, and what is told
//! of each.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod beside;
mod container;
mod edge_impulse;
mod faults;
mod properties;
mod public;

use overseed_domain::v2::recipe::{Recipe, RecipeFinding, RecipeFindingCode as Code, Severity};

const SERVICE: &str = include_str!("EdgeImpulseLinuxServiceComponent.yaml");
const RUNNER: &str = include_str!("EdgeImpulseLinuxRunnerServiceComponent.yaml");
const SERIAL: &str = include_str!("EdgeImpulseSerialRunnerServiceComponent.yaml");
const XGBOOST: &str = include_str!("com.ml.xgboost.json");
const CONSUMER: &str = include_str!("com.ml.consumer.json");
const GLOBAL: &str = include_str!("public-global-lifecycle.yaml");
const PLUGIN: &str = include_str!("public-plugin.json");

fn read(text: &str) -> Recipe {
    Recipe::parse(text).unwrap()
}

fn codes(findings: &[RecipeFinding]) -> Vec<(Severity, Code)> {
    findings
        .iter()
        .map(|finding| (finding.severity, finding.code))
        .collect()
}

fn has(findings: &[RecipeFinding], severity: Severity, code: Code) -> bool {
    codes(findings).contains(&(severity, code))
}

fn errors(findings: &[RecipeFinding]) -> Vec<&RecipeFinding> {
    findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error)
        .collect()
}
