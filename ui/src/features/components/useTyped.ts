import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";

/**
 * What was typed into a dialog and belongs to no draft: kept as long as the window is open, however often dialog and step
 * are left.
 */
export function useTyped<T>(name: string, empty: T): [T, (change: T | ((before: T) => T)) => void] {
  const client = useQueryClient();
  const key = ["typed", name];
  const { data } = useQuery({ queryKey: key, queryFn: () => empty, initialData: empty, staleTime: Infinity, gcTime: Infinity });
  const set = useCallback(
    (change: T | ((before: T) => T)) => {
      client.setQueryData<T>(["typed", name], (before) =>
        typeof change === "function" ? (change as (before: T) => T)(before ?? empty) : change,
      );
    },
    [client, name, empty],
  );
  return [data ?? empty, set];
}
