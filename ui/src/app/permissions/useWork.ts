import { type QueryKey, useMutation, useQueryClient } from "@tanstack/react-query";

import { type Job, type Undone, isProblem, useJob } from "~/ipc";

export interface Work {
  apply: () => void;
  undo: () => void;
  /** Whether changes are being made or taken back, from this visit or an earlier one. */
  running: boolean;
  applying: boolean;
  undoing: boolean;
  job: Job | null;
  applyError: unknown;
  undoError: unknown;
  /** What the last undo came to. */
  undone: Undone[] | null;
  forget: () => void;
}

/** What is applied and taken back, and what rests on it. */
interface Source<P> {
  /** Of the answer that is shown. */
  key: QueryKey;
  /** What has to be looked at anew. */
  checked: QueryKey;
  reviewed: QueryKey;
  apply: () => Promise<P>;
  undo: () => Promise<Undone[]>;
}

/** Applies the proposed changes one by one, or takes back what was made; keeps what the engine finds afterwards. */
export function useWork<P>({ key, checked, reviewed, ...calls }: Source<P>): Work {
  const client = useQueryClient();
  const look = () => void client.invalidateQueries({ queryKey: checked });
  const settled = () => {
    void client.invalidateQueries({ queryKey: ["roles"] });
    void client.invalidateQueries({ queryKey: reviewed });
    void client.invalidateQueries({ queryKey: ["command"] });
  };
  const apply = useMutation({
    mutationFn: calls.apply,
    // Nothing is asked again: IAM may show what was made only seconds later.
    onSuccess: (permissions) => void client.setQueryData(key, permissions),
    onError: look,
    onSettled: settled,
  });
  const undo = useMutation({ mutationFn: calls.undo, onSettled: settled, onSuccess: look, onError: look });
  const begun = Math.max(apply.submittedAt, undo.submittedAt);
  const job = useJob("permissions", begun, () => {
    // The work of an earlier visit: its answer went to a screen that is gone.
    if (begun === 0) look();
  });
  const heard = (error: unknown) => (isProblem(error, "cancelled") ? null : error);
  return {
    apply: () => {
      undo.reset();
      apply.mutate();
    },
    undo: () => {
      apply.reset();
      undo.mutate();
    },
    running: apply.isPending || undo.isPending || job?.state === "running",
    applying: apply.isPending,
    undoing: undo.isPending,
    job: job?.state === "running" ? job : null,
    applyError: heard(apply.error),
    undoError: heard(undo.error),
    undone: undo.data ?? null,
    forget: () => undo.reset(),
  };
}
