import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";

import { count, counted } from "~/app/format";
import { JobLine } from "~/app/parts/JobLine";
import { LineHeader } from "~/app/parts/LineHeader";
import { Time } from "~/app/parts/Time";
import type { GroupsPage, SelectionChange } from "~/ipc";

import type { useInventory } from "./useGroups";

interface Props {
  inventory: ReturnType<typeof useInventory>;
  page: GroupsPage | undefined;
  filtered: boolean;
  canUndo: boolean;
  /** Groups that the last change left out, because they cannot be deployed. */
  leftOut: number;
  busy: boolean;
  onSelect: (change: SelectionChange) => void;
  onSelectMatching: () => void;
  onImport: () => void;
}

/** How old the list is, or how far a listing has come. */
function Age({ inventory, leftOut }: Pick<Props, "inventory" | "leftOut">) {
  const { status, job, listing } = inventory;
  if (job) return <JobLine job={job} units="groups" />;
  if (listing) return <StatusIndicator type="in-progress">Listing the groups</StatusIndicator>;
  if (!status.data) return null;
  const { listedAt, partial } = status.data;
  return (
    <>
      <span>
        {listedAt === null ? (
          "Not listed yet"
        ) : (
          <>
            Listed <Time millis={listedAt} />
          </>
        )}
      </span>
      {leftOut > 0 && (
        <StatusIndicator type="info">{counted(leftOut, "group", "groups")} left out: not deployable</StatusIndicator>
      )}
      {partial && <StatusIndicator type="warning">The last listing was broken off: groups may be missing</StatusIndicator>}
    </>
  );
}

export function GroupsHeader({ inventory, page, filtered, canUndo, leftOut, busy, onSelect, onSelectMatching, onImport }: Props) {
  const unselected = page?.matchesUnselected ?? 0;
  return (
    <LineHeader
      counter={page && `(${count(page.selected)} of ${count(page.total)} selected)`}
      line={<Age inventory={inventory} leftOut={leftOut} />}
      actions={
        <SpaceBetween direction="horizontal" size="xs">
          <Button
            iconName="refresh"
            ariaLabel="List the groups again"
            loading={inventory.listing}
            onClick={() => inventory.refresh.mutate()}
            data-testid="groups-refresh"
          />
          <Button
            iconName="undo"
            ariaLabel="Undo the last change of the selection"
            disabled={!canUndo || busy}
            onClick={() => onSelect({ kind: "undo" })}
            data-testid="groups-undo"
          />
          <Button onClick={onImport} data-testid="groups-import">
            Import list
          </Button>
          <Button disabled={!page?.selected || busy} onClick={() => onSelect({ kind: "clear" })} data-testid="groups-clear">
            Clear
          </Button>
          <Button disabled={unselected === 0} loading={busy} onClick={onSelectMatching} data-testid="groups-select-all">
            {unselected === 0
              ? "All selected"
              : filtered
                ? `Select all ${count(unselected)} matching`
                : `Select all ${count(unselected)}`}
          </Button>
        </SpaceBetween>
      }
    >
      All groups
    </LineHeader>
  );
}
