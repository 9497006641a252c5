//! Bulk deployments. Nothing ticks: whoever asks, gets what the clock says; records that have become due since
//! the last question are judged then (permission, group, version), once and for good.

mod input;
mod judge;
mod pace;
mod records;
mod start;
mod uri;
mod watch;

use std::path::Path;

use serde::{Deserialize, Serialize};

use self::pace::Pace;
use self::records::{Files, Record, Records};
pub(super) use self::watch::put_error;
use super::fleet::Fleet;
use crate::settings::Scenario;

/// Simulated seconds that StopBulkDeployment takes.
const STOPPING_S: f64 = 4.0;
/// Simulated seconds from the last record to Completed.
const CLOSING_S: f64 = 1.0;

/// A bulk deployment: what was asked for, and what is not a function of time.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Bulk {
    pub(super) ordinal: u32,
    role_arn: String,
    role_name: String,
    created_ms: i64,
    /// Initializing ends.
    begin_ms: i64,
    /// What is wrong with the input file: said when Initializing ends.
    fault: Option<String>,
    stop_ms: Option<i64>,
    lines: u32,
    /// Simulated seconds a second when it was started; it keeps them.
    speed: f64,
    #[serde(skip)]
    run: Run,
}

/// The part that lives in files.
#[derive(Debug, Default)]
struct Run {
    records: Records,
    /// One mark a record attempted so far.
    marks: Vec<u8>,
    invalid: u32,
    retries: u32,
}

/// What became of an attempted record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Made,
    /// Made, but the account has no service role.
    NoServiceRole,
    NotAllowed,
    NoGroup,
    NoVersion,
    NoCore,
    ManyCores,
}

impl Verdict {
    const ALL: [Self; 7] = [
        Self::Made,
        Self::NoServiceRole,
        Self::NotAllowed,
        Self::NoGroup,
        Self::NoVersion,
        Self::NoCore,
        Self::ManyCores,
    ];

    /// Whether a deployment was made; otherwise the record counts as an invalid input record.
    fn made(self) -> bool {
        matches!(self, Self::Made | Self::NoServiceRole)
    }

    /// Low half: the verdict; high half: how many deployments the group had before (15 and more alike).
    fn mark(self, attempt: u8) -> u8 {
        let number = Self::ALL
            .iter()
            .position(|verdict| *verdict == self)
            .unwrap_or(0);
        u8::try_from(number).unwrap_or(0) | attempt.min(15) << 4
    }

    fn read(mark: u8) -> (Self, u8) {
        let verdict = Self::ALL
            .get(usize::from(mark & 0xf))
            .copied()
            .unwrap_or(Self::Made);
        (verdict, mark >> 4)
    }
}

/// As `BulkDeploymentStatus` says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Status {
    Initializing,
    Running,
    Completed,
    Stopping,
    Stopped,
    Failed,
}

impl Status {
    fn name(self) -> &'static str {
        match self {
            Self::Initializing => "Initializing",
            Self::Running => "Running",
            Self::Completed => "Completed",
            Self::Stopping => "Stopping",
            Self::Stopped => "Stopped",
            Self::Failed => "Failed",
        }
    }

    fn terminal(self) -> bool {
        matches!(self, Self::Completed | Self::Stopped | Self::Failed)
    }
}

impl Bulk {
    fn processed(&self) -> u32 {
        u32::try_from(self.run.marks.len()).unwrap_or(u32::MAX)
    }

    fn after_ms(&self, from_ms: i64, seconds: f64) -> i64 {
        let ms = (seconds * 1_000.0 / self.speed).ceil();
        // Simulated durations are hours: far inside of what an i64 holds.
        #[expect(
            clippy::cast_possible_truncation,
            reason = "see above; a cast saturates"
        )]
        from_ms.saturating_add(ms as i64)
    }

    /// When a record is attempted.
    fn record_ms(&self, record: u32, pace: Pace) -> i64 {
        self.after_ms(self.begin_ms, pace.seconds(record.saturating_add(1)))
    }

    /// How many records have been attempted by `now`.
    fn due(&self, now: i64, pace: Pace) -> u32 {
        if self.fault.is_some() {
            return 0;
        }
        let until = self.stop_ms.map_or(now, |stop| stop.min(now));
        // The first record in the future, by halving.
        let (mut low, mut high) = (0, self.lines);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.record_ms(middle, pace) <= until {
                low = middle + 1
            } else {
                high = middle
            }
        }
        low
    }

    fn status(&self, now: i64, pace: Pace) -> Status {
        if let Some(stop) = self.stop_ms {
            return if now < self.after_ms(stop, STOPPING_S) {
                Status::Stopping
            } else {
                Status::Stopped
            };
        }
        if now < self.begin_ms {
            return Status::Initializing;
        }
        if self.fault.is_some() {
            return Status::Failed;
        }
        let last = self.record_ms(self.lines.saturating_sub(1), pace);
        if now < self.after_ms(last, CLOSING_S) {
            Status::Running
        } else {
            Status::Completed
        }
    }

    /// Reads the files of a restored bulk deployment.
    ///
    /// # Errors
    /// If they are gone or broken.
    pub(super) fn restore(&mut self, folder: &Path, fleet: &Fleet) -> std::io::Result<()> {
        if self.fault.is_some() {
            return Ok(());
        }
        let files = Files::of(folder, self.ordinal);
        self.run.records = Records::load(&files.records)?;
        let marks = files.marks()?;
        for (place, mark) in (0..self.lines).zip(marks) {
            self.take(place, mark, fleet);
        }
        Ok(())
    }

    /// Counts a record's mark in.
    fn take(&mut self, place: u32, mark: u8, fleet: &Fleet) {
        let (verdict, attempt) = Verdict::read(mark);
        self.run.marks.push(mark);
        match self.run.records.get(place) {
            Some(Record::Known { group, .. }) if verdict.made() => {
                self.run.retries += u32::from(fleet.retries(group, attempt));
            }
            _ => self.run.invalid += 1,
        }
    }

    /// The groups that deployments were made for so far.
    pub(super) fn groups_made(&self) -> impl Iterator<Item = u32> + '_ {
        (0..self.processed())
            .zip(&self.run.marks)
            .filter_map(|(place, mark)| match self.run.records.get(place) {
                Some(Record::Known { group, .. }) if Verdict::read(*mark).0.made() => Some(group),
                _ => None,
            })
    }

    /// Whether it is still under way.
    pub(super) fn running(&self, now: i64, scenario: Scenario) -> bool {
        !self.status(now, Pace::of(scenario)).terminal()
    }
}
