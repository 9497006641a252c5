import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import type { ReactNode } from "react";

import { count, counted } from "~/app/format";
import { JobLine } from "~/app/parts/JobLine";
import { LineHeader } from "~/app/parts/LineHeader";
import { Time } from "~/app/parts/Time";

import type { Change, InventoryPage } from "./kind";
import type { AnyKind, useInventory } from "./useInventory";

interface Props {
  kind: AnyKind & { title: string };
  inventory: ReturnType<typeof useInventory>;
  page: InventoryPage<unknown> | undefined;
  filtered: boolean;
  canUndo: boolean;
  /** Targets that the last change left out, because they cannot be deployed to. */
  leftOut: number;
  busy: boolean;
  /** What else there is to say of the list, after its age. */
  note?: ReactNode;
  onSelect: (change: Change) => void;
  onSelectMatching: () => void;
  onImport: () => void;
}

/** How old the list is, or how far a listing has come. */
function Age({ kind, inventory, leftOut, note }: Pick<Props, "kind" | "inventory" | "leftOut" | "note">) {
  const { status, job, listing } = inventory;
  if (job) return <JobLine job={job} units={kind.many} />;
  if (listing) return <StatusIndicator type="in-progress">Listing the {kind.many}</StatusIndicator>;
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
      {leftOut > 0 && <StatusIndicator type="info">{counted(leftOut, kind.one, kind.many)} left out: not deployable</StatusIndicator>}
      {partial && <StatusIndicator type="warning">The last listing was broken off: {kind.many} may be missing</StatusIndicator>}
      {note}
    </>
  );
}

export function InventoryHeader(props: Props) {
  const { kind, inventory, page, filtered, canUndo, busy, onSelect, onSelectMatching, onImport } = props;
  const unselected = page?.matchesUnselected ?? 0;
  return (
    <LineHeader
      counter={page && `(${count(page.selected)} of ${count(page.total)} selected)`}
      line={<Age {...props} />}
      actions={
        <SpaceBetween direction="horizontal" size="xs">
          <Button
            iconName="refresh"
            ariaLabel={`List the ${kind.many} again`}
            loading={inventory.listing}
            onClick={() => inventory.refresh.mutate()}
            data-testid={`${kind.name}-refresh`}
          />
          <Button
            iconName="undo"
            ariaLabel="Undo the last change of the selection"
            disabled={!canUndo || busy}
            onClick={() => onSelect({ kind: "undo" })}
            data-testid={`${kind.name}-undo`}
          />
          <Button onClick={onImport} data-testid={`${kind.name}-import`}>
            Import list
          </Button>
          <Button disabled={!page?.selected || busy} onClick={() => onSelect({ kind: "clear" })} data-testid={`${kind.name}-clear`}>
            Clear
          </Button>
          <Button disabled={unselected === 0} loading={busy} onClick={onSelectMatching} data-testid={`${kind.name}-select-all`}>
            {unselected === 0
              ? "All selected"
              : filtered
                ? `Select all ${count(unselected)} matching`
                : `Select all ${count(unselected)}`}
          </Button>
        </SpaceBetween>
      }
    >
      {kind.title}
    </LineHeader>
  );
}
