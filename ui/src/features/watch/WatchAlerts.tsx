import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { counted, duration } from "~/app/format";
import { ProblemText } from "~/app/parts/ProblemText";
import { Time } from "~/app/parts/Time";
import { useSecond } from "~/app/second";
import { hasEnded } from "~/app/states";
import { ReadOnly } from "~/app/parts/ReadOnly";
import type { Problem, RunSnapshot } from "~/ipc";
import { Foreign } from "./Foreign";
import { LeftInAccount } from "./LeftInAccount";
import { HoldBanner } from "./HoldBanner";
import type { RunAct } from "./runAct";

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
  causes: number;
  resuming: boolean;
  onResume: () => void;
  onAct: (act: RunAct) => void;
  onCauses: () => void;
}

/** What somebody who opens the screen has to know before any figure. */
export function WatchAlerts(props: WatchAlertsProps) {
  const { snapshot, lost, causes, resuming, onResume, onAct, onCauses } = props;
  const { row, problem, discrepancies } = snapshot;
  const ended = hasEnded(row.state);
  const resume = (
    <Button onClick={onResume} loading={resuming} data-testid="watch-resume">
      Resume
    </Button>
  );
  return (
    <SpaceBetween size="s">
      {!row.here && <ReadOnly row={row} />}
      {row.state === "hold" && (
        <HoldBanner
          snapshot={snapshot}
          causes={causes}
          busy={resuming}
          onAct={onAct}
          onCauses={onCauses}
          onResume={onResume}
        />
      )}
      {row.state === "stopped" && problem !== null && (
        <Alert
          type="error"
          header={problem.message}
          action={causes > 0 && <Button onClick={onCauses}>{counted(causes, "cause")}</Button>}
          data-testid="watch-aborted"
        >
          <ProblemText problem={problem} withoutMessage />
        </Alert>
      )}
      {row.state === "failed" && (
        <Alert type="error" header={problem?.message ?? "The run has failed"} data-testid="watch-failed">
          {problem !== null && <ProblemText problem={problem} withoutMessage />}
        </Alert>
      )}
      {row.foreign && <Foreign snapshot={snapshot} />}
      {row.here && !row.driven && !row.foreign && !ended && row.state !== "hold" && (
        <Alert type="warning" header="No process drives this run" action={resume} data-testid="watch-undriven">
          {snapshot.v2?.way === "direct"
            ? "Devices carry out the deployments that were made, but no further one is made, nothing is read and no further wave starts until it is resumed."
            : "Deployments that AWS has already begun go on, but nothing is read and no further wave starts until it is resumed."}
        </Alert>
      )}
      {!ended && <Blind snapshot={snapshot} />}
      {lost !== null && !ended && (
        <Alert type="warning" header="News of this run do not arrive">
          <ProblemText problem={lost} />
        </Alert>
      )}
      <LeftInAccount snapshot={snapshot} />
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
