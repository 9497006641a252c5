import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Textarea from "@cloudscape-design/components/textarea";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";

import { JobLine } from "~/app/parts/JobLine";
import { ProblemAlert } from "~/app/parts/ProblemAlert";
import { isProblem, useJob } from "~/ipc";

import { ImportResult } from "./ImportResult";
import type { TargetKind } from "./kind";
import { useRenew } from "./useInventory";
import type { AnyKind } from "./useInventory";

interface Props {
  kind: AnyKind & Pick<TargetKind<never, never>, "import">;
  visible: boolean;
  onDismiss: () => void;
}

/** Takes a list of ids or names into the selection. What was pasted stays when the window is closed. */
export function ImportModal({ kind, visible, onDismiss }: Props) {
  const [text, setText] = useState("");
  const renew = useRenew(kind);
  const paste = useMutation({ mutationFn: () => kind.importText(text), onSuccess: renew });
  const file = useMutation({ mutationFn: () => kind.importFile(), onSuccess: renew });
  const busy = paste.isPending || file.isPending;
  const job = useJob("import", Math.max(paste.submittedAt, file.submittedAt));
  const last = file.submittedAt > paste.submittedAt ? file : paste;
  return (
    <Modal
      visible={visible}
      onDismiss={onDismiss}
      size="large"
      header={`Import a list of ${kind.many}`}
      closeAriaLabel="Close"
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onDismiss}>
              Close
            </Button>
            <Button disabled={busy} loading={file.isPending} onClick={() => file.mutate()} data-testid={`${kind.name}-import-file`}>
              Choose a file
            </Button>
            <Button
              variant="primary"
              disabled={busy || text.trim() === ""}
              loading={paste.isPending}
              onClick={() => paste.mutate()}
              data-testid={`${kind.name}-import-submit`}
            >
              Import the text
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        <FormField
          label={kind.import.label}
          description={kind.import.description}
          stretch
        >
          <Textarea
            value={text}
            onChange={({ detail }) => setText(detail.value)}
            rows={8}
            spellcheck={false}
            placeholder={kind.import.placeholder}
            data-testid={`${kind.name}-import-text`}
          />
        </FormField>
        {busy && job?.state === "running" && <JobLine job={job} units="lines" />}
        {last.error && !isProblem(last.error, "cancelled") && <ProblemAlert error={last.error} testId={`${kind.name}-import-problem`} />}
        {last.data && !busy && <ImportResult kind={kind} report={last.data} />}
      </SpaceBetween>
    </Modal>
  );
}
