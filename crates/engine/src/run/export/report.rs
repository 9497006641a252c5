//! The report: one HTML file for people, without scripts, that opens without network.

use std::{borrow::Borrow, io::Write as _};

use askama::Template;
use overseed_domain::{
    Millis,
    cause::Cause,
    rollout::Counts,
    waves::{GateAction, Verdict},
};
use rusqlite::Connection;

use super::{
    Out,
    chart::{self, BANDS},
    documents::{Given, given},
};
use crate::{
    Engine, Error,
    run::{
        ChangeRow, RunSnapshot, Sample, TargetRow, Wave, causes,
        change_log::changes,
        rows::{Run, word},
        samples, snapshot,
        targets::each_row,
    },
    v2::plan::Way,
};

/// Targets that did not succeed and are listed; the CSV has all of them. `FAILED` says so too.
const LISTED: usize = 500;

/// The first targets that failed or are unknown.
const FAILED: &str = "AND t.state IN (4, 5)";

#[derive(Template)]
#[template(path = "report.html")]
struct Report {
    run: RunSnapshot,
    figures: Vec<Figure>,
    made_at: String,
    version: &'static str,
    settings: Option<Settings>,
    words: Words,
    /// Different documents of a V2 run, and what those are that most devices get.
    documents_total: u32,
    documents: Vec<Given>,
    chart: Option<String>,
    causes: Vec<Cause>,
    failed: Vec<TargetRow>,
    failed_total: u32,
    changes: Vec<ChangeRow>,
}

/// What the run's plan said.
struct Settings {
    role: String,
    bucket: String,
    prefix: String,
    settle: String,
}

/// What the report calls things.
struct Words {
    v2: bool,
    target: &'static str,
    targets: &'static str,
    /// The same at the beginning of a sentence.
    heading: &'static str,
    /// What a wave is, where there is but one.
    whole: &'static str,
    /// What makes the deployments of a wave.
    made_by: &'static str,
    /// What is counted along with the states.
    done: &'static str,
    role: &'static str,
    bucket: &'static str,
}

impl Words {
    fn of(run: &Run) -> Self {
        let Some(v2) = &run.settings.v2 else {
            return Self {
                v2: false,
                target: "Group",
                targets: "groups",
                heading: "Groups",
                whole: "Bulk deployment",
                made_by: "Bulk deployment",
                done: "Records attempted",
                role: "Execution role",
                bucket: "Input files under",
            };
        };
        Self {
            v2: true,
            target: "Core device",
            targets: "core devices",
            heading: "Core devices",
            whole: "Deployments",
            made_by: match v2.way {
                Way::Direct => "Made by Overseed",
                Way::ThingGroup => "Deployment to the thing group",
                Way::StepFunctions => "Execution of Step Functions",
            },
            done: "Deployments made",
            role: "Role of the state machine",
            bucket: "Files under",
        }
    }
}

/// A number with its share of all targets.
struct Figure {
    class: &'static str,
    words: &'static str,
    targets: u32,
    percent: f64,
}

/// Writes the report.
pub(super) fn write(
    connection: &Connection,
    engine: &Engine,
    run: &Run,
    out: &mut Out<'_>,
) -> Result<(), Error> {
    let shown = snapshot::snapshot(connection, engine, run.scope, &run.id)?;
    let counts = shown.row.counts;
    let samples: Vec<Sample> = samples::samples(connection, run.ordinal)?;
    let settings = run.found_bulk.is_none().then(|| Settings {
        role: run.settings.role_arn.clone(),
        bucket: run.settings.bucket.clone(),
        prefix: run.settings.prefix.clone(),
        settle: span(run.settings.settle_minutes * 60.0),
    });
    let words = Words::of(run);
    let (documents_total, documents) = if words.v2 {
        given(connection, run.ordinal)?
    } else {
        (0, Vec::new())
    };
    let report = Report {
        figures: figures(counts),
        made_at: moment(engine.clock.now()),
        version: env!("CARGO_PKG_VERSION"),
        settings,
        documents_total,
        documents,
        chart: chart::svg(&samples, words.done),
        words,
        causes: causes::all(connection, run.ordinal)?,
        failed: failed(connection, run)?,
        failed_total: counts.failed + counts.unknown,
        changes: changes(connection, &run.id)?,
        run: shown,
    };
    let path = out.path;
    report
        .write_into(&mut out.to)
        .and_then(|()| out.to.flush())
        .map_err(Error::file(path))
}

fn failed(connection: &Connection, run: &Run) -> Result<Vec<TargetRow>, Error> {
    let mut rows = Vec::new();
    let listed = each_row(connection, run, FAILED, &mut |row| {
        if rows.len() == LISTED {
            return Err(Error::Cancelled);
        }
        rows.push(row);
        Ok(())
    });
    match listed {
        Ok(()) | Err(Error::Cancelled) => Ok(rows),
        Err(error) => Err(error),
    }
}

