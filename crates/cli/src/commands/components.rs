//! `components list | versions | check | publish | secret`.

use std::{fs::File, path::Path};

use overseed_domain::v2::recipe::{RecipeFinding, Severity};
use overseed_engine::{
    Error, Session,
    job::{JobKind, Progress},
    v2::components::{
        ComponentCheck, ComponentScope, ObjectStanding, PublishRequest, Published, RecipeChanges,
        RecipeCheck, SecretMade, SecretRequest, VersionStanding, component_check,
        component_publish, component_versions, components_list, recipe_check, secret_create,
        secret_read,
    },
};
use serde::Serialize;

use crate::{
    args::{ComponentsCommand, RecipeArgs},
    connect::Context,
    outcome::Outcome,
    output::{time, word},
    progress::watched,
};

pub async fn run(context: &Context, command: ComponentsCommand) -> Result<Outcome, Error> {
    match command {
        ComponentsCommand::List { public } => list(context, public).await,
        ComponentsCommand::Versions { component } => versions(context, component).await,
        ComponentsCommand::Check { recipe, in_account } => {
            let request = request(recipe, false)?;
            if in_account {
                let checked = in_the_account(
                    context,
                    JobKind::ComponentCheck,
                    async |session, progress| component_check(session, request, progress).await,
                );
                told_in_account(context, &checked.await?)
            } else {
                told_alone(context, &recipe_check(request).await?)
            }
        }
        ComponentsCommand::Publish { recipe, overwrite } => {
            let request = request(recipe, overwrite)?;
            let published = in_the_account(context, JobKind::Publish, async |session, progress| {
                component_publish(session, request, progress).await
            });
            told_published(context, &published.await?)
        }
        ComponentsCommand::Secret { name, from, key } => {
            secret(context, SecretRequest { name, key }, &from).await
        }
    }
}

async fn secret(context: &Context, request: SecretRequest, from: &Path) -> Result<Outcome, Error> {
    // A file that will not do is told before anything is asked of AWS.
    let value = if from == Path::new("-") {
        secret_read(std::io::stdin().lock(), Path::new("standard input"))?
    } else {
        secret_read(File::open(from).map_err(Error::file(from))?, from)?
    };
    let session = context.session_v2().await?;
    let made = secret_create(&session, request, value).await?;
    if context.output.is_json() {
        context.output.line(&made)?;
    } else {
        let SecretMade { name, arn } = &made;
        context
            .output
            .text(format_args!("Made the secret {name}\n{arn}"))?;
    }
    Ok(Outcome::Well)
}

/// Connects, and does what takes a while with its progress shown.
async fn in_the_account<T>(
    context: &Context,
    kind: JobKind,
    work: impl AsyncFnOnce(&Session, &Progress) -> Result<T, Error>,
) -> Result<T, Error> {
    let session = context.session_v2().await?;
    let of = &session;
    watched(
        &context.output,
        kind,
        session.clock(),
        &context.cancel,
        |progress| async move { work(of, &progress).await },
    )
    .await
}

fn request(args: RecipeArgs, overwrite: bool) -> Result<PublishRequest, Error> {
    let read = |path: &std::path::Path| std::fs::read_to_string(path).map_err(Error::file(path));
    let mut changes = RecipeChanges {
        version: args.set_version,
        artifact_versions: args.artifact_versions,
        configuration: args.configuration.as_deref().map(read).transpose()?,
        ..RecipeChanges::default()
    };
    for bucket in args.bucket {
        match bucket.split_once('=') {
            Some((stand_in, bucket)) => {
                changes
                    .buckets
                    .insert(stand_in.to_owned(), bucket.to_owned());
            }
            None => changes.bucket = Some(bucket),
        }
    }
    Ok(PublishRequest {
        recipe: read(&args.recipe)?,
        changes,
        artifacts: args.artifacts,
        overwrite,
    })
}

async fn list(context: &Context, public: bool) -> Result<Outcome, Error> {
    let scope = if public {
        ComponentScope::Public
    } else {
        ComponentScope::Own
    };
    let rows = in_the_account(context, JobKind::Components, async |session, progress| {
        components_list(session, scope, progress).await
    })
    .await?;
    let count = rows.len();
    let heads = [
        "Component",
        "Latest version",
        "Publisher",
        "Platforms",
        "Created",
    ];
    told_rows(context, &heads, rows, |row| {
        vec![
            row.name,
            row.latest_version.unwrap_or_default(),
            row.publisher.unwrap_or_default(),
            row.platforms.join("; "),
            time(row.created_at),
        ]
    })?;
    if !context.output.is_json() {
        context.output.note(format_args!("{count} components"));
    }
    Ok(Outcome::Well)
}

