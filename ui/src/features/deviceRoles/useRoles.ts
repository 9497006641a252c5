import { useQuery } from "@tanstack/react-query";

import { useDeviceDraft, useDeviceDraftWriter } from "~/app/draft";
import type { HandOverSource } from "~/app/permissions/HandOverMenu";
import { roleNameFault } from "~/app/permissions/roleName";
import { useWork } from "~/app/permissions/useWork";
import { type DevicePermissions, ipc, keys, useJob } from "~/ipc";

/** What holds for both roles, looked at anew whenever a role or what it should allow has been chosen. */
export function useRoles(asked: { deviceRole: string; role: string }) {
  const draft = useDeviceDraft();
  const { flush } = useDeviceDraftWriter();
  const key = [...keys.devicePermissions, asked, draft.data?.wishes, draft.data?.way] as const;
  const check = useQuery<DevicePermissions>({
    queryKey: key,
    queryFn: async () => {
      await flush();
      return ipc.devicePermissionsCheck();
    },
    enabled: draft.isSuccess && roleNameFault(asked.deviceRole) === null,
    refetchOnMount: "always",
    // Another wish for the same roles: the screen stays as it is until the answer comes.
    placeholderData: (before) => before,
  });
  const work = useWork({
    key,
    checked: keys.devicePermissions,
    reviewed: keys.deviceReview,
    apply: () => ipc.devicePermissionsApply(),
    undo: () => ipc.devicePermissionsUndo(),
  });
  const texts: HandOverSource = {
    queryKey: keys.devicePermissions,
    text: async (form) => {
      await flush();
      return ipc.devicePermissionsHandOver(form);
    },
    save: (form) => ipc.devicePermissionsSave(form),
  };
  // Recipes are read for what the components need: that is told while it goes on.
  const checking = useJob("device_roles", check.isFetching);
  return { check, work, texts, checking: check.isFetching && checking?.state === "running" ? checking : null };
}
