//! Components: what there is, and publishing one.

use overseed_engine::{
    ErrorCode, Problem,
    job::JobKind,
    v2::components::{
        self as engine, ComponentCheck, ComponentRow, ComponentScope, ComponentShown,
        ComponentVersionRow, PublishRequest, Published, RecipeFile, SecretMade, SecretRequest,
    },
};
use tauri::State;

use crate::{
    dialogs::{self, Files},
    error::{Answer, Wire},
    state::{Shell, shown},
};

/// The account's components, or those of AWS.
#[tauri::command]
#[specta::specta]
pub async fn components_list(
    shell: State<'_, Shell>,
    scope: ComponentScope,
) -> Answer<Vec<ComponentRow>> {
    shell
        .beside(JobKind::Components, |session, progress| async move {
            engine::components_list(&session, scope, &progress).await
        })
        .await
}

/// The versions of a component, newest first.
#[tauri::command]
#[specta::specta]
pub async fn component_versions(
    shell: State<'_, Shell>,
    component: String,
) -> Answer<Vec<ComponentVersionRow>> {
    shell
        .beside(JobKind::Components, |session, progress| async move {
            engine::component_versions(&session, &component, &progress).await
        })
        .await
}

/// A version of a component with its recipe.
#[tauri::command]
#[specta::specta]
pub async fn component_show(
    shell: State<'_, Shell>,
    version_arn: String,
    yaml: bool,
) -> Answer<ComponentShown> {
    shell
        .beside(JobKind::Components, |session, progress| async move {
            engine::component_show(&session, &version_arn, yaml, &progress).await
        })
        .await
}

/// Reads a recipe; `null` where the dialog was dismissed.
#[tauri::command]
#[specta::specta]
pub async fn recipe_open() -> Answer<Option<RecipeFile>> {
    let files = Files {
        title: "Open a recipe",
        kind: "Recipes",
        endings: &["yaml", "yml", "json"],
    };
    let Some(path) = dialogs::open(files).await else {
        return Ok(None);
    };
    engine::recipe_open(&path).await.wire().map(Some)
}

/// Chooses the folder with a component's artifacts; `null` where the dialog was dismissed.
#[tauri::command]
#[specta::specta]
pub async fn artifacts_choose(shell: State<'_, Shell>) -> Answer<Option<String>> {
    let folder = dialogs::folder("Folder with the artifacts").await;
    if let Some(folder) = &folder {
        shell.folder_chosen(folder.clone());
    }
    shown(folder)
}

/// What there is to say about a recipe, and how it stands to what the account has.
#[tauri::command]
#[specta::specta]
pub async fn component_check(
    shell: State<'_, Shell>,
    request: PublishRequest,
) -> Answer<ComponentCheck> {
    chosen(&shell, &request)?;
    shell
        .job(JobKind::ComponentCheck, |session, progress| async move {
            engine::component_check(&session, request, &progress).await
        })
        .await
}

/// Uploads a component's artifacts, creates its version, and waits until it can be deployed.
#[tauri::command]
#[specta::specta]
pub async fn component_publish(
    shell: State<'_, Shell>,
    request: PublishRequest,
) -> Answer<Published> {
    chosen(&shell, &request)?;
    shell
        .job(JobKind::Publish, |session, progress| async move {
            engine::component_publish(&session, request, &progress).await
        })
        .await
}

/// Makes a secret from a JSON file; `null` where the dialog was dismissed. The window gets name and ARN, never the value.
#[tauri::command]
#[specta::specta]
pub async fn secret_create(
    shell: State<'_, Shell>,
    request: SecretRequest,
) -> Answer<Option<SecretMade>> {
    let session = shell.session()?;
    let files = Files {
        title: "Open the secret's value",
        kind: "JSON files",
        endings: &["json"],
    };
    let Some(path) = dialogs::open(files).await else {
        return Ok(None);
    };
    engine::secret_create_from(&session, request, path)
        .await
        .wire()
        .map(Some)
}

/// Refuses a folder that was chosen in no dialog: paths come only from there.
fn chosen(shell: &Shell, request: &PublishRequest) -> Answer<()> {
    match &request.artifacts {
        Some(folder) if !shell.is_chosen(folder) => Err(Problem::new(
            ErrorCode::InvalidInput,
            "The folder with the artifacts has to be chosen again",
        )
        .hint("Choose the folder.")),
        _ => Ok(()),
    }
}
