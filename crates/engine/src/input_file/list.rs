//! Input files from a list of ids, for the command line.

use std::path::Path;

use overseed_domain::{
    group::bare_id,
    input_file::{FileSummary, Writer},
};

use super::{
    chosen::Chosen,
    open::{find, listed},
    read,
};
use crate::{Error, ErrorCode, Problem, Session, job::Progress};

/// Lines whose fault is named.
const NAMED: usize = 5;

/// One line of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Line number, from 1.
    pub line: u32,
    /// The group's id.
    pub group: String,
    /// The version, where the line names one.
    pub version: Option<String>,
}

/// Reads a list: a group's id a line, or `id,version`; blank lines, lines that begin with `#` and the heading
/// `GroupId` or `id` are passed over.
///
/// # Errors
/// [`ErrorCode::InvalidInput`] naming the first lines that have no id or more than two fields.
pub fn listed_targets(text: &str) -> Result<Vec<Listed>, Error> {
    let mut targets = Vec::new();
    let mut faults = Vec::new();
    for (number, line) in (1_u32..).zip(text.trim_start_matches('\u{feff}').lines()) {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let mut fields = line.split(',').map(|field| field.trim().trim_matches('"'));
        let (group, version, more) = (
            fields.next().unwrap_or_default(),
            fields.next(),
            fields.next().is_some(),
        );
        let heading =
            targets.is_empty() && ["groupid", "id"].contains(&group.to_lowercase().as_str());
        if heading {
            continue;
        }
        if group.is_empty() || more || group.contains(char::is_whitespace) {
            faults.push(format!(
                "line {number}: {}",
                line.chars().take(80).collect::<String>()
            ));
        } else {
            let version = version
                .filter(|version| !version.is_empty())
                .map(str::to_owned);
            targets.push(Listed {
                line: number,
                group: as_listed(group),
                version,
            });
        }
    }
    if faults.is_empty() {
        return Ok(targets);
    }
    Err(faulty(
        "lines of the list are neither `id` nor `id,version`",
        &faults,
        "Write one group's id on each line, with a comma and the version's id where it is not the latest.",
    ))
}

/// The ids of Greengrass are UUIDs in lower case, which policies and services compare letter by letter.
fn as_listed(group: &str) -> String {
    let id = bare_id(group);
    if id.len() == 36 && uuid::Uuid::try_parse(id).is_ok() {
        group.to_ascii_lowercase()
    } else {
        group.to_owned()
    }
}

/// Writes an input file for listed groups. Groups without a version get the latest that the inventory knows, which
/// needs a session. The file is checked before it takes its place.
///
/// # Errors
/// [`ErrorCode::InvalidInput`] for an empty list, and where a version is needed and not known; [`ErrorCode::FileInvalid`] where Greengrass would refuse the file or a group is repeated;
/// [`Error::File`], [`Error::Cancelled`].
pub fn file_make_from(
    session: Option<&Session>,
    targets: Vec<Listed>,
    out: &Path,
    progress: &Progress,
) -> Result<FileSummary, Error> {
    if targets.is_empty() {
        return Err(
            Problem::new(ErrorCode::InvalidInput, "The list names no group")
                .hint("Write one group's id on each line.")
                .into(),
        );
    }
    let targets = with_versions(session, targets)?;
    progress.stage("Writing records", Some(targets.len() as u64));
    let chosen = Chosen::at(out)?;
    let mut writer = Writer::new(chosen.create()?);
    for (group, version) in &targets {
        writer.record(group, version).map_err(Error::file(out))?;
    }
    let (file, _) = writer.finish().map_err(Error::file(out))?;
    file.sync_all().map_err(Error::file(out))?;
    let mut faults = Vec::new();
    let summary = read::check_watched(chosen.path(), progress, None, &mut |finding| {
        if faults.len() < NAMED {
            faults.push(format!("record {}: {}", finding.line, finding.message));
        }
    })?;
    if summary.findings > 0 {
        return Err(Problem::new(
            ErrorCode::FileInvalid,
            format!(
                "The file was not written: it would have {} findings",
                summary.findings
            ),
        )
        .detail(faults.join("\n"))
        .hint("Mend the list: each group once, ids as Greengrass gives them.")
        .into());
    }
    chosen.put()?;
    Ok(summary)
}

