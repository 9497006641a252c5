//! Several roles of one plan in one file: the two of V2.

use overseed_domain::permissions::{Document, POLICY_PATH, Packed, escaped};
use serde_json::{Value, json};

use super::{Own, Set, cloudformation::Template, read, terraform};
use crate::{
    Error, ErrorCode, Problem, Session,
    permissions::{
        found::{ROLE_TAG, Reading},
        policy::free_names,
        wire::HandOver,
    },
    v2::permissions::JudgedRole,
};

/// What is handed over beside the roles.
pub(crate) struct Combined {
    /// By which someone may pass the engine's role; absent without one.
    pub(crate) pass_role: Option<Document>,
    /// The least rights of whoever uses the app.
    pub(crate) app: Document,
}

/// The roles of a plan, for an administrator to apply. It is whole, whatever is there already.
///
/// # Errors
/// [`ErrorCode::PolicyTooLarge`].
pub(crate) fn combined(
    session: &Session,
    roles: &[JudgedRole],
    with: &Combined,
    form: HandOver,
) -> Result<String, Error> {
    let sets = roles
        .iter()
        .map(|role| Set::of_role(session, role, with))
        .collect::<Result<Vec<_>, _>>()?;
    let Some(first) = sets.first() else {
        return Ok(String::new());
    };
    match form {
        HandOver::Json => json_of(&sets, with),
        HandOver::Caller => Ok(format!("{}\n", escaped(&with.app.canonical()))),
        HandOver::AwsCli => {
            let mut lines = vec!["#!/bin/sh".to_owned()];
            for set in &sets {
                lines.push(format!("# {}: {}.", set.kind.title(), set.role));
            }
            lines.push(format!(
                "# Account {}. Nothing of others is removed.",
                first.place.account
            ));
            let notes = sets.iter().filter_map(|set| set.packed.widened.as_ref());
            lines.extend(notes.map(|widened| format!("# Note: {widened}")));
            lines.extend(["set -eu".to_owned(), String::new()]);
            for set in &sets {
                set.script_body(&mut lines);
            }
            Ok(lines.join("\n"))
        }
        HandOver::Cloudformation => {
            let mut template = Template::default();
            for set in &sets {
                set.in_template(&mut template)?;
            }
            let description = format!(
                "Roles for deployments to AWS IoT Greengrass core devices in account {}, {}, as worked out by Overseed: {}. \
                 Needs CAPABILITY_NAMED_IAM.",
                first.place.account,
                first.place.region,
                names(&sets)
            );
            template.written(&description, &first.place.account)
        }
        HandOver::Terraform => {
            let mut notes = vec![format!(
                "Roles for deployments to AWS IoT Greengrass core devices, as worked out by Overseed: {}.",
                names(&sets)
            )];
            let mut body = first.frame();
            for set in &sets {
                body = set.in_terraform(body)?;
                notes.extend(set.terraform_notes());
            }
            terraform::written(body, &notes)
        }
    }
}

fn names(sets: &[Set]) -> String {
    let names: Vec<&str> = sets.iter().map(|set| set.role.as_str()).collect();
    names.join(", ")
}

fn json_of(sets: &[Set], with: &Combined) -> Result<String, Error> {
    let mut roles = Vec::new();
    for set in sets {
        let mut inline = Vec::new();
        if let Some(document) = &set.packed.inline {
            inline.push(json!({
                "name": set.policy,
                "document": read(document)?,
                "size": document.size(),
            }));
        }
        let mut managed = Vec::new();
        for (name, document) in set.managed() {
            managed.push(json!({
                "name": name,
                "path": POLICY_PATH,
                "tags": { ROLE_TAG: set.role },
                "document": read(document)?,
                "size": document.size(),
            }));
        }
        roles.push(json!({
            "kind": set.kind,
            "role": set.role,
            "roleArn": set.role_arn,
            "trust": set.trust.as_ref().map(read).transpose()?,
            "inline": inline,
            "managed": managed,
            "widened": set.packed.widened,
        }));
    }
    let value: Value = json!({
        "roles": roles,
        "passRole": with.pass_role.as_ref().map(read).transpose()?,
        "app": read(&with.app)?,
    });
    Ok(format!("{}\n", escaped(&format!("{value:#}"))))
}

impl Set {
    fn of_role(session: &Session, role: &JudgedRole, with: &Combined) -> Result<Self, Error> {
        let kind = role.trusted.kind;
        let packed = role.packed.clone().map_err(|why| {
            Problem::new(
                ErrorCode::PolicyTooLarge,
                format!(
                    "What the role {} needs does not fit into its policies",
                    role.name
                ),
            )
            .detail(why)
            .hint("Detach or shorten policies of others, or use another role.")
        })?;
        let names = match &role.found.policies {
            Reading::Read(policies) => Some(free_names(
                policies,
                &packed.managed,
                (&role.policy, &role.name),
            )),
            Reading::Unreadable(_) => None,
        };
        let (exists, trust) = match &role.found.role {
            Reading::Unreadable(_) => (None, Some(role.trusted.document())),
            Reading::Read(None) => (Some(false), Some(role.trusted.document())),
            Reading::Read(Some(_)) => (Some(true), role.trust_to_put()),
        };
        let own = Own::of(&role.found);
        Ok(Self {
            kind,
            policy: role.policy.clone(),
            place: role.place.clone(),
            role: role.name.clone(),
            role_arn: role.permissions.role_arn.clone(),
            path: role.path.clone(),
            exists,
            trust,
            packed: Packed {
                widened: role.permissions.widened.clone(),
                ..packed
            },
            names,
            bucket: None,
            own,
            pass_role: with
                .pass_role
                .clone()
                .filter(|_| kind == crate::permissions::RoleKind::Engine),
            app: with.app.clone(),
            endpoint: session.connection.endpoint.clone(),
            caller: Some(session.connection.identity.clone()),
        })
    }
}
