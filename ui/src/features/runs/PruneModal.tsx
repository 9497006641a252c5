import Box from "@cloudscape-design/components/box";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useDeferredValue, useState } from "react";

import { Confirm } from "~/app/Confirm";
import { useFlash } from "~/app/flash";
import { bytes, counted } from "~/app/format";
import { ProblemAlert } from "~/app/parts/ProblemAlert";
import { ipc, keys } from "~/ipc";

const DAYS = "90";
const MOST_DAYS = 36_500;

/** Takes old runs off this computer; says first what would go. */
export function PruneModal({ onDismiss }: { onDismiss: () => void }) {
  const client = useQueryClient();
  const { success } = useFlash();
  const [text, setText] = useState(DAYS);
  const typed = /^\d+$/.test(text.trim()) ? Number(text) : null;
  const days = typed !== null && typed >= 1 && typed <= MOST_DAYS ? typed : null;
  const asked = useDeferredValue(days);
  const would = useQuery({
    queryKey: keys.runPrune(asked ?? 0),
    queryFn: () => ipc.runPrune(asked ?? 0, true),
    enabled: asked !== null,
    placeholderData: keepPreviousData,
    gcTime: 0,
  });
  const prune = useMutation({
    mutationFn: (older: number) => ipc.runPrune(older, false),
    onSuccess: (gone) => {
      void client.invalidateQueries({ queryKey: keys.runs });
      success(`Removed ${counted(gone.runs, "run")}: ${bytes(gone.bytes)} are free again.`);
      onDismiss();
    },
  });
  const known = days !== null && days === asked && !would.isPlaceholderData ? would.data : undefined;
  return (
    <Confirm
      title="Remove old runs from this computer?"
      confirm={known === undefined || known.runs === 0 ? "Remove" : `Remove ${counted(known.runs, "run")}`}
      testid="prune-confirm"
      busy={prune.isPending}
      disabled={known === undefined || known.runs === 0}
      error={prune.error}
      onConfirm={() => {
        if (days !== null) prune.mutate(days);
      }}
      onDismiss={onDismiss}
    >
      <FormField
        label="Ended more than this many days ago"
        errorText={days === null ? `A whole number of days, from 1 to ${MOST_DAYS}.` : undefined}
      >
        <Input
          type="number"
          inputMode="numeric"
          value={text}
          onChange={({ detail }) => setText(detail.value)}
          data-testid="prune-days"
        />
      </FormField>
      <div className="prune-room" role="status">
        {would.error && days !== null && <ProblemAlert error={would.error} retry={() => void would.refetch()} />}
        {!would.error && days !== null && known === undefined && (
          <StatusIndicator type="loading">Counting</StatusIndicator>
        )}
        {known !== undefined && (
          <Box>
            {known.runs === 0
              ? "No run that has ended is that old."
              : `${counted(known.runs, "run")} would go, ${bytes(known.bytes)}: targets, figures, causes and files.`}
          </Box>
        )}
      </div>
      <Box color="text-body-secondary">
        Runs that have not ended stay, whatever their age. Nothing in the account is changed; export reports first if they
        are still needed.
      </Box>
    </Confirm>
  );
}