async fn versions(context: &Context, component: String) -> Result<Outcome, Error> {
    let rows = in_the_account(context, JobKind::Components, async |session, progress| {
        component_versions(session, &component, progress).await
    })
    .await?;
    told_rows(context, &["Version", "ARN"], rows, |row| {
        vec![row.version, row.arn]
    })?;
    Ok(Outcome::Well)
}

/// Rows as lines of JSON, or as a table for people.
fn told_rows<T: Serialize>(
    context: &Context,
    heads: &[&str],
    rows: Vec<T>,
    cells: impl FnMut(T) -> Vec<String>,
) -> Result<(), Error> {
    if !context.output.is_json() {
        return context
            .output
            .table(heads, rows.into_iter().map(cells).collect());
    }
    rows.iter().try_for_each(|row| context.output.line(row))
}

fn told_alone(context: &Context, checked: &RecipeCheck) -> Result<Outcome, Error> {
    if context.output.is_json() {
        context.output.line(checked)?;
    } else {
        show(context, checked)?;
    }
    Ok(outcome(&checked.findings))
}

fn told_in_account(context: &Context, checked: &ComponentCheck) -> Result<Outcome, Error> {
    if context.output.is_json() {
        context.output.line(checked)?;
    } else {
        show(context, &checked.recipe)?;
        show_account(context, checked)?;
    }
    Ok(match checked.standing {
        VersionStanding::Taken => Outcome::Findings,
        _ => outcome(&checked.recipe.findings),
    })
}

fn show_account(context: &Context, checked: &ComponentCheck) -> Result<(), Error> {
    for object in &checked.objects {
        let state = match object.state {
            ObjectStanding::Missing => "neither there nor among the files",
            ObjectStanding::ToUpload => "to be uploaded",
            ObjectStanding::Same => "there already",
            ObjectStanding::Differs => "there with other bytes",
            ObjectStanding::InPlace => "there; no file to compare it with",
            ObjectStanding::Unknown => "cannot be looked at",
        };
        context
            .output
            .text(format_args!("{}: {state}", object.uri))?;
    }
    let proposed = checked.proposed.as_deref().unwrap_or_default();
    let differences = checked.differences.join(", ");
    context.output.text(match checked.standing {
        VersionStanding::New => "The version is free.".to_owned(),
        VersionStanding::Same => "The version is there already, the same in all.".to_owned(),
        VersionStanding::Taken => {
            format!("The version is taken ({differences} differ); {proposed} is free.")
        }
        VersionStanding::Failed => {
            format!(
                "AWS could not make the version deployable ({differences}); {proposed} is free."
            )
        }
    })
}

fn told_published(context: &Context, published: &Published) -> Result<Outcome, Error> {
    if context.output.is_json() {
        context.output.line(published)?;
        return Ok(Outcome::Well);
    }
    for finding in &published.findings {
        context.output.note(told(finding));
    }
    for uri in &published.uploaded {
        context.output.text(format_args!("Uploaded {uri}"))?;
    }
    let end = if published.was_there {
        "was there already, the same in all, and can be deployed"
    } else {
        "can be deployed"
    };
    context.output.text(format_args!(
        "{} {} {end}\n{}",
        published.name, published.version, published.arn
    ))?;
    Ok(Outcome::Well)
}

fn show(context: &Context, checked: &RecipeCheck) -> Result<(), Error> {
    let RecipeCheck {
        name,
        version,
        artifacts,
        findings,
        ..
    } = checked;
    context.output.text(format_args!(
        "{name} {version}, {} artifacts in S3",
        artifacts.len()
    ))?;
    for finding in findings {
        context.output.text(told(finding))?;
    }
    if findings.is_empty() {
        context.output.text("No findings.")?;
    }
    Ok(())
}

/// A finding in a line, and what to do in another one.
fn told(finding: &RecipeFinding) -> String {
    let place = match finding.line {
        Some(line) => format!("line {line}: "),
        None => String::new(),
    };
    format!(
        "{place}{}: {}: {}\n    {}",
        word(&finding.severity),
        word(&finding.code),
        finding.message,
        finding.remedy
    )
}

fn outcome(findings: &[RecipeFinding]) -> Outcome {
    if findings.iter().any(|f| f.severity == Severity::Error) {
        Outcome::Findings
    } else {
        Outcome::Well
    }
}
