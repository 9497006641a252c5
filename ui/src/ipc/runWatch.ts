import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { commands } from "./bindings";
import type { Problem, RunSnapshot } from "./bindings";
import { keys } from "./keys";
import { watch } from "./watch";

/** Keeps the snapshot in the query cache (`keys.run(run)`) as new as the engine's, and the list of runs with it; returns why it cannot. */
export function useRunWatch(run: string): Problem | null {
  const client = useQueryClient();
  const [problem, setProblem] = useState<Problem | null>(null);
  useEffect(() => {
    let listed: string | null = null;
    return watch<RunSnapshot>(
      (channel) => commands.runWatch(run, channel),
      (snapshot) => {
        setProblem(null);
        client.setQueryData(keys.run(run), snapshot);
        // The list of runs shows the state too, and the navigation counts the runs at work.
        const { state, driven } = snapshot.row;
        const shown = `${state} ${driven}`;
        if (shown !== listed) void client.invalidateQueries({ queryKey: keys.runsList });
        listed = shown;
      },
      setProblem,
    );
  }, [client, run]);
  return problem;
}
