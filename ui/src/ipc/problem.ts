import type { ErrorCode, Problem } from "./bindings";

/** A command's refusal, thrown so that queries and mutations end in their error state. */
export class ProblemError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.message);
    this.name = "ProblemError";
    this.problem = problem;
  }
}

/** Whatever was thrown, in the one form that screens show. */
export function problemOf(error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem;
  const detail = error instanceof Error ? error.message : String(error);
  return { code: "internal", message: "The app did not get an answer it understands.", detail, requestId: null, hint: null };
}

/** Whether something was refused for this reason; screens decide by code, never by text. */
export function isProblem(error: unknown, ...codes: ErrorCode[]): boolean {
  return error instanceof ProblemError && codes.includes(error.problem.code);
}
