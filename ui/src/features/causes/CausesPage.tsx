import "./causes.css";

import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import ContentLayout from "@cloudscape-design/components/content-layout";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Spinner from "@cloudscape-design/components/spinner";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate, useParams } from "react-router";

import { short } from "~/app/figures";
import { count } from "~/app/format";
import { useHelpContent } from "~/app/help";
import { ExportRun } from "~/app/parts/ExportRun";
import { InfoLink } from "~/app/parts/InfoLink";
import { RunsProblem } from "~/app/parts/RunsProblem";
import { hasEnded } from "~/app/states";
import { type Cause, type RunRow, ipc, keys, useRunWatch } from "~/ipc";

import { CauseDetail } from "./CauseDetail";
import { CauseList } from "./CauseList";
import { CAUSES_HELP } from "./causesHelp";
import { NoFailures } from "./NoFailures";
import { RetryModal } from "./RetryModal";
import { sentence } from "./sentence";

function Told({ row, causes }: { row: RunRow; causes: readonly Cause[] }) {
  const navigate = useNavigate();
  const [shown, setShown] = useState<string | null>(null);
  const [retrying, setRetrying] = useState<Cause | "all" | null>(null);
  const cause = causes.find(({ key }) => key === shown) ?? causes[0];
  const groups = causes.reduce((sum, { targets }) => sum + targets, 0);
  return (
    <ContentLayout
      header={
        <Header
          variant="h1"
          info={<InfoLink about="causes" />}
          description={<span data-testid="causes-sentence">{sentence(row, causes)}</span>}
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              <Button onClick={() => void navigate(`/runs/${encodeURIComponent(row.id)}`)}>Watch the run</Button>
              <ExportRun run={row.id} testid="causes-export" />
              {row.here && groups > 0 && (
                <Button variant="primary" onClick={() => setRetrying("all")} data-testid="causes-retry-all">
                  Retry all {count(groups)}…
                </Button>
              )}
            </SpaceBetween>
          }
        >
          Causes{row.name === "" ? "" : `: ${row.name}`}
        </Header>
      }
    >
      {cause === undefined ? (
        <NoFailures row={row} />
      ) : (
        <SpaceBetween size="m">
          <CauseList
            causes={causes}
            failures={Math.max(groups, row.counts.failed + row.counts.unknown)}
            selected={cause}
            onSelect={({ key }) => setShown(key)}
          />
          <CauseDetail row={row} cause={cause} onRetry={() => setRetrying(cause)} />
        </SpaceBetween>
      )}
      {retrying !== null && (
        <RetryModal
          run={row.id}
          cause={retrying === "all" ? null : retrying}
          groups={retrying === "all" ? groups : retrying.targets}
          onDismiss={() => setRetrying(null)}
        />
      )}
    </ContentLayout>
  );
}

const REFRESH_MILLIS = 4000;

/** Step 8: why groups did not succeed, largest cause first, and what to do about each. */
export function CausesPage() {
  const { id = "" } = useParams();
  useHelpContent(CAUSES_HELP);
  useRunWatch(id);
  const run = useQuery({ queryKey: keys.run(id), queryFn: () => ipc.runGet(id) });
  const ended = run.data !== undefined && hasEnded(run.data.row.state);
  const causes = useQuery({
    // Once the run has ended the last word is read once more, under a key of its own.
    queryKey: [...keys.runCauses(id), ended],
    queryFn: () => ipc.runCauses(id),
    refetchInterval: ended ? false : REFRESH_MILLIS,
    placeholderData: (previous) => previous,
  });
  const error = run.error ?? causes.error;
  if (run.data !== undefined && causes.data !== undefined) return <Told row={run.data.row} causes={causes.data} />;
  return (
    <ContentLayout header={<Header variant="h1">Causes of run {short(id)}</Header>}>
      {error ? (
        <RunsProblem error={error} retry={() => void Promise.all([run.refetch(), causes.refetch()])} />
      ) : (
        <Box textAlign="center" padding="xxl">
          <Spinner size="large" /> Gathering the causes
        </Box>
      )}
    </ContentLayout>
  );
}
