//! What comes after a run: retry, roll back, compare, export; and the account's bulk deployments.

use overseed_engine::{
    draft::NextDraft,
    job::JobKind,
    run::{
        self as engine, BulkRow, CompareQuery, Comparison, ExportForm, HistoryRow, Pruned,
        RetryVersion, RetryWhat, RunSnapshot,
    },
};
use tauri::State;

use crate::{
    dialogs::{self, Files},
    error::{Answer, Wire},
    state::{Shell, shown},
};

/// A new draft with targets of a run, of its generation.
#[tauri::command]
#[specta::specta]
pub async fn run_retry(
    shell: State<'_, Shell>,
    run: String,
    what: RetryWhat,
    version: RetryVersion,
) -> Answer<NextDraft> {
    shell
        .job(JobKind::Retry, |session, progress| async move {
            engine::run_retry(&session, &run, what, version, &progress).await
        })
        .await
}

/// A new draft that takes what succeeded back to the version before.
#[tauri::command]
#[specta::specta]
pub async fn run_roll_back(shell: State<'_, Shell>, run: String) -> Answer<NextDraft> {
    shell
        .job(JobKind::Retry, |session, progress| async move {
            engine::run_roll_back(&session, &run, &progress).await
        })
        .await
}

/// What changed from run `a` to run `b`.
#[tauri::command]
#[specta::specta]
pub async fn run_compare(
    shell: State<'_, Shell>,
    a: String,
    b: String,
    query: CompareQuery,
) -> Answer<Comparison> {
    engine::run_compare(&shell.reading(), &a, &b, query)
        .await
        .wire()
}

/// Writes a part of a run where the user says; `null` where the dialog was dismissed.
#[tauri::command]
#[specta::specta]
pub async fn run_export(
    shell: State<'_, Shell>,
    run: String,
    form: ExportForm,
) -> Answer<Option<String>> {
    let (kind, endings): (_, &'static [&'static str]) = match form.ending() {
        "csv" => ("Comma-separated values", &["csv"]),
        "jsonl" => ("JSON lines", &["jsonl", "json"]),
        "html" => ("Web pages", &["html"]),
        "sh" => ("Shell scripts", &["sh"]),
        _ => ("JSON", &["json"]),
    };
    let files = Files {
        title: "Export of the run",
        kind,
        endings,
    };
    let name = format!("{}-{run}.{}", form.subject(), form.ending());
    let path = dialogs::save(files, &name).await;
    if let Some(path) = &path {
        engine::run_export(&shell.reading(), &run, form, path)
            .await
            .wire()?;
    }
    shown(path)
}

/// The account's bulk deployments, newest first.
#[tauri::command]
#[specta::specta]
pub async fn bulk_list(shell: State<'_, Shell>) -> Answer<Vec<BulkRow>> {
    shell
        .job(JobKind::BulkList, |session, progress| async move {
            engine::bulk_list(&session, &progress).await
        })
        .await
}

/// Opens a bulk deployment of the account, or reads one anew that was made elsewhere.
#[tauri::command]
#[specta::specta]
pub async fn bulk_open(shell: State<'_, Shell>, id: String) -> Answer<RunSnapshot> {
    shell
        .job(JobKind::BulkOpen, |session, progress| async move {
            engine::bulk_open(&session, &id, &progress).await
        })
        .await
}

/// What earlier runs did with a target.
#[tauri::command]
#[specta::specta]
pub async fn target_history(
    shell: State<'_, Shell>,
    run: String,
    target: String,
) -> Answer<Vec<HistoryRow>> {
    engine::target_history(&shell.reading(), &run, &target)
        .await
        .wire()
}

/// Takes old runs out, or says which it would.
#[tauri::command]
#[specta::specta]
pub async fn run_prune(shell: State<'_, Shell>, older_than_days: u32, dry: bool) -> Answer<Pruned> {
    engine::run_prune(&shell.engine, older_than_days, dry)
        .await
        .wire()
}
