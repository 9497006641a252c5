import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";

import { useFlash } from "~/app/flash";
import { useWizard } from "~/app/wizard";
import { ProblemError, isProblem, useJob } from "~/ipc";
import type { Problem } from "~/ipc";

import { pageKey, standingKey, undoKey } from "./kind";
import type { Change, InventoryPage, InventoryQuery, TargetKind } from "./kind";

const WHILE_LISTING_MILLIS = 1500;

/** A kind of targets, where neither its rows nor its order matter. */
export type AnyKind = Pick<
  TargetKind<never, never>,
  "name" | "one" | "many" | "key" | "dependent" | "job" | "standing" | "refresh" | "select" | "importText" | "importFile"
>;

/** A function that makes stale what rests on the inventory, here and in later steps. */
export function useRenew({ key, dependent }: AnyKind) {
  const client = useQueryClient();
  const { clearError } = useWizard();
  return async () => {
    clearError();
    await Promise.all([key, ...dependent].map((queryKey) => client.invalidateQueries({ queryKey })));
  };
}

/** The inventory's state, and listing it anew: begun by hand, or by itself where nothing was ever listed. */
export function useInventory(kind: AnyKind) {
  const client = useQueryClient();
  const flash = useFlash();
  const renew = useRenew(kind);
  // Kept while the step is left and come back to.
  const besideKey = ["listed-beside", kind.name];
  const beside = useQuery<Problem | null>({ queryKey: besideKey, queryFn: () => null, staleTime: Infinity, initialData: null });
  const refresh = useMutation({
    mutationFn: () => kind.refresh(),
    onSuccess: (refused) => client.setQueryData<Problem | null>(besideKey, refused),
    onError: (error) => {
      if (!isProblem(error, "cancelled")) flash.problem(error, () => refresh.mutate());
    },
    onSettled: renew,
  });
  const job = useJob(kind.job, refresh.submittedAt, () => void renew());
  const listing = refresh.isPending || job?.state === "running";
  const status = useQuery({
    queryKey: standingKey(kind.key),
    queryFn: () => kind.standing(),
    refetchInterval: listing ? WHILE_LISTING_MILLIS : false,
  });
  const first = useRef(true);
  const never = status.data?.listedAt === null && status.data.total === 0;
  const { mutate } = refresh;
  useEffect(() => {
    if (!never || !first.current) return;
    first.current = false;
    mutate();
  }, [never, mutate]);
  return { status, refresh, beside: beside.data && new ProblemError(beside.data), job: job?.state === "running" ? job : null, listing };
}

/** One page; the page before stays until the next one is there, so that nothing jumps. */
export function useInventoryPage<Row extends { selected: boolean }, Sort extends string>(
  kind: TargetKind<Row, Sort>,
  query: InventoryQuery<Sort>,
  listing: boolean,
) {
  return useQuery({
    queryKey: pageKey(kind.key, query),
    queryFn: () => kind.page(query),
    placeholderData: keepPreviousData,
    refetchInterval: listing ? WHILE_LISTING_MILLIS : false,
  });
}

/** A change of nothing: its answer tells, after a restart as well, whether there is one to take back. */
const NOTHING: Change = { kind: "some", keys: [], selected: true };

/** Changes the selection. Rows of the page that is shown change at once; the engine's word replaces them. */
export function useSelect<Row extends { selected: boolean }, Sort extends string>(
  kind: TargetKind<Row, Sort>,
  query: InventoryQuery<Sort>,
) {
  const client = useQueryClient();
  const flash = useFlash();
  const renew = useRenew(kind);
  const shown = pageKey(kind.key, query);
  // How many the last change left out, kept while the step is left and come back to.
  const leftOutKey = ["selection-left-out", kind.name];
  const leftOut = useQuery({ queryKey: leftOutKey, queryFn: () => 0, staleTime: Infinity, initialData: 0 });
  const undo = useQuery({ queryKey: undoKey(kind.key), queryFn: async () => (await kind.select(NOTHING)).canUndo });
  const select = useMutation({
    mutationFn: (change: Change) => kind.select(change),
    onMutate: async (change) => {
      if (change.kind !== "some") return;
      await client.cancelQueries({ queryKey: shown });
      const keys = new Set(change.keys);
      client.setQueryData<InventoryPage<Row>>(
        shown,
        (page) =>
          page && {
            ...page,
            rows: page.rows.map((row) => (keys.has(kind.keyOf(row)) ? { ...row, selected: change.selected } : row)),
          },
      );
    },
    onSuccess: (now) => {
      client.setQueryData(leftOutKey, now.leftOut);
      client.setQueryData(undoKey(kind.key), now.canUndo);
    },
    onError: (error) => flash.problem(error),
    onSettled: renew,
  });
  return { select, canUndo: undo.data ?? false, leftOut: leftOut.data };
}
