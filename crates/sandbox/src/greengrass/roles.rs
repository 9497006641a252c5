//! The account's Greengrass service role, and the roles of groups.

use serde_json::{Value, json};

use super::call::{Call, text};
use super::refusal::{Answer, Refusal};
use super::state::Association;
use super::timestamp;

impl Call<'_> {
    /// The role that Greengrass uses for the account, and since when.
    pub(super) fn service_role(&self) -> Option<(String, i64)> {
        match &self.state.service_role {
            Some(changed) => Some((changed.role_arn.clone()?, changed.at_ms)),
            None => Some((
                self.world.settings.service_role_arn(),
                self.seeded_before_ms(),
            )),
        }
    }

    pub(super) fn associate_service_role(&mut self) -> Answer {
        let role_arn = self.role_of_request()?;
        self.state.service_role = Some(Association {
            role_arn: Some(role_arn),
            at_ms: self.now,
        });
        Ok(json!({ "AssociatedAt": timestamp::text(self.now) }))
    }

    pub(super) fn get_service_role(&self) -> Answer {
        match self.service_role() {
            Some((role_arn, at_ms)) => {
                Ok(json!({ "AssociatedAt": timestamp::text(at_ms), "RoleArn": role_arn }))
            }
            None => Err(Refusal::no_such_id(
                "You need to attach a service role to this account.",
            )),
        }
    }

    pub(super) fn disassociate_service_role(&mut self) -> Answer {
        self.state.service_role = Some(Association {
            role_arn: None,
            at_ms: self.now,
        });
        Ok(json!({ "DisassociatedAt": timestamp::text(self.now) }))
    }

    pub(super) fn associate_role(&mut self, id: &str) -> Answer {
        let index = self.group(id)?;
        let role_arn = self.role_of_request()?;
        let role = Association {
            role_arn: Some(role_arn),
            at_ms: self.now,
        };
        self.state.groups.entry(index).or_default().role = Some(role);
        Ok(json!({ "AssociatedAt": timestamp::text(self.now) }))
    }

    pub(super) fn get_role(&self, id: &str) -> Answer {
        let index = self.group(id)?;
        let role = self
            .state
            .groups
            .get(&index)
            .and_then(|change| change.role.as_ref());
        match role.and_then(|role| Some((role.role_arn.as_ref()?, role.at_ms))) {
            Some((arn, at_ms)) => {
                Ok(json!({ "AssociatedAt": timestamp::text(at_ms), "RoleArn": arn }))
            }
            None => Err(Refusal::no_such_id(
                "You need to attach an IAM role to this deployment group.",
            )),
        }
    }

    pub(super) fn disassociate_role(&mut self, id: &str) -> Answer {
        let index = self.group(id)?;
        self.state.groups.entry(index).or_default().role = None;
        Ok(json!({ "DisassociatedAt": timestamp::text(self.now) }))
    }

    /// The `RoleArn` of the request: it must exist, and the caller may have to be allowed to pass it.
    fn role_of_request(&self) -> Result<String, Refusal> {
        let body: serde_json::Map<String, Value> = self.body()?;
        let role_arn = text(&body, "RoleArn")?;
        self.may_pass(role_arn)?;
        if !self.cloud.role_exists(role_arn) {
            return Err(Refusal::bad_request(format!(
                "That role ARN is invalid: {role_arn}"
            )));
        }
        Ok(role_arn.to_owned())
    }

    /// Refuses a caller without `iam:PassRole` on the role for Greengrass.
    pub(super) fn may_pass(&self, role_arn: &str) -> Result<(), Refusal> {
        let context = [("iam:PassedToService", super::PRINCIPAL)];
        self.cloud
            .caller_allowed(&self.request.caller, "iam:PassRole", role_arn, &context)
            .map_err(Refusal::denied)
    }
}
