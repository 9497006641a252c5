import { useMutation } from "@tanstack/react-query";

import { useDeviceDraftWriter } from "~/app/draft";
import { useFlash } from "~/app/flash";
import { ipc } from "~/ipc";
import type { DeviceDraft } from "~/ipc";

import { useRenewWanted } from "./useLayers";

/** Taking rows for single devices into the draft: from a file, from a text, or taking them off again. */
export function useRows() {
  const flash = useFlash();
  const { take, flush } = useDeviceDraftWriter();
  const renew = useRenewWanted();
  const onSuccess = (draft: DeviceDraft | null) => {
    if (draft === null) return;
    take(draft);
    renew();
  };
  const open = useMutation({
    mutationFn: async () => {
      await flush();
      return ipc.deviceRowsOpen();
    },
    onSuccess,
    onError: (error) => flash.problem(error),
  });
  const paste = useMutation({
    mutationFn: async (text: string) => {
      await flush();
      return ipc.deviceRowsPaste(text);
    },
    onSuccess,
  });
  const clear = useMutation({
    mutationFn: async () => {
      await flush();
      return ipc.deviceRowsClear();
    },
    onSuccess,
    onError: (error) => flash.problem(error),
  });
  return { open, paste, clear };
}
