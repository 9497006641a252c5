import Tabs from "@cloudscape-design/components/tabs";
import { useState } from "react";

import { InventoryTable } from "~/app/inventory/InventoryTable";
import { exactly } from "~/app/inventory/filter";
import { useInventory, useInventoryPage } from "~/app/inventory/useInventory";
import { useTableState } from "~/app/inventory/useTableState";

import { DetailsNote } from "./DetailsNote";
import { ThingGroups } from "./ThingGroups";
import { devices } from "./kind";
import { useDetails } from "./useDetails";

export function DevicesStep() {
  const [tab, setTab] = useState("devices");
  const state = useTableState(devices);
  const inventory = useInventory(devices);
  const page = useInventoryPage(devices, state.query, inventory.listing);
  const details = useDetails(state.query, page.data, inventory.listing || page.isPlaceholderData);
  const shown = page.data?.rows.length ?? 0;
  return (
    <Tabs
      activeTabId={tab}
      onChange={({ detail }) => setTab(detail.activeTabId)}
      ariaLabel="Core devices and thing groups"
      tabs={[
        {
          id: "devices",
          label: "Core devices",
          content: (
            <InventoryTable
              kind={devices}
              state={state}
              inventory={inventory}
              page={page}
              note={<DetailsNote details={details} shown={shown} filter={state.filter} />}
            />
          ),
        },
        {
          id: "thingGroups",
          label: "Thing groups",
          content: (
            <ThingGroups
              inventory={inventory}
              onShow={(group) => {
                state.setFilter(exactly("thingGroup", group));
                setTab("devices");
              }}
            />
          ),
        },
      ]}
    />
  );
}
