import { type TargetRow, ipc } from "~/ipc";

/** Rows that one page may have. */
const MOST = 500;

/** The targets at these positions in the plan, which are in order; neighbours come with one page. */
export async function rowsAt(run: string, indices: readonly number[]): Promise<TargetRow[]> {
  const spans: number[][] = [];
  for (const index of indices) {
    const span = spans.at(-1);
    if (span?.[0] !== undefined && index - span[0] < MOST) span.push(index);
    else spans.push([index]);
  }
  const pages = await Promise.all(
    spans.map(async (span) => {
      const offset = span[0] ?? 0;
      const limit = (span.at(-1) ?? offset) - offset + 1;
      const { rows } = await ipc.runTargets(run, { state: null, cause: null, text: "", offset, limit });
      return span.flatMap((index) => rows[index - offset] ?? []);
    }),
  );
  return pages.flat();
}
