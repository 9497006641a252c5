import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import { useMutation, useQueryClient } from "@tanstack/react-query";

import { useFlash } from "~/app/flash";
import { counted } from "~/app/format";
import { type LeftBehind, type LeftKind, type RunSnapshot, ipc, keys } from "~/ipc";

const KINDS: Record<LeftKind, string> = { state_machine: "State machine", thing_group: "Thing group" };

/** What each of a kind means is said once. */
function byMeaning(left: readonly LeftBehind[]): [string, LeftBehind[]][] {
  const groups = new Map<string, LeftBehind[]>();
  for (const one of left) groups.set(one.meaning, [...(groups.get(one.meaning) ?? []), one]);
  return [...groups];
}

/** What a V2 run that has ended has made in the account and left there, and taking it away where that harms nobody. */
export function LeftInAccount({ snapshot }: { snapshot: RunSnapshot }) {
  const client = useQueryClient();
  const { problem, success } = useFlash();
  const run = snapshot.row.id;
  const left = snapshot.v2?.leftBehind ?? [];
  const clean = useMutation({
    mutationFn: () => ipc.runCleanUp(run),
    onSuccess: ({ deleted, run: next }) => {
      client.setQueryData(keys.run(run), next);
      void client.invalidateQueries({ queryKey: keys.runChanges(run) });
      success(`${counted(deleted.length, "state machine")} deleted.`);
    },
    onError: (error) => problem(error),
  });
  if (left.length === 0) return null;
  const deletable = left.some(({ kind }) => kind === "state_machine");
  return (
    <Alert
      type="info"
      header="Left behind in the account"
      action={
        snapshot.row.here &&
        deletable && (
          <Button onClick={() => clean.mutate()} loading={clean.isPending} data-testid="watch-clean-up">
            Delete the state machines
          </Button>
        )
      }
      data-testid="watch-left-behind"
    >
      {byMeaning(left).map(([meaning, ones]) => (
        <div key={meaning}>
          {ones.map(({ kind, name }, at) => (
            <span key={name}>
              {at === 0 ? `${KINDS[kind]}${ones.length > 1 ? "s" : ""} ` : ", "}
              <span className="mono wrap">{name}</span>
            </span>
          ))}
          . {meaning}
        </div>
      ))}
    </Alert>
  );
}
