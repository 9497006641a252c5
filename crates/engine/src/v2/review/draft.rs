//! The checks of what the draft says: its devices, what they have, and what is wanted of them.

use overseed_domain::figures::{counted, grouped};
use overseed_domain::v2::{finding::PlanFindingCode, gather::FindingTotal};

use crate::{
    Problem, Session,
    review::{Check, CheckState, checks::told},
    v2::plan::{DeviceDraft, DevicePreview, PresentStatus},
};

/// What was read longer ago is told with a warning: two shifts have worked since.
const OLD: i64 = 12 * 60 * 60 * 1_000;

/// Findings that are told with their words.
const TOLD: usize = 6;

/// Core devices are selected, and none of them is gone.
pub(super) fn devices(draft: &DeviceDraft, preview: &DevicePreview) -> Check {
    let (state, detail) = match (preview.devices, preview.gone) {
        (0, 0) if draft.selected == 0 => (
            CheckState::Fail,
            "No core device is selected.".to_owned(),
        ),
        (0, _) => (
            CheckState::Fail,
            "None of the selected devices is a core device any more. List them again and select others.".to_owned(),
        ),
        (devices, 0) => (CheckState::Pass, format!("{} selected.", are(devices, "core device"))),
        (devices, gone) => (
            CheckState::Warn,
            format!(
                "{} selected; {} more are no core devices any more and are left out. List them again if they should be.",
                are(devices, "core device"),
                grouped(gone)
            ),
        ),
    };
    let title = "Core devices are selected, and all of them are there";
    Check::new("devices", title, state, detail).step("devices")
}

/// What the devices have is known, and not too old.
pub(super) fn present(session: &Session, preview: &DevicePreview, status: &PresentStatus) -> Check {
    let now = session.clock().now();
    let (state, detail) = if preview.unread > 0 {
        (
            CheckState::Fail,
            format!(
                "Of {} of {} devices it is not known what they have now. Read their present deployments: a deployment \
                 replaces the present one, and nothing may get lost. After each run they are read anew.",
                grouped(preview.unread),
                grouped(preview.devices)
            ),
        )
    } else if preview.unreadable > 0 {
        (
            CheckState::Fail,
            format!(
                "What {} devices have says something that this version of Overseed does not know. Update Overseed, or \
                 leave them out.",
                grouped(preview.unreadable)
            ),
        )
    } else {
        let age = status.oldest_at.map(|at| now.since(at));
        let words = age.map_or_else(
            || "Nothing had to be read.".to_owned(),
            |age| format!("Read {} ago, or later.", span(age)),
        );
        if age.is_some_and(|age| age > OLD) {
            let more = "Whoever got another deployment since is not deployed to, and has to be planned again. Read them \
                        again to know it before.";
            (CheckState::Warn, format!("{words} {more}"))
        } else {
            let more =
                "Right before each deployment it is looked once more whether it is still so.";
            (CheckState::Pass, format!("{words} {more}"))
        }
    };
    let title = "What the devices have now is known";
    Check::new("present", title, state, detail).step("changes")
}

/// Nothing of what is wanted is refused, and something changes.
pub(super) fn wanted(draft: &DeviceDraft, preview: &DevicePreview) -> Check {
    let title = "What is wanted can be deployed to each device";
    let check = |state, detail, step: &str| Check::new("wanted", title, state, detail).step(step);
    let wrong: Vec<&str> = preview
        .layer_findings
        .iter()
        .filter(|finding| finding.code.is_refused())
        .map(|finding| finding.message.as_str())
        .collect();
    if !wrong.is_empty() {
        return check(CheckState::Fail, wrong.join(" "), "components");
    }
    if preview.refused > 0 {
        let detail = format!(
            "{} cannot be deployed as wanted. {} Change what is wanted of them, or leave them out.",
            are_devices(preview.refused),
            all_words(
                preview
                    .findings
                    .iter()
                    .filter(|finding| finding.code.is_refused())
            )
        );
        return check(CheckState::Fail, detail, "changes");
    }
    if preview.targets == 0 && preview.unread + preview.unreadable == 0 {
        let detail = if draft.layers.is_empty() && draft.rows.is_none() && draft.fixed.is_none() {
            "Nothing is wanted of the devices yet. Add a component."
        } else {
            "Nothing changes for any of the devices: they have all of it. Want something else, or deploy to unchanged \
             devices as well."
        };
        return check(CheckState::Fail, detail.to_owned(), "components");
    }
    if preview.unmatched_rows > 0 {
        let detail = format!(
            "{} of the rows are for things that are not selected: they change nothing.",
            grouped(preview.unmatched_rows)
        );
        return check(CheckState::Warn, detail, "components");
    }
    let left = preview
        .unchanged
        .min(preview.devices - preview.targets.min(preview.devices));
    let which = match preview.outcomes {
        1 => "the same for all".to_owned(),
        outcomes if outcomes == preview.targets => "each its own".to_owned(),
        outcomes => format!("{} different ones in all", grouped(outcomes)),
    };
    let rest = match left {
        0 => String::new(),
        left => format!("; nothing changes for {}", grouped(left)),
    };
    let detail = format!("{} a deployment, {which}{rest}.", get(preview.targets));
    check(CheckState::Pass, detail, "changes")
}

