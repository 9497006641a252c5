import { count, counted } from "~/app/format";
import { hasEnded, totalOf } from "~/app/states";
import type { Cause, RunRow } from "~/ipc";

/** All of it in a sentence: "473 of 6,668 groups did not succeed, for 4 reasons". */
export function sentence(row: RunRow, causes: readonly Cause[]): string {
  const { succeeded, failed, unknown } = row.counts;
  const not = failed + unknown;
  const ended = succeeded + not;
  const soFar = hasEnded(row.state) ? "" : "So far ";
  const all = ended === totalOf(row.counts);
  const whole = causes.find(({ wave }) => wave !== null);
  if (whole !== undefined) {
    const never = whole.targets === 0 ? "" : `; ${counted(whole.targets, "group")} never attempted`;
    const others = not === 0 ? "" : `, and ${count(not)} of ${counted(ended, "group")} that ended did not succeed`;
    return `A bulk deployment failed as a whole${never}${others}`;
  }
  if (not === 0) {
    if (ended === 0) return "No group has ended yet";
    return all
      ? `All ${counted(ended, "group")} succeeded`
      : `${soFar}${counted(ended, "group")} ended, and all of them succeeded`;
  }
  const of = all ? counted(ended, "group") : `${counted(ended, "group")} that ended`;
  const reasons = causes.length === 0 ? "" : `, for ${counted(causes.length, "reason")}`;
  const wordless = not - causes.reduce((sum, cause) => sum + cause.targets, 0);
  const rest = wordless > 0 ? `; AWS gave no reason for ${count(wordless)} of them` : "";
  return `${soFar}${count(not)} of ${of} did not succeed${reasons}${rest}`;
}

/** The service's own words with its code; empty where it said nothing. */
export function wordsOf({ code, message }: Pick<Cause, "code" | "message">): string {
  return [code, message].filter((part) => part !== null && part !== "").join(": ");
}
