//! The role of the state machine: it has to be there, or the driver makes it where it sees to permissions.

use std::collections::BTreeMap;

use overseed_domain::{
    permissions::{Objects, role_name},
    v2::roles::{EngineRole, engine_grants, engine_role_trust, role_document},
};

use super::super::{driver::Driver, rows::Run, start::RUN_TAG};
use crate::{Error, ErrorCode, Problem, permissions};

impl Driver {
    /// Sees to the role, once for the whole plan: what a run needs is one policy of the role with the run's name.
    ///
    /// # Errors
    /// [`ErrorCode::RoleMissing`]-like problems with what is to be done; those of IAM.
    pub(super) async fn engine_role(&self, run: &Run) -> Result<(), Error> {
        let place = permissions::place(&self.session);
        let role_arn = &run.settings.role_arn;
        let name = role_name(role_arn, &place)
            .map_err(|why| missing(role_arn).detail(why))?
            .to_owned();
        let clients = self.session.clients.clone();
        let there = self.call(clients.get_role(&name)).await;
        let there = match there {
            Ok(there) => there,
            // Who may not look may still start: Step Functions itself says whether the role will do.
            Err(Error::Aws(error)) if error.kind == overseed_aws::Kind::AccessDenied => {
                return Ok(());
            }
            Err(error) => return Err(error),
        };
        if !run.settings.provision {
            return match there {
                Some(_) => Ok(()),
                None => Err(missing(role_arn).into()),
            };
        }
        let machines = format!("overseed-{}-*", self.id);
        let objects = Objects::Prefix(run.settings.prefix.clone());
        let needs = EngineRole {
            place: &place,
            state_machine: &machines,
            bucket: &run.settings.bucket,
            plans: &objects,
            results: &objects,
            things: &[],
        };
        if there.is_none() {
            let trust = engine_role_trust(&EngineRole {
                state_machine: "*",
                ..needs
            })
            .to_string();
            let tags = BTreeMap::from([(RUN_TAG.to_owned(), self.id.clone())]);
            let intended = self
                .intend("iam:CreateRole", format!("Make the role {name}"))
                .await?;
            let made = self
                .call(clients.create_role(
                    &name,
                    "/",
                    &trust,
                    "Makes the deployments of Overseed's runs",
                    &tags,
                ))
                .await
                .map(|(_, request_id)| request_id);
            self.note_end(intended, made).await?;
        }
        let policy = format!("Overseed-{}", self.id);
        let document = role_document(&engine_grants(&needs)).to_string();
        let intended = self
            .intend(
                "iam:PutRolePolicy",
                format!("Give the role {name} what this run needs: policy {policy}"),
            )
            .await?;
        let put = self
            .call(clients.put_role_policy(&name, &policy, &document))
            .await;
        self.note_end(intended, put).await
    }
}

fn missing(role: &str) -> Problem {
    Problem::new(
        ErrorCode::PreflightFailed,
        format!("There is no role {role} for the state machine"),
    )
    .hint("Make it in the permissions step, or have an administrator make what the step hands over; then resume the run.")
}
