import { type RunSnapshot, type Wave, ipc } from "~/ipc";

/** Rows that one page may have. */
const MOST = 500;

/**
 * The target on a line of a wave's input file. Waves lie one after the other in the plan; targets that were left out of a
 * wave have no line and are looked past.
 */
export async function targetOn({ row, waves }: RunSnapshot, wave: Wave, line: number): Promise<string | null> {
  const begin = waves.filter(({ number }) => number < wave.number).reduce((sum, { targets }) => sum + targets, 0);
  const end = begin + wave.targets;
  for (let offset = begin + line - 1; offset < end; offset += MOST) {
    const asked = { state: null, cause: null, text: "", offset, limit: Math.min(MOST, end - offset) };
    const found = (await ipc.runTargets(row.id, asked)).rows.find((target) => target.line === line);
    if (found !== undefined) return found.target;
  }
  return null;
}
