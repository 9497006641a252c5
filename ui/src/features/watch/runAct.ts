/** What a person can ask of a run, each after a question that says what it does. */
export type RunAct = "pause" | "continue" | "stop" | "skip";

/** An act, and the targets it is about by their positions in the plan. */
export interface AskedAct {
  act: RunAct;
  indices: readonly number[];
}
