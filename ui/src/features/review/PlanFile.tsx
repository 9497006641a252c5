import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useMutation, useQueryClient } from "@tanstack/react-query";

import { useDraftWriter } from "~/app/draft";
import { useFlash } from "~/app/flash";
import { ipc, keys } from "~/ipc";

/** The plan as a file: to keep, to hand on, to start from a command line. */
export function PlanFile({ disabled }: { disabled: boolean }) {
  const client = useQueryClient();
  const { flush } = useDraftWriter();
  const { success, problem } = useFlash();
  const save = useMutation({
    mutationFn: async () => {
      await flush();
      return ipc.planExport();
    },
    onSuccess: (path) => {
      if (path !== null) success(`Plan saved as ${path}`);
    },
    onError: (error) => problem(error),
  });
  const open = useMutation({
    mutationFn: async () => {
      await flush();
      return ipc.planOpen();
    },
    onSuccess: (draft) => {
      if (draft === null) return;
      client.setQueryData(keys.draft, draft);
      void client.invalidateQueries();
      success("The plan was opened and is checked now.");
    },
    onError: (error) => problem(error),
  });
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <Button onClick={() => open.mutate()} loading={open.isPending} data-testid="review-open-plan">
        Open plan
      </Button>
      <Button
        onClick={() => save.mutate()}
        loading={save.isPending}
        disabled={disabled}
        data-testid="review-export-plan"
      >
        Export plan
      </Button>
    </SpaceBetween>
  );
}
