import type { BulkStatus, Counts, Generation, RunState, TargetState, WaveState } from "~/ipc";

/** The states of a target in the order of their numbers: the fleet's digits are positions in this list. */
export const TARGET_STATES: readonly TargetState[] = ["waiting", "submitted", "in_progress", "succeeded", "failed", "unknown"];

/** The order in which people ask for them: what ended first, what is still to come last. */
export const STATES_FOR_READING: readonly TargetState[] = [
  "succeeded",
  "failed",
  "unknown",
  "in_progress",
  "submitted",
  "waiting",
];

export interface StateLook {
  label: string;
  /** One colour for both themes, except waiting: a neutral grey that has to stand out from the ground. */
  light: string;
  dark: string;
  meaning: string;
}

export const STATE_LOOKS: Record<TargetState, StateLook> = {
  succeeded: {
    label: "Succeeded",
    light: "#2ea597",
    dark: "#2ea597",
    meaning: "The core accepted the deployment. A function in it may still fail to start.",
  },
  failed: {
    label: "Failed",
    light: "#e07941",
    dark: "#e07941",
    meaning: "The deployment failed, or its record was refused.",
  },
  unknown: {
    label: "Unknown",
    light: "#8456ce",
    dark: "#8456ce",
    meaning: "No report, or not ended when the settle time was over.",
  },
  in_progress: {
    label: "In progress",
    light: "#688ae8",
    dark: "#688ae8",
    meaning: "A deployment exists and has not ended. A core that is off stays here.",
  },
  submitted: {
    label: "Submitted",
    light: "#b8c8f5",
    dark: "#b8c8f5",
    meaning: "In the input file of a started bulk deployment; not reported yet.",
  },
  waiting: {
    label: "Waiting",
    light: "#d5dbdb",
    dark: "#414d5c",
    meaning: "Not handed to AWS, or never will be.",
  },
};

/** What the states of V1 do not mean of core devices. */
const OF_DEVICES: Partial<Record<TargetState, string>> = {
  succeeded: "The device has carried its deployment out, and its components came up.",
  failed: "The device reports a failure, or its deployment was not made.",
  unknown: "The device has not said its last word when the settle time was over.",
  in_progress: "The device has begun with its deployment.",
  submitted: "Handed over; the device has not begun with it. One that is off stays here.",
};

/** What a state means for the targets of a generation. */
export function meaningOf(state: TargetState, generation: Generation): string {
  return (generation === "v2" ? OF_DEVICES[state] : undefined) ?? STATE_LOOKS[state].meaning;
}

export function countOf(counts: Counts, state: TargetState): number {
  switch (state) {
    case "waiting":
      return counts.waiting;
    case "submitted":
      return counts.submitted;
    case "in_progress":
      return counts.inProgress;
    case "succeeded":
      return counts.succeeded;
    case "failed":
      return counts.failed;
    case "unknown":
      return counts.unknown;
  }
}

export function totalOf(counts: Counts): number {
  return TARGET_STATES.reduce((sum, state) => sum + countOf(counts, state), 0);
}

export type Indicator = "success" | "error" | "warning" | "info" | "stopped" | "pending" | "in-progress";

export interface Word {
  label: string;
  type: Indicator;
}

export const RUN_STATES: Record<RunState, Word> = {
  preparing: { label: "Preparing", type: "in-progress" },
  running: { label: "Running", type: "in-progress" },
  hold: { label: "On hold", type: "warning" },
  stopping: { label: "Stopping", type: "pending" },
  finished: { label: "Finished", type: "success" },
  stopped: { label: "Stopped", type: "stopped" },
  failed: { label: "Failed", type: "error" },
};

export const WAVE_STATES: Record<WaveState, Word> = {
  waiting: { label: "Waiting", type: "pending" },
  starting: { label: "Starting", type: "in-progress" },
  running: { label: "Running", type: "in-progress" },
  settling: { label: "Settling", type: "in-progress" },
  judged: { label: "Done", type: "success" },
  skipped: { label: "Skipped", type: "stopped" },
};

/** The service's own words; Completed says that each record was attempted, not that each group succeeded. */
export const BULK_STATUSES: Record<BulkStatus, Word> = {
  Initializing: { label: "Initializing", type: "pending" },
  Running: { label: "Running", type: "in-progress" },
  Completed: { label: "Completed", type: "success" },
  Stopping: { label: "Stopping", type: "pending" },
  Stopped: { label: "Stopped", type: "stopped" },
  Failed: { label: "Failed", type: "error" },
  Unrecognized: { label: "Not known to this version", type: "info" },
};

export function hasEnded(state: RunState): boolean {
  return state === "finished" || state === "stopped" || state === "failed";
}

/** A run that ended is a success only if each target succeeded. */
export function runWord(state: RunState, counts: Counts): Word {
  if (state === "finished" && counts.succeeded !== totalOf(counts)) {
    return { label: "Finished, not all succeeded", type: "warning" };
  }
  return RUN_STATES[state];
}
