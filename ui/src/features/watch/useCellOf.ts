import { useQuery } from "@tanstack/react-query";

import { type Wave, ipc, keys } from "~/ipc";

/** Rows that one page may have. */
const MOST = 500;

/**
 * A target's position in the plan. Waves lie one after the other, and a line is a position in its wave, but for groups
 * that were left out before it: those are looked past.
 */
async function positionOf(run: string, waves: readonly Wave[], target: string): Promise<number | null> {
  const of = (text: string, offset: number, limit: number) =>
    ipc.runTargets(run, { state: null, cause: null, text, offset, limit });
  const row = (await of(target, 0, 1)).rows.find((found) => found.target === target);
  if (row === undefined) return null;
  const begin = waves.filter(({ number }) => number < row.wave).reduce((sum, wave) => sum + wave.targets, 0);
  const end = begin + (waves.find(({ number }) => number === row.wave)?.targets ?? 0);
  for (let offset = begin + Math.max(0, row.line - 1); offset < end; offset += MOST) {
    const page = await of("", offset, Math.min(MOST, end - offset));
    const at = page.rows.findIndex((found) => found.target === target);
    if (at >= 0) return offset + at;
  }
  return null;
}

/** The cell of the target that an address asks for, as soon as it is known. */
export function useCellOf(run: string, waves: readonly Wave[], target: string | null): number | null {
  const query = useQuery({
    queryKey: [...keys.run(run), "cell", target],
    queryFn: () => positionOf(run, waves, target ?? ""),
    enabled: target !== null,
    staleTime: Infinity,
  });
  return query.data ?? null;
}
