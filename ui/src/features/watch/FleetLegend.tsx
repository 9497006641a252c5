import { StateSwatch } from "~/app/StateLabel";
import { count } from "~/app/format";
import { STATES_FOR_READING, STATE_LOOKS, countOf, meaningOf, totalOf } from "~/app/states";
import { useRunGeneration } from "~/app/RunWords";
import type { Counts, TargetState } from "~/ipc";

interface FleetLegendProps {
  counts: Counts;
  highlight: TargetState | null;
  onHighlight: (state: TargetState | null) => void;
}

/** What each colour and mark means, how many there are, and a way to see just those. */
export function FleetLegend({ counts, highlight, onHighlight }: FleetLegendProps) {
  const generation = useRunGeneration();
  return (
    <div className="legend" role="group" aria-label={`Legend, ${count(totalOf(counts))} targets`}>
      {STATES_FOR_READING.map((state) => (
        <button
          key={state}
          type="button"
          className="legend-item"
          aria-pressed={highlight === state}
          title={meaningOf(state, generation)}
          onClick={() => onHighlight(highlight === state ? null : state)}
        >
          <StateSwatch state={state} />
          {STATE_LOOKS[state].label} <strong>{count(countOf(counts, state))}</strong>
        </button>
      ))}
    </div>
  );
}
