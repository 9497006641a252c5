//! The commands of each step.

use std::path::PathBuf;

use overseed_domain::{Partition, arn::role_arn, rollout::Generation};
use serde_json::json;
use uuid::Uuid;

use super::{
    shell::{Aws, quoted},
    v2,
};
use crate::{
    Error, ErrorCode, Problem, Session,
    draft::{self, Draft},
    permissions::{self, Command},
    run::{self, RUN_TAG, WAVE_TAG},
    waves::{self, WaveFile},
};

/// Groups whose versions are asked for one by one.
const MOST_GROUPS: usize = 20;

/// Follows NextToken, which the CLI does not do by itself for this service.
pub(super) fn groups(aws: &Aws) -> String {
    format!(
        "token=\nwhile :; do\n  page=$({} ${{token:+--next-token \"$token\"}}) || break\n  \
         printf '%s\\n' \"$page\" | jq -r '.Groups[] | [.Id, .LatestVersion // \"\", .Name] | @tsv'\n  \
         token=$(printf '%s\\n' \"$page\" | jq -r '.NextToken // empty')\n  \
         [ -n \"$token\" ] || break\ndone\n",
        aws.command(
            "greengrass list-groups",
            &[("--max-results", "1000"), ("--output", "json")]
        )
    )
}

pub(super) async fn versions(session: &Session, aws: &Aws) -> Result<String, Error> {
    let scope = session.scope;
    let chosen: Vec<(String, Option<String>)> = session
        .store()
        .read(move |c| {
            let mut query = c.prepare_cached(
                "SELECT g.id, v.version FROM draft_version v
                 JOIN inventory_group g ON g.ordinal = v.ordinal
                 WHERE v.scope = ?1 ORDER BY g.name, g.id LIMIT ?2",
            )?;
            let most = i64::try_from(MOST_GROUPS).unwrap_or(i64::MAX);
            let rows = query.query_map((scope, most), |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
        .await?;
    let mut lines = vec![
        "# The latest version of every group comes with the list itself:".to_owned(),
        aws.command(
            "greengrass list-groups",
            &[
                ("--query", "Groups[].[Id,LatestVersion]"),
                ("--output", "text"),
            ],
        ),
    ];
    if !chosen.is_empty() {
        lines.push(format!(
            "# Groups for which another version is chosen, {MOST_GROUPS} at most:"
        ));
    }
    for (group, version) in &chosen {
        lines.push(aws.command("greengrass list-group-versions", &[("--group-id", group)]));
        if let Some(version) = version {
            lines.push(aws.command(
                "greengrass get-group-version",
                &[("--group-id", group), ("--group-version-id", version)],
            ));
        }
    }
    lines.push(String::new());
    Ok(lines.join("\n"))
}

pub(super) async fn file(session: &Session, aws: &Aws) -> Result<String, Error> {
    let draft = draft::draft_get(session).await?;
    let bucket = bucket(&draft)?;
    let in_bucket = [("--bucket", bucket.as_str())];
    let mut lines = vec![
        "# The bucket has to be in this Region and not encrypted by KMS.".to_owned(),
        aws.command("s3api head-bucket", &in_bucket),
        aws.command("s3api get-bucket-encryption", &in_bucket),
    ];
    let files = files(session, &draft).await?;
    let several = files.len() > 1;
    for (file, path) in &files {
        let key = file.key.as_str();
        if several {
            lines.push(format!("# Wave {}, {} groups:", file.number, file.targets));
        }
        let object = [("--bucket", bucket.as_str()), ("--key", key)];
        lines.extend([
            aws.command(
                "s3 cp",
                &[
                    (quoted(&path.to_string_lossy()).as_str(), ""),
                    (quoted(&format!("s3://{bucket}/{key}")).as_str(), ""),
                    ("--content-type", "application/x-ndjson"),
                    ("--checksum-algorithm", "SHA256"),
                ],
            ),
            "# Size and checksum of what arrived:".to_owned(),
            aws.command(
                "s3api head-object",
                &[&object[..], &[("--checksum-mode", "ENABLED")]].concat(),
            ),
        ]);
    }
    lines.push(String::new());
    Ok(lines.join("\n"))
}

pub(super) async fn permissions(session: &Session, aws: &Aws) -> Result<String, Error> {
    let [look, change, ask] = permissions::commands(session).await?;
    let mut lines = Vec::new();
    let mut say = |commands: Vec<Command>| {
        for Command { title, call, words } in commands {
            lines.push(format!("# {title}:"));
            lines.push(aws.command_of(call, words));
        }
    };
    let nothing = change.is_empty();
    say(look);
    say(change);
    say(ask);
    if nothing {
        lines.push("# Nothing needs to be changed.".to_owned());
    }
    lines.push(String::new());
    Ok(lines.join("\n"))
}

/// What StartBulkDeployment takes.
struct Start {
    plan: String,
    role_arn: String,
    uri: String,
    token: String,
    wave: u32,
}

pub(super) async fn review(
    session: &Session,
    aws: &Aws,
    run: Option<&str>,
) -> Result<String, Error> {
    if let Some(run) = run
        && run::run_get(session, run).await?.row.generation == Generation::V2
    {
        let calls = run::start_calls(session, run).await?;
        return Ok(v2::commands(aws, &calls));
    }
    let starts = match run {
        Some(run) => starts_of_run(session, run).await?,
        None => starts_of_draft(session).await?,
    };
    let role_arn = starts.first().map_or("", |start| &start.role_arn);
    let role = role_arn.rsplit('/').next().unwrap_or(role_arn);
    let mut lines = vec![
        "# The account's Greengrass service role:".to_owned(),
        aws.command("greengrass get-service-role-for-account", &[]),
        "# The newest bulk deployment has to have ended:".to_owned(),
        aws.command("greengrass list-bulk-deployments", &[("--max-results", "1")]),
        "# The execution role:".to_owned(),
        aws.command("iam get-role", &[("--role-name", role)]),
        "# The start. Repeated with the same token it starts nothing twice, and Overseed finds it by its tags:"
            .to_owned(),
    ];
    for start in &starts {
        if start.wave > 1 {
            lines.push(format!(
                "# Wave {}, once the bulk deployment before it has ended and its groups have settled as they should:",
                start.wave
            ));
        }
        // JSON on the command line: version 1 of the CLI would download what `--input-file-uri https://…` names.
        let input = json!({
            "AmznClientToken": start.token,
            "ExecutionRoleArn": start.role_arn,
            "InputFileUri": start.uri,
            "tags": { RUN_TAG: start.plan, WAVE_TAG: start.wave.to_string() },
        });
        let input = input.to_string();
        lines.push(aws.command(
            "greengrass start-bulk-deployment",
            &[("--cli-input-json", &input)],
        ));
    }
    lines.push(String::new());
    Ok(lines.join("\n"))
}

async fn starts_of_draft(session: &Session) -> Result<Vec<Start>, Error> {
    let draft = draft::draft_get(session).await?;
    if draft.role.is_empty() {
        return Err(
            Problem::new(ErrorCode::InvalidInput, "No execution role is chosen yet")
                .hint("Choose or make one in the permissions step.")
                .into(),
        );
    }
    let bucket = bucket(&draft)?;
    let files = files(session, &draft).await?;
    let connection = &session.connection;
    let role_arn = if draft.role.starts_with("arn:") {
        draft.role.clone()
    } else {
        // A role's path is not in its name: the true ARN is looked up where that is allowed.
        match session.clients.get_role(&draft.role).await {
            Ok(Some(role)) => role.arn,
            Ok(None) | Err(_) => role_arn(
                Partition::of_region(&connection.region),
                &connection.account,
                &draft.role,
            ),
        }
    };
    // The same draft and file give the same token, so that a command that was copied twice starts once.
    let start = |file: &WaveFile| {
        let name = format!("{}/{}/{}", draft.plan, file.sha256, file.number);
        Start {
            token: Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes()).to_string(),
            role_arn: role_arn.clone(),
            uri: format!("s3://{bucket}/{}", file.key),
            wave: file.number,
            plan: draft.plan.clone(),
        }
    };
    Ok(files.iter().map(|(file, _)| start(file)).collect())
}

async fn starts_of_run(session: &Session, run: &str) -> Result<Vec<Start>, Error> {
    // An unambiguous beginning of an id is enough.
    let id = run::run_get(session, run).await?.row.id;
    let plan = id.clone();
    let starts = session
        .store()
        .read(move |c| {
            let mut query = c.prepare_cached(
                "SELECT json_extract(r.settings, '$.roleArn'), w.number, w.bucket, w.key, w.client_token
                 FROM run r JOIN wave w ON w.run = r.ordinal
                 WHERE r.id = ?1 AND w.client_token IS NOT NULL ORDER BY w.number",
            )?;
            let starts = query.query_map([&id], |row| {
                let (bucket, key): (String, String) = (row.get(2)?, row.get(3)?);
                Ok(Start {
                    plan: id.clone(),
                    role_arn: row.get(0)?,
                    uri: format!("s3://{bucket}/{key}"),
                    token: row.get(4)?,
                    wave: row.get(1)?,
                })
            })?;
            Ok(starts.collect::<Result<Vec<_>, _>>()?)
        })
        .await?;
    if starts.is_empty() {
        return Err(not_started(&plan));
    }
    Ok(starts)
}

pub(super) async fn watch(
    session: &Session,
    aws: &Aws,
    run: Option<&str>,
) -> Result<String, Error> {
    let run = match run {
        Some(run) => run.to_owned(),
        None => draft::draft_get(session).await?.run.ok_or_else(|| {
            Problem::new(
                ErrorCode::NotFound,
                "No run has been started from this draft",
            )
            .hint("Open a run from the list of runs.")
        })?,
    };
    let snapshot = run::run_get(session, &run).await?;
    if snapshot.row.generation == Generation::V2 {
        let calls = run::watch_calls(session, &run).await?;
        return Ok(v2::commands(aws, &calls));
    }
    let bulk = snapshot
        .waves
        .iter()
        .filter_map(|wave| wave.bulk_deployment.as_deref())
        .collect::<Vec<_>>();
    if bulk.is_empty() {
        return Err(not_started(&run));
    }
    let mut lines = Vec::new();
    for id in bulk {
        let named = [("--bulk-deployment-id", id)];
        lines.extend([
            aws.command("greengrass get-bulk-deployment-status", &named),
            "# One report a group, newest first; go on with --next-token:".to_owned(),
            aws.command("greengrass list-bulk-deployment-detailed-reports", &named),
            "# To stop it; nothing is rolled back, and what is pending goes on:".to_owned(),
            format!(
                "# {}",
                aws.command("greengrass stop-bulk-deployment", &named)
            ),
        ]);
    }
    lines.push(String::new());
    Ok(lines.join("\n"))
}

fn bucket(draft: &Draft) -> Result<String, Error> {
    if let Some(upload) = &draft.upload {
        return Ok(upload.bucket.clone());
    }
    if draft.bucket.is_empty() {
        return Err(
            Problem::new(ErrorCode::InvalidInput, "No bucket is chosen yet")
                .hint("Choose or create one in the input file step.")
                .into(),
        );
    }
    Ok(draft.bucket.clone())
}

/// The file of each wave on this computer.
async fn files(session: &Session, draft: &Draft) -> Result<Vec<(WaveFile, PathBuf)>, Error> {
    let summary = draft.file.as_ref().ok_or_else(no_file)?.summary.clone();
    let (session, draft) = (session.clone(), draft.clone());
    tokio::task::spawn_blocking(move || waves::keep(&session, &draft, &summary)).await?
}

fn no_file() -> Error {
    Problem::new(ErrorCode::NothingSelected, "There is no input file yet")
        .hint("Make or open one in the input file step.")
        .into()
}

fn not_started(run: &str) -> Error {
    Problem::new(
        ErrorCode::NotFound,
        format!("No bulk deployment of the run {run} is known yet"),
    )
    .hint("Try again once the run has started.")
    .into()
}