fn figures(counts: Counts) -> Vec<Figure> {
    let total = f64::from(counts.total().max(1));
    let all = BANDS.into_iter().chain([
        (
            "submitted",
            "Submitted",
            (|counts| counts.submitted) as fn(&Counts) -> u32,
        ),
        ("waiting", "Waiting", |counts| counts.waiting),
    ]);
    all.map(|(class, words, of)| {
        let targets = of(&counts);
        Figure {
            class,
            words,
            targets,
            percent: f64::from(targets) * 100.0 / total,
        }
    })
    .collect()
}

impl Report {
    /// A word for people: `in progress` for `in_progress`.
    fn spoken(&self, value: &impl serde::Serialize) -> String {
        word(value).unwrap_or_default().replace('_', " ")
    }

    fn where_at(&self) -> String {
        let row = &self.run.row;
        match &row.sandbox {
            Some(sandbox) => format!("Sandbox {sandbox}, {}", row.region),
            None => format!("Account {}, {}", row.account, row.region),
        }
    }

    fn lasted(&self) -> Option<String> {
        let row = &self.run.row;
        let ended = row.ended_at?;
        #[allow(clippy::cast_precision_loss, reason = "for people")]
        let seconds = ended.since(row.started_at) as f64 / 1000.0;
        Some(span(seconds))
    }

    /// What stood between the waves.
    fn gate(&self) -> Option<String> {
        let waves = &self.run.rollout;
        if waves.is_one() {
            return None;
        }
        let gate = &waves.gate;
        let limits = [
            (gate.max_failed, "of a wave"),
            (gate.max_failed_in_all, "of the plan"),
        ];
        let limits: Vec<String> = limits
            .iter()
            .filter_map(|(limit, of)| limit.map(|limit| format!("{limit} {of}")))
            .collect();
        let then = match gate.then {
            GateAction::Hold => "the run waits",
            GateAction::Abort => "the run ends",
        };
        let mut said = if limits.is_empty() {
            "No limit for what may fail".to_owned()
        } else {
            format!(
                "At most {} may fail or stay unknown, else {then}",
                limits.join(" and ")
            )
        };
        if gate.hold_after_each {
            said.push_str("; it waits after each wave");
        }
        Some(said)
    }

    fn errors(&self) -> Vec<&String> {
        self.run
            .waves
            .iter()
            .flat_map(|wave| &wave.errors)
            .collect()
    }
}

fn verdict(wave: &Wave) -> String {
    match &wave.verdict {
        None => "–".to_owned(),
        Some(Verdict::GoOn) => "Passed its gate".to_owned(),
        Some(Verdict::Hold { reason }) => format!("Held: {reason}"),
        Some(Verdict::Abort { reason }) => format!("Aborted: {reason}"),
        Some(Verdict::Exceeded { reason }) => format!("Not passed, but the last wave: {reason}"),
        Some(Verdict::Stopped { reason }) => format!("Not asked: {reason}"),
        Some(Verdict::Failed { reason }) => {
            format!("Not asked, since it failed as a whole: {reason}")
        }
    }
}

/// Targets of a wave that were submitted or are in progress.
fn under_way(wave: &Wave) -> u32 {
    wave.counts.submitted + wave.counts.in_progress
}

/// Targets of a wave that wait and were not left out.
fn waiting(wave: &Wave) -> u32 {
    wave.counts.waiting.saturating_sub(wave.skipped)
}

/// A number in groups of three.
pub(super) fn figure(number: impl Borrow<u32>) -> String {
    let digits = number.borrow().to_string();
    let mut grouped = String::with_capacity(digits.len() + 3);
    for (place, digit) in digits.char_indices() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// A time in UTC: the report is read elsewhere.
pub(super) fn moment(at: impl Borrow<Millis>) -> String {
    let at = *at.borrow();
    jiff::Timestamp::from_millisecond(at.0).map_or_else(
        |_| at.0.to_string(),
        |at| at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string(),
    )
}

fn time(at: &Option<Millis>) -> String {
    at.map_or_else(|| "–".to_owned(), moment)
}

/// Seconds in the two largest units, for people.
fn span(seconds: f64) -> String {
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a span that is above zero"
    )]
    let seconds = seconds.max(0.0).round() as u64;
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, seconds) => format!("{seconds} s"),
        (0, minutes, 0) => format!("{minutes} min"),
        (0, minutes, seconds) => format!("{minutes} min {seconds} s"),
        (hours, minutes, _) => format!("{hours} h {minutes} min"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_and_spans_are_for_people() {
        assert_eq!(figure(0), "0");
        assert_eq!(figure(999), "999");
        assert_eq!(figure(704_000), "704,000");
        assert_eq!(figure(1_234_567), "1,234,567");
        assert_eq!(span(59.4), "59 s");
        assert_eq!(span(120.0), "2 min");
        assert_eq!(span(3_723.0), "1 h 2 min");
    }
}
