import { count } from "./format";

/** A week is the longest that anybody waits for devices that are off. */
const MOST_MINUTES = 7 * 24 * 60;

/** What is wrong with a settle time as it is typed. */
export function settleFault(text: string): string | null {
  const minutes = Number(text);
  if (text.trim() === "" || !Number.isFinite(minutes) || minutes <= 0 || minutes > MOST_MINUTES) {
    return `Minutes, more than 0 and at most ${count(MOST_MINUTES)}.`;
  }
  return null;
}

/** What was typed and cannot be stored yet, by plan, so that it is still there when the step is shown again. */
let typed: { plan: string; text: string } | null = null;

export function typedBefore(plan: string): string | null {
  return typed?.plan === plan ? typed.text : null;
}

export function keepTyped(plan: string, text: string): void {
  typed = settleFault(text) === null ? null : { plan, text };
}