fn with_versions(
    session: Option<&Session>,
    targets: Vec<Listed>,
) -> Result<Vec<(String, String)>, Error> {
    let Some(session) = session else {
        return resolve(
            targets,
            &mut |_| Ok(None),
            "Connect, so that the latest versions are known, or name the versions in the list.",
        );
    };
    session.store().read_now(|connection| {
        let hint = if listed(connection, session.scope)? {
            "Refresh the groups, and check account and Region; or name the versions in the list."
        } else {
            "Refresh the groups first: none have been listed for this account and Region."
        };
        let account = &session.connection.account;
        let mut latest = |group: &str| {
            Ok(find(connection, session.scope, account, group)?.and_then(|(_, latest)| latest))
        };
        resolve(targets, &mut latest, hint)
    })
}

fn resolve(
    targets: Vec<Listed>,
    latest: &mut dyn FnMut(&str) -> Result<Option<String>, Error>,
    hint: &str,
) -> Result<Vec<(String, String)>, Error> {
    let mut faults = Vec::new();
    let mut resolved = Vec::with_capacity(targets.len());
    for Listed {
        line,
        group,
        version,
    } in targets
    {
        let version = match version {
            Some(version) => Some(version),
            None => latest(&group)?,
        };
        match version {
            Some(version) => resolved.push((group, version)),
            None => faults.push(format!("line {line}: {group}")),
        }
    }
    if faults.is_empty() {
        return Ok(resolved);
    }
    Err(faulty(
        "groups of the list have no version, or are not known",
        &faults,
        hint,
    ))
}

fn faulty(what: &str, faults: &[String], hint: &str) -> Error {
    let mut named: Vec<&str> = faults.iter().take(NAMED).map(String::as_str).collect();
    if faults.len() > NAMED {
        named.push("…");
    }
    Problem::new(ErrorCode::InvalidInput, format!("{} {what}", faults.len()))
        .detail(named.join("\n"))
        .hint(hint)
        .into()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use tokio_util::sync::CancellationToken;

    use super::*;
    use crate::{Clock, job::JobKind};

    fn progress() -> Progress {
        Progress::within(
            JobKind::InputFile,
            Clock::system(),
            CancellationToken::new(),
        )
        .0
    }

    #[test]
    fn a_list_has_ids_or_ids_and_versions() {
        let text = "\u{feff}GroupId,GroupVersionId\n# plant 4\na\n\n b , v2 \n\"c\",\"v3\"\r\nd,\n";
        let listed = |line, group: &str, version: Option<&str>| Listed {
            line,
            group: group.to_owned(),
            version: version.map(str::to_owned),
        };
        assert_eq!(
            listed_targets(text).unwrap(),
            [
                listed(3, "a", None),
                listed(5, "b", Some("v2")),
                listed(6, "c", Some("v3")),
                listed(7, "d", None)
            ]
        );
        let (id, shouted) = (
            "00a1b2c3-0000-4000-8000-000000000001",
            "123456789012:00A1B2C3-0000-4000-8000-000000000001\nPress-4",
        );
        let groups: Vec<_> = listed_targets(shouted)
            .unwrap()
            .into_iter()
            .map(|listed| listed.group)
            .collect();
        assert_eq!(groups, [format!("123456789012:{id}"), "Press-4".to_owned()]);
        let problem = listed_targets("a\nb,c,d\n,v\n").unwrap_err().problem();
        assert_eq!(problem.code, ErrorCode::InvalidInput);
        assert_eq!(problem.detail.unwrap(), "line 2: b,c,d\nline 3: ,v");
    }

    #[test]
    fn a_file_is_written_whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("input.jsonl");
        let make = |text: &str| {
            file_make_from(None, listed_targets(text).unwrap(), &out, &progress())
                .map_err(|error| error.problem())
        };
        assert_eq!(make("a,1\nb\n").unwrap_err().detail.unwrap(), "line 2: b");
        assert_eq!(make("# none\n").unwrap_err().code, ErrorCode::InvalidInput);
        assert_eq!(make("a,1\na,2\n").unwrap_err().code, ErrorCode::FileInvalid);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        assert_eq!(make("b,1\na,2\n").unwrap().records, 2);
        let text = std::fs::read_to_string(&out).unwrap();
        assert!(text.starts_with(
            r#"{"GroupId":"b","GroupVersionId":"1","DeploymentType":"NewDeployment"}"#
        ));
    }
}
