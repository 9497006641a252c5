import type { BadgeProps } from "@cloudscape-design/components/badge";

import type { Word } from "~/app/states";
import type { ChangeKind, ChangedPolicy, DeviceOutcome, Direction, DocumentChange, DocumentDiff, PlanFindingCode } from "~/ipc";

/** What comes of a device, as people read it. */
export const OUTCOMES: Record<DeviceOutcome, Word & { meaning: string }> = {
  changed: { label: "Changed", type: "success", meaning: "It gets something else than it has." },
  again: {
    label: "Once more",
    type: "info",
    meaning: "Its document stays the same, but its latest deployment failed or was cancelled: it gets it once more.",
  },
  unchanged: { label: "Unchanged", type: "stopped", meaning: "It has what is wanted already." },
  refused: { label: "Refused", type: "error", meaning: "It cannot be deployed as wanted. It gets nothing." },
  unread: { label: "Not read yet", type: "pending", meaning: "Its present deployment has to be read first." },
  unreadable: {
    label: "Not understood",
    type: "warning",
    meaning: "Its present deployment says something that this version does not know. It gets nothing.",
  },
};

/** In the order in which they matter. */
export const ALL_OUTCOMES: readonly DeviceOutcome[] = ["changed", "again", "unchanged", "refused", "unreadable", "unread"];

export interface KindLook {
  label: string;
  color: BadgeProps["color"];
}

export const KINDS: Record<ChangeKind, KindLook> = {
  removed: { label: "Removed", color: "red" },
  added: { label: "Added", color: "green" },
  version: { label: "Version", color: "blue" },
  configuration: { label: "Configuration", color: "grey" },
  policies: { label: "Policies", color: "grey" },
};

/** What takes something away comes first. */
export const KIND_ORDER: readonly ChangeKind[] = ["removed", "added", "version", "configuration", "policies"];

export function directionWords(direction: Direction | null): string | null {
  switch (direction) {
    case "down":
      return "an earlier version";
    case "level":
      return "another build of the same version";
    case "unknown":
      return "not comparable";
    default:
      return null;
  }
}

export const POLICIES: Record<ChangedPolicy, { label: string; unit: string }> = {
  failure_handling: { label: "When a deployment fails", unit: "" },
  update_action: { label: "Before components are updated", unit: "" },
  update_timeout: { label: "Time to answer that", unit: " s" },
  validation_timeout: { label: "Time to look at a new configuration", unit: " s" },
};

const POLICY_WORDS: Record<string, string> = {
  ROLLBACK: "roll back",
  DO_NOTHING: "leave it as it is",
  NOTIFY_COMPONENTS: "ask them",
  SKIP_NOTIFY_COMPONENTS: "do not ask them",
};

/** "roll back (ROLLBACK)", "60 s". */
export function policyValue(policy: ChangedPolicy, value: string): string {
  const words = POLICY_WORDS[value];
  return words === undefined ? `${value}${POLICIES[policy].unit}` : `${words} (${value})`;
}

/** The component of a change; policies have none. */
export function componentOf(change: DocumentChange): string | null {
  return change.kind === "policy_changed" ? null : change.component;
}

/** A diff in figures: how many components come, go, change and stay. */
export function tally({ changes, kept }: DocumentDiff) {
  const of = (kind: DocumentChange["kind"]) => changes.filter((change) => change.kind === kind).length;
  const touched = new Set(changes.map(componentOf).filter((name) => name !== null));
  const added = of("component_added");
  const removed = of("component_removed");
  return { added, removed, changed: touched.size - added - removed, policies: of("policy_changed"), kept: kept.length };
}

/** "1 added, 2 removed, policies". */
export function inALine(diff: DocumentDiff): string {
  const { added, removed, changed, policies } = tally(diff);
  const parts = [
    ...(removed > 0 ? [`${removed} removed`] : []),
    ...(added > 0 ? [`${added} added`] : []),
    ...(changed > 0 ? [`${changed} changed`] : []),
    ...(policies > 0 ? ["policies"] : []),
  ];
  return parts.length === 0 ? "nothing" : parts.join(", ");
}

/** What is worth knowing but refuses nothing (domain: `PlanFindingCode::is_refused`). */
const NOTES: ReadonlySet<PlanFindingCode> = new Set<PlanFindingCode>([
  "number_rounded",
  "template_in_key",
  "other_kind",
  "reset_in_list",
  "remove_absent",
  "large_document",
  "nucleus_not_pinned",
  "shared_camera",
  "job_only_for_groups",
  "latest_cancelled",
  "latest_failed",
  "group_may_contradict",
  "group_keeps",
  "group_unreadable",
]);

export function isRefused(code: PlanFindingCode): boolean {
  return !NOTES.has(code);
}
