import { count, counted } from "~/app/format";
import { hasEnded, totalOf } from "~/app/states";
import { targetWordsOf } from "~/app/RunWords";
import { countedTargets } from "~/app/targetWords";
import type { Cause, RunRow } from "~/ipc";

/** All of it in a sentence: "473 of 6,668 groups did not succeed, for 4 reasons". */
export function sentence(row: RunRow, causes: readonly Cause[]): string {
  const words = targetWordsOf(row.generation);
  const { succeeded, failed, unknown } = row.counts;
  const not = failed + unknown;
  const ended = succeeded + not;
  const soFar = hasEnded(row.state) ? "" : "So far ";
  const all = ended === totalOf(row.counts);
  const whole = causes.find(({ wave }) => wave !== null);
  if (whole !== undefined) {
    const never = whole.targets === 0 ? "" : `; ${countedTargets(whole.targets, words)} never attempted`;
    const others = not === 0 ? "" : `, and ${count(not)} of ${countedTargets(ended, words)} that ended did not succeed`;
    const what = row.generation === "v2" ? "What made the deployments" : "A bulk deployment";
    return `${what} failed as a whole${never}${others}`;
  }
  if (not === 0) {
    if (ended === 0) return `No ${words.one} has ended yet`;
    return all
      ? `All ${countedTargets(ended, words)} succeeded`
      : `${soFar}${countedTargets(ended, words)} ended, and all of them succeeded`;
  }
  const of = all ? countedTargets(ended, words) : `${countedTargets(ended, words)} that ended`;
  const reasons = causes.length === 0 ? "" : `, for ${counted(causes.length, "reason")}`;
  const wordless = not - causes.reduce((sum, cause) => sum + cause.targets, 0);
  const rest = wordless > 0 ? `; AWS gave no reason for ${count(wordless)} of them` : "";
  return `${soFar}${count(not)} of ${of} did not succeed${reasons}${rest}`;
}

/** The service's own words with its code; empty where it said nothing. */
export function wordsOf({ code, message }: Pick<Cause, "code" | "message">): string {
  return [code, message].filter((part) => part !== null && part !== "").join(": ");
}
