import type { ChangeCounts, TargetChange } from "~/ipc";

export interface ChangeLook {
  change: TargetChange;
  label: string;
  meaning: string;
}

/** How a target fared in the newer run, measured by the older one; what needs somebody comes first. */
export const CHANGES: readonly ChangeLook[] = [
  { change: "newly_failing", label: "Newly failing", meaning: "Failed or unknown now, and was not before" },
  { change: "still_failing", label: "Still failing", meaning: "Failed or unknown in both" },
  { change: "fixed", label: "Fixed", meaning: "Succeeded now, failed or unknown before" },
  { change: "unsettled", label: "Unsettled", meaning: "Not failing now, and without an outcome in one of the two" },
  { change: "only_a", label: "Only in the older", meaning: "The newer run does not have them" },
  { change: "only_b", label: "Only in the newer", meaning: "The older run does not have them" },
  { change: "same", label: "Same", meaning: "Succeeded in both" },
];

export function changesOf(counts: ChangeCounts, change: TargetChange): number {
  switch (change) {
    case "newly_failing":
      return counts.newlyFailing;
    case "still_failing":
      return counts.stillFailing;
    case "fixed":
      return counts.fixed;
    case "unsettled":
      return counts.unsettled;
    case "only_a":
      return counts.onlyA;
    case "only_b":
      return counts.onlyB;
    case "same":
      return counts.same;
  }
}
