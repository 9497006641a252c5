import "./states.css";

import type { ReactNode } from "react";
import type { TargetState } from "~/ipc";
import { useRunGeneration } from "./RunWords";
import { STATE_LOOKS, meaningOf } from "./states";

/** Each state has a mark of its own, so that none is told by colour alone. */
const MARKS: Record<TargetState, ReactNode> = {
  succeeded: <path d="M3.2 7.2 5.8 9.8 10.8 4.4" />,
  failed: <path d="M4 4 10 10M10 4 4 10" />,
  unknown: <path d="M4.8 5.2a2.2 2.2 0 1 1 3.2 2c-.7.4-1 .7-1 1.4M7 10.6v.4" />,
  in_progress: <path d="M3.5 7h7M7.5 4 10.5 7 7.5 10" />,
  submitted: <path d="M7 10.5v-7M4 6.5 7 3.5 10 6.5" />,
  waiting: <path d="M4 7h.4M7 7h.4M10 7h.4" />,
};

/** Dark marks on the pale colours, white on the strong ones: 3:1 against their ground. */
const DARK_MARK: readonly TargetState[] = ["submitted", "succeeded", "failed", "in_progress"];

export function StateSwatch({ state }: { state: TargetState }) {
  const mark = DARK_MARK.includes(state) ? "#0f1b2a" : undefined;
  return (
    <svg
      className={`state-swatch state-${state}`}
      width="14"
      height="14"
      viewBox="0 0 14 14"
      aria-hidden="true"
      focusable="false"
    >
      <rect width="14" height="14" rx="3" style={{ fill: `var(--state-${state})` }} />
      <g fill="none" stroke={mark ?? "currentColor"} strokeWidth="1.6" strokeLinecap="round" strokeLinejoin="round">
        {MARKS[state]}
      </g>
    </svg>
  );
}

export function StateLabel({ state, children }: { state: TargetState; children?: ReactNode }) {
  const look = STATE_LOOKS[state];
  const generation = useRunGeneration();
  return (
    <span className="state-label" title={meaningOf(state, generation)}>
      <StateSwatch state={state} />
      <span>
        {look.label}
        {children}
      </span>
    </span>
  );
}
