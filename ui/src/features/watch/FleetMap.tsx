import LiveRegion from "@cloudscape-design/components/live-region";
import { useId, useMemo } from "react";

import { countsInWords } from "~/app/CountsBar";
import { count } from "~/app/format";
import { useRunWords } from "~/app/RunWords";
import type { Counts, TargetState } from "~/ipc";

import { FleetTip, sentenceOf } from "./FleetTip";
import { dimmedBut } from "./fleetPaint";
import { type Selection, boundsOf, cellOf } from "./fleetSelection";
import { useFleetCanvas } from "./useFleetCanvas";
import { useFleetGestures } from "./useFleetGestures";
import type { FleetView } from "./useFleetView";
import { usePointedRow } from "./usePointedRow";

interface FleetMapProps {
  run: string;
  /** One digit a target, in plan order. */
  fleet: string;
  counts: Counts;
  highlight: TargetState | null;
  shown: FleetView;
  /** The cell that was asked for by its target. */
  marked: number | null;
  /** The cells that are meant, in order; the others are tinted. */
  only?: readonly number[] | null;
  selection: Selection | null;
  onSelection: (selection: Selection | null) => void;
  onPick: (index: number) => void;
}

/** One cell a target, for pointer and keyboard alike. The tables say the same in words. */
export function FleetMap(props: FleetMapProps) {
  const { run, fleet, counts, highlight, shown, marked, only = null, selection, onSelection, onPick } = props;
  const { frame, layout, view } = shown;
  const keys = useId();
  const words = useRunWords();
  const drawn = useMemo(() => (only === null ? fleet : dimmedBut(fleet, only)), [fleet, only]);
  const canvas = useFleetCanvas(drawn, shown, highlight);
  const { pointed, handlers } = useFleetGestures({ fleet, highlight, shown, selection, onSelection, onPick });
  const row = usePointedRow(run, pointed?.index ?? null);

  const boxAt = (column: number, top: number, columns = 1, rows = 1) => ({
    transform: `translate(${column * view.pitch - view.left}px, ${top * view.pitch - view.top}px)`,
    width: columns * view.pitch,
    height: rows * view.pitch,
  });
  const bounds = selection !== null && selection.columns === layout.columns ? boundsOf(selection) : null;
  const asked = marked === null ? null : cellOf(marked, layout.columns);
  const here = pointed === null ? null : cellOf(pointed.index, layout.columns);

  return (
    <div ref={frame} className="fleet-frame">
      <div
        role="application"
        aria-roledescription="map"
        aria-label="Fleet map"
        aria-describedby={keys}
        tabIndex={0}
        className="fleet-map"
        data-testid="fleet-map"
        style={{ width: layout.width, height: layout.height }}
        {...handlers}
      >
        <canvas
          ref={canvas}
          role="img"
          aria-label={`Map of ${count(fleet.length)} targets in the order of the plan: ${countsInWords(counts)}. The table of targets below tells the same in words.`}
          style={{ width: layout.width, height: layout.height }}
        />
        {bounds !== null && (
          <div
            className="fleet-selection"
            style={boxAt(bounds.left, bounds.top, bounds.right - bounds.left + 1, bounds.bottom - bounds.top + 1)}
          />
        )}
        {asked !== null && (
          <div className="fleet-ring fleet-ring-keys" data-testid="fleet-marked" style={boxAt(asked.column, asked.row)} />
        )}
        {pointed !== null && here !== null && (
          <div className={pointed.keys ? "fleet-ring fleet-ring-keys" : "fleet-ring"} style={boxAt(here.column, here.row)} />
        )}
      </div>
      {pointed !== null && here !== null && (
        <FleetTip
          fleet={fleet}
          index={pointed.index}
          row={row}
          x={here.column * view.pitch - view.left}
          y={here.row * view.pitch - view.top}
          layout={layout}
          pitch={view.pitch}
        />
      )}
      <div id={keys} hidden>
        Arrow keys go from cell to cell, with Shift they select. Enter opens the {words.one}. N and P go to the
        next and the previous {words.one} that failed, or of the state that the legend highlights. Plus and minus zoom, 0
        shows the whole fleet, Escape gives the selection up.
      </div>
      <LiveRegion hidden>{pointed?.keys === true ? sentenceOf(fleet, pointed.index, row, words) : ""}</LiveRegion>
    </div>
  );
}
