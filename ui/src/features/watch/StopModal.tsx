import Box from "@cloudscape-design/components/box";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { Confirm } from "~/app/Confirm";
import { count, counted, duration } from "~/app/format";
import type { RunSnapshot } from "~/ipc";

import { leftOf, presentWave, settlesAfterStop } from "./stage";

interface StopModalProps {
  snapshot: RunSnapshot;
  busy: boolean;
  error: unknown;
  onConfirm: () => void;
  onDismiss: () => void;
}

/** Says what becomes of the groups that the run would still wait for. */
function EndWaiting({ snapshot, ...rest }: StopModalProps) {
  const { inProgress, submitted } = snapshot.row.counts;
  return (
    <Confirm title="Don’t wait any longer?" confirm="Don’t wait" testid="watch-stop-confirm" {...rest}>
      <SpaceBetween size="s">
        <Box>
          The run ends now. {counted(inProgress + submitted, "group")} without an outcome so far{" "}
          {inProgress + submitted === 1 ? "is" : "are"} unknown then, unless never attempted.
        </Box>
        <Box>Their deployments go on all the same; the causes offer to read the reports again later.</Box>
      </SpaceBetween>
    </Confirm>
  );
}

/** Asks before a stop, or before the waiting after one is ended. */
export function StopModal(props: StopModalProps) {
  return settlesAfterStop(props.snapshot) ? <EndWaiting {...props} /> : <Stop {...props} />;
}

/** Says what a stop does and, above all, what it does not do (Developer Guide, StopBulkDeployment). */
function Stop({ snapshot, busy, error, onConfirm, onDismiss }: StopModalProps) {
  const { counts } = snapshot.row;
  const left = leftOf(snapshot.waves);
  // Groups of waves to come wait as well; AWS has not been handed those.
  const handed = counts.waiting + counts.submitted - (snapshot.waves.length > 1 ? left.groups : 0);
  const between = presentWave(snapshot.waves)?.state === "judged";
  return (
    <Confirm
      title="Stop this run?"
      confirm="Stop the run"
      testid="watch-stop-confirm"
      busy={busy}
      error={error}
      onConfirm={onConfirm}
      onDismiss={onDismiss}
    >
      <SpaceBetween size="s">
        {!between && (
          <Box>
            AWS is asked to stop the bulk deployment. The {counted(Math.max(0, handed), "group")} without a deployment so
            far will then not get one, unless the stop comes too late for some of them.
          </Box>
        )}
        {snapshot.waves.length > 1 && left.waves > 0 && (
          <Box>
            {counted(left.waves, "wave")} with {counted(left.groups, "group")} will not be started; their groups stay
            waiting.
          </Box>
        )}
        <Box fontWeight="bold">A stop neither rolls back nor cancels:</Box>
        <ul className="plain-list">
          <li>
            the {counted(counts.succeeded, "group")} that succeeded {counts.succeeded === 1 ? "keeps" : "keep"} the new
            version;
          </li>
          <li>the {count(counts.inProgress)} deployments in progress go on until they end by themselves.</li>
        </ul>
        <Box>
          Groups that were attempted get their time to settle ({duration(snapshot.settleMinutes * 60)}); the run waits for
          them, and you can end the waiting.
        </Box>
        <Box>A stopped run cannot go on. The groups left over can be deployed with a new plan.</Box>
      </SpaceBetween>
    </Confirm>
  );
}
