import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { type TargetState, ipc, keys } from "~/ipc";

import type { Picked } from "./fleetSelection";
import { rowsAt } from "./pickedRows";
import { useThrottled } from "./useRun";

const PAGE = 20;

export interface TargetsFilter {
  state: TargetState | null;
  text: string;
  /** Just these targets, whatever their state. */
  picked: Picked | null;
}

export const NO_FILTER: TargetsFilter = { state: null, text: "", picked: null };

/** One page of the targets that a filter leaves. */
export function useTargets(run: string, filter: TargetsFilter) {
  const text = useThrottled(filter.text, 250);
  const { state, picked } = filter;
  // A page belongs to its filter: another filter begins at page 1 without an effect.
  const scope = picked ?? `${state ?? ""} ${text}`;
  const [place, setPlace] = useState<{ scope: unknown; page: number }>({ scope, page: 1 });
  const page = place.scope === scope ? place.page : 1;
  const offset = (page - 1) * PAGE;
  const asked = { state, cause: null, text, offset, limit: PAGE };
  const indices = picked?.indices.slice(offset, offset + PAGE);
  const query = useQuery({
    queryKey: indices === undefined ? keys.runTargets(run, asked) : [...keys.run(run), "picked", indices],
    queryFn: async () =>
      picked === null || indices === undefined
        ? ipc.runTargets(run, asked)
        : { rows: await rowsAt(run, indices), matches: picked.indices.length },
    placeholderData: keepPreviousData,
  });
  const matches = query.data?.matches ?? 0;
  return {
    query,
    rows: query.data?.rows ?? [],
    matches,
    page,
    pages: Math.max(1, Math.ceil(matches / PAGE)),
    toPage: (next: number) => setPlace({ scope, page: next }),
  };
}
