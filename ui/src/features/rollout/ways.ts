import { count, duration } from "~/app/format";
import { DIRECT_TARGETS, type DevicePreview, type Way } from "~/ipc";

export const WAY_TITLES: Record<Way, string> = {
  direct: "Overseed itself",
  step_functions: "AWS Step Functions",
  thing_group: "One thing group",
};

export const WAYS: readonly Way[] = ["direct", "step_functions", "thing_group"];

/** Deployments that Overseed makes a second in the long run. */
const A_SECOND = 5;
/** States that a device passes with one look at it, and those of each further look (the state machine's definition). */
const TRANSITIONS = 8;
const PRICE_OF_1000 = 0.025;

export function proposedWay(targets: number): Way {
  return targets <= DIRECT_TARGETS ? "direct" : "step_functions";
}

/** About how long Overseed itself takes. */
export function directTime(targets: number): string {
  return duration(Math.max(1, targets / A_SECOND));
}

/** "$0.20": the least that so many devices cost. */
export function machineCost(targets: number): string {
  const dollars = (targets * TRANSITIONS * PRICE_OF_1000) / 1000;
  return dollars < 0.01 ? "less than $0.01" : `at least about $${dollars.toFixed(2)}`;
}

/** Why one deployment to a thing group will not do, or nothing. */
export function groupFault({ targets, oneOutcome, contradictOwn }: DevicePreview): string | null {
  if (targets > 0 && !oneOutcome) return "The devices get different documents, and a thing group has one for all.";
  if (contradictOwn > 0) {
    return `${count(contradictOwn)} of the devices have a deployment of their own that it would contradict: it is added to that, and can neither remove nor change what it has.`;
  }
  return null;
}
