import type { Gate, Limit, Verdict, WaveOrder, Waves } from "~/ipc";

import { rate } from "./figures";
import { count } from "./format";
import { GROUPS, countedTargets } from "./targetWords";
import type { TargetWords } from "./targetWords";

export function orderWords(order: WaveOrder): string {
  return order.by === "listed" ? "in the order of the plan" : `by chance, seed ${order.seed}`;
}

/** "5 %", "3 groups" or "3 devices". */
export function limitWords(limit: Limit, words: TargetWords = GROUPS): string {
  return limit.by === "count" ? countedTargets(limit.targets, words) : `${rate(limit.percent)} %`;
}

/** How many of so many a limit allows, in whole targets. */
export function allowed(limit: Limit, of: number): number {
  return limit.by === "count" ? limit.targets : Math.floor((limit.percent * of) / 100 + 1e-9);
}

/** Whether not a single target may fail. */
function none(limit: Limit): boolean {
  return (limit.by === "count" ? limit.targets : limit.percent) === 0;
}

/** "more than 5 %", or "any device" where none may. */
function tooMany(limit: Limit, words: TargetWords): string {
  return none(limit) ? `any ${words.one}` : `more than ${limitWords(limit, words)}`;
}

/** What has to be so before the next wave starts, in sentences. */
export function gateSentences({ maxFailed, maxFailedInAll, then, holdAfterEach }: Gate, words: TargetWords = GROUPS): string[] {
  const consequence = then === "hold" ? "the run holds for you" : "the run is aborted";
  const last = maxFailedInAll ?? maxFailed;
  const limits = [
    maxFailed === null ? null : `${tooMany(maxFailed, words)} of a wave`,
    maxFailedInAll === null ? null : `${tooMany(maxFailedInAll, words)} ${maxFailedInAll.by === "count" ? "in all" : "of the plan"}`,
  ].filter((limit) => limit !== null);
  if (limits.length === 0) {
    return [holdAfterEach ? "After each wave the run holds for you, however many failed." : "However many fail, the next wave starts."];
  }
  return [
    `When ${limits.join(" or ")} failed or ${last !== null && none(last) ? "is" : "are"} unknown, ${consequence}.`,
    ...(holdAfterEach ? ["It holds for you after each wave as well."] : []),
  ];
}

/** The waves in a line: how many were asked for, and in which order they are filled. */
export function wavesWords({ cuts, order }: Waves, number: number): string {
  if (cuts.length === 0 || number <= 1) return "in one wave";
  return `in ${count(number)} waves, ${orderWords(order)}`;
}

/** What the gate said of a wave, as a word with its kind. */
export function verdictWord(verdict: Verdict): { label: string; type: "success" | "warning" | "error" } {
  switch (verdict.verdict) {
    case "go_on":
      return { label: "Passed", type: "success" };
    case "hold":
      return { label: "Held", type: "warning" };
    case "abort":
      return { label: "Aborted", type: "error" };
    case "exceeded":
      return { label: "Not passed", type: "warning" };
    case "stopped":
      return { label: "Stopped", type: "warning" };
    case "failed":
      return { label: "Failed", type: "error" };
  }
}
