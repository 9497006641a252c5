import { createContext, use } from "react";
import type { ReactNode } from "react";

import type { Generation, Way } from "~/ipc";

import { DEVICES, GROUPS } from "./targetWords";
import type { TargetWords } from "./targetWords";

/** What the targets of a run of this generation are called. */
export function targetWordsOf(generation: Generation): TargetWords {
  return generation === "v1" ? GROUPS : DEVICES;
}

const Context = createContext<Generation>("v1");

/** Gives all of a screen the words of its run. */
export function RunWords({ generation, children }: { generation: Generation; children: ReactNode }) {
  return <Context value={generation}>{children}</Context>;
}

/** The generation of the run that is shown. */
export function useRunGeneration(): Generation {
  return use(Context);
}

/** What the targets of the run that is shown are called. */
export function useRunWords(): TargetWords {
  return targetWordsOf(use(Context));
}

/** What makes the deployments of a V2 run. */
export const WAY_LABELS: Record<Way, string> = {
  direct: "Overseed itself",
  thing_group: "Thing group",
  step_functions: "Step Functions",
};
