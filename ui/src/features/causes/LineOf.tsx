import Button from "@cloudscape-design/components/button";
import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "react-router";

import { useFlash } from "~/app/flash";
import { count } from "~/app/format";
import { targetOn } from "~/app/target/targetOn";
import { targetWordsOf } from "~/app/RunWords";
import { type RunRow, ipc } from "~/ipc";

/** The way to the group on the line that the service complains of. */
export function LineOf({ row, wave, line }: { row: RunRow; wave: number; line: number }) {
  const navigate = useNavigate();
  const { problem, success } = useFlash();
  const find = useMutation({
    mutationFn: async () => {
      const snapshot = await ipc.runGet(row.id);
      const of = snapshot.waves.find(({ number }) => number === wave);
      return of === undefined ? null : targetOn(snapshot, of, line);
    },
    onSuccess: (target) => {
      if (target === null) success(`Line ${count(line)} belongs to no ${targetWordsOf(row.generation).one} of this run.`);
      else void navigate(`/runs/${encodeURIComponent(row.id)}?target=${encodeURIComponent(target)}`);
    },
    onError: (error) => problem(error),
  });
  if (row.foreign) return null;
  return (
    <Button onClick={() => find.mutate()} loading={find.isPending} data-testid="cause-line">
      Show line {count(line)}
    </Button>
  );
}
