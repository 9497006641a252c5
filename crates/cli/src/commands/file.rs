//! `file check` and `file make`.

use std::path::{Path, PathBuf};

use overseed_domain::input_file::{FileSummary, Finding};
use overseed_engine::{
    Error,
    input_file::{file_check, file_make_from, listed_targets},
    job::JobKind,
};

use crate::{
    args::FileCommand, connect::Context, outcome::Outcome, output::word, progress::watched,
};

pub async fn run(context: &Context, command: FileCommand) -> Result<Outcome, Error> {
    match command {
        FileCommand::Check { file } => check(context, file).await,
        FileCommand::Make { groups, out } => make(context, &groups, out).await,
    }
}

async fn check(context: &Context, file: PathBuf) -> Result<Outcome, Error> {
    let output = context.output.clone();
    let (summary, written) = tokio::task::spawn_blocking(move || {
        let mut written = Ok(());
        let summary = file_check(&file, &mut |finding| {
            // Once nobody reads the findings any more, the rest of them is not written.
            if written.is_ok() {
                written = if output.is_json() {
                    output.line(&finding)
                } else {
                    output.text(told(&finding))
                };
            }
        })?;
        Ok::<_, Error>((summary, written))
    })
    .await??;
    written?;
    if context.output.is_json() {
        context.output.line(&summary)?;
    } else {
        show(context, &summary)?;
    }
    Ok(if summary.refusals > 0 {
        Outcome::Findings
    } else {
        Outcome::Well
    })
}

/// A finding in a line, with the service's words in another one.
pub fn told(finding: &Finding) -> String {
    let place = match finding.line {
        0 => "file".to_owned(),
        line => format!("line {line}"),
    };
    let mut text = format!("{place}: {}: {}", word(&finding.code), finding.message);
    if let Some(words) = &finding.service_message {
        text.push_str("\n    Greengrass would answer: ");
        text.push_str(words);
    }
    text
}

async fn make(context: &Context, groups: &Path, out: PathBuf) -> Result<Outcome, Error> {
    let text = std::fs::read_to_string(groups).map_err(Error::file(groups))?;
    let targets = listed_targets(&text)?;
    let session = if targets.iter().all(|target| target.version.is_some()) {
        None
    } else {
        let session = context.session().await?;
        context.listed(&session).await?;
        Some(session)
    };
    let path = out.clone();
    let summary = watched(
        &context.output,
        JobKind::InputFile,
        &context.clock(),
        &context.cancel,
        |progress| async move {
            tokio::task::spawn_blocking(move || {
                file_make_from(session.as_ref(), targets, &path, &progress)
            })
            .await?
        },
    )
    .await?;
    if context.output.is_json() {
        context.output.line(&summary)?;
    } else {
        context.output.text(out.display())?;
        show(context, &summary)?;
    }
    Ok(Outcome::Well)
}

/// A summary for people.
pub fn show(context: &Context, summary: &FileSummary) -> Result<(), Error> {
    let FileSummary {
        records,
        lines,
        bytes,
        longest_line,
        sha256,
        findings,
        refusals,
    } = summary;
    context.output.text(format_args!(
        "{records} records, {lines} lines, {bytes} bytes, longest line {longest_line} characters"
    ))?;
    context.output.text(format_args!("SHA-256 {sha256}"))?;
    context.output.text(match (*findings, *refusals) {
        (0, _) => "No findings.".to_owned(),
        (findings, 0) => {
            format!("{findings} findings; Greengrass would take the file all the same.")
        }
        (findings, refusals) => {
            format!("{findings} findings; Greengrass would refuse the file for {refusals} of them.")
        }
    })
}
