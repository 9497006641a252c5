import Box from "@cloudscape-design/components/box";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "react-router";

import { Confirm } from "~/app/Confirm";
import { useDraftWriter } from "~/app/draft";
import { counted } from "~/app/format";
import { type Cause, ipc, keys } from "~/ipc";

interface RetryModalProps {
  run: string;
  /** Only this cause; all failed ones without it. */
  cause: Cause | null;
  groups: number;
  onDismiss: () => void;
}

/** Makes a new draft of just the failed groups; nothing is started by it. */
export function RetryModal({ run, cause, groups, onDismiss }: RetryModalProps) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const { flush } = useDraftWriter();
  const retry = useMutation({
    mutationFn: async () => {
      await flush();
      return ipc.retryFailed(run, cause?.key ?? null);
    },
    onSuccess: (draft) => {
      client.setQueryData(keys.draft, draft);
      for (const stale of [keys.groups, keys.versions, keys.file, keys.permissions, keys.review]) {
        void client.invalidateQueries({ queryKey: stale });
      }
      void navigate(draft.step === "" ? "/new" : `/new/${draft.step}`);
    },
  });
  return (
    <Confirm
      title={`Make a new plan of ${counted(groups, "group")}?`}
      confirm="Make the new plan"
      testid="retry-confirm"
      busy={retry.isPending}
      error={retry.error}
      onConfirm={() => retry.mutate()}
      onDismiss={onDismiss}
    >
      <Box>
        {cause === null
          ? "The new plan has just the groups of this run that failed or are unknown, with the versions they had"
          : `The new plan has just the groups of this cause, with the versions they had: ${cause.title}`}
        . It replaces what the wizard holds now; this run stays as it is.
      </Box>
      <Box>Nothing is deployed until you start the new plan.</Box>
    </Confirm>
  );
}
