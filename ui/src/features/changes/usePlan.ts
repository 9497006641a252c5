import { keepPreviousData, useQuery } from "@tanstack/react-query";

import { useDeviceDraftWriter } from "~/app/draft";
import { type PlannedDevicesQuery, ipc, keys, useJob } from "~/ipc";

/** What the draft comes to, made anew whenever the step is opened; the engine keeps what has not changed. */
export function usePreview(enabled: boolean) {
  const { flush } = useDeviceDraftWriter();
  const preview = useQuery({
    queryKey: [...keys.devicePlan, "preview"],
    queryFn: async () => {
      await flush();
      return ipc.devicePlanPreview();
    },
    enabled,
    refetchOnMount: "always",
  });
  const job = useJob("device_plan", preview.isFetching);
  return { ...preview, job: preview.isFetching && job?.state === "running" ? job : null };
}

/** One page of devices of the plan that was `made` then: pages and sums are of one plan, which is made once. */
export function usePlannedDevices(query: PlannedDevicesQuery, made: number) {
  return useQuery({
    queryKey: [...keys.devicePlanned, made, "devices", query],
    queryFn: () => ipc.devicePlanDevices(query),
    placeholderData: keepPreviousData,
  });
}

/** One page of outcomes of the plan that was `made` then. */
export function useOutcomes(offset: number, limit: number, made: number) {
  return useQuery({
    queryKey: [...keys.devicePlanned, made, "outcomes", offset, limit],
    queryFn: () => ipc.devicePlanOutcomes(offset, limit),
    placeholderData: keepPreviousData,
  });
}
