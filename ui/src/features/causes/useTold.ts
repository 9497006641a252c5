import { keepPreviousData, useQuery } from "@tanstack/react-query";

import { type Told, toldBy } from "~/app/target/errorStack";
import { type Cause, type RunRow, ipc, keys } from "~/ipc";

export const PAGE = 8;

/** One page of a cause's targets. */
export function useCauseTargets(row: RunRow, cause: Cause, page: number) {
  const asked = { state: null, cause: cause.key, text: "", offset: (page - 1) * PAGE, limit: PAGE };
  return useQuery({
    queryKey: keys.runTargets(row.id, asked),
    queryFn: () => ipc.runTargets(row.id, asked),
    placeholderData: keepPreviousData,
  });
}

/** What the first device of a cause tells beside its words: the same codes made it the same cause. */
export function useTold(row: RunRow, cause: Cause): Told {
  const { data, isPlaceholderData } = useCauseTargets(row, cause, 1);
  const first = isPlaceholderData || row.generation === "v1" ? undefined : data?.rows[0];
  return toldBy(first?.details ?? []);
}
