import { invoke as __TAURI_INVOKE, Channel } from "@tauri-apps/api/core";

/** Commands */
export const commands = {
	appStatus: () => typedError<AppStatus, Problem>(__TAURI_INVOKE("app_status")),
	settingsGet: () => typedError<Settings, Problem>(__TAURI_INVOKE("settings_get")),
	settingsSet: (settings: Settings) => typedError<Settings, Problem>(__TAURI_INVOKE("settings_set", { settings })),
	profilesList: () => typedError<Profile[], Problem>(__TAURI_INVOKE("profiles_list")),
	connect: (request: ConnectRequest) => typedError<Connection, Problem>(__TAURI_INVOKE("connect", { request })),
	disconnect: () => typedError<null, Problem>(__TAURI_INVOKE("disconnect")),
	jobWatch: (kind: JobKind, channel: Channel<Job>) => typedError<number, Problem>(__TAURI_INVOKE("job_watch", { kind, channel })),
	watchEnd: (id: number) => typedError<null, Problem>(__TAURI_INVOKE("watch_end", { id })),
	jobCancel: (kind: JobKind) => typedError<null, Problem>(__TAURI_INVOKE("job_cancel", { kind })),
	groupsStatus: () => typedError<Inventory, Problem>(__TAURI_INVOKE("groups_status")),
	groupsRefresh: () => typedError<Inventory, Problem>(__TAURI_INVOKE("groups_refresh")),
	groupsPage: (query: GroupsQuery) => typedError<GroupsPage, Problem>(__TAURI_INVOKE("groups_page", { query })),
	groupsSelect: (change: SelectionChange) => typedError<Selection, Problem>(__TAURI_INVOKE("groups_select", { change })),
	groupsImportText: (text: string) => typedError<ImportReport, Problem>(__TAURI_INVOKE("groups_import_text", { text })),
	groupsImportFile: () => typedError<ImportReport | null, Problem>(__TAURI_INVOKE("groups_import_file")),
	versionsPage: (query: VersionsQuery) => typedError<VersionsPage, Problem>(__TAURI_INVOKE("versions_page", { query })),
	groupVersions: (group: string) => typedError<VersionOption[], Problem>(__TAURI_INVOKE("group_versions", { group })),
	versionChoose: (group: string, version: string | null) => typedError<null, Problem>(__TAURI_INVOKE("version_choose", { group, version })),
	versionsChoosePrevious: () => typedError<VersionsPage, Problem>(__TAURI_INVOKE("versions_choose_previous")),
	versionsReset: () => typedError<null, Problem>(__TAURI_INVOKE("versions_reset")),
	versionsCompare: (group: string, before: string, after: string) => typedError<DefinitionDifference[], Problem>(__TAURI_INVOKE("versions_compare", { group, before, after })),
	draftGet: () => typedError<Draft, Problem>(__TAURI_INVOKE("draft_get")),
	draftSet: (change: DraftChange) => typedError<Draft, Problem>(__TAURI_INVOKE("draft_set", { change })),
	draftReset: () => typedError<Draft, Problem>(__TAURI_INVOKE("draft_reset")),
	fileMake: () => typedError<Draft, Problem>(__TAURI_INVOKE("file_make")),
	fileOpen: () => typedError<Draft | null, Problem>(__TAURI_INVOKE("file_open")),
	fileFindings: (offset: number, limit: number) => typedError<FindingsPage, Problem>(__TAURI_INVOKE("file_findings", { offset, limit })),
	fileExport: () => typedError<string | null, Problem>(__TAURI_INVOKE("file_export")),
	fileUpload: () => typedError<Draft, Problem>(__TAURI_INVOKE("file_upload")),
	bucketsList: () => typedError<Bucket[], Problem>(__TAURI_INVOKE("buckets_list")),
	bucketCheck: (name: string) => typedError<BucketCheck, Problem>(__TAURI_INVOKE("bucket_check", { name })),
	bucketCreate: (name: string) => typedError<BucketCheck, Problem>(__TAURI_INVOKE("bucket_create", { name })),
	rolesList: (text: string) => typedError<Role[], Problem>(__TAURI_INVOKE("roles_list", { text })),
	permissionsCheck: () => typedError<Permissions, Problem>(__TAURI_INVOKE("permissions_check")),
	permissionsApply: () => typedError<Permissions, Problem>(__TAURI_INVOKE("permissions_apply")),
	permissionsHandOver: (form: HandOver) => typedError<string, Problem>(__TAURI_INVOKE("permissions_hand_over", { form })),
	review: () => typedError<Review, Problem>(__TAURI_INVOKE("review")),
	otherStop: (id: string) => typedError<Review, Problem>(__TAURI_INVOKE("other_stop", { id })),
	planExport: () => typedError<string | null, Problem>(__TAURI_INVOKE("plan_export")),
	planOpen: () => typedError<Draft | null, Problem>(__TAURI_INVOKE("plan_open")),
	commandText: (step: CommandStep, run: string | null) => typedError<string, Problem>(__TAURI_INVOKE("command_text", { step, run })),
	runStart: () => typedError<RunSnapshot, Problem>(__TAURI_INVOKE("run_start")),
	runResume: (run: string) => typedError<RunSnapshot, Problem>(__TAURI_INVOKE("run_resume", { run })),
	runStop: (run: string) => typedError<RunSnapshot, Problem>(__TAURI_INVOKE("run_stop", { run })),
	runsList: () => typedError<RunRow[], Problem>(__TAURI_INVOKE("runs_list")),
	runGet: (run: string) => typedError<RunSnapshot, Problem>(__TAURI_INVOKE("run_get", { run })),
	runWatch: (run: string, channel: Channel<RunSnapshot>) => typedError<number, Problem>(__TAURI_INVOKE("run_watch", { run, channel })),
	runSamples: (run: string) => typedError<Sample[], Problem>(__TAURI_INVOKE("run_samples", { run })),
	runTargets: (run: string, query: TargetsQuery) => typedError<TargetsPage, Problem>(__TAURI_INVOKE("run_targets", { run, query })),
	runFleet: (run: string) => typedError<string, Problem>(__TAURI_INVOKE("run_fleet", { run })),
	runCauses: (run: string) => typedError<Cause[], Problem>(__TAURI_INVOKE("run_causes", { run })),
	runChanges: (run: string) => typedError<ChangeRow[], Problem>(__TAURI_INVOKE("run_changes", { run })),
	runExport: (run: string, form: ExportForm) => typedError<string | null, Problem>(__TAURI_INVOKE("run_export", { run, form })),
	retryFailed: (run: string, cause: string | null) => typedError<Draft, Problem>(__TAURI_INVOKE("retry_failed", { run, cause })),
	diagnosticsExport: () => typedError<string | null, Problem>(__TAURI_INVOKE("diagnostics_export")),
};

