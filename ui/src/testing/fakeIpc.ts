import { clearMocks, mockIPC } from "@tauri-apps/api/mocks";

import type { CommandAnswer, CommandName, Ipc, Problem } from "~/ipc";

import { problem } from "./fixtures";

type Answer<K extends CommandName> = (...args: Parameters<Ipc[K]>) => CommandAnswer<K> | Promise<CommandAnswer<K>>;

/** What the shell would answer, by command. To refuse, throw a `Problem` made with `problem(…)`. */
export type Answers = { [K in CommandName]?: Answer<K> };

export interface Call {
  command: CommandName;
  args: unknown[];
}

export interface FakeIpc {
  /** Every call so far, in order. */
  calls: Call[];
  /** The arguments of each call of one command. */
  callsOf: (command: CommandName) => unknown[][];
  /** Answers differently from now on. */
  answer: (answers: Answers) => void;
}

function camel(command: string): string {
  return command.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/**
 * Stands in for the shell. A command without an answer is refused with its name, so that a test says what its
 * screen needs. Arguments arrive by name and in the order of the command's parameters.
 */
export function fakeIpc(answers: Answers): FakeIpc {
  const known: Answers = { ...answers };
  const calls: Call[] = [];
  mockIPC((command, payload) => {
    const name = camel(command) as CommandName;
    const args = Object.values((payload ?? {}) as Record<string, unknown>);
    calls.push({ command: name, args });
    const answer = known[name] as ((...args: unknown[]) => unknown) | undefined;
    if (!answer) return Promise.reject<Problem>(problem("internal", `No answer to ${name} in this test`));
    // A refusal is a plain object, as it is on its way from the shell.
    return new Promise((resolve) => resolve(answer(...args)));
  });
  return {
    calls,
    callsOf: (command) => calls.filter((call) => call.command === command).map(({ args }) => args),
    answer: (more) => void Object.assign(known, more),
  };
}

export function forgetIpc(): void {
  clearMocks();
}
