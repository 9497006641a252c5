import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";

import { counted } from "~/app/format";
import type { Inventory } from "~/ipc";

import { STALE_SELECTION } from "./filter";
import type { useSelect } from "./useGroups";

interface Props {
  inventory: Inventory | undefined;
  select: ReturnType<typeof useSelect>["select"];
}

/** Groups that were selected and cannot be deployed since the last listing. */
export function StaleSelection({ inventory, select }: Props) {
  const stale = inventory?.selectedNotDeployable ?? 0;
  if (stale === 0) return null;
  return (
    <Alert
      type="warning"
      action={
        <Button
          loading={select.isPending}
          onClick={() => select.mutate({ kind: "matching", filter: STALE_SELECTION, selected: false })}
          data-testid="groups-drop-stale"
        >
          Deselect {stale === 1 ? "it" : "them"}
        </Button>
      }
    >
      {counted(stale, "selected group cannot", "selected groups cannot")} be deployed any more.
    </Alert>
  );
}
