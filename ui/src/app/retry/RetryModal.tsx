import Box from "@cloudscape-design/components/box";
import FormField from "@cloudscape-design/components/form-field";
import RadioGroup from "@cloudscape-design/components/radio-group";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";

import { Confirm } from "~/app/Confirm";
import { useDraftWriter } from "~/app/draft";
import { counted } from "~/app/format";
import { Working } from "~/app/parts/Working";
import { type Draft, type RetryVersion, ipc, keys, useJob } from "~/ipc";

import { type Again, VERSIONS, groupsOf, whatOf, wordsFor } from "./again";

interface RetryModalProps {
  run: string;
  again: Again;
  onDismiss: () => void;
}

/** Makes a new draft of some groups of a run; nothing is started by it. */
export function RetryModal({ run, again, onDismiss }: RetryModalProps) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const { flush } = useDraftWriter();
  const [version, setVersion] = useState<RetryVersion>("same");
  const taken = (draft: Draft) => {
    client.setQueryData(keys.draft, draft);
    for (const stale of [keys.groups, keys.versions, keys.file, keys.permissions, keys.review]) {
      void client.invalidateQueries({ queryKey: stale });
    }
    const step = again.kind === "cause" && again.permissions ? "permissions" : draft.step;
    void navigate(step === "" ? "/new" : `/new/${step}`);
  };
  const retry = useMutation({
    mutationFn: async () => {
      await flush();
      return again.kind === "rollBack" ? ipc.runRollBack(run) : ipc.runRetry(run, whatOf(again), version);
    },
    onSuccess: taken,
  });
  const job = useJob("retry", retry.submittedAt);
  const words = wordsFor(again);
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
        <FormField label="Version" stretch>
          <RadioGroup
            value={version}
            onChange={({ detail }) => {
              const chosen = VERSIONS.find(({ value }) => value === detail.value)?.value;
              if (chosen !== undefined) setVersion(chosen);
            }}
            items={VERSIONS}
            data-testid="retry-version"
          />
        </FormField>
      )}
      <Box>Nothing is deployed until you start the new plan: {counted(groupsOf(again), "group")} at most.</Box>
      {retry.isPending && job?.state === "running" && <Working job={job} />}
    </Confirm>
  );
}
