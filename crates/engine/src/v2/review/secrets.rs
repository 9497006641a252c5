//! The check of the secrets that components' configurations name.

use std::collections::BTreeMap;

use overseed_aws::Kind;
use overseed_domain::v2::recipe::NeededSecret;

use super::components::some;
use crate::{
    Error, Session,
    job::Progress,
    review::{Check, CheckState},
};

/// Secrets that are looked for.
const SECRETS: usize = 100;

/// They are there; no check where none is needed. `has_more` where there are configurations that were not looked at.
pub(super) async fn named_secrets(
    session: &Session,
    needed: BTreeMap<String, (NeededSecret, &str)>,
    has_more: bool,
    progress: &Progress,
) -> Result<Option<Check>, Error> {
    if needed.is_empty() {
        return Ok(None);
    }
    progress.stage("Looking for the secrets", Some(needed.len() as u64));
    let (mut missing, mut denied, mut certain) = (Vec::new(), None, false);
    let mut to_make: Vec<NeededSecret> = Vec::new();
    let all = needed.len();
    for (id, (secret, component)) in needed.into_iter().take(SECRETS) {
        match session.clients.describe_secret(&id).await {
            Ok(Some(found)) if found.deleted_at.is_none() => {}
            Ok(Some(_)) => {
                certain |= secret.is_certain();
                missing.push(format!("{id} of {component} is being deleted."));
            }
            Err(error) if error.kind != Kind::BadRequest => denied = Some(error),
            // A name that can be none does not exist either.
            Ok(None) | Err(_) => {
                certain |= secret.is_certain();
                missing.push(format!(
                    "There is no {id}, which {component} names at {}.",
                    secret.path
                ));
                if secret.command().is_some() {
                    to_make.push(secret);
                }
            }
        }
        progress.check()?;
    }
    let (state, detail) = if !missing.is_empty() {
        let command = to_make.iter().find_map(NeededSecret::command);
        let how = command.map(|command| format!(" ({command})"));
        let mend = format!(
            "Make it in AWS Secrets Manager{}, or name another one in the component's configuration.",
            how.unwrap_or_default()
        );
        // Devices would fail, so it blocks; whatever other components call a secret's id is theirs to know.
        let state = if certain {
            CheckState::Fail
        } else {
            CheckState::Warn
        };
        (state, format!("{} {mend}", some(&missing)))
    } else if let Some(error) = denied {
        (
            CheckState::NotChecked,
            format!("Not all of them could be looked at. {error}"),
        )
    } else if has_more || all > SECRETS {
        let detail = format!(
            "Looked for {} of them: all of these are there. Devices have more different configurations than were looked at.",
            all.min(SECRETS)
        );
        (CheckState::NotChecked, detail)
    } else {
        (CheckState::Pass, format!("{all} of them, all there."))
    };
    let title = "The secrets that components' configurations name are there";
    let mut check = Check::new("secrets", title, state, detail).step("components");
    check.secrets = to_make;
    Ok(Some(check))
}
