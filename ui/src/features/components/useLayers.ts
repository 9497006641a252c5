import { useQueryClient } from "@tanstack/react-query";

import { useDeviceDraftWriter } from "~/app/draft";
import { useWizard } from "~/app/wizard";
import { keys } from "~/ipc";
import type { DeviceDraft, Layer } from "~/ipc";

import { shownLayers } from "./layers";

/** What rests on what is wanted of devices. */
const DEPENDENT = [keys.devicePlan, keys.deviceReview, keys.devicePermissions];

/** A function that makes stale what later steps made of what is wanted. */
export function useRenewWanted() {
  const client = useQueryClient();
  const { clearError } = useWizard();
  return () => {
    clearError();
    for (const queryKey of DEPENDENT) void client.invalidateQueries({ queryKey });
  };
}

/** The draft's layers, and changing them: at once on the screen, in the store right after. */
export function useLayers(draft: DeviceDraft) {
  const { change, flush } = useDeviceDraftWriter();
  const renew = useRenewWanted();
  const set = (layers: Layer[]) => {
    change({ layers });
    void flush().then(renew);
  };
  return { layers: shownLayers(draft.layers), set };
}
