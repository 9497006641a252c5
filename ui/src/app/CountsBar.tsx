import "./states.css";

import type { Counts } from "~/ipc";
import { count } from "./format";
import { STATES_FOR_READING, STATE_LOOKS, countOf } from "./states";

/** The counts of all states in words, largest meaning first: the bar's name for those who do not see it. */
export function countsInWords(counts: Counts): string {
  const parts = STATES_FOR_READING.filter((state) => countOf(counts, state) > 0).map(
    (state) => `${count(countOf(counts, state))} ${STATE_LOOKS[state].label.toLowerCase()}`,
  );
  return parts.length > 0 ? parts.join(", ") : "no targets";
}

/** A stacked bar of the six states. */
export function CountsBar({ counts }: { counts: Counts }) {
  const words = countsInWords(counts);
  return (
    <div className="counts-bar" role="img" aria-label={words} title={words}>
      {STATES_FOR_READING.filter((state) => countOf(counts, state) > 0).map((state) => (
        <span key={state} style={{ flexGrow: countOf(counts, state), background: `var(--state-${state})` }} />
      ))}
    </div>
  );
}
