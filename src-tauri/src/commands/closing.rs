//! The question before the window closes while runs are driven.

use overseed_engine::{ErrorCode, Problem};
use tauri::{AppHandle, Manager, State, ipc::Channel};

use crate::{
    closing::{self, Closing, ClosingAnswer, ClosingQuestion, Kept},
    error::Answer,
    state::Shell,
};

/// Hands on each question until the watch is ended.
#[tauri::command]
#[specta::specta]
pub async fn closing_watch(
    app: AppHandle,
    shell: State<'_, Shell>,
    closing: State<'_, Closing>,
    channel: Channel<ClosingQuestion>,
) -> Answer<u32> {
    let (id, ended) = shell.watch_begin();
    closing.attach(id, channel);
    tauri::async_runtime::spawn(async move {
        ended.cancelled().await;
        app.state::<Closing>().detach(id);
    });
    Ok(id)
}

/// Takes the answer; where the app drives on without its window, says where it went.
#[tauri::command]
#[specta::specta]
pub async fn closing_answer(
    app: AppHandle,
    closing: State<'_, Closing>,
    answer: ClosingAnswer,
) -> Answer<Option<Kept>> {
    match answer {
        ClosingAnswer::Seen => closing.seen(),
        ClosingAnswer::Cancel => {}
        ClosingAnswer::Close => closing::end(&app),
        ClosingAnswer::Keep => {
            return closing::keep(&app).await.map_err(|error| {
                Problem::new(ErrorCode::Internal, "The window could not be hidden").detail(error)
            });
        }
    }
    Ok(None)
}
