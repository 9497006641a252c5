import { counted } from "~/app/format";
import type { Cause, RetryVersion, RetryWhat } from "~/ipc";

/** Which groups of a run a new plan is made of. */
export type Again =
  | { kind: "all"; groups: number }
  /** With `permissions` the new plan is opened in the step that mends them. */
  | { kind: "cause"; cause: Cause; permissions?: boolean }
  | { kind: "targets"; targets: readonly string[] }
  /** All that succeeded, to the version before. */
  | { kind: "rollBack"; groups: number };

export const VERSIONS: { value: RetryVersion; label: string; description: string }[] = [
  { value: "same", label: "The same as in this run", description: "When what stood in the way is mended" },
  { value: "latest", label: "The latest of each group now", description: "When a new version has the fix" },
  {
    value: "previous",
    label: "The version before this run’s",
    description: "Back to what was there; one call a group finds it",
  },
];

export function groupsOf(again: Again): number {
  if (again.kind === "cause") return again.cause.targets;
  return again.kind === "targets" ? again.targets.length : again.groups;
}

export function whatOf(again: Exclude<Again, { kind: "rollBack" }>): RetryWhat {
  return {
    cause: again.kind === "cause" ? again.cause.key : null,
    targets: again.kind === "targets" ? [...again.targets] : [],
    states: [],
  };
}

interface Words {
  title: string;
  confirm: string;
  which: string;
}

export function wordsFor(again: Again): Words {
  const groups = counted(groupsOf(again), "group");
  if (again.kind === "rollBack") {
    return {
      title: `Roll ${groups} back?`,
      confirm: "Make the plan to roll back",
      which: "The new plan has the groups of this run that succeeded, each with the version before the one it got.",
    };
  }
  const confirm = "Make the new plan";
  const title = `Make a new plan of ${groups}?`;
  if (again.kind === "all") {
    return { title, confirm, which: "The new plan has just the groups of this run that failed or are unknown." };
  }
  if (again.kind === "targets") return { title, confirm, which: "The new plan has just the groups that you selected." };
  const which = `The new plan has just the groups of this cause: ${again.cause.title}.`;
  if (!again.permissions) return { title, confirm, which };
  return {
    title,
    confirm: "Make the plan and open Permissions",
    which: `${which} The step Permissions then compares what the execution role has with what they need.`,
  };
}
