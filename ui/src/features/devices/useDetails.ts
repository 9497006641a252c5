import { useQuery, useQueryClient } from "@tanstack/react-query";

import { pageKey } from "~/app/inventory/kind";
import type { InventoryPage, InventoryQuery } from "~/app/inventory/kind";
import { ipc, keys } from "~/ipc";
import type { DeviceRow, DeviceSort } from "~/ipc";

/** The engine asks again for what is older; a look at the same page asks the engine again after that time as well. */
const FRESH_MILLIS = 15 * 60_000;

/**
 * Reads nucleus and thing groups of the devices that are shown, one call each. They are put into the rows where they
 * stand: an order by nucleus does not change under the reader.
 */
export function useDetails(query: InventoryQuery<DeviceSort>, page: InventoryPage<DeviceRow> | undefined, wait: boolean) {
  const client = useQueryClient();
  const names = (page?.rows ?? []).filter(({ gone }) => !gone).map(({ thingName }) => thingName);
  const shown = pageKey(keys.devices, query);
  return useQuery({
    queryKey: keys.deviceDetails(names),
    queryFn: async () => {
      const read = await ipc.devicesRead(names);
      const known = new Map(read.map((row) => [row.thingName, row]));
      client.setQueryData<InventoryPage<DeviceRow>>(shown, (present) => present && {
        ...present,
        rows: present.rows.map((row) => {
          const { nucleus, thingGroups, readAt } = known.get(row.thingName) ?? row;
          return { ...row, nucleus, thingGroups, readAt };
        }),
      });
      return read.length;
    },
    enabled: names.length > 0 && !wait,
    staleTime: FRESH_MILLIS,
    gcTime: FRESH_MILLIS,
  });
}
