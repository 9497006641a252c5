//! What a list of groups needs, without a look at any account.

use overseed_domain::{
    group::bare_id,
    permissions::{Groups, Place},
};
use uuid::Uuid;

use super::Set;
use crate::{
    Error, ErrorCode, Problem,
    input_file::listed_targets,
    permissions::{needs::Needs, wire::HandOver},
};

/// So many lines are named in an error.
const NAMED: usize = 5;

/// What groups need, by IAM's documented quotas for a role without other policies. The role may be there or not.
///
/// # Errors
/// An invalid role name; [`ErrorCode::PolicyTooLarge`].
pub fn permissions_show(place: &Place, needs: &Needs, form: HandOver) -> Result<String, Error> {
    Set::unseen(place, needs)?.written(form)
}

/// The groups of a list of `id` or `id,version` lines, each once. Names cannot be told from ids that do not exist without
/// asking an account, so ids have to be what Greengrass gives: UUIDs. That also keeps wildcards out of policies.
///
/// # Errors
/// [`ErrorCode::InvalidInput`] naming the first lines that have no group's id, [`ErrorCode::NothingSelected`] for an
/// empty list.
pub fn listed_groups(text: &str, place: &Place) -> Result<Groups, Error> {
    let mut ids = Vec::new();
    let mut faults = Vec::new();
    for target in listed_targets(text)? {
        let id = bare_id(&target.group);
        let elsewhere = target
            .group
            .strip_suffix(id)
            .is_some_and(|head| !head.is_empty() && head != format!("{}:", place.account));
        if elsewhere || id.len() != 36 || Uuid::try_parse(id).is_err() {
            faults.push(format!("line {}: {}", target.line, target.group));
        } else {
            ids.push(id.to_owned());
        }
    }
    if !faults.is_empty() {
        let count = faults.len();
        if count > NAMED {
            faults.truncate(NAMED);
            faults.push("…".to_owned());
        }
        return Err(Problem::new(
            ErrorCode::InvalidInput,
            format!("{count} lines of the list have no id of a group of this account"),
        )
        .detail(faults.join("\n"))
        .hint(
            "Names are not looked up here: write the groups' ids, UUIDs such as \
             00a1b2c3-0000-4000-8000-000000000001. `groups list` shows both.",
        )
        .into());
    }
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        return Err(
            Problem::new(ErrorCode::NothingSelected, "The list names no group")
                .hint("Write one group's id on each line.")
                .into(),
        );
    }
    Ok(ids.into_iter().collect())
}
