import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { duration } from "~/app/format";
import { ProblemText } from "~/app/parts/ProblemText";
import { Time } from "~/app/parts/Time";
import { useSecond } from "~/app/second";
import { hasEnded } from "~/app/states";
import type { Problem, RunSnapshot } from "~/ipc";

function Blind({ snapshot }: { snapshot: RunSnapshot }) {
  const now = useSecond();
  if (snapshot.blind === null) return null;
  const { since, problem } = snapshot.blind;
  return (
    <Alert type="warning" header={`No reading for ${duration((now - since) / 1000)}`} data-testid="watch-blind">
      <SpaceBetween size="xxs">
        <div>
          Blind since <Time millis={since} as="local" />; all figures are from before. The deployments go on at AWS, and
          reading goes on by itself as soon as it can.
        </div>
        <ProblemText problem={problem} />
      </SpaceBetween>
    </Alert>
  );
}

interface WatchAlertsProps {
  snapshot: RunSnapshot;
  /** Why newer snapshots do not arrive, if so. */
  lost: Problem | null;
  resuming: boolean;
  onResume: () => void;
}

/** What somebody who opens the screen has to know before any figure. */
export function WatchAlerts({ snapshot, lost, resuming, onResume }: WatchAlertsProps) {
  const { row, problem, discrepancies } = snapshot;
  const ended = hasEnded(row.state);
  const resume = (
    <Button onClick={onResume} loading={resuming} data-testid="watch-resume">
      Resume
    </Button>
  );
  return (
    <SpaceBetween size="s">
      {!row.here && (
        <Alert type="info" header="This run belongs to another connection" data-testid="watch-elsewhere">
          Account {row.account}, {row.region}
          {row.sandbox === null ? "" : ", a sandbox"}. It can be read here; to stop or resume it, connect there.
        </Alert>
      )}
      {row.state === "hold" && (
        <Alert type="warning" header="The run is on hold" action={row.here && resume} data-testid="watch-hold">
          {problem === null ? "It goes on when you resume it." : <ProblemText problem={problem} />}
        </Alert>
      )}
      {row.state === "failed" && (
        <Alert type="error" header={problem?.message ?? "The run has failed"} data-testid="watch-failed">
          {problem !== null && <ProblemText problem={problem} withoutMessage />}
        </Alert>
      )}
      {row.here && !row.driven && !ended && row.state !== "hold" && (
        <Alert type="warning" header="No process drives this run" action={resume} data-testid="watch-undriven">
          Deployments that AWS has already begun go on, but nothing is read and no further wave starts until it is
          resumed.
        </Alert>
      )}
      {!ended && <Blind snapshot={snapshot} />}
      {lost !== null && !ended && (
        <Alert type="warning" header="News of this run do not arrive">
          <ProblemText problem={lost} />
        </Alert>
      )}
      {discrepancies.length > 0 && (
        <Alert type="warning" header="Not everything adds up" data-testid="watch-discrepancies">
          <ul className="plain-list">
            {discrepancies.map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
        </Alert>
      )}
    </SpaceBetween>
  );
}
