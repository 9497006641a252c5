import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import type { TableProps } from "@cloudscape-design/components/table";

import { StateLabel } from "~/app/StateLabel";
import { short } from "~/app/figures";
import { count } from "~/app/format";
import { firstUpper } from "~/app/targetWords";
import { targetWordsOf } from "~/app/RunWords";
import type { Generation, TargetRow } from "~/ipc";

/** AWS's words about a target: one line for its row, and all of them. */
function saidOf({ code, message, details }: TargetRow): { line: string; whole: string } | null {
  const first = message !== null && code !== null ? `${code}: ${message}` : message;
  // A detail often repeats the message, with its code or without.
  const all = [...new Set([first, ...details.filter((detail) => detail !== message)])].filter((words) => words !== null);
  const begins = all[0];
  if (begins === undefined) return null;
  // Greengrass V1 begins with two ids and names the reason behind them.
  return { line: begins.replace(UUID, "$1…"), whole: all.join("\n") };
}

const UUID = /\b([0-9a-f]{8})(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi;

function Said({ row, onTarget }: { row: TargetRow; onTarget: (target: string) => void }) {
  const said = saidOf(row);
  if (said === null) return <Box color="text-body-secondary">–</Box>;
  return (
    <button type="button" className="said one-line mono" title={said.whole} onClick={() => onTarget(row.target)}>
      {said.line}
    </button>
  );
}

const WAVE: TableProps.ColumnDefinition<TargetRow> = {
  id: "wave",
  header: "Wave",
  cell: (row) => count(row.wave),
  width: 80,
};

const columns = (generation: Generation, onTarget: (target: string) => void): TableProps.ColumnDefinition<TargetRow>[] => [
  { id: "line", header: "Line", cell: (row) => (row.line === 0 ? "–" : count(row.line)), width: 80 },
  {
    id: "target",
    header: firstUpper(targetWordsOf(generation).one),
    isRowHeader: true,
    width: 220,
    cell: (row) => (
      <span className="one-line" title={row.name === null ? row.target : `${row.name}\n${row.target}`}>
        <Button variant="inline-link" onClick={() => onTarget(row.target)} ariaLabel={`Open ${row.name ?? row.target}`}>
          {row.name ?? row.target}
        </Button>
      </span>
    ),
  },
  {
    id: "version",
    header: generation === "v2" ? "Document" : "Version",
    width: 110,
    cell: (row) => (
      <span className="mono" title={row.version}>
        {short(row.version)}
      </span>
    ),
  },
  { id: "state", header: "State", cell: (row) => <StateLabel state={row.state} />, width: 140 },
  { id: "said", header: "In the service’s words", cell: (row) => <Said row={row} onTarget={onTarget} />, minWidth: 200 },
];

/** The columns of targets; the wave only where there are several. */
export function targetColumns(
  waves: number,
  generation: Generation,
  onTarget: (target: string) => void,
): TableProps.ColumnDefinition<TargetRow>[] {
  return waves > 1 ? [WAVE, ...columns(generation, onTarget)] : columns(generation, onTarget);
}
