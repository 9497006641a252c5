//! Starts that Greengrass refuses: what may pass, and what has to be mended.

use overseed_aws::Kind;

use super::rows::RunSettings;
use crate::{ErrorCode, Problem};

/// Whether a refusal may be only that IAM has not told Greengrass yet.
pub(super) fn may_pass(error: &overseed_aws::Error, settings: &RunSettings) -> bool {
    let applied = settings.provision && of_the_role(error, settings).is_some();
    error.kind == Kind::AssumeRole || applied
}

/// Whether the service has refused a start for what role or object are like: nothing was started.
pub(super) const fn refused(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::AssumeRole
            | Kind::AccessDenied
            | Kind::BadRequest
            | Kind::NotFound
            | Kind::WrongRegion
    )
}

/// A refusal that is about rights of the execution role, and not of who starts.
pub(super) fn of_the_role(error: &overseed_aws::Error, settings: &RunSettings) -> Option<Problem> {
    let (who, _) = error.message.split_once("not authorized")?;
    if error.kind != Kind::AccessDenied || !who.contains(&settings.role_arn) {
        return None;
    }
    let hint = if settings.provision {
        "Resume the run: it checks the role and applies the permissions once more before it starts."
    } else {
        "Apply the role's permissions in the permissions step, then resume the run."
    };
    let mut problem = Problem::new(
        ErrorCode::AccessDenied,
        "The execution role may not do what the bulk deployment needs",
    )
    .detail(error)
    .hint(hint);
    problem.request_id.clone_from(&error.request_id);
    Some(problem)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_right_of_the_role_is_told_from_one_of_the_caller() {
        let settings = RunSettings {
            role_arn: "arn:aws:iam::1:role/Fw".to_owned(),
            ..RunSettings::default()
        };
        let said = |message: &str| {
            let error = overseed_aws::Error::here("o", Kind::AccessDenied, message);
            of_the_role(&error, &settings).map(|problem| problem.message)
        };
        let role = "The execution role arn:aws:iam::1:role/Fw is not authorized to perform: s3:GetObject on resource: x";
        assert!(said(role).is_some_and(|message| message.contains("role")));
        let caller = "User: arn:aws:iam::1:user/dana is not authorized to perform: iam:PassRole on resource: arn:aws:iam::1:role/Fw";
        assert_eq!(said(caller), None);
    }
}
