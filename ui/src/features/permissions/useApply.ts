import { type QueryKey, useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { type Job, ipc, isProblem, keys, useJob } from "~/ipc";

export interface Apply {
  start: () => void;
  running: boolean;
  job: Job | null;
  error: unknown;
}

/** Applies the proposed changes one by one and keeps what the engine finds afterwards. */
export function useApply(key: QueryKey): Apply {
  const client = useQueryClient();
  const [started, setStarted] = useState(0);
  const job = useJob("permissions", started);
  const work = useMutation({
    mutationFn: () => ipc.permissionsApply(),
    onSuccess: (permissions) => {
      client.setQueryData(key, permissions);
    },
    onSettled: () => {
      void client.invalidateQueries({ queryKey: ["roles"] });
      void client.invalidateQueries({ queryKey: keys.review });
    },
  });
  return {
    start: () => {
      setStarted((times) => times + 1);
      work.mutate();
    },
    running: work.isPending,
    job: work.isPending && job?.state === "running" ? job : null,
    error: isProblem(work.error, "cancelled") ? null : work.error,
  };
}
