import "./causes.css";

import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import ContentLayout from "@cloudscape-design/components/content-layout";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Spinner from "@cloudscape-design/components/spinner";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate, useParams, useSearchParams } from "react-router";

import { short } from "~/app/figures";
import { count } from "~/app/format";
import { useHelpContent } from "~/app/help";
import { InfoLink } from "~/app/parts/InfoLink";
import { ReportsMenu } from "~/app/parts/ReportsMenu";
import { RunsProblem } from "~/app/parts/RunsProblem";
import { RetryModal } from "~/app/retry/RetryModal";
import type { Again } from "~/app/retry/again";
import { ReadOnly } from "~/app/parts/ReadOnly";
import { RunWords } from "~/app/RunWords";
import { hasEnded } from "~/app/states";
import { TargetModal } from "~/app/target/TargetModal";
import { type Cause, type RunRow, ipc, keys, useRunWatch } from "~/ipc";

import { CauseDetail } from "./CauseDetail";
import { CauseList } from "./CauseList";
import { CAUSES_HELP, CAUSES_V2_HELP } from "./causesHelp";
import { NoFailures } from "./NoFailures";
import { sentence } from "./sentence";

/** The address tells which cause and which target are shown, so that other screens lead here. */
function useShown() {
  const [asked, setAsked] = useSearchParams();
  const show = (name: "cause" | "target", value: string | null) =>
    setAsked(
      (before) => {
        const next = new URLSearchParams(before);
        if (value === null) next.delete(name);
        else next.set(name, value);
        return next;
      },
      { replace: true },
    );
  return { cause: asked.get("cause"), target: asked.get("target"), show };
}

function Told({ row, causes }: { row: RunRow; causes: readonly Cause[] }) {
  const navigate = useNavigate();
  const shown = useShown();
  const [again, setAgain] = useState<Again | null>(null);
  const cause = causes.find(({ key }) => key === shown.cause) ?? causes[0];
  // Targets that a failed bulk deployment never attempted wait; only their cause takes them along.
  const targets = causes.reduce((sum, { targets, wave }) => sum + (wave === null ? targets : 0), 0);
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
              <ReportsMenu run={row.id} testid="causes-export" />
              {row.here && row.counts.succeeded > 0 && (
                <Button
                  onClick={() => setAgain({ kind: "rollBack", targets: row.counts.succeeded })}
                  data-testid="causes-roll-back"
                >
                  Roll back {count(row.counts.succeeded)}…
                </Button>
              )}
              {row.here && targets > 0 && (
                <Button variant="primary" onClick={() => setAgain({ kind: "all", targets })} data-testid="causes-retry-all">
                  Retry all {count(targets)}…
                </Button>
              )}
            </SpaceBetween>
          }
        >
          Causes{row.name === "" ? "" : `: ${row.name}`}
        </Header>
      }
    >
      {!row.here && <ReadOnly row={row} />}
      {cause === undefined ? (
        <NoFailures row={row} />
      ) : (
        <div className="causes">
          <CauseList
            causes={causes}
            failures={Math.max(targets, row.counts.failed + row.counts.unknown)}
            selected={cause}
            onSelect={({ key }) => shown.show("cause", key)}
          />
          <CauseDetail
            row={row}
            cause={cause}
            onRetry={() => setAgain({ kind: "cause", cause })}
            onPermissions={() => setAgain({ kind: "cause", cause, permissions: true })}
            onRetryTargets={(targets) => setAgain({ kind: "targets", targets })}
            onTarget={(target) => shown.show("target", target)}
          />
        </div>
      )}
      {shown.target !== null && again === null && (
        <TargetModal
          row={row}
          target={shown.target}
          onDismiss={() => shown.show("target", null)}
          onRetry={(target) => setAgain({ kind: "targets", targets: [target] })}
        />
      )}
      {again !== null && <RetryModal row={row} again={again} onDismiss={() => setAgain(null)} />}
    </ContentLayout>
  );
}

const REFRESH_MILLIS = 4000;

/** Step 8: why targets did not succeed, largest cause first, and what to do about each. */
export function CausesPage() {
  const { id = "" } = useParams();
    useRunWatch(id);
  const run = useQuery({ queryKey: keys.run(id), queryFn: () => ipc.runGet(id) });
  useHelpContent(run.data?.row.generation === "v2" ? CAUSES_V2_HELP : CAUSES_HELP);
  const ended = run.data !== undefined && hasEnded(run.data.row.state);
  const causes = useQuery({
    // Once the run has ended the last word is read once more, under a key of its own.
    queryKey: [...keys.runCauses(id), ended],
    queryFn: () => ipc.runCauses(id),
    refetchInterval: ended ? false : REFRESH_MILLIS,
    placeholderData: (previous) => previous,
  });
  const error = run.error ?? causes.error;
  if (run.data !== undefined && causes.data !== undefined) {
    return (
      <RunWords generation={run.data.row.generation}>
        <Told row={run.data.row} causes={causes.data} />
      </RunWords>
    );
  }
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
