import type { CollectionPreferencesProps } from "@cloudscape-design/components/collection-preferences";
import Popover from "@cloudscape-design/components/popover";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import type { TableProps } from "@cloudscape-design/components/table";

import { Mono } from "~/app/parts/Mono";
import { Time } from "~/app/parts/Time";
import type { GroupRow, GroupSort } from "~/ipc";

import { NOT_DEPLOYABLE } from "./filter";

function LatestVersion({ row }: { row: GroupRow }) {
  if (row.deployable === "yes") return row.latestVersion === null ? <>–</> : <Mono cut>{row.latestVersion}</Mono>;
  const [word, sentence] = NOT_DEPLOYABLE[row.deployable];
  return (
    <Popover dismissButton={false} position="top" size="medium" triggerType="text" content={sentence}>
      <StatusIndicator type="warning">{word}</StatusIndicator>
    </Popover>
  );
}

const sortable: Record<GroupSort, string> = { name: "name", id: "id", createdAt: "createdAt", updatedAt: "updatedAt" };

export const columns: TableProps.ColumnDefinition<GroupRow>[] = [
  {
    id: "name",
    header: "Name",
    cell: (row) => <b>{row.name}</b>,
    sortingField: sortable.name,
    width: 230,
    minWidth: 140,
    isRowHeader: true,
  },
  {
    id: "id",
    header: "Group ID",
    cell: (row) => <Mono cut>{row.id}</Mono>,
    sortingField: sortable.id,
    width: 150,
    minWidth: 110,
  },
  { id: "latestVersion", header: "Latest version", cell: (row) => <LatestVersion row={row} />, width: 150, minWidth: 130 },
  {
    id: "createdAt",
    header: "Created",
    cell: (row) => <Time millis={row.createdAt} />,
    sortingField: sortable.createdAt,
    width: 130,
    minWidth: 110,
  },
  {
    id: "updatedAt",
    header: "Last updated",
    cell: (row) => <Time millis={row.updatedAt} />,
    sortingField: sortable.updatedAt,
    minWidth: 120,
  },
];

export interface Looks {
  pageSize: number;
  display: readonly { id: string; visible: boolean }[];
  striped: boolean;
}

export const LOOKS: Looks = {
  pageSize: 20,
  display: columns.map(({ id }) => ({ id: String(id), visible: id !== "createdAt" })),
  striped: false,
};

/** Looks kept from earlier, if they name exactly the columns that there are. */
export function readLooks(kept: unknown): Looks | null {
  if (typeof kept !== "object" || kept === null) return null;
  const { pageSize, display, striped } = kept as Partial<Looks>;
  if (!PAGE_SIZES.some(({ value }) => value === pageSize) || !Array.isArray(display)) return null;
  const ids = display.map((item: { id?: unknown }) => String(item?.id)).sort();
  const known = columns.map(({ id }) => String(id)).sort();
  return ids.join() === known.join() ? ({ pageSize, display, striped: striped === true } as Looks) : null;
}

export const PAGE_SIZES: CollectionPreferencesProps.PageSizeOption[] = [
  { value: 20, label: "20 groups" },
  { value: 50, label: "50 groups" },
  { value: 100, label: "100 groups" },
  { value: 200, label: "200 groups" },
];

export const CONTENT_DISPLAY: CollectionPreferencesProps.ContentDisplayPreference = {
  title: "Columns",
  options: [
    { id: "name", label: "Name", alwaysVisible: true },
    { id: "id", label: "Group ID" },
    { id: "latestVersion", label: "Latest version" },
    { id: "createdAt", label: "Created" },
    { id: "updatedAt", label: "Last updated" },
  ],
};
