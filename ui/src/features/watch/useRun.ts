import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { type RunSnapshot, ipc, keys, useRunWatch } from "~/ipc";

/** A run as it is, and as it becomes: a snapshot first, then newer ones as they arrive. */
export function useRun(run: string) {
  const query = useQuery({ queryKey: keys.run(run), queryFn: () => ipc.runGet(run) });
  const lost = useRunWatch(run);
  return { ...query, lost };
}

/** The newest value, at most once in `ms`; the last one always gets through. */
export function useThrottled<T>(value: T, ms: number): T {
  const [held, setHeld] = useState({ value, at: 0 });
  useEffect(() => {
    if (Object.is(held.value, value)) return;
    const wait = Math.max(0, held.at + ms - Date.now());
    const timer = setTimeout(() => setHeld({ value, at: Date.now() }), wait);
    return () => clearTimeout(timer);
  }, [value, ms, held]);
  return held.value;
}

/** What belongs to a run but is too large for its snapshot is read again when the snapshot says something new. */
export function useFreshParts(snapshot: RunSnapshot | undefined): void {
  const client = useQueryClient();
  const run = snapshot?.row.id;
  const targets = snapshot?.waves.reduce((sum, wave) => sum + wave.targets, 0) ?? 0;
  const stamp = snapshot ? JSON.stringify([snapshot.row.state, snapshot.row.counts, snapshot.readAt]) : "";
  // A fleet of 700,000 is a string of 700 kB: every seven seconds is often enough.
  const fresh = useThrottled(stamp, Math.max(1500, targets / 100));
  useEffect(() => {
    if (run === undefined || fresh === "") return;
    const whole = keys.run(run);
    void client.invalidateQueries({
      queryKey: whole,
      predicate: (query) => query.queryKey.length > whole.length,
    });
  }, [client, run, fresh]);
}
