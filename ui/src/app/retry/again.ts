import { count } from "~/app/format";
import { type TargetWords, countedTargets } from "~/app/targetWords";
import { targetWordsOf } from "~/app/RunWords";
import type { Cause, Generation, RetryVersion, RetryWhat } from "~/ipc";

/** Which targets of a run a new plan is made of. */
export type Again =
  | { kind: "all"; targets: number }
  /** With `permissions` the new plan is opened in the step that mends them. */
  | { kind: "cause"; cause: Cause; permissions?: boolean }
  | { kind: "targets"; targets: readonly string[] }
  /** All that succeeded, to what they had before. */
  | { kind: "rollBack"; targets: number };

interface Version {
  value: RetryVersion;
  label: string;
  description: string;
}

const OF_GROUPS: Version[] = [
  { value: "same", label: "The same as in this run", description: "When what stood in the way is mended" },
  { value: "latest", label: "The latest of each group now", description: "When a new version has the fix" },
  {
    value: "previous",
    label: "The version before this run’s",
    description: "Back to what was there; one call a group finds it",
  },
];

/** A deployment names the versions of its components: there is no latest one of a device. */
const OF_DEVICES: Version[] = [
  { value: "same", label: "The same as in this run", description: "When what stood in the way is mended" },
  {
    value: "previous",
    label: "What each device had before this run",
    description: "Back to the deployment that was read when the plan was made",
  },
];

/** What the targets may get. */
export function versionsOf(generation: Generation): Version[] {
  return generation === "v2" ? OF_DEVICES : OF_GROUPS;
}

export function targetsOf(again: Again): number {
  if (again.kind === "cause") return again.cause.targets;
  return again.kind === "targets" ? again.targets.length : again.targets;
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

function which(again: Again, { many }: TargetWords, generation: Generation): string {
  switch (again.kind) {
    case "rollBack":
      return generation === "v2"
        ? `The new plan has the ${many} of this run that succeeded, each with the deployment it had before.`
        : `The new plan has the ${many} of this run that succeeded, each with the version that an earlier run of Overseed deployed to it; where there is none, with the one listed before the version it got.`;
    case "all":
      return `The new plan has just the ${many} of this run that failed or are unknown.`;
    case "targets":
      return `The new plan has just the ${many} that you selected.`;
    case "cause":
      return `The new plan has just the ${many} of this cause: ${again.cause.title}.`;
  }
}

export function wordsFor(again: Again, generation: Generation): Words {
  const words = targetWordsOf(generation);
  const targets = countedTargets(targetsOf(again), words);
  if (again.kind === "rollBack") {
    return {
      title: `Roll ${targets} back?`,
      confirm: "Make the plan to roll back",
      which: which(again, words, generation),
    };
  }
  const title = `Make a new plan of ${targets}?`;
  if (again.kind !== "cause" || !again.permissions) {
    return { title, confirm: "Make the new plan", which: which(again, words, generation) };
  }
  const roles = generation === "v2" ? "the roles have" : "the execution role has";
  return {
    title,
    confirm: "Make the plan and open Permissions",
    which: `${which(again, words, generation)} The step Permissions then compares what ${roles} with what they need.`,
  };
}

/** "9,874 devices at most", of a plan that is not made yet. */
export function atMost(again: Again, { one, many }: TargetWords): string {
  const number = targetsOf(again);
  return `${count(number)} ${number === 1 ? one : many} at most`;
}
