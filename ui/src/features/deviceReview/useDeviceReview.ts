import { useQuery } from "@tanstack/react-query";

import { useDeviceDraftWriter } from "~/app/draft";
import { ipc, keys, useJob } from "~/ipc";

/** The plan with its preflight checks, made anew each time the step is opened. */
export function useDeviceReview() {
  const { flush, take } = useDeviceDraftWriter();
  const query = useQuery({
    queryKey: keys.deviceReview,
    queryFn: async () => {
      await flush();
      const review = await ipc.deviceReview();
      take(review.draft);
      return review;
    },
    refetchOnMount: "always",
  });
  const job = useJob("review", query.isFetching);
  return { ...query, job: query.isFetching && job?.state === "running" ? job : null };
}
