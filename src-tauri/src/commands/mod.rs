//! The window's commands, one file for each feature. They unpack, call the engine function of the same name and
//! map its error.

mod app;
mod buckets;
mod closing;
mod components;
mod connect;
mod device_draft;
mod device_permissions;
mod device_plan;
mod devices;
mod draft;
mod generation;
mod groups;
mod history;
mod input_file;
mod jobs;
mod permissions;
mod plan;
mod review;
mod run;
mod settings;
mod versions;
mod waves;

use tauri::Wry;
use tauri_specta::{Commands, collect_commands};

/// All of them.
pub fn all() -> Commands<Wry> {
    collect_commands![
        app::app_status,
        closing::closing_watch,
        closing::closing_answer,
        settings::settings_get,
        settings::settings_set,
        settings::diagnostics_export,
        connect::profiles_list,
        connect::connect,
        connect::disconnect,
        jobs::job_watch,
        jobs::watch_end,
        jobs::job_cancel,
        groups::groups_status,
        groups::groups_refresh,
        groups::groups_page,
        groups::groups_select,
        groups::groups_import_text,
        groups::groups_import_file,
        versions::versions_page,
        versions::group_versions,
        versions::version_choose,
        versions::versions_choose_previous,
        versions::versions_reset,
        versions::versions_compare,
        draft::draft_get,
        draft::draft_set,
        draft::draft_reset,
        input_file::file_make,
        input_file::file_open,
        input_file::file_findings,
        input_file::file_export,
        input_file::file_upload,
        buckets::buckets_list,
        buckets::bucket_check,
        buckets::bucket_create,
        permissions::roles_list,
        permissions::permissions_check,
        permissions::permissions_apply,
        permissions::permissions_undo,
        permissions::permissions_hand_over,
        permissions::permissions_save,
        generation::generation_get,
        generation::generation_set,
        devices::devices_status,
        devices::devices_refresh,
        devices::devices_page,
        devices::devices_read,
        devices::devices_select,
        devices::devices_import_text,
        devices::devices_import_file,
        devices::thing_groups_page,
        devices::thing_group_read,
        components::components_list,
        components::component_versions,
        components::component_show,
        components::recipe_open,
        components::artifacts_choose,
        components::component_check,
        components::component_publish,
        components::secret_create,
        device_draft::device_draft_get,
        device_draft::device_draft_set,
        device_draft::device_draft_reset,
        device_draft::device_rows_open,
        device_draft::device_rows_paste,
        device_draft::device_rows_clear,
        device_draft::device_fixed_clear,
        device_permissions::device_permissions_check,
        device_permissions::device_permissions_apply,
        device_permissions::device_permissions_undo,
        device_permissions::device_permissions_hand_over,
        device_permissions::device_permissions_save,
        device_plan::device_present_status,
        device_plan::device_present_read,
        device_plan::device_plan_preview,
        device_plan::device_plan_devices,
        device_plan::device_plan_outcomes,
        device_plan::device_review,
        device_plan::device_plan_export,
        device_plan::device_run_start,
        review::review,
        review::other_stop,
        plan::plan_export,
        plan::plan_open,
        plan::command_text,
        run::run_start,
        run::run_resume,
        run::run_stop,
        run::run_stop_and_cancel,
        run::run_set_at_once,
        run::run_clean_up,
        run::run_read_again,
        waves::waves_preview,
        waves::run_pause,
        waves::run_continue,
        waves::run_skip,
        run::runs_list,
        run::run_get,
        run::run_watch,
        run::run_samples,
        run::run_targets,
        run::run_fleet,
        run::run_cause_positions,
        run::run_causes,
        run::run_changes,
        run::target_documents,
        history::run_export,
        history::run_retry,
        history::run_roll_back,
        history::run_compare,
        history::bulk_list,
        history::bulk_open,
        history::target_history,
        history::run_prune,
    ]
}
