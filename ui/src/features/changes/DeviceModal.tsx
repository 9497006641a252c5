import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";

import { bytes } from "~/app/format";
import { Mono } from "~/app/parts/Mono";
import { Status } from "~/app/parts/Status";
import { Time } from "~/app/parts/Time";
import type { PlanFinding, PlannedDevice } from "~/ipc";

import { DiffView } from "./DiffView";
import { OUTCOMES, isRefused } from "./words";

export function FindingList({ findings }: { findings: readonly PlanFinding[] }) {
  return (
    <ul className="plain-list finding-list">
      {findings.map(({ code, component, message }) => (
        <li key={`${code} ${component} ${message}`}>
          <StatusIndicator type={isRefused(code) ? "error" : "info"} wrapText>
            {message}
          </StatusIndicator>
        </li>
      ))}
    </ul>
  );
}

interface DeviceModalProps {
  device: PlannedDevice;
  /** Shows the device before or after it on the page; absent at its ends. */
  onPrevious: (() => void) | null;
  onNext: (() => void) | null;
  onDismiss: () => void;
}

/** One device: what it has, what it gets, and what was found. */
export function DeviceModal({ device, onPrevious, onNext, onDismiss }: DeviceModalProps) {
  const { outcome, deployment, deploymentStatus, readAt, findings, diff } = device;
  return (
    <Modal
      visible
      size="large"
      header={device.thingName}
      closeAriaLabel="Close"
      onDismiss={onDismiss}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button iconName="angle-left" disabled={onPrevious === null} onClick={() => onPrevious?.()}>
              Previous device
            </Button>
            <Button iconName="angle-right" iconAlign="right" disabled={onNext === null} onClick={() => onNext?.()}>
              Next device
            </Button>
            <Button variant="primary" onClick={onDismiss}>
              Close
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m" data-testid="changes-device">
        <KeyValuePairs
          columns={3}
          items={[
            { label: "What comes of it", value: <Status word={OUTCOMES[outcome]} /> },
            {
              label: "Present deployment",
              value:
                deployment === null ? (
                  readAt === null ? (
                    "Not read yet"
                  ) : (
                    "None of its own"
                  )
                ) : (
                  <>
                    <Mono cut>{deployment}</Mono>
                    <Box>
                      {deploymentStatus}{" "}
                      {readAt !== null && (
                        <Box variant="small">
                          read <Time millis={readAt} />
                        </Box>
                      )}
                    </Box>
                  </>
                ),
            },
            {
              label: device.fixed ? "Document, given already" : "Document",
              value: device.bytes > 0 ? bytes(device.bytes) : "–",
            },
          ]}
        />
        {findings.length > 0 && <FindingList findings={findings} />}
        {outcome === "unread" || outcome === "unreadable" ? (
          <Box color="text-body-secondary">{OUTCOMES[outcome].meaning}</Box>
        ) : (
          <DiffView diff={diff} again={outcome === "again"} />
        )}
      </SpaceBetween>
    </Modal>
  );
}
