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
import { ipc, isProblem, useJob } from "~/ipc";

import { ImportResult } from "./ImportResult";
import { useRenewGroups } from "./useGroups";

/** Takes a list of ids or names into the selection. What was pasted stays when the window is closed. */
export function ImportModal({ visible, onDismiss }: { visible: boolean; onDismiss: () => void }) {
  const [text, setText] = useState("");
  const renew = useRenewGroups();
  const paste = useMutation({ mutationFn: () => ipc.groupsImportText(text), onSuccess: renew });
  const file = useMutation({ mutationFn: () => ipc.groupsImportFile(), onSuccess: renew });
  const busy = paste.isPending || file.isPending;
  const job = useJob("import", Math.max(paste.submittedAt, file.submittedAt));
  const last = file.submittedAt > paste.submittedAt ? file : paste;
  return (
    <Modal
      visible={visible}
      onDismiss={onDismiss}
      size="large"
      header="Import a list of groups"
      closeAriaLabel="Close"
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onDismiss}>
              Close
            </Button>
            <Button disabled={busy} loading={file.isPending} onClick={() => file.mutate()} data-testid="groups-import-file">
              Choose a file
            </Button>
            <Button
              variant="primary"
              disabled={busy || text.trim() === ""}
              loading={paste.isPending}
              onClick={() => paste.mutate()}
              data-testid="groups-import-submit"
            >
              Import the text
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        <FormField
          label="Ids or names"
          description="One in a line, or CSV with a version after each id, or the lines of an input file. They are added to the selection."
          stretch
        >
          <Textarea
            value={text}
            onChange={({ detail }) => setText(detail.value)}
            rows={8}
            spellcheck={false}
            placeholder={"rotterdam-line-0001\n953a64a1-d2d0-4b1c-9a55-2f0f7c1f0a11,5e359af7-61c1-4c0e-8f0d-0d6f3f6f2a01"}
            data-testid="groups-import-text"
          />
        </FormField>
        {busy && job?.state === "running" && <JobLine job={job} units="lines" />}
        {last.error && !isProblem(last.error, "cancelled") && <ProblemAlert error={last.error} testId="groups-import-problem" />}
        {last.data && !busy && <ImportResult report={last.data} />}
      </SpaceBetween>
    </Modal>
  );
}
