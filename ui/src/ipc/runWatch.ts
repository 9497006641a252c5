import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { commands } from "./bindings";
import type { Problem, RunSnapshot } from "./bindings";
import { keys } from "./keys";
import { watch } from "./watch";

/** Keeps the snapshot in the query cache (`keys.run(run)`) as new as the engine's; returns why it cannot. */
export function useRunWatch(run: string): Problem | null {
  const client = useQueryClient();
  const [problem, setProblem] = useState<Problem | null>(null);
  useEffect(
    () =>
      watch<RunSnapshot>(
        (channel) => commands.runWatch(run, channel),
        (snapshot) => {
          setProblem(null);
          client.setQueryData(keys.run(run), snapshot);
        },
        setProblem,
      ),
    [client, run],
  );
  return problem;
}
