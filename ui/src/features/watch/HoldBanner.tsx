import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";

import { counted } from "~/app/format";
import { ProblemText } from "~/app/parts/ProblemText";
import { useRunWords } from "~/app/RunWords";
import { countedTargets } from "~/app/targetWords";
import type { HoldReason, RunSnapshot } from "~/ipc";

import type { RunAct } from "./runAct";
import { leftOf, presentWave } from "./stage";

const HEADERS: Record<HoldReason, (last: number) => string> = {
  paused: () => "The run is paused",
  gate: (last) => `The gate holds the run after wave ${last}`,
  between_waves: (last) => `Wave ${last} is done; the next one waits for you`,
  problem: () => "The run is on hold",
};

const WHAT_TO_DO: Record<HoldReason, string> = {
  paused: "Nothing is started until you let it go on.",
  gate: "Look at the causes first. Then go on all the same, leave targets out of the waves to come, or stop the run.",
  between_waves: "Look at how the wave went, then go on or stop the run.",
  problem: "What was started goes on at AWS. Mend what is said here, then resume.",
};

interface HoldBannerProps {
  snapshot: RunSnapshot;
  causes: number;
  busy: boolean;
  onAct: (act: RunAct) => void;
  onCauses: () => void;
  onResume: () => void;
}

/** Why the run waits, what can be done, and what is still to come. */
export function HoldBanner({ snapshot, causes, busy, onAct, onCauses, onResume }: HoldBannerProps) {
  const words = useRunWords();
  const { row, problem, waves } = snapshot;
  const hold = snapshot.hold ?? "problem";
  const left = leftOf(waves);
  const decision = hold !== "problem";
  return (
    <Alert
      type="warning"
      header={HEADERS[hold](presentWave(waves)?.number ?? 1)}
      data-testid="watch-hold"
      action={
        row.here && (
          <SpaceBetween direction="horizontal" size="xs">
            {hold === "gate" && causes > 0 && <Button onClick={onCauses}>{counted(causes, "cause")}</Button>}
            {decision ? (
              <Button onClick={() => onAct("continue")} data-testid="watch-continue">
                Go on…
              </Button>
            ) : (
              <Button onClick={onResume} loading={busy} data-testid="watch-resume">
                Resume
              </Button>
            )}
          </SpaceBetween>
        )
      }
    >
      <SpaceBetween size="xxs">
        {problem !== null && <ProblemText problem={problem} />}
        <div>
          {!problem?.hint && WHAT_TO_DO[hold]}
          {decision && left.waves > 0 && ` ${counted(left.waves, "wave")} with ${countedTargets(left.targets, words)} to come.`}
        </div>
      </SpaceBetween>
    </Alert>
  );
}
