//! What is worth a notification: that a run holds, and how it ended. Figures and our own sentences only: the service's
//! words, which may name accounts and roles, stay in the window.

use overseed_domain::rollout::RunState;
use overseed_engine::run::RunSnapshot;

/// A notification's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct News {
    /// The run, and what has come to pass.
    pub title: String,
    /// How it stands.
    pub body: String,
}

/// Tells each turn of a run once.
#[derive(Debug, Default)]
pub struct Teller {
    last: Option<RunState>,
    told: Option<RunState>,
}

impl Teller {
    /// The news in a snapshot, if there are any. `left` says that the driver has gone, so that nothing will follow.
    pub fn news(&mut self, snapshot: &RunSnapshot, left: bool) -> Option<News> {
        let state = snapshot.row.state;
        let before = self.last.replace(state);
        if self.told.is_some_and(|told| told != state) {
            self.told = None;
        }
        // A run that is taken up again still holds in the first snapshot: no news, unless its driver gave up at that.
        let turned = before.is_some_and(|before| before != state) || left;
        let worth = state.is_terminal() || (state == RunState::Hold && turned);
        if !worth || self.told.is_some() {
            return None;
        }
        self.told = Some(state);
        Some(News {
            title: title(snapshot),
            body: body(snapshot),
        })
    }
}

fn title(snapshot: &RunSnapshot) -> String {
    let row = &snapshot.row;
    let whole = row.counts.succeeded == row.counts.total();
    let what = match row.state {
        RunState::Hold => "on hold",
        RunState::Finished if whole => "finished",
        RunState::Finished => "finished, not all succeeded",
        RunState::Stopped => "stopped",
        _ => "failed",
    };
    let name = match row.name.trim() {
        "" => format!("Run {}", row.id.chars().take(8).collect::<String>()),
        name => name.to_owned(),
    };
    format!("{name}: {what}")
}

fn body(snapshot: &RunSnapshot) -> String {
    let counts = &snapshot.row.counts;
    let (done, total) = (counts.succeeded, counts.total());
    let targets = snapshot.row.generation.targets();
    let figures = if done == total {
        format!("All {} {targets} succeeded.", figure(total))
    } else {
        let mut text = format!(
            "{} of {} {targets} succeeded, {} failed",
            figure(done),
            figure(total),
            figure(counts.failed)
        );
        if counts.unknown > 0 {
            text.push_str(&format!(", {} unknown", figure(counts.unknown)));
        }
        text.push('.');
        text
    };
    match &snapshot.problem {
        Some(problem) => format!("{}. {figures}", problem.message.trim_end_matches('.')),
        None => figures,
    }
}

/// 9874 → "9,874".
fn figure(value: u32) -> String {
    let digits = value.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use overseed_domain::rollout::{Counts, Generation};
    use overseed_engine::{ErrorCode, Problem};

    use super::*;
    use crate::progress::tests::snapshot;

    #[test]
    fn a_run_that_begins_and_goes_on_is_no_news() {
        let mut teller = Teller::default();
        for state in [RunState::Preparing, RunState::Running, RunState::Running] {
            assert_eq!(teller.news(&snapshot(state), false), None);
        }
    }

    #[test]
    fn each_hold_is_told_once_with_its_reason() {
        let mut teller = Teller::default();
        teller.news(&snapshot(RunState::Running), false);
        let mut held = snapshot(RunState::Hold);
        held.problem = Some(Problem::new(ErrorCode::Throttled, "Too many requests"));
        let news = teller.news(&held, false).unwrap();
        assert_eq!(news.title, "Firmware 4.2: on hold");
        assert_eq!(
            news.body,
            "Too many requests. 1,000 of 2,345 groups succeeded, 45 failed."
        );
        assert_eq!(teller.news(&held, false), None, "told already");
        assert_eq!(teller.news(&held, true), None, "told already");
        teller.news(&snapshot(RunState::Running), false);
        assert!(teller.news(&held, false).is_some(), "another hold");
    }

    #[test]
    fn a_run_taken_up_from_a_hold_is_no_news_unless_it_holds_again() {
        let mut teller = Teller::default();
        let held = snapshot(RunState::Hold);
        assert_eq!(teller.news(&held, false), None);
        assert!(teller.news(&held, true).is_some());
    }

    #[test]
    fn the_end_is_told_even_where_it_was_not_seen_coming() {
        let mut ended = snapshot(RunState::Finished);
        ended.row.counts = Counts {
            succeeded: 12,
            ..Counts::default()
        };
        ended.row.name = "  ".to_owned();
        let news = Teller::default().news(&ended, false).unwrap();
        assert_eq!(news.title, "Run 7f3c0a52: finished");
        assert_eq!(news.body, "All 12 groups succeeded.");
    }

    #[test]
    fn runs_of_core_devices_speak_of_core_devices() {
        let mut stopped = snapshot(RunState::Stopped);
        stopped.row.generation = Generation::V2;
        let news = Teller::default().news(&stopped, true).unwrap();
        assert_eq!(
            news.body,
            "1,000 of 2,345 core devices succeeded, 45 failed."
        );
    }

    #[test]
    fn an_end_with_failures_is_called_so() {
        let mut teller = Teller::default();
        teller.news(&snapshot(RunState::Running), false);
        let news = teller.news(&snapshot(RunState::Finished), true).unwrap();
        assert_eq!(news.title, "Firmware 4.2: finished, not all succeeded");
    }

    #[test]
    fn words_of_the_service_stay_in_the_window() {
        let mut failed = snapshot(RunState::Failed);
        failed.problem = Some(
            Problem::new(ErrorCode::AssumeRole, "Greengrass cannot assume the role")
                .detail("arn:aws:iam::123456789012:role/Secret"),
        );
        let news = Teller::default().news(&failed, true).unwrap();
        assert!(!news.body.contains("Secret"), "{}", news.body);
    }
}
