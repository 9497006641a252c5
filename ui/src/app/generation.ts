import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect } from "react";

import { ipc, keys } from "~/ipc";
import type { Generation } from "~/ipc";

import { useConnection } from "./connection";
import { useFlash } from "./flash";
import { useRemembered } from "./remembered";

function read(kept: unknown): Generation | null {
  return kept === "v1" || kept === "v2" ? kept : null;
}

/** What the wizard deploys to, groups (V1) or core devices (V2), and choosing it. Each account and Region keeps its own. */
export function useGeneration() {
  const client = useQueryClient();
  const { problem } = useFlash();
  const connected = useConnection() !== null;
  const query = useQuery({ queryKey: keys.generation, queryFn: () => ipc.generationGet(), enabled: connected });
  const known = connected ? query.data : undefined;
  // Kept for the rail of steps before there is a connection to ask about.
  const [last, remember] = useRemembered<Generation>("generation", "v1", read);
  useEffect(() => {
    if (known !== undefined && known !== last) remember(known);
  }, [known, last, remember]);
  const choose = useCallback(
    async (generation: Generation) => {
      const before = client.getQueryData<Generation>(keys.generation);
      if (before === generation) return;
      void client.cancelQueries({ queryKey: keys.generation });
      client.setQueryData<Generation>(keys.generation, generation);
      try {
        await ipc.generationSet(generation);
      } catch (error) {
        client.setQueryData<Generation>(keys.generation, before);
        problem(error);
      }
    },
    [client, problem],
  );
  return {
    /** Until it is known, the one that was shown last. */
    generation: known ?? last,
    known: known !== undefined,
    error: query.error,
    refetch: query.refetch,
    choose,
  };
}
