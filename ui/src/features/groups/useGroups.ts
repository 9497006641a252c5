import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useEffectEvent, useRef } from "react";
import { useSearchParams } from "react-router";

import { useFlash } from "~/app/flash";
import { useWizard } from "~/app/wizard";
import { ipc, isProblem, keys, useJob } from "~/ipc";
import type { GroupsPage, GroupsQuery, SelectionChange } from "~/ipc";

const WHILE_LISTING_MILLIS = 1500;

/** Everything that rests on the inventory or on the selection. */
const DEPENDENT = [keys.groups, keys.versions, keys.draft, keys.file, keys.permissions, keys.review];

/** A function that makes stale what rests on the groups, here and in later steps. */
export function useRenewGroups() {
  const client = useQueryClient();
  const { clearError } = useWizard();
  return async () => {
    clearError();
    await Promise.all(DEPENDENT.map((queryKey) => client.invalidateQueries({ queryKey })));
  };
}

/** The inventory's state, and listing it anew: begun by hand, or by itself where nothing was ever listed. */
export function useInventory() {
  const flash = useFlash();
  const renew = useRenewGroups();
  const refresh = useMutation({
    mutationFn: () => ipc.groupsRefresh(),
    onError: (error) => {
      if (!isProblem(error, "cancelled")) flash.problem(error, () => refresh.mutate());
    },
    onSettled: renew,
  });
  const job = useJob("groups", refresh.submittedAt, () => void renew());
  const listing = refresh.isPending || job?.state === "running";
  const status = useQuery({
    queryKey: keys.groupsStatus,
    queryFn: () => ipc.groupsStatus(),
    refetchInterval: listing ? WHILE_LISTING_MILLIS : false,
  });
  const first = useRef(true);
  const never = status.data?.listedAt === null && status.data.groups === 0;
  const { mutate } = refresh;
  useEffect(() => {
    if (!never || !first.current) return;
    first.current = false;
    mutate();
  }, [never, mutate]);
  return { status, refresh, job: job?.state === "running" ? job : null, listing };
}

/** The address may name a group to show (`?find=ID`): its filter takes the place of the present one. */
export function useAskedGroup(show: (id: string) => void) {
  const [asked, setAsked] = useSearchParams();
  const id = asked.get("find");
  const take = useEffectEvent((group: string) => {
    show(group);
    setAsked({}, { replace: true });
  });
  useEffect(() => {
    if (id !== null) take(id);
  }, [id]);
}

/** One page of groups; the page before stays until the next one is there, so that nothing jumps. */
export function useGroupsPage(query: GroupsQuery, listing: boolean) {
  return useQuery({
    queryKey: keys.groupsPage(query),
    queryFn: () => ipc.groupsPage(query),
    placeholderData: keepPreviousData,
    refetchInterval: listing ? WHILE_LISTING_MILLIS : false,
  });
}

/** How many groups the last change of the selection left out, kept while the step is left and come back to. */
const LEFT_OUT = ["selection-left-out"];

/** A change of no group: its answer tells, after a restart as well, whether there is one to take back. */
const NOTHING: SelectionChange = { kind: "groups", ids: [], selected: true };

/** Changes the selection. Rows of the page that is shown change at once; the engine's word replaces them. */
export function useSelect(query: GroupsQuery) {
  const client = useQueryClient();
  const flash = useFlash();
  const renew = useRenewGroups();
  const leftOut = useQuery({ queryKey: LEFT_OUT, queryFn: () => 0, staleTime: Infinity, initialData: 0 });
  const undo = useQuery({
    queryKey: keys.groupsUndo,
    queryFn: async () => (await ipc.groupsSelect(NOTHING)).canUndo,
  });
  const select = useMutation({
    mutationFn: (change: SelectionChange) => ipc.groupsSelect(change),
    onMutate: async (change) => {
      if (change.kind !== "groups") return;
      await client.cancelQueries({ queryKey: keys.groupsPage(query) });
      const ids = new Set(change.ids);
      client.setQueryData<GroupsPage>(
        keys.groupsPage(query),
        (page) =>
          page && { ...page, rows: page.rows.map((row) => (ids.has(row.id) ? { ...row, selected: change.selected } : row)) },
      );
    },
    onSuccess: (now) => {
      client.setQueryData(LEFT_OUT, now.leftOut);
      client.setQueryData(keys.groupsUndo, now.canUndo);
    },
    onError: (error) => flash.problem(error),
    onSettled: renew,
  });
  return { select, canUndo: undo.data ?? false, leftOut: leftOut.data };
}
