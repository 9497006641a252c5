/** What a person can ask of a run, each after a question that says what it does. */
export type RunAct = "pause" | "continue" | "stop" | "skip";

/** Targets by their positions in the plan or by their ids. */
export type Targets = { indices: readonly number[] } | { ids: readonly string[] };

/** An act, and the targets it is about, if it is about some. */
export interface AskedAct {
  act: RunAct;
  targets: Targets;
  /** Of a stop: whether the V2 deployments that were made are cancelled as well. */
  cancel?: boolean;
}

export function numberOf(targets: Targets): number {
  return "ids" in targets ? targets.ids.length : targets.indices.length;
}
