import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Spinner from "@cloudscape-design/components/spinner";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { ProblemAlert } from "~/app/parts/ProblemAlert";
import { useRunWords } from "~/app/RunWords";
import { countedTargets } from "~/app/targetWords";
import { type Counts, type TargetState, type Wave, ipc, keys } from "~/ipc";

import { FleetBar, type SelectionActs } from "./FleetBar";
import { FleetLegend } from "./FleetLegend";
import { FleetMap } from "./FleetMap";
import { FleetTable } from "./FleetTable";
import { wholeView, zoomed } from "./fleetLayout";
import { type Selection, between } from "./fleetSelection";
import { type FleetView, useFleetView } from "./useFleetView";

function Zoom({ shown: { layout, view, change } }: { shown: FleetView }) {
  const by = (steps: number) => change((of, from) => zoomed(of, from, steps, of.width / 2, of.height / 2));
  const whole = view.pitch === layout.pitch;
  return (
    <SpaceBetween direction="horizontal" size="xxs">
      <Button variant="icon" iconName="zoom-in" ariaLabel="Zoom in" onClick={() => by(1)} />
      <Button variant="icon" iconName="zoom-out" ariaLabel="Zoom out" disabled={whole} onClick={() => by(-1)} />
      <Button
        variant="icon"
        iconName="zoom-to-fit"
        ariaLabel="Show the whole fleet"
        disabled={whole}
        onClick={() => change(wholeView)}
      />
    </SpaceBetween>
  );
}

interface FleetPanelProps extends SelectionActs {
  run: string;
  counts: Counts;
  waves: readonly Wave[];
  /** The position of the target that was asked for. */
  marked: number | null;
  /** The positions of the targets that are meant; the others are tinted. */
  only?: readonly number[] | null;
  highlight: TargetState | null;
  onHighlight: (state: TargetState | null) => void;
  onPick: (target: string) => void;
}

interface FleetProps extends FleetPanelProps {
  fleet: string;
  onLost: () => void;
}

function MapWithLegend(props: FleetProps) {
  const { run, fleet, counts, highlight, onHighlight, onPick, onLost, waves, onShow, onRetry, retrying, onSkip } = props;
  const shown = useFleetView(fleet.length);
  const [selection, setSelection] = useState<Selection | null>(null);
  const pick = async (at: number) => {
    const page = await ipc.runTargets(run, { state: null, cause: null, text: "", offset: at, limit: 1 });
    const target = page.rows[0]?.target;
    if (target !== undefined) onPick(target);
  };
  return (
    <>
      <FleetMap
        run={run}
        fleet={fleet}
        counts={counts}
        highlight={highlight}
        shown={shown}
        marked={props.marked}
        only={props.only}
        selection={selection}
        onSelection={setSelection}
        onPick={(at) => void pick(at).catch(onLost)}
      />
      <FleetBar
        fleet={fleet}
        waves={waves}
        selection={selection}
        onClear={() => setSelection(null)}
        {...{ onShow, onRetry, retrying, onSkip }}
      />
      <div className="fleet-foot">
        <FleetLegend counts={counts} highlight={highlight} onHighlight={onHighlight} />
        <Zoom shown={shown} />
      </div>
    </>
  );
}

/** The whole fleet at a glance: as a map, or as a table for those who would rather read it. */
export function FleetPanel(props: FleetPanelProps) {
  const { run, onShow } = props;
  const words = useRunWords();
  const [form, setForm] = useState("map");
  const query = useQuery({ queryKey: keys.runFleet(run), queryFn: () => ipc.runFleet(run) });
  const part = (from: number, to: number) =>
    onShow({ indices: [...between(from, to)], words: `${countedTargets(to - from, words)} from ${from + 1} to ${to}` });
  return (
    <Container
      header={
        <Header
          variant="h2"
          description={`One cell a ${words.one}, in the order of the plan`}
          actions={
            <SegmentedControl
              selectedId={form}
              label="The fleet as"
              options={[
                { id: "map", text: "Map" },
                { id: "table", text: "Table" },
              ]}
              onChange={({ detail }) => setForm(detail.selectedId)}
              data-testid="fleet-form"
            />
          }
        >
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
      {query.data !== undefined &&
        (form === "table" ? (
          <FleetTable fleet={query.data} onShow={part} />
        ) : (
          <MapWithLegend {...props} fleet={query.data} onLost={() => void query.refetch()} />
        ))}
    </Container>
  );
}
