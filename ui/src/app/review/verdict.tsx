import { counted } from "~/app/format";
import { type Check, ProblemError } from "~/ipc";

/** What a review says of the start, in either generation. */
export interface Judged {
  checks: readonly Check[];
  ready: boolean;
}

function refuse(message: string, hint: string): never {
  throw new ProblemError({ code: "preflight_failed", message, hint, detail: null, requestId: null });
}

/** Throws why the start is blocked, if it is. */
export function blocked(review: Judged | undefined): void {
  if (review === undefined) refuse("The plan is not checked yet.", "Wait for the checks to end, or check again.");
  if (review.ready) return;
  const failed = review.checks.filter(({ state }) => state === "fail");
  refuse(
    `The start is blocked by ${counted(failed.length, "failed check")}: ${failed.map(({ title }) => title).join("; ")}.`,
    "Each check names the step that mends it. Check again afterwards.",
  );
}

/** The checks in a sentence. */
export function verdictOf(review: Judged): string {
  const of = (state: string) => review.checks.filter((check) => check.state === state).length;
  if (!review.ready) return `${counted(of("fail"), "check")} failed: the start is blocked.`;
  return of("warn") > 0 ? `Ready to start, with ${counted(of("warn"), "warning")}.` : "Ready to start.";
}
