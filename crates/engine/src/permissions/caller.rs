//! May I? Asked of SimulatePrincipalPolicy, which does nothing; not every caller may ask it, and not every endpoint
//! knows it.

use overseed_aws::{Clients, Identity};
use overseed_domain::permissions::{GREENGRASS, Place};

use super::{
    found::{Reading, reading},
    wire::RequirementState,
};
use crate::{Error, connection::Connection};

/// What the caller may, each with what was found.
#[derive(Debug, Clone)]
pub(super) struct Caller {
    /// Pass the role.
    pub(super) pass: (RequirementState, String),
    /// Start, watch and stop bulk deployments.
    pub(super) start: (RequirementState, String),
}

/// Actions that know no resource (service authorization reference of AWS IoT Greengrass V1).
const PLAIN: [&str; 2] = [
    "greengrass:StartBulkDeployment",
    "greengrass:ListBulkDeployments",
];

/// Actions on a bulk deployment.
const ON_BULK_DEPLOYMENTS: [&str; 3] = [
    "greengrass:GetBulkDeploymentStatus",
    "greengrass:ListBulkDeploymentDetailedReports",
    "greengrass:StopBulkDeployment",
];

impl Caller {
    /// Asks for the caller of a connection.
    pub(super) async fn ask(
        clients: &Clients,
        connection: &Connection,
        place: &Place,
        role_arn: &str,
    ) -> Result<Self, Error> {
        let principal = match principal(clients, connection).await? {
            Principal::Arn(arn) => arn,
            Principal::Root => {
                let all = || {
                    let detail =
                        "You are the account's root user, whom no policy of the account limits.";
                    (RequirementState::Yes, detail.to_owned())
                };
                return Ok(Self {
                    pass: all(),
                    start: all(),
                });
            }
            Principal::Unknown(reason) => {
                let unknown = || (RequirementState::NotChecked, reason.clone());
                return Ok(Self {
                    pass: unknown(),
                    start: unknown(),
                });
            }
        };
        let bulk = format!(
            "arn:{}:greengrass:{}:{}:/greengrass/bulk/deployments/*",
            place.partition, place.region, place.account
        );
        let service = [("iam:PassedToService", GREENGRASS)];
        let (role, bulk) = ([role_arn], [bulk.as_str()]);
        let (pass, plain, on_bulk) = tokio::join!(
            clients.simulate(&principal, &["iam:PassRole"], &role, &service),
            clients.simulate(&principal, &PLAIN, &["*"], &[]),
            clients.simulate(&principal, &ON_BULK_DEPLOYMENTS, &bulk, &[]),
        );
        let both = match (reading(plain)?, reading(on_bulk)?) {
            (Reading::Read(mut a), Reading::Read(b)) => {
                a.extend(b);
                Reading::Read(a)
            }
            (Reading::Unreadable(reason), _) | (_, Reading::Unreadable(reason)) => {
                Reading::Unreadable(reason)
            }
        };
        Ok(Self {
            pass: verdict(reading(pass)?, &principal),
            start: verdict(both, &principal),
        })
    }
}

fn verdict(
    reading: Reading<Vec<overseed_aws::Simulated>>,
    principal: &str,
) -> (RequirementState, String) {
    match reading {
        Reading::Unreadable(reason) => (
            RequirementState::NotChecked,
            format!("It could not be asked in advance; AWS will say at the start. {reason}"),
        ),
        Reading::Read(results) if results.is_empty() => (
            RequirementState::NotChecked,
            "The simulation gave no answer.".to_owned(),
        ),
        Reading::Read(results) => {
            let refused: Vec<String> = results
                .iter()
                .filter(|result| !result.is_allowed())
                .map(|result| {
                    let why = match result.decision.as_str() {
                        "explicitDeny" => "is denied by a policy",
                        _ => "is not allowed by any policy",
                    };
                    format!("{} on {} {why}", result.action, result.resource)
                })
                .collect();
            if refused.is_empty() {
                (
                    RequirementState::Yes,
                    format!("{principal} may, by simulation of its policies."),
                )
            } else {
                let refused = refused.join("; ");
                let detail = format!("For {principal}: {refused}. An administrator can allow it.");
                (RequirementState::No, detail)
            }
        }
    }
}

enum Principal {
    Arn(String),
    Root,
    Unknown(String),
}

/// Whom to simulate: for a role's session the role itself, with its path, which the session's ARN does not tell.
async fn principal(clients: &Clients, connection: &Connection) -> Result<Principal, Error> {
    let identity = Identity {
        arn: connection.identity.clone(),
        account: connection.account.clone(),
        user_id: String::new(),
    };
    if let Some(role) = identity.assumed_role() {
        let arn = match reading(clients.get_role(role).await)? {
            Reading::Read(Some(detail)) => detail.arn,
            Reading::Read(None) | Reading::Unreadable(_) => identity.principal_arn(),
        };
        return Ok(Principal::Arn(arn));
    }
    if identity.arn.ends_with(":root") {
        return Ok(Principal::Root);
    }
    if identity.arn.contains(":user/") {
        return Ok(Principal::Arn(identity.arn));
    }
    Ok(Principal::Unknown(format!(
        "Policies of users and roles can be simulated, not those of {}.",
        identity.arn
    )))
}
