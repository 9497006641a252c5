import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { TableProps } from "@cloudscape-design/components/table";

import { StateLabel } from "~/app/StateLabel";
import { Words } from "~/app/Words";
import { short } from "~/app/figures";
import { count } from "~/app/format";
import { firstUpper } from "~/app/targetWords";
import { targetWordsOf } from "~/app/RunWords";
import type { Generation, TargetRow } from "~/ipc";

/** Greengrass begins with two ids and names the reason behind them. */
const SAID = 260;

function Said({ row }: { row: TargetRow }) {
  if (row.message === null && row.details.length === 0) return <Box color="text-body-secondary">–</Box>;
  const message = row.message !== null && row.code !== null ? `${row.code}: ${row.message}` : row.message;
  // A detail often repeats the message, with its code or without.
  const said = new Set([row.message, message]);
  return (
    <SpaceBetween size="xxs">
      {message !== null && (
        <Words mono upTo={SAID}>
          {message}
        </Words>
      )}
      {row.details
        .filter((detail) => !said.has(detail))
        .map((detail) => (
          <Words key={detail} mono upTo={SAID}>
            {detail}
          </Words>
        ))}
    </SpaceBetween>
  );
}

const WAVE: TableProps.ColumnDefinition<TargetRow> = {
  id: "wave",
  header: "Wave",
  cell: (row) => count(row.wave),
  width: 80,
};

const columns = (generation: Generation, onTarget: (target: string) => void): TableProps.ColumnDefinition<TargetRow>[] => [
  { id: "line", header: "Line", cell: (row) => (row.line === 0 ? "–" : count(row.line)), width: 90 },
  {
    id: "target",
    header: firstUpper(targetWordsOf(generation).one),
    isRowHeader: true,
    width: 230,
    cell: (row) => (
      <>
        <div>
          <Button variant="inline-link" onClick={() => onTarget(row.target)} ariaLabel={`Open ${row.name ?? row.target}`}>
            <span className="wrap">{row.name ?? row.target}</span>
          </Button>
        </div>
        {row.name !== null && (
          <span className="mono secondary" title={row.target}>
            {short(row.target, 18)}
          </span>
        )}
      </>
    ),
  },
  {
    id: "version",
    header: generation === "v2" ? "Document" : "Version",
    width: 120,
    cell: (row) => (
      <span className="mono" title={row.version}>
        {short(row.version)}
      </span>
    ),
  },
  { id: "state", header: "State", cell: (row) => <StateLabel state={row.state} />, width: 140 },
  { id: "said", header: "In the service’s words", cell: (row) => <Said row={row} />, minWidth: 260 },
];

/** The columns of targets; the wave only where there are several. */
export function targetColumns(
  waves: number,
  generation: Generation,
  onTarget: (target: string) => void,
): TableProps.ColumnDefinition<TargetRow>[] {
  return waves > 1 ? [WAVE, ...columns(generation, onTarget)] : columns(generation, onTarget);
}
