import { useQuery } from "@tanstack/react-query";

import { ipc, keys } from "~/ipc";

/** The cell of the target that an address asks for, as soon as it is known. */
export function useCellOf(run: string, target: string | null): number | null {
  const query = useQuery({
    queryKey: [...keys.run(run), "cell", target],
    queryFn: async () => (await ipc.runTargets(run, { target, offset: 0, limit: 1 })).rows[0]?.position ?? null,
    enabled: target !== null,
    staleTime: Infinity,
  });
  return query.data ?? null;
}
