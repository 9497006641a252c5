//! What a list of groups needs, without a look at any account.

use overseed_domain::{
    Partition,
    group::bare_id,
    permissions::{Groups, Place},
};
use uuid::Uuid;

use super::Set;
use crate::{
    Error, ErrorCode, Problem,
    buckets::possible_name,
    input_file::listed_targets,
    permissions::{needs::Needs, wire::HandOver},
};

/// So many lines are named in an error.
const NAMED: usize = 5;

/// What groups need, by IAM's documented quotas for a role without other policies. The role may be there or not.
///
/// # Errors
/// An invalid name of role or bucket; [`ErrorCode::PolicyTooLarge`].
pub fn permissions_show(place: &Place, needs: &Needs, form: HandOver) -> Result<String, Error> {
    possible_name(&needs.bucket)?;
    Set::unseen(place, needs)?.written(form)
}

/// Where permissions are to hold, as someone has typed it.
///
/// # Errors
/// [`ErrorCode::InvalidInput`] where an account is not twelve digits, or a Region has not the form of Regions' names.
pub fn typed_place(account: &str, region: &str) -> Result<Place, Error> {
    let refused = |what: String, hint: &str| {
        Err(Problem::new(ErrorCode::InvalidInput, what)
            .hint(hint)
            .into())
    };
    if account.len() != 12 || !account.bytes().all(|b| b.is_ascii_digit()) {
        return refused(
            format!("`{account}` is no account"),
            "Write the account's id: twelve digits, without hyphens.",
        );
    }
    if !overseed_aws::is_region(region) {
        return refused(
            format!("`{region}` is no Region"),
            "Write a Region's code, such as eu-west-1.",
        );
    }
    Ok(Place {
        partition: Partition::of_region(region),
        region: region.to_owned(),
        account: account.to_owned(),
    })
}

/// The groups of a list of `id` or `id,version` lines, each once. Names cannot be told from ids that do not exist without
/// asking an account, so ids have to be what Greengrass gives: UUIDs. That also keeps wildcards out of policies.
///
/// # Errors
/// [`ErrorCode::InvalidInput`] naming the first lines that have no group's id, and for an empty list.
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
            Problem::new(ErrorCode::InvalidInput, "The list names no group")
                .hint("Write one group's id on each line.")
                .into(),
        );
    }
    Ok(ids.into_iter().collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    const ID: &str = "00a1b2c3-0000-4000-8000-000000000001";

    fn here() -> Place {
        typed_place("123456789012", "eu-west-1").unwrap()
    }

    #[test]
    fn ids_are_taken_and_nothing_else_is() {
        let shouted = ID.to_uppercase();
        let list =
            format!("id\n{ID}\n{ID},v1\n123456789012:{ID}\n{shouted}\n123456789012:{shouted}\n");
        let groups = listed_groups(&list, &here()).unwrap();
        assert_eq!((groups.count(), groups.ids()), (1, &[ID.to_owned()][..]));
        let other = format!("{ID}\nplant-4-press\n*\n999999999999:{ID}\n");
        let problem = listed_groups(&other, &here()).unwrap_err().problem();
        assert_eq!(problem.code, ErrorCode::InvalidInput);
        let detail = format!("line 2: plant-4-press\nline 3: *\nline 4: 999999999999:{ID}");
        assert_eq!(problem.detail.unwrap(), detail);
        assert_eq!(
            listed_groups("# none\n", &here())
                .unwrap_err()
                .problem()
                .code,
            ErrorCode::InvalidInput
        );
    }

    #[test]
    fn a_place_is_an_account_and_a_region() {
        assert_eq!(here().partition, Partition::Aws);
        let china = typed_place("123456789012", "cn-north-1").unwrap();
        assert_eq!(china.partition, Partition::China);
        for (account, region) in [
            ("1234-5678-9012", "eu-west-1"),
            ("12345678901", "eu-west-1"),
            ("123456789012", "Ireland"),
            ("123456789012", "*"),
            ("123456789012", "-"),
            ("123456789012", "a-"),
            ("123456789012", ""),
        ] {
            let problem = typed_place(account, region).unwrap_err().problem();
            assert_eq!(problem.code, ErrorCode::InvalidInput, "{account} {region}");
        }
    }
}
