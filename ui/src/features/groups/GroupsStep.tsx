import { InventoryTable } from "~/app/inventory/InventoryTable";
import { useInventory, useInventoryPage } from "~/app/inventory/useInventory";
import { useTableState } from "~/app/inventory/useTableState";

import { groups } from "./kind";

export function GroupsStep() {
  const state = useTableState(groups);
  const inventory = useInventory(groups);
  const page = useInventoryPage(groups, state.query, inventory.listing);
  return <InventoryTable kind={groups} state={state} inventory={inventory} page={page} />;
}