/// What is wanted could not even be read.
pub(super) fn unwanted(problem: &Problem) -> Check {
    let title = "What is wanted can be deployed to each device";
    Check::new("wanted", title, CheckState::Fail, told(problem)).step("components")
}

/// What the plan's findings say of how it may go.
pub(super) fn findings(preview: &DevicePreview) -> Vec<Check> {
    if preview.targets == 0 {
        return Vec::new();
    }
    let of = |codes: &[PlanFindingCode]| -> Vec<&FindingTotal> {
        preview
            .findings
            .iter()
            .filter(|finding| codes.contains(&finding.code))
            .collect()
    };
    let told = |id: &str, title: &str, step: &str, found: &[&FindingTotal], fine: &str| {
        let (state, detail) = if found.is_empty() {
            (CheckState::Pass, fine.to_owned())
        } else {
            (CheckState::Warn, all_words(found.iter().copied()))
        };
        Check::new(id, title, state, detail).step(step)
    };
    let mut checks = vec![
        told(
            "nucleus",
            "The nucleus is pinned to a version",
            "components",
            &of(&[PlanFindingCode::NucleusNotPinned]),
            "No dependency can update it and restart the device's components unasked.",
        ),
        told(
            "large",
            "Devices get their documents without a further right",
            "changes",
            &of(&[PlanFindingCode::LargeDocument]),
            "None is so large that the device would have to fetch it with greengrass:GetDeploymentConfiguration.",
        ),
    ];
    let others: Vec<&FindingTotal> = preview
        .findings
        .iter()
        .filter(|finding| {
            !finding.code.is_refused()
                && !matches!(
                    finding.code,
                    PlanFindingCode::NucleusNotPinned | PlanFindingCode::LargeDocument
                )
        })
        .collect();
    if !others.is_empty() {
        let title = "Nothing else about the plan is worth a second look";
        checks.push(told("notes", title, "changes", &others, ""));
    }
    checks
}

/// The words of the first findings: with many thing groups there may be hundreds.
fn all_words<'a>(found: impl Iterator<Item = &'a FindingTotal>) -> String {
    let mut words: Vec<String> = Vec::new();
    let mut more = 0_u32;
    for finding in found {
        if words.len() < TOLD {
            words.push(self::words(finding));
        } else {
            more += 1;
        }
    }
    if more > 0 {
        let more = counted(more, "more finding");
        words.push(format!("{more}: see the changes."));
    }
    words.join(" ")
}

fn words(finding: &FindingTotal) -> String {
    format!("{} ({})", finding.message, devices_of(finding.targets))
}

fn devices_of(count: u32) -> String {
    counted(count, "device")
}

fn are_devices(count: u32) -> String {
    match count {
        1 => "1 device".to_owned(),
        count => format!("{} of the devices", grouped(count)),
    }
}

fn are(count: u32, what: &str) -> String {
    match count {
        1 => format!("1 {what} is"),
        count => format!("{} are", counted(count, what)),
    }
}

fn get(count: u32) -> String {
    match count {
        1 => "1 device gets".to_owned(),
        count => format!("{} get", counted(count, "device")),
    }
}

/// Minutes, hours or days, for people.
pub(super) fn span(millis: i64) -> String {
    let minutes = millis.max(0) / 60_000;
    match minutes {
        0 => "less than a minute".to_owned(),
        1 => "a minute".to_owned(),
        2..120 => format!("{minutes} minutes"),
        120..2880 => format!("{} hours", minutes / 60),
        _ => format!("{} days", minutes / 1_440),
    }
}
