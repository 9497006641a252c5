import Button from "@cloudscape-design/components/button";
import { useMutation, useQueryClient } from "@tanstack/react-query";

import { useFlash } from "~/app/flash";
import { counted } from "~/app/format";
import { type RunRow, ipc, keys } from "~/ipc";

/** Causes of groups whose outcome was not known when the run ended, and may be by now. */
export const READ_AGAIN: ReadonlySet<string> = new Set([
  "overseed:still-in-progress",
  "overseed:not-waited-for",
  "overseed:no-report",
]);

/** Reads the reports of a run that has ended once more; groups that were unknown get what AWS says now. */
export function ReadAgain({ row }: { row: RunRow }) {
  const client = useQueryClient();
  const { problem, success, note } = useFlash();
  const read = useMutation({
    mutationFn: async () => {
      const { waves } = await ipc.runGet(row.id);
      const bulk = waves.find(({ bulkDeployment }) => bulkDeployment !== null)?.bulkDeployment ?? null;
      return bulk === null ? null : ipc.bulkOpen(bulk);
    },
    onSuccess: async (next) => {
      if (next === null) return;
      client.setQueryData(keys.run(row.id), next);
      await client.invalidateQueries({ queryKey: keys.runCauses(row.id) });
      const known = row.counts.unknown - next.row.counts.unknown;
      if (known > 0) success(`The outcome of ${counted(known, "group")} is known now.`);
      else note("AWS knows no more than before.");
    },
    onError: (error) => problem(error),
  });
  return (
    <Button onClick={() => read.mutate()} loading={read.isPending} data-testid="cause-read-again">
      Read the reports again
    </Button>
  );
}
