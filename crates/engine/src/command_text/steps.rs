//! The commands of each step.

use overseed_domain::{Partition, arn::role_arn};
use rusqlite::OptionalExtension as _;
use serde_json::json;
use uuid::Uuid;

use super::shell::{Aws, quoted};
use crate::{
    Error, ErrorCode, Problem, Session,
    draft::{self, Draft},
    input_file::object_key,
    permissions::{self, Command},
    run::{self, RUN_TAG, WAVE_TAG},
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
    let (bucket, key) = place(&draft)?;
    if draft.file.is_none() {
        return Err(no_file());
    }
    let path = draft::file_path(&session.engine, session.scope);
    let (path, in_bucket) = (path.to_string_lossy(), [("--bucket", bucket.as_str())]);
    let object = [("--bucket", bucket.as_str()), ("--key", key.as_str())];
    let lines = [
        "# The bucket has to be in this Region and not encrypted by KMS.".to_owned(),
        aws.command("s3api head-bucket", &in_bucket),
        aws.command("s3api get-bucket-encryption", &in_bucket),
        aws.command(
            "s3 cp",
            &[
                (quoted(&path).as_str(), ""),
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
        String::new(),
    ];
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
    let start = match run {
        Some(run) => start_of_run(session, run).await?,
        None => start_of_draft(session).await?,
    };
    // JSON on the command line: version 1 of the CLI would download what `--input-file-uri https://…` names.
    let input = json!({
        "AmznClientToken": start.token,
        "ExecutionRoleArn": start.role_arn,
        "InputFileUri": start.uri,
        "tags": { RUN_TAG: start.plan, WAVE_TAG: start.wave.to_string() },
    });
    let role = start.role_arn.rsplit('/').next().unwrap_or(&start.role_arn);
    let lines = [
        "# The account's Greengrass service role:".to_owned(),
        aws.command("greengrass get-service-role-for-account", &[]),
        "# The newest bulk deployment has to have ended:".to_owned(),
        aws.command("greengrass list-bulk-deployments", &[("--max-results", "1")]),
        "# The execution role:".to_owned(),
        aws.command("iam get-role", &[("--role-name", role)]),
        "# The start. Repeated with the same token it starts nothing twice, and Overseed finds it by its tags:"
            .to_owned(),
        aws.command("greengrass start-bulk-deployment", &[("--cli-input-json", &input.to_string())]),
        String::new(),
    ];
    Ok(lines.join("\n"))
}

async fn start_of_draft(session: &Session) -> Result<Start, Error> {
    let draft = draft::draft_get(session).await?;
    if draft.role.is_empty() {
        return Err(
            Problem::new(ErrorCode::InvalidInput, "No execution role is chosen yet")
                .hint("Choose or make one in the permissions step.")
                .into(),
        );
    }
    let (bucket, key) = place(&draft)?;
    let file = draft.file.as_ref().ok_or_else(no_file)?;
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
    let name = format!("{}/{}/1", draft.plan, file.summary.sha256);
    Ok(Start {
        token: Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes()).to_string(),
        role_arn,
        uri: format!("s3://{bucket}/{key}"),
        wave: 1,
        plan: draft.plan,
    })
}

async fn start_of_run(session: &Session, run: &str) -> Result<Start, Error> {
    // An unambiguous beginning of an id is enough.
    let id = run::run_get(session, run).await?.row.id;
    let plan = id.clone();
    let start = session
        .store()
        .read(move |c| {
            let mut query = c.prepare_cached(
                "SELECT json_extract(r.settings, '$.roleArn'), w.number, w.bucket, w.key, w.client_token
                 FROM run r JOIN wave w ON w.run = r.ordinal
                 WHERE r.id = ?1 AND w.client_token IS NOT NULL ORDER BY w.number LIMIT 1",
            )?;
            let start = query.query_row([&id], |row| {
                let (bucket, key): (String, String) = (row.get(2)?, row.get(3)?);
                Ok(Start {
                    plan: id.clone(),
                    role_arn: row.get(0)?,
                    uri: format!("s3://{bucket}/{key}"),
                    token: row.get(4)?,
                    wave: row.get(1)?,
                })
            });
            Ok(start.optional()?)
        })
        .await?;
    start.ok_or_else(|| not_started(&plan))
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

/// Bucket and key of the object, as it is or will be.
fn place(draft: &Draft) -> Result<(String, String), Error> {
    if let Some(upload) = &draft.upload {
        return Ok((upload.bucket.clone(), upload.key.clone()));
    }
    if draft.bucket.is_empty() {
        return Err(
            Problem::new(ErrorCode::InvalidInput, "No bucket is chosen yet")
                .hint("Choose or create one in the input file step.")
                .into(),
        );
    }
    Ok((
        draft.bucket.clone(),
        object_key(&draft.prefix, &draft.plan, 1),
    ))
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
