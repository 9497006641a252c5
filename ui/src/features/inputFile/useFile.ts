import { useMutation, useQueryClient } from "@tanstack/react-query";

import { useDraftWriter } from "~/app/draft";
import { useFlash } from "~/app/flash";
import { useWizard } from "~/app/wizard";
import { ipc, isProblem, keys, useJob } from "~/ipc";
import type { Draft } from "~/ipc";

/** A function that takes over a new draft and makes stale what rests on its file. */
function useTakeOver() {
  const client = useQueryClient();
  const { take } = useDraftWriter();
  const { clearError } = useWizard();
  return async (draft: Draft | null) => {
    if (draft === null) return;
    clearError();
    take(draft);
    await Promise.all([keys.file, keys.permissions, keys.review].map((queryKey) => client.invalidateQueries({ queryKey })));
  };
}

/** Making the file from the selection, or opening one from disk; at most one of both is at work. */
export function useFileWork() {
  const takeOver = useTakeOver();
  const { flush } = useDraftWriter();
  const client = useQueryClient();
  const make = useMutation({
    mutationFn: async () => {
      await flush();
      return ipc.fileMake();
    },
    onSuccess: takeOver,
  });
  const open = useMutation({ mutationFn: () => ipc.fileOpen(), onSuccess: takeOver });
  const job = useJob(
    "input_file",
    Math.max(make.submittedAt, open.submittedAt),
    () => void client.invalidateQueries({ queryKey: keys.draft }),
  );
  const last = open.submittedAt > make.submittedAt ? open : make;
  const error = last.error && !isProblem(last.error, "cancelled") ? last.error : null;
  const working = make.isPending || open.isPending;
  return { make, open, working, error, job: job?.state === "running" ? job : null };
}

/** Uploading the file and comparing what arrived. */
export function useUpload() {
  const takeOver = useTakeOver();
  const { flush } = useDraftWriter();
  const client = useQueryClient();
  const upload = useMutation({
    mutationFn: async () => {
      await flush();
      return ipc.fileUpload();
    },
    onSuccess: takeOver,
  });
  const job = useJob("upload", upload.submittedAt, () => void client.invalidateQueries({ queryKey: keys.draft }));
  const error = upload.error && !isProblem(upload.error, "cancelled") ? upload.error : null;
  return { upload, error, job: job?.state === "running" ? job : null };
}

/** Saving the file where the user says. */
export function useExport() {
  const flash = useFlash();
  return useMutation({
    mutationFn: () => ipc.fileExport(),
    onSuccess: (path) => path !== null && flash.success(`The input file is in ${path}.`),
    onError: (error) => flash.problem(error),
  });
}
