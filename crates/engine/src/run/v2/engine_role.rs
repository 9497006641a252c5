//! The role of the state machine: it has to be there, or the driver makes it where it sees to permissions.

use std::collections::BTreeMap;

use overseed_domain::{
    permissions::{Objects, role_name},
    v2::roles::{EngineRole, engine_grants, engine_role_trust, role_document},
};

use sha2::{Digest, Sha256};

use super::{
    super::{driver::Driver, rows::Run, start::RUN_TAG},
    machine::same,
};
use crate::{Error, ErrorCode, Problem, permissions};

/// What policies for state machines are called, before a hash of bucket and prefix.
const POLICY: &str = "OverseedStateMachines";

impl Driver {
    /// Sees to the role, once for the whole plan. What runs with the same bucket and prefix need is one policy of the role:
    /// inline policies have 10,240 characters in all (IAM), too few for one a run.
    ///
    /// # Errors
    /// [`ErrorCode::PreflightFailed`] where there is no such role and the driver is not to make it; those of IAM.
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
        let objects = Objects::Prefix(run.settings.prefix.clone());
        let needs = EngineRole {
            place: &place,
            state_machine: "overseed-*",
            bucket: &run.settings.bucket,
            plans: &objects,
            results: &objects,
            things: &[],
        };
        if there.is_none() {
            let trust = engine_role_trust(&needs).to_string();
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
        let hash = Sha256::digest(format!("{}/{}", run.settings.bucket, run.settings.prefix));
        let policy = format!(
            "{POLICY}-{}",
            hex::encode(hash.get(..4).unwrap_or_default())
        );
        let document = role_document(&engine_grants(&needs)).to_string();
        let present = self.call(clients.role_policies(&name)).await?;
        if present
            .iter()
            .any(|there| there.name == policy && same(&there.document, &document))
        {
            return Ok(());
        }
        let intended = self
            .intend(
                "iam:PutRolePolicy",
                format!("Give the role {name} what its runs need: policy {policy}"),
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
