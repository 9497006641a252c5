import { useQuery } from "@tanstack/react-query";

import { type TargetRow, ipc, keys } from "~/ipc";

import { useThrottled } from "./useRun";

/** Rows that are read at once: who points along a row of cells finds the next ones there. */
const BLOCK = 50;

/** The target in a cell, as soon as it is known. */
export function usePointedRow(run: string, index: number | null): TargetRow | undefined {
  // The pointer crosses hundreds of cells on its way; only where it rests a bit is asked for.
  const rested = useThrottled(index, 80);
  const offset = rested === null ? 0 : rested - (rested % BLOCK);
  const asked = { state: null, cause: null, text: "", offset, limit: BLOCK };
  const query = useQuery({
    queryKey: keys.runTargets(run, asked),
    queryFn: () => ipc.runTargets(run, asked),
    enabled: rested !== null,
    gcTime: 10_000,
  });
  return index === null ? undefined : query.data?.rows[index - offset];
}
