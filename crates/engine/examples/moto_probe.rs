//! Does against any endpoint what the input file and permissions steps do, and prints what came of it as one JSON
//! object: `moto_probe DATA_DIR ENDPOINT REGION BUCKET ROLE`, with credentials from the environment. The contract
//! tests run it against a server that nobody here wrote.

use std::path::Path;

use overseed_domain::permissions::{Groups, Objects, Pack, ReadBy};
use overseed_engine::{
    Clock, Engine,
    buckets::{bucket_check, bucket_create, buckets_list},
    connect::connect,
    connection::ConnectRequest,
    input_file::{file_make_from, listed_targets, object_key, put_and_compare},
    job::{JobKind, Progress},
    permissions::{Needs, apply_for, check_for, roles_list},
};
use tokio_util::sync::CancellationToken;

const PLAN: &str = "probe";
const GROUPS: u32 = 3;

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

    let created = bucket_create(&session, &bucket).await?;
    let listed = buckets_list(&session).await?;
    let checked = bucket_check(&session, &bucket).await?;

    let ids: Vec<String> = (0..GROUPS)
        .map(|n| format!("00000000-0000-4000-8000-{n:012}"))
        .collect();
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

    let needs = Needs {
        role,
        bucket,
        objects: Objects::Prefix("overseed".into()),
        read_by: ReadBy::Role,
        pack: Pack::Auto,
        groups: ids.into_iter().collect::<Groups>(),
    };
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
