import Box from "@cloudscape-design/components/box";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { Confirm } from "~/app/Confirm";
import { count, counted } from "~/app/format";
import type { Counts } from "~/ipc";

interface StopModalProps {
  counts: Counts;
  busy: boolean;
  error: unknown;
  onConfirm: () => void;
  onDismiss: () => void;
}

/** Says what a stop does and, above all, what it does not do (Developer Guide, StopBulkDeployment). */
export function StopModal({ counts, busy, error, onConfirm, onDismiss }: StopModalProps) {
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
        <Box>
          AWS is asked to stop the bulk deployment. The {counted(counts.waiting + counts.submitted, "group")} without a
          deployment so far will then not get one, unless the stop comes too late for some of them.
        </Box>
        <Box fontWeight="bold">A stop neither rolls back nor cancels:</Box>
        <ul className="plain-list">
          <li>
            the {counted(counts.succeeded, "group")} that succeeded {counts.succeeded === 1 ? "keeps" : "keep"} the new
            version;
          </li>
          <li>the {count(counts.inProgress)} deployments in progress go on until they end by themselves.</li>
        </ul>
        <Box>A stopped run cannot go on. The groups left over can be deployed with a new plan.</Box>
      </SpaceBetween>
    </Confirm>
  );
}
