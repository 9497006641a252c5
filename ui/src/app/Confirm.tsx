import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { ReactNode } from "react";
import { ProblemAlert } from "~/app/parts/ProblemAlert";

interface ConfirmProps {
  title: string;
  /** The confirming button says what it does, never just "OK". */
  confirm: string;
  testid: string;
  busy?: boolean;
  /** Whether there is nothing to confirm yet. */
  disabled?: boolean;
  /** Why the last attempt failed; the dialog stays open. */
  error?: unknown;
  children: ReactNode;
  onConfirm: () => void;
  onDismiss: () => void;
}

/** Asks before something that cannot be taken back. */
export function Confirm(props: ConfirmProps) {
  const { title, confirm, testid, busy = false, disabled = false, error, children, onConfirm, onDismiss } = props;
  return (
    <Modal
      visible
      header={title}
      closeAriaLabel="Close"
      onDismiss={onDismiss}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onDismiss}>
              Cancel
            </Button>
            <Button variant="primary" loading={busy} disabled={disabled} onClick={onConfirm} data-testid={testid}>
              {confirm}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        {children}
        {error !== undefined && error !== null && <ProblemAlert error={error} />}
      </SpaceBetween>
    </Modal>
  );
}
