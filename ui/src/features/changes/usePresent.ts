import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";

import { useDeviceDraftWriter } from "~/app/draft";
import { useFlash } from "~/app/flash";
import { useWizard } from "~/app/wizard";
import { ipc, isProblem, keys, useJob } from "~/ipc";

const WHILE_READING_MILLIS = 1500;

/** Everything that rests on what devices have now. */
const DEPENDENT = [keys.present, keys.devicePlan, keys.deviceReview];

/** How far the present deployments of the selected devices are read, and reading them: by hand, or by itself once. */
export function usePresent() {
  const client = useQueryClient();
  const flash = useFlash();
  const { flush } = useDeviceDraftWriter();
  const { clearError } = useWizard();
  const renew = async () => {
    clearError();
    await Promise.all(DEPENDENT.map((queryKey) => client.invalidateQueries({ queryKey })));
  };
  const read = useMutation({
    mutationFn: async (again: boolean) => {
      await flush();
      return ipc.devicePresentRead(again);
    },
    onError: (error, again) => {
      // What was read before the trouble is kept; trying again goes on from there.
      if (!isProblem(error, "cancelled")) flash.problem(error, () => read.mutate(again));
    },
    onSettled: renew,
  });
  const job = useJob("present", read.submittedAt, () => void renew());
  const reading = read.isPending || job?.state === "running";
  const status = useQuery({
    queryKey: keys.present,
    queryFn: () => ipc.devicePresentStatus(),
    refetchOnMount: "always",
    refetchInterval: reading ? WHILE_READING_MILLIS : false,
  });
  const first = useRef(true);
  // A look at the step reads what is missing; whoever cancels that goes on by hand.
  const missing = status.isFetchedAfterMount && status.data !== undefined && status.data.read < status.data.devices;
  const { mutate } = read;
  useEffect(() => {
    if (!missing || reading || !first.current) return;
    first.current = false;
    mutate(false);
  }, [missing, reading, mutate]);
  return { status, read, reading, job: job?.state === "running" ? job : null };
}

export type Present = ReturnType<typeof usePresent>;
