import { useQuery } from "@tanstack/react-query";

import { useDraft, useDraftWriter } from "~/app/draft";
import { roleNameFault } from "~/app/permissions/roleName";
import { type Permissions, ipc, keys } from "~/ipc";

/** What holds for a role, looked at anew whenever the role or the way to allow it has been chosen. */
export function useCheck(role: string) {
  const draft = useDraft();
  const { flush } = useDraftWriter();
  const key = [...keys.permissions, role, draft.data?.pack, draft.data?.readBy] as const;
  const check = useQuery<Permissions>({
    queryKey: key,
    queryFn: async () => {
      await flush();
      return ipc.permissionsCheck();
    },
    enabled: draft.isSuccess && roleNameFault(role) === null,
    refetchOnMount: "always",
    // Another way for the same role: the screen stays as it is until the answer comes.
    placeholderData: (before, query) => (query?.queryKey[1] === role ? before : undefined),
  });
  return { check, key };
}
