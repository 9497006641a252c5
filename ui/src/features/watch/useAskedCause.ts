import { useQuery } from "@tanstack/react-query";
import { useSearchParams } from "react-router";

import { counted } from "~/app/format";
import { type Cause, ipc, keys } from "~/ipc";

import type { Picked } from "./fleetSelection";

interface AskedCause {
  /** Whether the address asks for one. */
  asked: boolean;
  /** The groups of the cause that the address asks for (`?cause=KEY`), as soon as they are known. */
  picked: Picked | null;
  /** Shows all groups again. */
  clear: () => void;
}

/** The groups of one cause, for the map and the table: how Causes leads to where its groups are in the fleet. */
export function useAskedCause(run: string, causes: readonly Cause[] | undefined): AskedCause {
  const [asked, setAsked] = useSearchParams();
  const key = asked.get("cause");
  const query = useQuery({
    queryKey: keys.runCausePositions(run, key ?? ""),
    queryFn: () => ipc.runCausePositions(run, key ?? ""),
    enabled: key !== null,
  });
  const cause = causes?.find((one) => one.key === key);
  const indices = key === null ? undefined : query.data;
  return {
    asked: key !== null,
    picked:
      indices === undefined || cause === undefined
        ? null
        : { indices, words: `the ${counted(indices.length, "group")} of the cause “${cause.title}”` },
    clear: () => {
      if (key === null) return;
      const next = new URLSearchParams(asked);
      next.delete("cause");
      setAsked(next, { replace: true });
    },
  };
}
