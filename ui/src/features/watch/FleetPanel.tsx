import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import Spinner from "@cloudscape-design/components/spinner";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { ProblemAlert } from "~/app/parts/ProblemAlert";
import { StateSwatch } from "~/app/StateLabel";
import { count } from "~/app/format";
import { STATES_FOR_READING, STATE_LOOKS, countOf, totalOf } from "~/app/states";
import { type Counts, type TargetState, ipc, keys } from "~/ipc";
import { FleetMap } from "./FleetMap";
import { useThrottled } from "./useRun";

/** What the pointer rests on, in one line whose room is always kept. */
function Pointed({ run, index }: { run: string; index: number | null }) {
  // The pointer crosses hundreds of cells on its way; only where it rests a bit is asked for.
  const rested = useThrottled(index, 120);
  const asked = { state: null, cause: null, text: "", offset: rested ?? 0, limit: 1 };
  const query = useQuery({
    queryKey: keys.runTargets(run, asked),
    queryFn: () => ipc.runTargets(run, asked),
    enabled: rested !== null,
    placeholderData: keepPreviousData,
    gcTime: 10_000,
  });
  const row = query.data?.rows[0];
  if (index === null || row === undefined || query.isError) {
    return <>Point at a cell to see its group; click it to find the group in the table.</>;
  }
  return (
    <>
      Line {count(row.line)} · {row.name ?? row.target} · {STATE_LOOKS[row.state].label}
      {row.message !== null && ` · ${row.message}`}
    </>
  );
}

interface FleetPanelProps {
  run: string;
  counts: Counts;
  highlight: TargetState | null;
  onHighlight: (state: TargetState | null) => void;
  onPick: (target: string) => void;
}

export function FleetPanel({ run, counts, highlight, onHighlight, onPick }: FleetPanelProps) {
  const [index, setIndex] = useState<number | null>(null);
  const query = useQuery({ queryKey: keys.runFleet(run), queryFn: () => ipc.runFleet(run) });
  const pick = async (at: number) => {
    const page = await ipc.runTargets(run, { state: null, cause: null, text: "", offset: at, limit: 1 });
    const target = page.rows[0]?.target;
    if (target !== undefined) onPick(target);
  };
  return (
    <Container
      header={
        <Header variant="h2" description="One cell a group, in the order of the input file">
          Fleet
        </Header>
      }
    >
      {query.isError && <ProblemAlert error={query.error} retry={() => void query.refetch()} />}
      {query.isPending && (
        <div className="fleet-room">
          <Spinner /> Reading the fleet
        </div>
      )}
      {query.data !== undefined && (
        <FleetMap
          fleet={query.data}
          counts={counts}
          highlight={highlight}
          onHover={setIndex}
          onPick={(at) => void pick(at).catch(() => query.refetch())}
        />
      )}
      <Box fontSize="body-s" color="text-body-secondary">
        <div className="fleet-pointed">
          <Pointed run={run} index={index} />
        </div>
      </Box>
      <div className="legend" role="group" aria-label={`Legend, ${count(totalOf(counts))} targets`}>
        {STATES_FOR_READING.map((state) => (
          <button
            key={state}
            type="button"
            className="legend-item"
            aria-pressed={highlight === state}
            title={STATE_LOOKS[state].meaning}
            onClick={() => onHighlight(highlight === state ? null : state)}
          >
            <StateSwatch state={state} />
            {STATE_LOOKS[state].label} <strong>{count(countOf(counts, state))}</strong>
          </button>
        ))}
      </div>
    </Container>
  );
}
