import Box from "@cloudscape-design/components/box";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { Confirm } from "~/app/Confirm";
import { count, duration } from "~/app/format";
import { countedTargets, firstUpper } from "~/app/targetWords";
import { useRunWords } from "~/app/RunWords";
import type { RunSnapshot } from "~/ipc";

import { AlsoCancel } from "./AlsoCancel";
import { leftOf, presentWave, settlesAfterStop } from "./stage";

interface StopModalProps {
  snapshot: RunSnapshot;
  busy: boolean;
  error: unknown;
  /** With whether V2 deployments that were made are cancelled as well. */
  onConfirm: (cancel: boolean) => void;
  onDismiss: () => void;
}

/** Says what becomes of the targets that the run would still wait for. */
function EndWaiting({ snapshot, onConfirm, ...rest }: StopModalProps) {
  const words = useRunWords();
  const [cancel, setCancel] = useState(false);
  const v2 = snapshot.v2 !== null;
  const { inProgress, submitted } = snapshot.row.counts;
  return (
    <Confirm
      title="Don’t wait any longer?"
      confirm="Don’t wait"
      testid="watch-stop-confirm"
      onConfirm={() => onConfirm(cancel)}
      {...rest}
    >
      <SpaceBetween size="s">
        <Box>
          The run ends now. {countedTargets(inProgress + submitted, words)} without an outcome so far{" "}
          {inProgress + submitted === 1 ? "is" : "are"} unknown then, unless never attempted.
        </Box>
        {v2 ? (
          <AlsoCancel checked={cancel} onChange={setCancel} />
        ) : (
          <Box>Their deployments go on all the same; the causes offer to read the reports again later.</Box>
        )}
      </SpaceBetween>
    </Confirm>
  );
}

/** Asks before a stop, or before the waiting after one is ended. */
export function StopModal(props: StopModalProps) {
  return settlesAfterStop(props.snapshot) ? <EndWaiting {...props} /> : <Stop {...props} />;
}

/** What is stopped, by what makes the deployments (Developer Guides, StopBulkDeployment, StopExecution, CancelDeployment). */
function stopped(snapshot: RunSnapshot, without: string): string {
  switch (snapshot.v2?.way) {
    case undefined:
      return `AWS is asked to stop the bulk deployment. The ${without} will then not get one, unless the stop comes too late for some of them.`;
    case "direct":
      return `This app makes no further deployment: the ${without} will not get one.`;
    case "step_functions":
      return `AWS is asked to stop the state machine. The ${without} will then not get one, unless the stop comes too late for some of them.`;
    case "thing_group":
      return "The deployment to the thing group is cancelled: devices that have not received it never get it, and those that have stay as they are.";
  }
}

/** Says what a stop does and, above all, what it does not do. */
function Stop({ snapshot, busy, error, onConfirm, onDismiss }: StopModalProps) {
  const words = useRunWords();
  const [cancel, setCancel] = useState(false);
  const { counts } = snapshot.row;
  const v2 = snapshot.v2;
  const left = leftOf(snapshot.waves);
  // Targets of waves to come wait as well; AWS has not been handed those.
  const handed = counts.waiting + counts.submitted - (snapshot.waves.length > 1 ? left.targets : 0);
  const between = presentWave(snapshot.waves)?.state === "judged";
  return (
    <Confirm
      title="Stop this run?"
      confirm={cancel ? "Stop the run and cancel" : "Stop the run"}
      testid="watch-stop-confirm"
      busy={busy}
      error={error}
      onConfirm={() => onConfirm(cancel)}
      onDismiss={onDismiss}
    >
      <SpaceBetween size="s">
        {!between && (
          <Box>{stopped(snapshot, `${countedTargets(Math.max(0, handed), words)} without a deployment so far`)}</Box>
        )}
        {snapshot.waves.length > 1 && left.waves > 0 && (
          <Box>
            {left.waves === 1 ? "1 wave" : `${count(left.waves)} waves`} with {countedTargets(left.targets, words)} will not be
            started; their {words.many} stay waiting.
          </Box>
        )}
        <Box fontWeight="bold">{v2 === null ? "A stop neither rolls back nor cancels:" : "A stop rolls nothing back:"}</Box>
        <ul className="plain-list">
          <li>
            the {countedTargets(counts.succeeded, words)} that succeeded {counts.succeeded === 1 ? "keeps" : "keep"} the new{" "}
            {v2 === null ? "version" : "components"};
          </li>
          <li>the {count(counts.inProgress)} deployments in progress go on until they end by themselves.</li>
        </ul>
        {v2 !== null && v2.way !== "thing_group" && <AlsoCancel checked={cancel} onChange={setCancel} />}
        <Box>
          {firstUpper(words.many)} that {v2 === null ? "were attempted" : "have deployments"} get their time to settle (
          {duration(snapshot.settleMinutes * 60)}); the run waits for them, and you can end the waiting.
        </Box>
        <Box>A stopped run cannot go on. The {words.many} left over can be deployed with a new plan.</Box>
      </SpaceBetween>
    </Confirm>
  );
}
