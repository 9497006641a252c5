import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { useFlash } from "~/app/flash";
import { useWizard } from "~/app/wizard";
import { ipc, isProblem, keys, useJob } from "~/ipc";
import type { VersionsQuery } from "~/ipc";

const WHILE_READING_MILLIS = 1500;
const DEPENDENT = [keys.versions, keys.draft, keys.file, keys.permissions, keys.review];

/** A function that makes stale what rests on the versions, here and in later steps. */
export function useRenewVersions() {
  const client = useQueryClient();
  const { clearError } = useWizard();
  return async () => {
    clearError();
    await Promise.all(DEPENDENT.map((queryKey) => client.invalidateQueries({ queryKey })));
  };
}

/** A page of selected groups with their versions, and the two changes that concern all of them. */
export function useVersions(query: VersionsQuery) {
  const flash = useFlash();
  const renew = useRenewVersions();
  const previous = useMutation({
    mutationFn: () => ipc.versionsChoosePrevious(),
    onError: (error) => {
      // What was read before the trouble is kept; trying again goes on from there.
      if (!isProblem(error, "cancelled")) flash.problem(error, () => previous.mutate());
    },
    onSettled: renew,
  });
  const latest = useMutation({
    mutationFn: () => ipc.versionsReset(),
    onError: (error) => flash.problem(error),
    onSettled: renew,
  });
  const job = useJob("versions", previous.submittedAt, () => void renew());
  const reading = previous.isPending || job?.state === "running";
  const page = useQuery({
    queryKey: keys.versionsPage(query),
    queryFn: () => ipc.versionsPage(query),
    placeholderData: keepPreviousData,
    refetchInterval: reading ? WHILE_READING_MILLIS : false,
  });
  return { page, previous, latest, reading, job: job?.state === "running" ? job : null };
}
