import Box from "@cloudscape-design/components/box";
import FormField from "@cloudscape-design/components/form-field";
import RadioGroup from "@cloudscape-design/components/radio-group";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";

import { Confirm } from "~/app/Confirm";
import { useDeviceDraftWriter, useDraftWriter } from "~/app/draft";
import { useGeneration } from "~/app/generation";
import { Working } from "~/app/parts/Working";
import { targetWordsOf } from "~/app/RunWords";
import { type NextDraft, type RetryVersion, type RunRow, ipc, keys, useJob } from "~/ipc";

import { type Again, atMost, versionsOf, whatOf, wordsFor } from "./again";

/** What stands in the wizard is of another draft then. */
const STALE = {
  v1: [keys.groups, keys.versions, keys.file, keys.permissions, keys.review],
  v2: [keys.devices, keys.present, keys.devicePlan, keys.devicePermissions, keys.deviceReview],
} as const;

interface RetryModalProps {
  row: RunRow;
  again: Again;
  onDismiss: () => void;
}

/** Makes a new draft of some targets of a run; nothing is started by it. */
export function RetryModal({ row, again, onDismiss }: RetryModalProps) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const groups = useDraftWriter();
  const devices = useDeviceDraftWriter();
  const { choose } = useGeneration();
  const { generation } = row;
  const [version, setVersion] = useState<RetryVersion>("same");
  const taken = async (next: NextDraft) => {
    client.setQueryData(next.generation === "v2" ? keys.deviceDraft : keys.draft, next.draft);
    await choose(next.generation);
    for (const stale of STALE[next.generation]) void client.invalidateQueries({ queryKey: stale });
    // A V2 draft with fixed targets begins where what it changes is read.
    const first = next.generation === "v2" ? "changes" : next.draft.step;
    const step = again.kind === "cause" && again.permissions ? "permissions" : first;
    void navigate(step === "" ? "/new" : `/new/${step}`);
  };
  const retry = useMutation({
    mutationFn: async () => {
      await (generation === "v2" ? devices : groups).flush();
      return again.kind === "rollBack" ? ipc.runRollBack(row.id) : ipc.runRetry(row.id, whatOf(again), version);
    },
    onSuccess: taken,
  });
  const job = useJob("retry", retry.submittedAt);
  const words = wordsFor(again, generation);
  const versions = versionsOf(generation);
  return (
    <Confirm
      title={words.title}
      confirm={words.confirm}
      testid="retry-confirm"
      busy={retry.isPending}
      error={retry.error}
      onConfirm={() => retry.mutate()}
      onDismiss={onDismiss}
    >
      <Box>
        <span className="wrap">{words.which}</span> It replaces what the wizard holds now; this run stays as it is.
      </Box>
      {again.kind !== "rollBack" && (
        <FormField label={generation === "v2" ? "Deployment" : "Version"} stretch>
          <RadioGroup
            value={version}
            onChange={({ detail }) => {
              const chosen = versions.find(({ value }) => value === detail.value)?.value;
              if (chosen !== undefined) setVersion(chosen);
            }}
            items={versions}
            data-testid="retry-version"
          />
        </FormField>
      )}
      <Box>Nothing is deployed until you start the new plan: {atMost(again, targetWordsOf(generation))}.</Box>
      {retry.isPending && job?.state === "running" && <Working job={job} />}
    </Confirm>
  );
}
