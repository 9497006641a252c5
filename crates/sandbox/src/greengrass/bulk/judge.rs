//! Judging the records whose turn has come.

use super::pace::Pace;
use super::records::{Files, Record};
use super::{Bulk, Verdict};
use crate::cloud::RoleSession;
use crate::greengrass::call::Call;
use crate::greengrass::course::Deployment;
use crate::greengrass::fleet::Cores;

impl Call<'_> {
    pub(super) fn pace(&self) -> Pace {
        Pace::of(self.world.settings.scenario)
    }

    /// Judges all records that have become due. Every request begins with it, so that changes of policies and
    /// groups meet the records that are attempted after them, as nearly as one can tell.
    pub(in crate::greengrass) fn advance(&mut self) {
        for place in 0..self.state.bulks.len() {
            let pace = self.pace();
            let Some(bulk) = self.state.bulks.get_mut(place) else {
                return;
            };
            let (from, due) = (bulk.processed(), bulk.due(self.now, pace));
            if from >= due {
                continue;
            }
            let run = std::mem::take(&mut bulk.run);
            let role = RoleSession {
                role_arn: bulk.role_arn.clone(),
                role_name: bulk.role_name.clone(),
            };
            let ordinal = bulk.ordinal;
            let mut marks = Vec::new();
            for place in from..due {
                let record = run.records.get(place);
                let verdict = record
                    .as_ref()
                    .map_or(Verdict::NoGroup, |record| self.judge(&role, record));
                let attempt = match record {
                    Some(Record::Known { group, .. }) if verdict.made() => {
                        self.count_attempt(group)
                    }
                    _ => 0,
                };
                marks.push(verdict.mark(attempt));
            }
            if let Err(error) = Files::of(self.folder, ordinal).append_marks(&marks) {
                tracing::warn!(%error, bulk = ordinal, "results of records could not be kept for a restart");
            }
            let Some(bulk) = self.state.bulks.get_mut(place) else {
                return;
            };
            bulk.run = run;
            for (place, mark) in (from..due).zip(marks) {
                bulk.take(place, mark, &self.world.fleet);
            }
        }
    }

    fn judge(&self, role: &RoleSession, record: &Record) -> Verdict {
        let (group, version) = match record {
            Record::NoGroup { .. } => return Verdict::NoGroup,
            Record::NoVersion { group, .. } => (*group, None),
            Record::Known { group, version } => (*group, Some(*version)),
        };
        // IAM is asked before anything is looked up, as everywhere.
        let arn = self.world.group_arn(group);
        if !self
            .cloud
            .allowed(role, "greengrass:CreateDeployment", &arn, &[])
        {
            return Verdict::NotAllowed;
        }
        if !self.group_exists(group) {
            return Verdict::NoGroup;
        }
        let Some(version) = version else {
            return Verdict::NoVersion;
        };
        match self.cores(group, version) {
            Cores::None => Verdict::NoCore,
            Cores::Two => Verdict::ManyCores,
            Cores::One if self.service_role().is_none() => Verdict::NoServiceRole,
            Cores::One => Verdict::Made,
        }
    }

    /// How many deployments the group had before this one, which is counted.
    pub(in crate::greengrass) fn count_attempt(&mut self, group: u32) -> u8 {
        let attempts = self.attempts.entry(group).or_default();
        let before = *attempts;
        *attempts = before.saturating_add(1);
        before
    }

    /// The deployment that an attempted record made.
    pub(super) fn record_deployment(&self, bulk: &Bulk, place: u32) -> Option<Deployment> {
        let mark = bulk.run.marks.get(usize::try_from(place).ok()?)?;
        let (verdict, attempt) = Verdict::read(*mark);
        match bulk.run.records.get(place)? {
            Record::Known { group, version } if verdict.made() => Some(Deployment {
                group,
                version,
                attempt,
                service_role: verdict == Verdict::Made,
            }),
            _ => None,
        }
    }
}
