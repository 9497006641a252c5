import { useMutation } from "@tanstack/react-query";
import { useState } from "react";

import { useFlash } from "~/app/flash";
import type { Again } from "~/app/retry/again";

import { rowsAt } from "./pickedRows";

/** Asks about a new plan of some targets of the run; turns positions in the plan into targets where need be. */
export function useRetrySelected(run: string) {
  const { problem } = useFlash();
  const [again, setAgain] = useState<Again | null>(null);
  const collect = useMutation({
    mutationFn: (indices: readonly number[]) => rowsAt(run, indices),
    onSuccess: (rows) => setAgain({ kind: "targets", targets: rows.map(({ target }) => target) }),
    onError: (error) => problem(error),
  });
  return {
    again,
    collect: collect.mutate,
    collecting: collect.isPending,
    ask: (targets: readonly string[]) => setAgain({ kind: "targets", targets }),
    dismiss: () => setAgain(null),
  };
}
