import Box from "@cloudscape-design/components/box";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { Confirm } from "~/app/Confirm";
import { count, duration } from "~/app/format";
import { type TargetWords, countedTargets, firstUpper } from "~/app/targetWords";
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
function stopped(snapshot: RunSnapshot, handed: number, words: TargetWords): string {
  if (handed === 0 && snapshot.v2?.way !== "thing_group") {
    return `All ${words.many} handed over so far have a deployment: there is none to stop.`;
  }
  const without = `${countedTargets(handed, words)} without a deployment so far`;
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

/** Targets of V1 that AWS has been handed and has not attempted; those of waves to come wait as well. */
function unattempted({ row: { counts }, waves }: RunSnapshot): number {
  return Math.max(0, counts.waiting + counts.submitted - (waves.length > 1 ? leftOf(waves).targets : 0));
}

/** Devices of the wave at work whose deployments are not made; one that was made may not have been taken yet. */
function unmade({ waves }: RunSnapshot): number {
  const wave = presentWave(waves);
  return wave === undefined ? 0 : Math.max(0, wave.targets - wave.skipped - wave.recordsProcessed);
}

/** Says what a stop does and, above all, what it does not do. */
function Stop({ snapshot, busy, error, onConfirm, onDismiss }: StopModalProps) {
  const words = useRunWords();
  const [cancel, setCancel] = useState(false);
  const { counts } = snapshot.row;
  const v2 = snapshot.v2;
  const left = leftOf(snapshot.waves);
  const handed = v2 === null ? unattempted(snapshot) : unmade(snapshot);
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
          <Box>{stopped(snapshot, handed, words)}</Box>
        )}
        {snapshot.waves.length > 1 && left.waves > 0 && (
          <Box>
            {left.waves === 1 ? "1 wave" : `${count(left.waves)} waves`} with {countedTargets(left.targets, words)} will not be
            started; their {words.many} stay waiting.
          </Box>
        )}
        <Box fontWeight="bold">{v2 === null ? "A stop neither rolls back nor cancels:" : "A stop rolls nothing back:"}</Box>
        <ul className="plain-list">
          {counts.succeeded > 0 && (
            <li>
              the {countedTargets(counts.succeeded, words)} that succeeded {counts.succeeded === 1 ? "keeps" : "keep"} the new{" "}
              {v2 === null ? "version" : "components"};
            </li>
          )}
          <li>
            {cancel
              ? "devices that have received their deployments carry them out."
              : v2 === null
                ? `the ${count(counts.inProgress)} deployments in progress go on until they end by themselves.`
                : "deployments that were made go on until they end by themselves."}
          </li>
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
