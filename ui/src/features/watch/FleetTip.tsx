import { StateSwatch } from "~/app/StateLabel";
import { short } from "~/app/figures";
import { count } from "~/app/format";
import { STATE_LOOKS, TARGET_STATES } from "~/app/states";
import { useRunWords } from "~/app/RunWords";
import { GROUPS, firstUpper } from "~/app/targetWords";
import type { TargetWords } from "~/app/targetWords";
import type { TargetRow, TargetState } from "~/ipc";

import type { FleetLayout } from "./fleetLayout";

/** Characters of the service's words that fit beside a cell; the table has them all. */
const SAID = 120;

function stateOf(fleet: string, index: number, row: TargetRow | undefined): TargetState {
  return row?.state ?? TARGET_STATES[fleet.charCodeAt(index) - 48] ?? "waiting";
}

/** Where in the plan; targets that were left out, and those of bulk deployments made elsewhere, have no line. */
function placeOf({ wave, line }: TargetRow): string {
  return line === 0 ? `wave ${count(wave)}, no line` : `wave ${count(wave)}, line ${count(line)}`;
}

/** A cell in a sentence, as far as it is known yet. */
export function sentenceOf(fleet: string, index: number, row: TargetRow | undefined, words: TargetWords = GROUPS): string {
  const state = STATE_LOOKS[stateOf(fleet, index, row)].label;
  if (row === undefined) return `${firstUpper(words.one)} ${count(index + 1)} of ${count(fleet.length)} · ${state}`;
  const said = row.message === null ? "" : ` · ${short(row.message, SAID)}`;
  const place = placeOf(row);
  return `${place.charAt(0).toUpperCase()}${place.slice(1)} · ${row.name ?? row.target} · ${state}${said}`;
}

interface FleetTipProps {
  fleet: string;
  index: number;
  row: TargetRow | undefined;
  /** The cell's corner in the map. */
  x: number;
  y: number;
  layout: FleetLayout;
  pitch: number;
}

/** What stands behind a cell, beside it: on the side where there is room. Screen readers hear it as a sentence. */
export function FleetTip({ fleet, index, row, x, y, layout, pitch }: FleetTipProps) {
  const words = useRunWords();
  const state = stateOf(fleet, index, row);
  const said = row?.message ?? null;
  const [left, above] = [x > layout.width / 2, y > layout.height / 2];
  return (
    <div
      className="fleet-tip"
      aria-hidden="true"
      data-testid="fleet-tip"
      style={{
        // From below upwards where the cell is low: what can be done with a selection stands under the map.
        ...(above
          ? { top: 0, transform: `translateY(calc(${Math.max(0, y) - 6}px - 100%))` }
          : { top: y + pitch + 6 }),
        ...(left ? { right: `calc(100% - ${Math.max(0, x)}px)` } : { left: x + pitch }),
      }}
    >
      <div className="fleet-tip-state">
        <StateSwatch state={state} />
        <strong>{STATE_LOOKS[state].label}</strong>
        <span className="secondary">
          {row === undefined
            ? `${words.one} ${count(index + 1)} of ${count(fleet.length)}`
            : placeOf(row)}
        </span>
      </div>
      <div className="fleet-tip-name">{row === undefined ? "…" : (row.name ?? row.target)}</div>
      {row?.name !== null && <div className="mono secondary">{row === undefined ? "…" : row.target}</div>}
      {said !== null && <div className="fleet-tip-said">{short(said, SAID)}</div>}
    </div>
  );
}