/* Types */
export type AppStatus = { version: string, dataDir: string, connection: Connection | null, last: ConnectRequest | null, scenarios: Scenario[], regions: string[] };
export type Scenario = { id: string, title: string, description: string };
export type Theme = "system" | "light" | "dark";
export type Density = "comfortable" | "compact";
export type Settings = { theme: Theme, density: Density, keepAwake: boolean };
export type Partition = "aws" | "aws-cn" | "aws-us-gov";
export type Millis = number;
export type ConnectRequest = { kind: "account", profile: string | null, region: string | null, endpoint: string | null } | { kind: "sandbox", scenario: string, groups: number, seed: number, speed: number | null };
export type Connection = { request: ConnectRequest, partition: Partition, account: string, region: string, endpoint: string | null, identity: string, credentialsExpireAt: Millis | null, sandbox: string | null, v1Ended: boolean };
export type Profile = { name: string, region: string | null, endpoint: string | null, source: string };
export type ErrorCode = "not_connected" | "credentials_missing" | "credentials_expired" | "credentials_invalid" | "profile_invalid" | "clock_skew" | "region_unknown" | "network_unreachable" | "endpoint_unreachable" | "certificate_untrusted" | "timeout" | "access_denied" | "not_found" | "throttled" | "bad_request" | "conflict" | "limit_exceeded" | "concurrent_bulk_deployment" | "assume_role" | "service_fault" | "bucket_missing" | "bucket_region" | "bucket_kms" | "bucket_denied" | "object_mismatch" | "file_unreadable" | "file_invalid" | "nothing_selected" | "sandbox_failed" | "invalid_input" | "policy_too_large" | "preflight_failed" | "plan_invalid" | "run_elsewhere" | "run_driven" | "store_newer" | "store_failed" | "cancelled" | "internal";
export type Problem = { code: ErrorCode, message: string, detail: string | null, requestId: string | null, hint: string | null };
export type JobKind = "groups" | "import" | "versions" | "input_file" | "upload" | "permissions" | "review" | "stop_other";
export type JobState = "running" | "finished" | "cancelled" | "failed";
export type Job = { kind: JobKind, state: JobState, stage: string, done: number, total: number | null, rate: number | null, eta: number | null, error: Problem | null };
export type Inventory = { groups: number, listedAt: Millis | null, partial: boolean, selected: number, selectedNotDeployable: number };
export type Filter = { operation: FilterOperation, tokens: FilterToken[] };
export type FilterOperation = "and" | "or";
export type FilterToken = { property: string | null, operator: string, value: string };
export type GroupSort = "name" | "id" | "createdAt" | "updatedAt";
export type GroupsQuery = { filter: Filter, sort: GroupSort, descending: boolean, offset: number, limit: number };
export type Deployable = "yes" | "no_version" | "no_core" | "many_cores" | "gone";
export type GroupRow = { id: string, name: string, latestVersion: string | null, createdAt: Millis | null, updatedAt: Millis | null, deployable: Deployable, selected: boolean };
export type GroupsPage = { rows: GroupRow[], matches: number, matchesUnselected: number, selected: number, total: number };
export type SelectionChange = { kind: "groups", ids: string[], selected: boolean } | { kind: "matching", filter: Filter, selected: boolean } | { kind: "clear" } | { kind: "undo" };
export type Selection = { selected: number, leftOut: number, canUndo: boolean };
export type ImportReport = { lines: number, selected: number, versionsChosen: number, findings: ImportFinding[], findingsTotal: number };
export type ImportFinding = { line: number, text: string, code: ImportFindingCode, message: string };
export type ImportFindingCode = "unknown" | "repeated" | "ambiguous" | "not_deployable" | "unreadable";
export type VersionChoice = "latest" | "previous" | "chosen";
export type VersionRow = { id: string, name: string, version: string, latestVersion: string, choice: VersionChoice, problem: string | null };
export type VersionsPage = { rows: VersionRow[], matches: number, total: number, notLatest: number, problems: number };
export type VersionsQuery = { text: string, changedOnly: boolean, offset: number, limit: number };
export type VersionOption = { version: string, createdAt: Millis | null, latest: boolean, chosen: boolean };
export type DefinitionDifference = { definition: string, before: string | null, after: string | null };
export type Draft = { plan: string, step: string, name: string, selected: number, bucket: string, prefix: string, role: string, settleMinutes: number | null, file: DraftFile | null, upload: Upload | null, run: string | null };
export type DraftChange = { step?: string | null, name?: string | null, bucket?: string | null, prefix?: string | null, role?: string | null, settleMinutes?: number | null };
export type DraftFile = { opened: string | null, summary: FileSummary, firstLines: string[], stale: boolean };
export type FileSummary = { records: number, lines: number, bytes: number, longestLine: number, sha256: string, findings: number, refusals: number };
export type Upload = { bucket: string, key: string, bytes: number, sha256: string, checkedAt: Millis };
export type Finding = { line: number, code: FindingCode, message: string, serviceMessage: string | null };
export type FindingCode = "not_json" | "missing_group_id" | "missing_group_version_id" | "wrong_deployment_type" | "line_too_long" | "file_too_large" | "empty_file" | "not_utf8" | "byte_order_mark" | "carriage_return" | "blank_line" | "json_array" | "repeated_group" | "unknown_field" | "unknown_group" | "unknown_version";
export type FindingsPage = { rows: Finding[], total: number };
export type Bucket = { name: string, region: string | null };
export type BucketCheck = { name: string, region: string | null, encryption: string | null, problems: Problem[] };
export type Role = { name: string, arn: string, trusted: boolean };
export type RequirementState = "yes" | "not_yet" | "no" | "not_checked";
export type Requirement = { id: string, title: string, now: RequirementState, detail: string, change: string | null };
export type ChangeOutcome = { kind: "done", requestId: string | null } | { kind: "failed", problem: Problem };
export type PermissionChange = { id: string, title: string, operation: string, before: string | null, after: string, size: number, limit: number, outcome: ChangeOutcome | null };
export type Packing = "inline" | "wildcard";
export type Permissions = { role: string, roleArn: string, exists: boolean, requirements: Requirement[], changes: PermissionChange[], packing: Packing, widened: string | null };
export type HandOver = "json" | "aws_cli";
export type Review = { draft: Draft, targets: number, inputFileUri: string, roleArn: string, checks: Check[], other: OtherBulkDeployment | null, ready: boolean };
export type CheckState = "pass" | "warn" | "fail" | "not_checked";
export type Check = { id: string, title: string, state: CheckState, detail: string, step: string | null };
export type BulkStatus = "Initializing" | "Running" | "Completed" | "Stopping" | "Stopped" | "Failed" | "Unrecognized";
export type OtherBulkDeployment = { id: string, status: BulkStatus, createdAt: string | null, run: string | null };
export type Generation = "v1" | "v2";
export type TargetState = "waiting" | "submitted" | "in_progress" | "succeeded" | "failed" | "unknown";
export type Counts = { waiting: number, submitted: number, inProgress: number, succeeded: number, failed: number, unknown: number };
export type RunState = "preparing" | "running" | "hold" | "stopping" | "finished" | "stopped" | "failed";
export type WaveState = "waiting" | "starting" | "running" | "settling" | "judged" | "skipped";
export type RunRow = { id: string, name: string, generation: Generation, state: RunState, counts: Counts, startedAt: Millis, endedAt: Millis | null, account: string, region: string, sandbox: string | null, here: boolean, driven: boolean };
export type Blind = { since: Millis, problem: Problem };
export type Wave = { number: number, state: WaveState, targets: number, counts: Counts, inputFileUri: string, sha256: string, bulkDeployment: string | null, bulkStatus: BulkStatus | null, recordsProcessed: number, invalidInputRecords: number, retryAttempts: number, errors: string[], startedAt: Millis | null, endedAt: Millis | null };
export type RunSnapshot = { row: RunRow, startedBy: string, stage: string, problem: Problem | null, roleArn: string, settleMinutes: number | null, waves: Wave[], readAt: Millis | null, blind: Blind | null, rate: number | null, eta: [number | null, number | null] | null, discrepancies: string[] };
export type Sample = { at: Millis, processed: number, counts: Counts };
export type TargetsQuery = { state?: TargetState | null, cause?: string | null, text?: string, offset?: number, limit?: number };
export type TargetRow = { target: string, name: string | null, version: string, line: number, wave: number, state: TargetState, deployment: string | null, code: string | null, message: string | null, details: string[], before: TargetState | null };
export type TargetsPage = { rows: TargetRow[], matches: number };
export type Cause = { key: string, title: string, code: string | null, message: string, targets: number, means: string | null, remedies: string[], source: string | null, permissions: boolean };
export type ChangeRow = { at: Millis, operation: string, summary: string, identity: string, outcome: string | null, requestId: string | null, detail: string | null };
export type ExportForm = "csv" | "json";
export type CommandStep = "groups" | "versions" | "file" | "permissions" | "review" | "watch";

/* Tauri Specta runtime */
async function typedError<T, E>(result: Promise<T>): Promise<{ status: "ok"; data: T } | { status: "error"; error: E }> {
    try {
        return { status: "ok", data: await result };
    } catch (e) {
        if (e instanceof Error) throw e;
        return { status: "error", error: e as any };
    }
}
