import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import { useMutation, useQueryClient } from "@tanstack/react-query";

import { useFlash } from "~/app/flash";
import { Time } from "~/app/parts/Time";
import { type RunSnapshot, ipc, keys } from "~/ipc";

/** A bulk deployment that was started elsewhere: it is read when somebody asks, and never driven. */
export function Foreign({ snapshot }: { snapshot: RunSnapshot }) {
  const client = useQueryClient();
  const { problem } = useFlash();
  const bulk = snapshot.waves[0]?.bulkDeployment ?? null;
  const read = useMutation({
    mutationFn: (id: string) => ipc.bulkOpen(id),
    onSuccess: (next) => client.setQueryData(keys.run(next.row.id), next),
    onError: (error) => problem(error),
  });
  return (
    <Alert
      type="info"
      header="This bulk deployment was started elsewhere"
      action={
        snapshot.row.here &&
        bulk !== null && (
          <Button onClick={() => read.mutate(bulk)} loading={read.isPending} data-testid="watch-read-again">
            Read again
          </Button>
        )
      }
      data-testid="watch-foreign"
    >
      It is shown from its reports as they were read <Time millis={snapshot.readAt} />; nothing is read by itself. Lines of
      its input file are not known.
    </Alert>
  );
}
