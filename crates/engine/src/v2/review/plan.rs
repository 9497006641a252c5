//! The checks of the plan that was made of the draft: its requests and waves.

use crate::{
    Problem,
    review::{Check, CheckState, checks::told},
    v2::plan::DevicePlanShown,
};
use overseed_domain::figures::{bytes, counted, grouped};

/// Findings that are told with their words.
const NAMED: usize = 3;

/// No plan can be made, though nothing that is checked otherwise is wrong.
pub(super) fn none(problem: &Problem) -> Check {
    let title = "A plan can be made";
    Check::new("plan", title, CheckState::Fail, told(problem)).step("rollout")
}

/// Greengrass takes what would be sent.
pub(super) fn requests(shown: &DevicePlanShown) -> Check {
    let file = &shown.file;
    let words: Vec<&str> = shown
        .findings
        .iter()
        .filter(|finding| file.refusals == 0 || finding.code.is_refused())
        .take(NAMED)
        .map(|finding| finding.message.as_str())
        .collect();
    let (state, detail) = if file.refusals > 0 {
        let detail = format!(
            "{} of {} requests would be refused. {}",
            grouped(file.refusals),
            grouped(file.records),
            words.join(" ")
        );
        (CheckState::Fail, detail)
    } else if file.findings > 0 {
        (CheckState::Warn, words.join(" "))
    } else {
        let detail = format!(
            "{} with {}, {}.",
            counted(file.records, "request"),
            counted(shown.documents_total, "different document"),
            bytes(file.bytes)
        );
        (CheckState::Pass, detail)
    };
    Check::new(
        "requests",
        "The requests are such that Greengrass takes them",
        state,
        detail,
    )
    .step("changes")
}

/// The plan can be cut as was asked for; no check where it is one wave.
pub(super) fn waves(shown: &DevicePlanShown) -> Option<Check> {
    if shown.header.settings.waves.is_one() {
        return None;
    }
    let (state, detail) = if shown.waves.is_empty() {
        (CheckState::Fail, shown.wave_findings.join(" "))
    } else {
        let sizes: Vec<String> = shown
            .waves
            .iter()
            .map(|wave| grouped(wave.targets))
            .collect();
        let mut detail = format!(
            "{} waves of {} core devices.",
            sizes.len(),
            sizes.join(", ")
        );
        for finding in &shown.wave_findings {
            detail.push(' ');
            detail.push_str(finding);
        }
        let state = if shown.wave_findings.is_empty() {
            CheckState::Pass
        } else {
            CheckState::Warn
        };
        (state, detail)
    };
    Some(Check::new("waves", "The plan is cut into its waves", state, detail).step("rollout"))
}
