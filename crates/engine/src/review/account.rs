//! The checks of the account: permissions, service role, and the groups' cores.

use overseed_aws::Kind;
use overseed_domain::figures::grouped;

use super::{Check, CheckState, checks::told};
use crate::{
    Error, Session, draft,
    job::Progress,
    permissions::{Permissions, RequirementState},
    versions,
};

/// Groups whose cores are looked at: two calls each.
const CORES_SAMPLE: usize = 50;

/// Groups that are named where they are wrong.
const NAMED: usize = 5;

/// Role, trust, deploying, reading and passing.
pub(super) fn permissions(found: &Result<Permissions, Error>) -> Vec<Check> {
    const TITLES: [(&str, &str); 6] = [
        ("role", "The execution role exists"),
        ("trust", "Greengrass may assume the role"),
        ("deploy", "The role may deploy each selected group"),
        ("read", "The role may read the input file"),
        ("pass", "You may pass the role to Greengrass"),
        ("start", "You may start, watch and stop bulk deployments"),
    ];
    match found {
        Ok(permissions) => permissions
            .requirements
            .iter()
            .map(|requirement| {
                let state = match requirement.now {
                    RequirementState::Yes => CheckState::Pass,
                    RequirementState::NotYet | RequirementState::No => CheckState::Fail,
                    RequirementState::NotChecked => CheckState::NotChecked,
                };
                Check::new(
                    &requirement.id,
                    &requirement.title,
                    state,
                    requirement.detail.clone(),
                )
                .step("permissions")
            })
            .collect(),
        Err(error) => {
            let detail = told(&error.problem());
            TITLES
                .iter()
                .map(|(id, title)| {
                    Check::new(id, title, CheckState::Fail, detail.clone()).step("permissions")
                })
                .collect()
        }
    }
}

/// The account has a service role, without which no group can be deployed (guide).
pub(super) async fn service_role(session: &Session) -> Check {
    let check = |state, detail| {
        Check::new(
            "service_role",
            "The account has a Greengrass service role",
            state,
            detail,
        )
    };
    match session.clients.service_role().await {
        Ok(Some(arn)) => check(CheckState::Pass, arn),
        Ok(None) => {
            let connection = &session.connection;
            let endpoint = connection
                .endpoint
                .as_ref()
                .map_or_else(String::new, |url| format!(" --endpoint-url {url}"));
            check(
                CheckState::Fail,
                format!(
                    "None is associated with this account in {region}. An administrator can mend it: aws greengrass \
                     associate-service-role-to-account --region {region}{endpoint} --role-arn \
                     arn:{partition}:iam::{account}:role/service-role/Greengrass_ServiceRole",
                    region = connection.region,
                    partition = connection.partition,
                    account = connection.account,
                ),
            )
        }
        Err(error) if error.kind == Kind::AccessDenied => check(
            CheckState::NotChecked,
            format!("You may not look at it. {error}"),
        ),
        Err(error) => check(
            CheckState::NotChecked,
            format!("It could not be looked at. {error}"),
        ),
    }
}

/// The groups' versions name one core each, as far as a sample tells. Groups that do not are marked, which makes a
/// generated file stale.
pub(super) async fn cores(session: &Session, progress: &Progress) -> Result<Check, Error> {
    let check = |state, detail| {
        let title = "Each group's version names one core device";
        Check::new("cores", title, state, detail).step("groups")
    };
    let draft = draft::draft_get(session).await?;
    if draft
        .file
        .as_ref()
        .is_some_and(|file| file.opened.is_some())
    {
        let detail = "The groups of an opened file are not looked at; those without a core will fail by themselves.";
        return Ok(check(CheckState::NotChecked, detail.to_owned()));
    }
    let found = match versions::cores_check(session, CORES_SAMPLE, progress).await {
        Ok(found) => found,
        Err(Error::Cancelled) => return Err(Error::Cancelled),
        Err(error) => {
            let detail = format!("It could not be looked at. {}", told(&error.problem()));
            return Ok(check(CheckState::NotChecked, detail));
        }
    };
    let of = format!(
        "Looked at {} of {} groups",
        grouped(found.checked),
        grouped(found.of)
    );
    let mut wrong = Vec::new();
    for (ids, what) in [
        (&found.no_core, "no core"),
        (&found.many_cores, "more than one core"),
        (&found.vanished, "a version that does not exist any more"),
    ] {
        if !ids.is_empty() {
            let named: Vec<&str> = ids.iter().take(NAMED).map(String::as_str).collect();
            let more = if ids.len() > NAMED { ", …" } else { "" };
            wrong.push(format!(
                "{} with {what} ({}{more})",
                ids.len(),
                named.join(", ")
            ));
        }
    }
    Ok(if wrong.is_empty() {
        let state = if found.checked == 0 {
            CheckState::NotChecked
        } else {
            CheckState::Pass
        };
        check(state, format!("{of}: none is wrong."))
    } else {
        let wrong = wrong.join("; ");
        let detail = format!(
            "{of}: {wrong}. They are marked now: deselect them, or choose other versions, and make the file again."
        );
        check(CheckState::Fail, detail)
    })
}
