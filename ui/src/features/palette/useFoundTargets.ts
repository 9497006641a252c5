import { keepPreviousData, useQuery } from "@tanstack/react-query";

import { useGeneration } from "~/app/generation";
import { type DevicesQuery, type Filter, type GroupsQuery, ipc, keys } from "~/ipc";

import { deviceEntries, groupEntries } from "./entries";

/** Shorter texts match nearly every target. */
const FROM = 2;

const having = (text: string): Filter => ({ operation: "and", tokens: [{ property: null, operator: ":", value: text }] });

/** What may be deployed to and has the text in its id or name, found by the engine: of the generation that the wizard is for. */
export function useFoundTargets(text: string, limit: number, connected: boolean) {
  const { generation } = useGeneration();
  const v2 = generation === "v2";
  const enabled = connected && text.length >= FROM;
  const page = { filter: having(text), descending: false, offset: 0, limit };
  const ofGroups: GroupsQuery = { ...page, sort: "name" };
  const ofDevices: DevicesQuery = { ...page, sort: "thingName" };
  const shared = { placeholderData: keepPreviousData, gcTime: 10_000 } as const;
  const groups = useQuery({
    queryKey: keys.groupsPage(ofGroups),
    queryFn: () => ipc.groupsPage(ofGroups),
    enabled: enabled && !v2,
    ...shared,
  });
  const devices = useQuery({
    queryKey: [...keys.devices, "found", ofDevices],
    queryFn: () => ipc.devicesPage(ofDevices),
    enabled: enabled && v2,
    ...shared,
  });
  const entries = v2 ? deviceEntries(devices.data?.rows ?? []) : groupEntries(groups.data?.rows ?? []);
  const query = v2 ? devices : groups;
  return {
    kind: v2 ? ("Devices" as const) : ("Groups" as const),
    entries: enabled ? entries : [],
    searching: enabled && query.isFetching,
    error: query.error,
  };
}
