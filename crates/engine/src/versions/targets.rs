//! The draft's targets with their versions.

use overseed_domain::group::Deployable;
use rusqlite::Connection;

use crate::{
    Error, ErrorCode, Problem,
    groups::stored::{self, Selected},
};

/// Problems whose groups are named in the error's detail.
const NAMED: usize = 3;

/// Why a group that is no longer listed gets nothing.
const GONE: &str = "The group is no longer listed: it was deleted after it had been selected";

/// The version that a selected group will get, or why it cannot get one.
///
/// What is known of the cores belongs to the latest version: it says nothing against an older one.
pub(super) fn resolve<'a>(group: &Selected<'a>) -> Result<&'a str, &'a str> {
    if group.deployable == Deployable::Gone {
        return Err(GONE);
    }
    if group.choice.is_some() {
        return match (group.problem, group.version) {
            (Some(problem), _) => Err(problem),
            (None, Some(version)) => Ok(version),
            (None, None) => Err("No version was found to choose"),
        };
    }
    match (group.deployable, group.latest) {
        (Deployable::NoCore, _) => Err("Its latest version names no core device"),
        (Deployable::ManyCores, _) => Err("Its latest version names more than one core device"),
        (_, Some(latest)) => Ok(latest),
        (_, None) => Err("It has no version"),
    }
}

/// Calls `f` with id and version of each of the draft's targets, in the order of name (without regard to case)
/// and id. The version is the latest unless another was chosen. A draft without targets calls nothing.
///
/// # Errors
/// [`ErrorCode::PreflightFailed`] before the first call where a selected group cannot get its version, naming how
/// many; those of `f`; those of the store.
pub fn for_each_target(
    connection: &Connection,
    scope: i64,
    f: &mut dyn FnMut(&str, &str) -> Result<(), Error>,
) -> Result<(), Error> {
    let selection = stored::selection(connection, scope)?;
    let mut texts = String::new();
    let mut rows: Vec<Target> = Vec::with_capacity(usize::try_from(selection.len()).unwrap_or(0));
    let mut problems: u64 = 0;
    let mut named: Vec<String> = Vec::new();
    let seen = stored::for_each_selected(connection, scope, &selection, &mut |group| {
        match resolve(&group) {
            Ok(version) => rows.push(Target::keep(&mut texts, group.name, group.id, version)),
            Err(problem) => {
                problems += 1;
                if named.len() < NAMED {
                    named.push(format!("{} ({}): {problem}", group.name, group.id));
                }
            }
        }
        Ok(())
    })?;
    let missing = selection.len() - seen;
    if missing > 0 {
        problems += missing;
        named.push(format!(
            "{missing} selected groups are no longer in the inventory"
        ));
    }
    if problems > 0 {
        return Err(unusable(problems, selection.len(), &named).into());
    }
    rows.sort_unstable_by(|a, b| a.key(&texts).cmp(&b.key(&texts)));
    for row in &rows {
        let (_, id, version) = row.parts(&texts);
        f(id, version)?;
    }
    Ok(())
}

fn unusable(problems: u64, selected: u64, named: &[String]) -> Problem {
    let verb = if problems == 1 { "has" } else { "have" };
    Problem::new(
        ErrorCode::PreflightFailed,
        format!(
            "{problems} of the {selected} selected groups {verb} no version that can be deployed"
        ),
    )
    .detail(named.join("\n"))
    .hint("The versions step shows them: choose another version there, or deselect the groups.")
}

/// Where a target's texts lie, one after the other: name in lower case, id, version.
struct Target {
    start: usize,
    name: u32,
    id: u32,
    version: u32,
}

impl Target {
    fn keep(texts: &mut String, name: &str, id: &str, version: &str) -> Self {
        let start = texts.len();
        texts.push_str(&name.to_lowercase());
        let name = texts.len() - start;
        texts.push_str(id);
        texts.push_str(version);
        let length = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
        Self {
            start,
            name: length(name),
            id: length(id.len()),
            version: length(version.len()),
        }
    }

    fn parts<'a>(&self, texts: &'a str) -> (&'a str, &'a str, &'a str) {
        let part = |from: usize, length: u32| {
            let to = from + length as usize;
            (texts.get(from..to).unwrap_or_default(), to)
        };
        let (name, id_at) = part(self.start, self.name);
        let (id, version_at) = part(id_at, self.id);
        (name, id, part(version_at, self.version).0)
    }

    fn key<'a>(&self, texts: &'a str) -> (&'a str, &'a str) {
        let (name, id, _) = self.parts(texts);
        (name, id)
    }
}
