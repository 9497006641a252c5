import { useMutation } from "@tanstack/react-query";
import { useState } from "react";

import { useFlash } from "~/app/flash";
import type { Again } from "~/app/retry/again";

import { rowsAt } from "./pickedRows";

/** Turns positions in the plan into the targets that a new plan is to be made of, and then asks. */
export function useRetrySelected(run: string) {
  const { problem } = useFlash();
  const [again, setAgain] = useState<Again | null>(null);
  const collect = useMutation({
    mutationFn: (indices: readonly number[]) => rowsAt(run, indices),
    onSuccess: (rows) => setAgain({ kind: "targets", targets: rows.map(({ target }) => target) }),
    onError: (error) => problem(error),
  });
  return { again, collect: collect.mutate, collecting: collect.isPending, dismiss: () => setAgain(null) };
}
