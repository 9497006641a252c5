import Button from "@cloudscape-design/components/button";
import { useMutation, useQueryClient } from "@tanstack/react-query";

import { useFlash } from "~/app/flash";
import { counted } from "~/app/format";
import { Working } from "~/app/parts/Working";
import { targetWordsOf } from "~/app/RunWords";
import { type RunRow, ipc, keys, useJob } from "~/ipc";

/** Causes of targets whose outcome was not known when the run ended, and may be by now. */
export const READ_AGAIN: ReadonlySet<string> = new Set([
  "overseed:still-in-progress",
  "overseed:not-waited-for",
  "overseed:no-report",
  "overseed:not-taken",
  "overseed:device-at-work",
  "overseed:device-not-waited-for",
  "overseed:deployment-in-doubt",
]);

/** Reads what is unknown of a run that has ended once more; its targets get what AWS says now. */
export function ReadAgain({ row }: { row: RunRow }) {
  const client = useQueryClient();
  const { problem, success, note } = useFlash();
  const words = targetWordsOf(row.generation);
  const read = useMutation({
    mutationFn: () => ipc.runReadAgain(row.id),
    onSuccess: (next) => {
      const known = row.counts.unknown - next.row.counts.unknown;
      if (known > 0) success(`The outcome of ${counted(known, words.one, words.many)} is known now.`);
      else note("AWS knows no more than before.");
    },
    onError: (error) => problem(error),
    // What was read before a fault or a cancel is kept.
    onSettled: () => client.invalidateQueries({ queryKey: keys.run(row.id) }),
  });
  const job = useJob("read_again", read.submittedAt);
  if (read.isPending && job?.state === "running") return <Working job={job} />;
  return (
    <Button onClick={() => read.mutate()} loading={read.isPending} data-testid="cause-read-again">
      {row.generation === "v2" ? "Ask the devices again" : "Read the reports again"}
    </Button>
  );
}
