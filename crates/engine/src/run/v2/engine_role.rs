//! The role of the state machine: it has to suffice, or the driver makes it so where it sees to permissions. Both go
//! through what the permissions step goes through, so that what is shown there is what is made here.

use rusqlite::params;

use super::super::{driver::Driver, rows::Run};
use crate::{
    Error, ErrorCode, Problem,
    job::JobKind,
    permissions::{Requirement, RequirementState},
    v2::permissions::{EngineNeeds, THINGS_KEPT, engine_apply},
};

impl Driver {
    /// Sees to the role, once for the whole plan.
    ///
    /// # Errors
    /// [`ErrorCode::PreflightFailed`] where there is no such role or it does not suffice, and the driver is not to
    /// mend it, or cannot; those of IAM.
    pub(super) async fn engine_role(&self, run: &Run) -> Result<(), Error> {
        let (settings, provision) = (run.settings.plan(), run.settings.provision);
        let things = self.things().await?;
        let needs = EngineNeeds::new(&self.session, &settings, &run.id, things).await?;
        let progress = self.progress(JobKind::Permissions);
        let after = engine_apply(&self.session, needs, &run.id, provision, &progress).await?;
        // Who may not look may still start: Step Functions itself says whether the role will do.
        let lacking = |requirement: &&Requirement| {
            matches!(
                requirement.now,
                RequirementState::No | RequirementState::NotYet
            )
        };
        match after.requirements.iter().find(lacking) {
            None if after.role_arn == run.settings.role_arn => Ok(()),
            None => self.set_role(run, after.role_arn).await,
            Some(_) if !after.exists && !provision => Err(missing(&after.role).into()),
            Some(requirement) => Err(Problem::new(
                ErrorCode::PreflightFailed,
                format!("The role {} does not suffice: {}", after.role, requirement.title),
            )
            .detail(&requirement.detail)
            .hint("Mend it in the permissions step, or have an administrator apply what the step hands over; then resume the run.")
            .into()),
        }
    }

    /// The run's things, one more than are ever named in a policy.
    async fn things(&self) -> Result<Vec<String>, Error> {
        let run = self.ordinal;
        self.session
            .store()
            .read(move |c| {
                let mut query = c.prepare(
                    "SELECT target FROM target WHERE run = ?1 ORDER BY position LIMIT ?2",
                )?;
                let rows = query.query_map(params![run, THINGS_KEPT], |row| row.get(0))?;
                Ok(rows.collect::<Result<_, _>>()?)
            })
            .await
    }
}

fn missing(role: &str) -> Problem {
    Problem::new(
        ErrorCode::PreflightFailed,
        format!("There is no role {role} for the state machine"),
    )
    .hint("Make it in the permissions step, or have an administrator make what the step hands over; then resume the run.")
}
