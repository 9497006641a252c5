//! How far the driven runs are, as a taskbar or dock shows it.

use overseed_domain::rollout::RunState;
use overseed_engine::run::RunSnapshot;
use tauri::window::{ProgressBarState, ProgressBarStatus};

/// One run's part in the progress.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// Targets with their last state.
    ended: u64,
    total: u64,
    holds: bool,
}

impl Part {
    /// How far a run is.
    pub fn of(snapshot: &RunSnapshot) -> Self {
        let counts = &snapshot.row.counts;
        Self {
            ended: u64::from(counts.succeeded)
                + u64::from(counts.failed)
                + u64::from(counts.unknown),
            total: u64::from(counts.total()),
            holds: snapshot.row.state == RunState::Hold,
        }
    }
}

/// All of them as one bar: paused where none goes on, none where nothing is driven.
pub fn of<'a>(parts: impl Iterator<Item = &'a Part>) -> ProgressBarState {
    let (mut ended, mut total, mut holds) = (0, 0, true);
    for part in parts {
        ended += part.ended;
        total += part.total;
        holds &= part.holds;
    }
    if total == 0 {
        return ProgressBarState {
            status: Some(ProgressBarStatus::None),
            progress: None,
        };
    }
    ProgressBarState {
        status: Some(if holds {
            ProgressBarStatus::Paused
        } else {
            ProgressBarStatus::Normal
        }),
        progress: Some(ended * 100 / total),
    }
}

#[cfg(test)]
pub mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    /// A run of 2,345 groups in some state.
    pub fn snapshot(state: RunState) -> RunSnapshot {
        serde_json::from_value(serde_json::json!({
            "row": {
                "id": "7f3c0a52-6f53-4b6e-9b1a-7d2c55aa0e10", "name": "Firmware 4.2", "generation": "v1",
                "state": state,
                "counts": {
                    "waiting": 1200, "submitted": 50, "inProgress": 50, "succeeded": 1000, "failed": 45, "unknown": 0
                },
                "startedAt": 1, "endedAt": null, "account": "000000000000", "region": "eu-west-1",
                "sandbox": null, "here": true, "driven": true, "foreign": false
            },
            "startedBy": "", "stage": "", "problem": null, "roleArn": "", "settleMinutes": 30.0, "waves": [],
            "readAt": null, "blind": null, "rate": null, "eta": null, "discrepancies": [],
            "hold": null, "pausing": false, "parent": null, "rollout": {
                "cuts": [], "order": { "by": "listed" },
                "gate": { "maxFailed": null, "maxFailedInAll": null, "then": "hold", "holdAfterEach": false }
            }
        }))
        .unwrap()
    }

    fn bar(parts: &[Part]) -> (String, Option<u64>) {
        let bar = of(parts.iter());
        (format!("{:?}", bar.status.unwrap()), bar.progress)
    }

    #[test]
    fn nothing_driven_shows_nothing() {
        assert_eq!(bar(&[]), ("None".to_owned(), None));
    }

    #[test]
    fn several_runs_are_one_bar_that_pauses_only_with_all_of_them() {
        let half = Part {
            ended: 50,
            total: 100,
            holds: true,
        };
        let going = Part {
            ended: 0,
            total: 300,
            holds: false,
        };
        assert_eq!(bar(&[half]), ("Paused".to_owned(), Some(50)));
        assert_eq!(bar(&[half, going]), ("Normal".to_owned(), Some(12)));
    }

    #[test]
    fn what_has_its_last_state_counts() {
        let part = Part::of(&snapshot(RunState::Running));
        assert_eq!(bar(&[part]), ("Normal".to_owned(), Some(44)));
    }
}
