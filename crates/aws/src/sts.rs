//! STS: who am I.

use crate::{Clients, Error, classify::failed, greengrass::required};

/// Who calls (STS GetCallerIdentity).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// ARN of the user, or of the assumed role's session.
    pub arn: String,
    /// Account id, twelve digits.
    pub account: String,
    /// The unique id, such as `AIDA…` or `AROA…:session`.
    pub user_id: String,
}

impl Identity {
    /// The ARN that IAM's simulation takes: that of the role for a session of an assumed role. A role's path does not
    /// stand in the session's ARN: where the role has one, GetRole by its name knows the true ARN.
    #[must_use]
    pub fn principal_arn(&self) -> String {
        self.assumed_role().map_or_else(
            || self.arn.clone(),
            |role| {
                let partition = self.arn.split(':').nth(1).unwrap_or("aws");
                format!("arn:{partition}:iam::{}:role/{role}", self.account)
            },
        )
    }

    /// Name of the role, where the caller is a session of an assumed role
    /// (`arn:…:sts::ACCOUNT:assumed-role/NAME/SESSION`).
    #[must_use]
    pub fn assumed_role(&self) -> Option<&str> {
        let (_, tail) = self.arn.split_once(":assumed-role/")?;
        tail.split('/').next().filter(|name| !name.is_empty())
    }
}

impl Clients {
    /// Who calls (GetCallerIdentity); every caller may ask this.
    ///
    /// # Errors
    /// Those of the call.
    pub async fn caller_identity(&self) -> Result<Identity, Error> {
        let operation = "sts:GetCallerIdentity";
        let answer = self
            .sts
            .get_caller_identity()
            .send()
            .await
            .map_err(|error| failed(operation, error))?;
        Ok(Identity {
            arn: required(operation, "Arn", answer.arn)?,
            account: required(operation, "Account", answer.account)?,
            user_id: answer.user_id.unwrap_or_default(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity(arn: &str) -> Identity {
        Identity {
            arn: arn.to_owned(),
            account: "123456789012".to_owned(),
            user_id: String::new(),
        }
    }

    #[test]
    fn a_session_stands_for_its_role() {
        let session = identity("arn:aws-cn:sts::123456789012:assumed-role/Deployers/ann");
        assert_eq!(session.assumed_role(), Some("Deployers"));
        assert_eq!(
            session.principal_arn(),
            "arn:aws-cn:iam::123456789012:role/Deployers"
        );
        let user = identity("arn:aws:iam::123456789012:user/ann");
        assert_eq!(user.assumed_role(), None);
        assert_eq!(user.principal_arn(), user.arn);
    }
}
