import "./watch.css";
import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import ContentLayout from "@cloudscape-design/components/content-layout";
import Grid from "@cloudscape-design/components/grid";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Spinner from "@cloudscape-design/components/spinner";
import { useQuery } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { useNavigate, useParams, useSearchParams } from "react-router";
import { useHelpContent } from "~/app/help";
import { RunsProblem } from "~/app/parts/RunsProblem";
import { RetryModal } from "~/app/retry/RetryModal";
import { RunWords } from "~/app/RunWords";
import { TargetModal } from "~/app/target/TargetModal";
import { hasEnded, totalOf } from "~/app/states";
import { type RunSnapshot, type TargetState, ipc, keys } from "~/ipc";
import { ActModal } from "./ActModal";
import { FleetPanel } from "./FleetPanel";
import type { Picked } from "./fleetSelection";
import { ProgressChart } from "./ProgressChart";
import { RunTabs } from "./RunTabs";
import { WatchAlerts } from "./WatchAlerts";
import { WatchFigures } from "./WatchFigures";
import { WatchHeader } from "./WatchHeader";
import { Waves } from "./Waves";
import { useRetrySelected } from "./useRetrySelected";
import { useAskedCause } from "./useAskedCause";
import { useCellOf } from "./useCellOf";
import { useFreshParts, useRun } from "./useRun";
import { useRunActs } from "./useRunActs";
import { NO_FILTER, type TargetsFilter } from "./useTargets";
import { WATCH_HELP, WATCH_V2_HELP } from "./watchHelp";

interface WatchedProps {
  snapshot: RunSnapshot;
  lost: ReturnType<typeof useRun>["lost"];
  /** The target that the address asks for. */
  target: string | null;
}

function Watched({ snapshot, lost, target }: WatchedProps) {
  const run = snapshot.row.id;
  const navigate = useNavigate();
  const { asked, ask, dismiss, work, resume, takeBack } = useRunActs(run);
  const retry = useRetrySelected(run);
  const causes = useQuery({ queryKey: keys.runCauses(run), queryFn: () => ipc.runCauses(run) });
  const cause = useAskedCause(run, causes.data);
  const [tab, setTab] = useState(target === null && !cause.asked ? "failed" : "targets");
  const [chosen, choose] = useState<TargetsFilter>({ ...NO_FILTER, text: target ?? "" });
  const filter = cause.picked === null ? chosen : { ...NO_FILTER, picked: cause.picked };
  const setFilter = (next: TargetsFilter) => {
    cause.clear();
    choose(next);
  };
  const [opened, setOpened] = useState<string | null>(null);
  const tabs = useRef<HTMLDivElement>(null);
  const marked = useCellOf(run, target);
  useFreshParts(snapshot);

  const highlight = (state: TargetState | null) => {
    setFilter({ ...NO_FILTER, state });
    if (state !== null) setTab("targets");
  };
  const show = (picked: Picked) => {
    setFilter({ ...NO_FILTER, picked });
    setTab("targets");
    tabs.current?.scrollIntoView({ block: "start" });
  };
  const toCauses = () => void navigate(`/runs/${encodeURIComponent(run)}/causes`);
  const skips = snapshot.row.here && !hasEnded(snapshot.row.state) && snapshot.waves.length > 1;
  const number = causes.data?.length ?? 0;

  return (
    <ContentLayout
      header={
        <WatchHeader
          snapshot={snapshot}
          busy={takeBack.isPending}
          onAct={(act) => ask(act)}
          onTakeBack={() => takeBack.mutate()}
          onCauses={toCauses}
          causes={number}
        />
      }
    >
      <SpaceBetween size="m">
        <WatchAlerts
          snapshot={snapshot}
          lost={lost}
          causes={number}
          resuming={resume.isPending}
          onResume={() => resume.mutate()}
          onAct={(act) => ask(act)}
          onCauses={toCauses}
        />
        <Container>
          <WatchFigures snapshot={snapshot} causes={causes.data?.length ?? null} onCauses={toCauses} />
        </Container>
        <FleetPanel
          run={run}
          counts={snapshot.row.counts}
          waves={snapshot.waves}
          marked={marked}
          only={cause.picked?.indices ?? null}
          highlight={filter.state}
          onHighlight={highlight}
          onPick={setOpened}
          onShow={show}
          onRetry={snapshot.row.here ? retry.collect : undefined}
          retrying={retry.collecting}
          onSkip={skips ? (indices) => ask("skip", { indices }) : undefined}
        />
        <Grid gridDefinition={[{ colspan: { default: 12, s: 6 } }, { colspan: { default: 12, s: 6 } }]}>
          <Container fitHeight header={<Header variant="h2">Progress</Header>}>
            <ProgressChart snapshot={snapshot} />
          </Container>
          <Container fitHeight header={<Header variant="h2">Waves</Header>}>
            <Waves snapshot={snapshot} />
          </Container>
        </Grid>
        <div ref={tabs} className="watch-tabs">
          <RunTabs
            run={run}
            total={totalOf(snapshot.row.counts)}
            failed={snapshot.row.counts.failed}
            waves={snapshot.waves.length}
            tab={tab}
            onTab={setTab}
            filter={filter}
            onFilter={setFilter}
            onTarget={setOpened}
            acts={{
              onRetry: snapshot.row.here ? retry.ask : undefined,
              onSkip: skips ? (ids) => ask("skip", { ids }) : undefined,
              toCome: snapshot.waves.filter(({ state }) => state === "waiting").map(({ number }) => number),
            }}
          />
        </div>
      </SpaceBetween>
      {opened !== null && (
        <TargetModal
          row={snapshot.row}
          target={opened}
          onDismiss={() => setOpened(null)}
          onRetry={(of) => {
            setOpened(null);
            retry.ask([of]);
          }}
        />
      )}
      {retry.again !== null && <RetryModal row={snapshot.row} again={retry.again} onDismiss={retry.dismiss} />}
      {asked !== null && (
        <ActModal
          asked={asked}
          snapshot={snapshot}
          busy={work.isPending}
          error={work.error}
          onConfirm={work.mutate}
          onDismiss={dismiss}
        />
      )}
    </ContentLayout>
  );
}

/** Step 7: a run as it goes. What is shown is in the store; closing the window stops nothing at AWS. */
export function WatchPage() {
  const { id = "" } = useParams();
  const [asked] = useSearchParams();
  const target = asked.get("target");
  const run = useRun(id);
  useHelpContent(run.data?.row.generation === "v2" ? WATCH_V2_HELP : WATCH_HELP);
  if (run.data !== undefined) {
    return (
      <RunWords generation={run.data.row.generation}>
        <Watched key={`${id} ${target}`} snapshot={run.data} lost={run.lost} target={target} />
      </RunWords>
    );
  }
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
