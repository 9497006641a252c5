import { useMutation } from "@tanstack/react-query";

import { useFlash } from "~/app/flash";
import { count, counted } from "~/app/format";
import { useRenew } from "~/app/inventory/useInventory";
import { ipc, isProblem, useJob } from "~/ipc";

import { membersOf } from "./filter";
import { devices } from "./kind";

interface Wish {
  group: string;
  then: "select" | "show";
}

/** Reads who is in a thing group, each time anew, since its members may have changed; then selects its devices or shows them. */
export function useMembers(onShow: (group: string) => void) {
  const flash = useFlash();
  const renew = useRenew(devices);
  const read = useMutation({
    mutationFn: async ({ group, then }: Wish) => {
      const row = await ipc.thingGroupRead(group);
      if (then === "show") return { row, selection: null };
      const selection = await ipc.devicesSelect({ kind: "matching", filter: membersOf(group), selected: true });
      return { row, selection };
    },
    onSuccess: (_, { group, then }) => {
      if (then === "show") onShow(group);
    },
    onError: (error, wish) => {
      if (!isProblem(error, "cancelled")) flash.problem(error, () => read.mutate(wish));
    },
    onSettled: renew,
  });
  const job = useJob("device_details", read.submittedAt);
  const { row, selection } = read.data ?? { row: null, selection: null };
  return {
    /** What the last selection came to. */
    selected:
      row &&
      selection &&
      `${counted(row.devices ?? 0, "core device")} of ${row.name} selected, ${count(selection.selected)} in all`,
    /** The group that is being read. */
    at: read.isPending ? read.variables.group : null,
    job: read.isPending && job?.state === "running" ? job : null,
    select: (group: string) => read.mutate({ group, then: "select" }),
    show: (group: string) => read.mutate({ group, then: "show" }),
  };
}
