import { useQuery } from "@tanstack/react-query";

import { useDraftWriter } from "~/app/draft";
import { ipc, keys, useJob } from "~/ipc";

/** The plan with its preflight checks, made anew each time the step is opened. */
export function useReview() {
  const { flush, take } = useDraftWriter();
  const query = useQuery({
    queryKey: keys.review,
    queryFn: async () => {
      await flush();
      const review = await ipc.review();
      // The checks may find a file stale or an upload gone.
      take(review.draft);
      return review;
    },
    refetchOnMount: "always",
  });
  const job = useJob("review", query.isFetching);
  return { ...query, job: query.isFetching && job?.state === "running" ? job : null };
}
