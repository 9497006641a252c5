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

export function usePlannedDevices(query: PlannedDevicesQuery, enabled: boolean) {
  return useQuery({
    queryKey: [...keys.devicePlan, "devices", query],
    queryFn: () => ipc.devicePlanDevices(query),
    enabled,
    placeholderData: keepPreviousData,
  });
}

export function useOutcomes(offset: number, limit: number, enabled: boolean) {
  return useQuery({
    queryKey: [...keys.devicePlan, "outcomes", offset, limit],
    queryFn: () => ipc.devicePlanOutcomes(offset, limit),
    enabled,
    placeholderData: keepPreviousData,
  });
}
