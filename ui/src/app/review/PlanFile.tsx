import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "react-router";

import { useDeviceDraftWriter, useDraftWriter } from "~/app/draft";
import { useFlash } from "~/app/flash";
import { useGeneration } from "~/app/generation";
import { type Generation, ipc, keys } from "~/ipc";

interface Props {
  generation: Generation;
  /** Whether there is no plan to export yet. */
  disabled: boolean;
}

/** The plan as a file: to keep, to hand on, to start from a command line. A file of either generation can be opened. */
export function PlanFile({ generation, disabled }: Props) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const groups = useDraftWriter();
  const devices = useDeviceDraftWriter();
  const { choose } = useGeneration();
  const { success, problem } = useFlash();
  const flush = async () => {
    await Promise.all([groups.flush(), devices.flush()]);
  };
  const save = useMutation({
    mutationFn: async () => {
      await flush();
      return generation === "v2" ? ipc.devicePlanExport() : ipc.planExport();
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
    onSuccess: async (next) => {
      if (next === null) return;
      client.setQueryData(next.generation === "v2" ? keys.deviceDraft : keys.draft, next.draft);
      await choose(next.generation);
      void client.invalidateQueries();
      if (next.generation === generation) {
        success("The plan was opened and is checked now.");
        return;
      }
      // The other generation has steps of its own; of devices the changes are read first.
      void navigate(next.generation === "v2" ? "/new/changes" : "/new/review");
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
