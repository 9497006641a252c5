//! For an administrator: everything that the plan needs, as JSON or as a script of AWS CLI commands.

use overseed_domain::permissions::{
    Document, Execution, POLICY_NAME, app_document, execution, pass_role_document, trust,
    trust_statement,
};
use serde_json::{Map, Value, json};

use super::{
    found::Reading,
    judge::{self, Answer, Judged},
    needs::Needs,
    wire::{HandOver, Permissions},
};
use crate::{Error, ErrorCode, Problem, Session};

/// What the draft needs, for an administrator to apply.
///
/// # Errors
/// See [`super::permissions_check`].
pub async fn permissions_hand_over(session: &Session, form: HandOver) -> Result<String, Error> {
    let needs = Needs::of_draft(session).await?;
    hand_over_for(session, &needs, form).await
}

/// What a plan needs, for an administrator to apply. It is whole, whatever is there already: applying it to a role that
/// suffices does no harm.
///
/// # Errors
/// An invalid role name; a broken connection.
pub async fn hand_over_for(
    session: &Session,
    needs: &Needs,
    form: HandOver,
) -> Result<String, Error> {
    let judged = judge::look(session, needs).await?;
    let set = Set::of(&judged, needs);
    match form {
        HandOver::Json => set.json(),
        HandOver::AwsCli => Ok(set.script(session, &judged.permissions)),
    }
}

/// All documents.
struct Set {
    role: String,
    role_arn: String,
    /// Whether the role is there; `None` where it could not be looked at.
    exists: Option<bool>,
    /// The trust policy of a new role, or the present one with what is missing; `None` where it suffices as it is.
    trust: Option<Document>,
    execution: Execution,
    pass_role: Document,
    app: Document,
}

impl Set {
    fn of(judged: &Judged, needs: &Needs) -> Self {
        let Judged {
            place,
            name,
            found,
            permissions,
            ..
        } = judged;
        let room = found.inline_limit.saturating_sub(found.others_size());
        let (exists, trust) = match &found.role {
            Reading::Unreadable(_) => (None, Some(trust(place))),
            Reading::Read(None) => (Some(false), Some(trust(place))),
            Reading::Read(Some(role)) => {
                let enough = judge::may_assume(&role.trust, place, &role.arn) == Answer::Allowed;
                let merged = (!enough).then(|| role.trust.with(trust_statement(place)));
                (Some(true), merged)
            }
        };
        let role_arn = permissions.role_arn.clone();
        Self {
            role: name.clone(),
            exists,
            trust,
            execution: execution(place, &needs.groups, &needs.bucket, &needs.prefix, room),
            pass_role: pass_role_document(&role_arn),
            app: app_document(place, &role_arn, &needs.bucket, &needs.prefix),
            role_arn,
        }
    }

    fn json(&self) -> Result<String, Error> {
        let mut sizes = Map::new();
        sizes.insert(
            POLICY_NAME.to_owned(),
            json!(self.execution.document.size()),
        );
        if let Some(trust) = &self.trust {
            sizes.insert("trust".to_owned(), json!(trust.size()));
        }
        let value = json!({
            "role": self.role,
            "roleArn": self.role_arn,
            "trust": self.trust.as_ref().map(read).transpose()?,
            "inline": [{ "name": POLICY_NAME, "document": read(&self.execution.document)? }],
            "managed": [],
            "bucketStatement": null,
            "passRole": read(&self.pass_role)?,
            "app": read(&self.app)?,
            "widened": self.execution.widened,
            "sizes": sizes,
        });
        Ok(format!("{value:#}\n"))
    }

    fn script(&self, session: &Session, permissions: &Permissions) -> String {
        let Self {
            role,
            exists,
            trust,
            execution,
            pass_role,
            ..
        } = self;
        let endpoint = match &session.connection.endpoint {
            Some(url) => format!(" --endpoint-url {}", quoted(url)),
            None => String::new(),
        };
        let aws = |call: &str| format!("aws iam {call}{endpoint} --role-name {}", quoted(role));
        let mut lines = vec![
            "#!/bin/sh".to_owned(),
            format!("# The execution role {role} for Greengrass bulk deployments."),
            format!(
                "# Account {}. Nothing of others is removed.",
                session.connection.account
            ),
        ];
        if let Some(widened) = &execution.widened {
            lines.push(format!("# Note: {widened}"));
        }
        lines.push("set -eu".to_owned());
        lines.push(String::new());
        let create = |trust: &Document| {
            format!(
                "{} --assume-role-policy-document {}",
                aws("create-role"),
                quoted(&trust.compact())
            )
        };
        match (exists, trust) {
            (Some(true), None) => lines.push("# The trust policy suffices as it is.".to_owned()),
            (Some(true), Some(trust)) => lines.push(format!(
                "{} --policy-document {}",
                aws("update-assume-role-policy"),
                quoted(&trust.compact())
            )),
            (Some(false), Some(trust)) => lines.push(create(trust)),
            // Nobody could look: a role that is there keeps its trust policy, which is for people to compare.
            (_, Some(trust)) => lines.extend([
                format!("if {} > /dev/null 2>&1; then", aws("get-role")),
                "  echo 'The role exists. Check that its trust policy has this statement:'"
                    .to_owned(),
                format!("  printf '%s\\n' {}", quoted(&trust.canonical())),
                "else".to_owned(),
                format!("  {}", create(trust)),
                "fi".to_owned(),
            ]),
            (None | Some(false), None) => {}
        }
        lines.push(format!(
            "{} --policy-name {} --policy-document {}",
            aws("put-role-policy"),
            quoted(POLICY_NAME),
            quoted(&execution.document.compact())
        ));
        lines.push(String::new());
        lines.push(format!(
            "# {} also needs this, by a policy of their own or of a group:",
            session.connection.identity
        ));
        lines.extend(
            pass_role
                .canonical()
                .lines()
                .map(|line| format!("#   {line}")),
        );
        lines.push(format!("# The role's ARN: {}", permissions.role_arn));
        lines.push(String::new());
        lines.join("\n")
    }
}

fn read(document: &Document) -> Result<Value, Error> {
    serde_json::from_str(&document.canonical()).map_err(|source| {
        Problem::new(
            ErrorCode::Internal,
            "A policy that was made cannot be read again",
        )
        .detail(source)
        .into()
    })
}

/// One word for a POSIX shell, whatever it holds.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn a_quote_does_not_end_the_word() {
        assert_eq!(quoted("it's $HOME"), r"'it'\''s $HOME'");
    }
}
