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
