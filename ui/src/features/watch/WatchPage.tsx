import "./watch.css";
import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import ContentLayout from "@cloudscape-design/components/content-layout";
import Grid from "@cloudscape-design/components/grid";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Spinner from "@cloudscape-design/components/spinner";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate, useParams } from "react-router";
import { useFlash } from "~/app/flash";
import { useHelpContent } from "~/app/help";
import { RunsProblem } from "~/app/parts/RunsProblem";
import { totalOf } from "~/app/states";
import { type RunSnapshot, type TargetState, ipc, keys } from "~/ipc";
import { FleetPanel } from "./FleetPanel";
import { ProgressChart } from "./ProgressChart";
import { RunTabs } from "./RunTabs";
import { StopModal } from "./StopModal";
import type { TargetsFilter } from "./TargetsTable";
import { WatchAlerts } from "./WatchAlerts";
import { WatchFigures } from "./WatchFigures";
import { WatchHeader } from "./WatchHeader";
import { Waves } from "./Waves";
import { useFreshParts, useRun } from "./useRun";
import { WATCH_HELP } from "./watchHelp";

function Watched({ snapshot, lost }: { snapshot: RunSnapshot; lost: ReturnType<typeof useRun>["lost"] }) {
  const run = snapshot.row.id;
  const client = useQueryClient();
  const navigate = useNavigate();
  const { problem } = useFlash();
  const [stopping, setStopping] = useState(false);
  const [tab, setTab] = useState("failed");
  const [filter, setFilter] = useState<TargetsFilter>({ state: null, text: "" });
  const taken = (next: RunSnapshot) => client.setQueryData(keys.run(run), next);
  const stop = useMutation({
    mutationFn: () => ipc.runStop(run),
    onSuccess: (next) => {
      taken(next);
      setStopping(false);
    },
  });
  const resume = useMutation({
    mutationFn: () => ipc.runResume(run),
    onSuccess: taken,
    onError: (error) => problem(error),
  });
  const causes = useQuery({ queryKey: keys.runCauses(run), queryFn: () => ipc.runCauses(run) });
  useFreshParts(snapshot);

  const highlight = (state: TargetState | null) => {
    setFilter({ state, text: "" });
    if (state !== null) setTab("targets");
  };
  const pick = (target: string) => {
    setFilter({ state: null, text: target });
    setTab("targets");
  };
  const toCauses = () => void navigate(`/runs/${encodeURIComponent(run)}/causes`);

  return (
    <ContentLayout
      header={
        <WatchHeader
          snapshot={snapshot}
          onStop={() => setStopping(true)}
          onCauses={toCauses}
          causes={causes.data?.length ?? 0}
        />
      }
    >
      <SpaceBetween size="m">
        <WatchAlerts snapshot={snapshot} lost={lost} resuming={resume.isPending} onResume={() => resume.mutate()} />
        <Container>
          <WatchFigures snapshot={snapshot} causes={causes.data?.length ?? null} onCauses={toCauses} />
        </Container>
        <FleetPanel
          run={run}
          counts={snapshot.row.counts}
          highlight={filter.state}
          onHighlight={highlight}
          onPick={pick}
        />
        <Grid gridDefinition={[{ colspan: { default: 12, s: 6 } }, { colspan: { default: 12, s: 6 } }]}>
          <Container fitHeight header={<Header variant="h2">Progress</Header>}>
            <ProgressChart snapshot={snapshot} />
          </Container>
          <Container fitHeight header={<Header variant="h2">Waves</Header>}>
            <Waves waves={snapshot.waves} />
          </Container>
        </Grid>
        <RunTabs
          run={run}
          total={totalOf(snapshot.row.counts)}
          failed={snapshot.row.counts.failed}
          tab={tab}
          onTab={setTab}
          filter={filter}
          onFilter={setFilter}
        />
      </SpaceBetween>
      {stopping && (
        <StopModal
          counts={snapshot.row.counts}
          busy={stop.isPending}
          error={stop.error}
          onConfirm={() => stop.mutate()}
          onDismiss={() => {
            stop.reset();
            setStopping(false);
          }}
        />
      )}
    </ContentLayout>
  );
}

/** Step 7: a run as it goes. What is shown is in the store; closing the window stops nothing at AWS. */
export function WatchPage() {
  const { id = "" } = useParams();
  const run = useRun(id);
  useHelpContent(WATCH_HELP);
  if (run.data !== undefined) return <Watched key={id} snapshot={run.data} lost={run.lost} />;
  return (
    <ContentLayout header={<Header variant="h1">Run</Header>}>
      {run.isError ? (
        <RunsProblem error={run.error} retry={() => void run.refetch()} />
      ) : (
        <Box textAlign="center" padding="xxl">
          <Spinner size="large" /> Reading the run
        </Box>
      )}
    </ContentLayout>
  );
}
