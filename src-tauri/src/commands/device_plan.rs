//! What core devices have, what they would get, and the start.

use overseed_engine::{
    job::JobKind,
    run::{self, RunSnapshot},
    v2::{
        plan::{
            self as engine, DevicePreview, OutcomesPage, PlannedDevicesPage, PlannedDevicesQuery,
            PresentStatus, device_draft_get,
        },
        review::{self, DeviceReview},
    },
};
use tauri::State;

use super::plan::FILES;
use crate::{
    dialogs,
    error::{Answer, Wire},
    state::{Shell, shown},
};

/// How far the present deployments of the selected devices are read.
#[tauri::command]
#[specta::specta]
pub async fn device_present_status(shell: State<'_, Shell>) -> Answer<PresentStatus> {
    let session = shell.session()?;
    engine::device_present_status(&session).await.wire()
}

/// Reads those that are not read yet; with `again` all of them.
#[tauri::command]
#[specta::specta]
pub async fn device_present_read(shell: State<'_, Shell>, again: bool) -> Answer<PresentStatus> {
    shell
        .job(JobKind::Present, |session, progress| async move {
            engine::device_present_read(&session, again, &progress).await
        })
        .await
}

/// What the draft comes to.
#[tauri::command]
#[specta::specta]
pub async fn device_plan_preview(shell: State<'_, Shell>) -> Answer<DevicePreview> {
    shell
        .job(JobKind::DevicePlan, |session, progress| async move {
            engine::device_plan_preview(&session, &progress).await
        })
        .await
}

/// One page of the draft's devices with what changes for them.
#[tauri::command]
#[specta::specta]
pub async fn device_plan_devices(
    shell: State<'_, Shell>,
    query: PlannedDevicesQuery,
) -> Answer<PlannedDevicesPage> {
    shell
        .beside(JobKind::DevicePlan, |session, progress| async move {
            engine::device_plan_devices(&session, query, &progress).await
        })
        .await
}

/// One page of the draft's different outcomes.
#[tauri::command]
#[specta::specta]
pub async fn device_plan_outcomes(
    shell: State<'_, Shell>,
    offset: u32,
    limit: u32,
) -> Answer<OutcomesPage> {
    shell
        .beside(JobKind::DevicePlan, |session, progress| async move {
            engine::device_plan_outcomes(&session, offset, limit, &progress).await
        })
        .await
}

/// What would be sent if the draft were started as it is.
#[tauri::command]
#[specta::specta]
pub async fn device_review(shell: State<'_, Shell>) -> Answer<DeviceReview> {
    shell
        .job(JobKind::Review, |session, progress| async move {
            review::device_review(&session, &progress).await
        })
        .await
}

/// Writes the plan where the user says; `null` where the dialog was dismissed.
#[tauri::command]
#[specta::specta]
pub async fn device_plan_export(shell: State<'_, Shell>) -> Answer<Option<String>> {
    let session = shell.session()?;
    let plan = device_draft_get(&session).await.wire()?.plan;
    let path = dialogs::save(FILES, &format!("plan-{plan}.json")).await;
    if let Some(path) = path.clone() {
        shell
            .job(JobKind::DevicePlan, |session, progress| async move {
                engine::device_plan_export(&session, &path, &progress).await
            })
            .await?;
    }
    shown(path)
}

/// Starts the draft and drives it.
#[tauri::command]
#[specta::specta]
pub async fn device_run_start(shell: State<'_, Shell>) -> Answer<RunSnapshot> {
    shell
        .job(JobKind::Review, |session, progress| async move {
            run::device_run_start(&session, &progress).await
        })
        .await
}
