import { keepPreviousData, useQuery } from "@tanstack/react-query";

import { useSettled } from "~/app/useSettled";
import { ipc, isProblem, keys } from "~/ipc";

import { defaultsOf } from "./configuration";

/** Listings are read again after this time, or when something was published. */
const FRESH_MILLIS = 5 * 60_000;
const TYPING_MILLIS = 400;

/** The account's components and those of AWS; the second listing begins when the first is there. */
export function useComponents() {
  const own = useQuery({ queryKey: keys.componentsOf("own"), queryFn: () => ipc.componentsList("own"), staleTime: FRESH_MILLIS });
  const all = useQuery({
    queryKey: keys.componentsOf("public"),
    queryFn: () => ipc.componentsList("public"),
    staleTime: FRESH_MILLIS,
    enabled: own.isFetched,
  });
  const rows = [...(own.data ?? []), ...(all.data ?? [])];
  return {
    own: own.data ?? [],
    public: all.data ?? [],
    find: (name: string) => rows.find((row) => row.name === name),
    pending: own.isPending || all.isPending,
    error: own.error ?? all.error,
    again: () => {
      if (own.error) void own.refetch();
      if (all.error) void all.refetch();
    },
  };
}

/** The versions of a component, newest first; one that does not exist has none. */
export function useVersionsOf(name: string) {
  const components = useComponents();
  const settled = useSettled(name, TYPING_MILLIS);
  const component = components.find(settled)?.arn ?? settled;
  const versions = useQuery({
    queryKey: keys.componentVersions(component),
    queryFn: async () => {
      try {
        return await ipc.componentVersions(component);
      } catch (error) {
        if (isProblem(error, "not_found")) return [];
        throw error;
      }
    },
    // The ARN of AWS's components is known by their listing only.
    enabled: settled !== "" && !components.pending,
    staleTime: FRESH_MILLIS,
  });
  return { ...versions, row: components.find(settled), current: settled === name };
}

/** A version with its recipe. Versions never change, but their state does. */
export function useShown(arn: string | undefined, yaml: boolean) {
  return useQuery({
    queryKey: keys.componentShown(arn ?? "", yaml),
    queryFn: () => ipc.componentShow(arn ?? "", yaml),
    enabled: arn !== undefined,
    placeholderData: keepPreviousData,
  });
}

/** The default configuration of a component in a version, else in its latest one. */
export function useDefaults(
  name: string,
  version: string,
): { arn: string | undefined; of: string; defaults: unknown; pending: boolean } {
  const versions = useVersionsOf(name);
  const row = versions.data?.find((found) => found.version === version.trim()) ?? versions.data?.[0];
  const recipe = useQuery({
    queryKey: keys.componentShown(row?.arn ?? "", false),
    queryFn: () => ipc.componentShow(row?.arn ?? "", false),
    enabled: row !== undefined,
    staleTime: FRESH_MILLIS,
    select: (shown) => defaultsOf(shown.recipe),
  });
  return { arn: row?.arn, of: row?.version ?? "", defaults: recipe.data ?? null, pending: row !== undefined && recipe.isPending };
}
