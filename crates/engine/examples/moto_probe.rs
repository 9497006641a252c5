//! Does against any endpoint what the input file and permissions steps do, and prints what came of it as one JSON
//! object: `moto_probe DATA_DIR ENDPOINT REGION BUCKET ROLE`, with credentials from the environment; with `BUCKET ROLE many`
//! instead what becomes of managed and bucket policies while the selection changes, to their being taken back. The contract
//! tests run it against a server that nobody here wrote.

use std::path::Path;

use overseed_domain::permissions::{Groups, Objects, Pack, ReadBy};
use overseed_engine::{
    Clock, Engine, Session,
    buckets::{bucket_check, bucket_create, buckets_list},
    connect::connect,
    connection::ConnectRequest,
    input_file::{file_make_from, listed_targets, object_key, put_and_compare},
    job::{JobKind, Progress},
    permissions::{Needs, apply_for, check_for, roles_list, undo_for},
};
use tokio_util::sync::CancellationToken;

const PLAN: &str = "probe";
const GROUPS: u32 = 3;

/// More than one inline policy holds.
const MANY: u32 = 250;

fn progress(kind: JobKind) -> Progress {
    Progress::within(kind, Clock::system(), CancellationToken::new()).0
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut next = |name: &str| arguments.next().ok_or_else(|| format!("no {name} given"));
    let (folder, endpoint, region) = (next("data folder")?, next("endpoint")?, next("Region")?);
    let (bucket, role) = (next("bucket")?, next("role")?);
    let folder = Path::new(&folder);

    let engine = Engine::open(folder.to_owned(), Clock::system())?;
    let request = ConnectRequest::Account {
        profile: None,
        region: Some(region),
        endpoint: Some(endpoint),
    };
    let session = connect(&engine, request, None).await?;

    if arguments.next().as_deref() == Some("many") {
        println!("{}", many(&session, &role, &bucket).await?);
        return Ok(());
    }

    let created = bucket_create(&session, &bucket).await?;
    let listed = buckets_list(&session).await?;
    let checked = bucket_check(&session, &bucket).await?;

    let ids = ids(GROUPS);
    let lines: Vec<String> = ids.iter().map(|id| format!("{id},{id}")).collect();
    let targets = listed_targets(&lines.join("\n"))?;
    let file = folder.join("input.jsonl");
    let made = file_make_from(None, targets, &file, &progress(JobKind::InputFile))?;
    let key = object_key("overseed", PLAN, 0);
    let mut uploads = Vec::new();
    for _ in 0..2 {
        let progress = progress(JobKind::Upload);
        uploads.push(
            put_and_compare(
                &session,
                PLAN,
                &file,
                &bucket,
                &key,
                &made.sha256,
                &progress,
            )
            .await?,
        );
    }

    let needs = needs(&role, &bucket, ids, Pack::Auto, ReadBy::Role);
    let before = check_for(&session, &needs, PLAN).await?;
    let applied = apply_for(&session, &needs, PLAN, &progress(JobKind::Permissions)).await?;
    let again = apply_for(&session, &needs, PLAN, &progress(JobKind::Permissions)).await?;
    let roles = roles_list(&session, "").await?;

    let said = serde_json::json!({
        "connection": session.connection,
        "created": created, "listed": listed, "checked": checked,
        "file": made, "uploads": uploads,
        "before": before, "applied": applied, "again": again, "roles": roles,
    });
    println!("{said}");
    Ok(())
}

fn ids(count: u32) -> Vec<String> {
    (0..count)
        .map(|n| format!("00000000-0000-4000-8000-{n:012}"))
        .collect()
}

fn needs(role: &str, bucket: &str, ids: Vec<String>, pack: Pack, read_by: ReadBy) -> Needs {
    Needs {
        role: role.to_owned(),
        bucket: bucket.to_owned(),
        objects: Objects::Prefix("overseed".into()),
        read_by,
        pack,
        groups: ids.into_iter().collect::<Groups>(),
        waves: 1,
    }
}

/// Many groups in managed policies, read by the bucket's policy; then fewer; then as few as one inline policy holds, read
/// by the role's; then all of it taken back.
async fn many(
    session: &Session,
    role: &str,
    bucket: &str,
) -> Result<serde_json::Value, Box<dyn std::error::Error>> {
    let clients = &session.clients;
    let mut said = serde_json::Map::new();
    let selections = [
        ("many", MANY, Pack::Managed, ReadBy::Bucket),
        ("fewer", MANY / 2, Pack::Managed, ReadBy::Bucket),
        ("few", GROUPS, Pack::Auto, ReadBy::Role),
    ];
    for (name, count, pack, read_by) in selections {
        let needs = needs(role, bucket, ids(count), pack, read_by);
        let progress = || progress(JobKind::Permissions);
        let before = check_for(session, &needs, PLAN).await?;
        let applied = apply_for(session, &needs, PLAN, &progress()).await?;
        let again = apply_for(session, &needs, PLAN, &progress()).await?;
        let mut managed = Vec::new();
        for policy in clients.policies_under("/overseed/").await? {
            managed.push(clients.managed_policy(&policy.arn).await?);
        }
        said.insert(
            name.to_owned(),
            serde_json::json!({
                "before": before, "applied": applied, "again": again, "managed": managed,
                "bucket": clients.get_bucket_policy(bucket).await?,
            }),
        );
    }
    let undone = undo_for(session, PLAN, &progress(JobKind::Permissions)).await?;
    said.insert("undone".to_owned(), serde_json::to_value(undone)?);
    Ok(said.into())
}
