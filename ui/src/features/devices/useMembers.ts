import { useMutation } from "@tanstack/react-query";

import { useFlash } from "~/app/flash";
import { counted } from "~/app/format";
import { useRenew } from "~/app/inventory/useInventory";
import { ipc, isProblem, useJob } from "~/ipc";

import { membersOf } from "./filter";
import { devices } from "./kind";

interface Wish {
  group: string;
  then: "select" | "show";
}

/** Reads who is in a thing group, and then selects its devices or shows them. Its members may have changed, so they are read each time. */
export function useMembers(onShow: (group: string) => void) {
  const flash = useFlash();
  const renew = useRenew(devices);
  const read = useMutation({
    mutationFn: async ({ group, then }: Wish) => {
      const row = await ipc.thingGroupRead(group);
      const selection = then === "select" ? await ipc.devicesSelect({ kind: "matching", filter: membersOf(group), selected: true }) : null;
      return { row, selection };
    },
    onSuccess: ({ row, selection }, { group, then }) => {
      const found = counted(row.devices ?? 0, "core device");
      if (then === "show") onShow(group);
      else if (selection) flash.success(`${found} of ${group} selected, ${counted(selection.selected, "core device")} in all.`);
    },
    onError: (error, wish) => {
      if (!isProblem(error, "cancelled")) flash.problem(error, () => read.mutate(wish));
    },
    onSettled: renew,
  });
  const job = useJob("device_details", read.submittedAt);
  return {
    /** The group that is being read. */
    at: read.isPending ? read.variables.group : null,
    job: read.isPending && job?.state === "running" ? job : null,
    select: (group: string) => read.mutate({ group, then: "select" }),
    show: (group: string) => read.mutate({ group, then: "show" }),
  };
}
