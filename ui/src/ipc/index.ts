import { commands } from "./bindings";
import type { Problem } from "./bindings";
import { ProblemError } from "./problem";

export type * from "./bindings";
export { DIRECT_TARGETS, FIRST_CONCURRENCY } from "./bindings";
export { ProblemError, isProblem, problemOf } from "./problem";
export { keys } from "./keys";
export { useClosing } from "./closing";
export { useJob } from "./job";
export { useRunWatch } from "./runWatch";

type Commands = typeof commands;
type Ok<R> = R extends { status: "ok"; data: infer T } ? T : never;
type Answer<K extends keyof Commands> = Ok<Awaited<ReturnType<Commands[K]>>>;

/** Every command, throwing [`ProblemError`] instead of answering a refusal. */
export type Ipc = { [K in keyof Commands]: (...args: Parameters<Commands[K]>) => Promise<Answer<K>> };

export type CommandName = keyof Commands;
export type CommandAnswer<K extends CommandName> = Answer<K>;

/** Takes a command's answer apart: the value, or a thrown problem. */
export function unwrap<T>(result: { status: "ok"; data: T } | { status: "error"; error: Problem }): T {
  if (result.status === "error") throw new ProblemError(result.error);
  return result.data;
}

type Raw = (...args: unknown[]) => Promise<{ status: "ok"; data: unknown } | { status: "error"; error: Problem }>;

export const ipc = Object.fromEntries(
  Object.entries(commands).map(([name, command]) => [
    name,
    async (...args: unknown[]) => unwrap(await (command as unknown as Raw)(...args)),
  ]),
) as Ipc;
