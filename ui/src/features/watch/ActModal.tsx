import Box from "@cloudscape-design/components/box";
import SpaceBetween from "@cloudscape-design/components/space-between";

import { Confirm } from "~/app/Confirm";
import { useRunGeneration, useRunWords } from "~/app/RunWords";
import { countedTargets, firstUpper } from "~/app/targetWords";
import type { RunSnapshot, Wave } from "~/ipc";

import { StopModal } from "./StopModal";
import { type AskedAct, numberOf } from "./runAct";
import { leftOf, presentWave } from "./stage";

interface ActModalProps {
  asked: AskedAct;
  snapshot: RunSnapshot;
  busy: boolean;
  error: unknown;
  /** With what was asked, as it was narrowed down in the question. */
  onConfirm: (asked: AskedAct) => void;
  onDismiss: () => void;
}

/** What a pause does to the wave at work, and what it does not. */
function Pause({ wave }: { wave: Wave | undefined }) {
  const generation = useRunGeneration();
  return (
    <SpaceBetween size="s">
      <Box>
        {wave?.state === "running" || wave?.state === "settling" || wave?.state === "starting"
          ? `Wave ${wave.number} goes on to its end${generation === "v1" ? ": a bulk deployment that was started cannot be paused" : ""}. `
          : ""}
        The next wave is not started until you let the run go on.
      </Box>
      <Box>The pause can be taken back at any time.</Box>
    </SpaceBetween>
  );
}

function GoOn({ snapshot }: { snapshot: RunSnapshot }) {
  const words = useRunWords();
  const next = snapshot.waves.find(({ state }) => state === "waiting");
  const last = presentWave(snapshot.waves);
  const verdict = last?.verdict;
  return (
    <SpaceBetween size="s">
      {snapshot.hold === "gate" && verdict?.verdict === "hold" && <Box fontWeight="bold">{verdict.reason}</Box>}
      {next !== undefined && (
        <Box>
          Wave {next.number} is started now, with {countedTargets(next.targets - next.skipped, words)}. Its gate is asked again
          when it has settled.
        </Box>
      )}
      {snapshot.hold === "gate" && (
        <Box>{firstUpper(words.many)} that failed for a reason that lies in the plan will fail in the next wave as well.</Box>
      )}
    </SpaceBetween>
  );
}

function Skip({ asked, snapshot }: { asked: AskedAct; snapshot: RunSnapshot }) {
  const words = useRunWords();
  const all = numberOf(asked.targets) >= leftOf(snapshot.waves).targets;
  return (
    <SpaceBetween size="s">
      <Box>
        The files of their waves are made without them. They stay waiting, are marked as left out, and do not count
        against the gate.
      </Box>
      {all && <Box fontWeight="bold">No {words.one} is left for the waves to come.</Box>}
      <Box>This cannot be taken back in this run; the {words.many} can be deployed with a new plan.</Box>
    </SpaceBetween>
  );
}

/** Asks before anything that changes the course of a run, and says what it does. */
export function ActModal(props: ActModalProps) {
  const { asked, snapshot, onConfirm, ...others } = props;
  const rest = { ...others, onConfirm: () => onConfirm(asked) };
  const words = useRunWords();
  switch (asked.act) {
    case "stop":
      return <StopModal snapshot={snapshot} {...others} onConfirm={(cancel) => onConfirm({ ...asked, cancel })} />;
    case "pause":
      return (
        <Confirm title="Pause between waves?" confirm="Pause" testid="watch-pause-confirm" {...rest}>
          <Pause wave={presentWave(snapshot.waves)} />
        </Confirm>
      );
    case "continue":
      return (
        <Confirm title="Go on with the next wave?" confirm="Go on" testid="watch-continue-confirm" {...rest}>
          <GoOn snapshot={snapshot} />
        </Confirm>
      );
    case "skip":
      return (
        <Confirm
          title={`Leave out ${countedTargets(numberOf(asked.targets), words)}?`}
          confirm="Leave them out"
          testid="watch-skip-confirm"
          {...rest}
        >
          <Skip asked={asked} snapshot={snapshot} />
        </Confirm>
      );
  }
}
