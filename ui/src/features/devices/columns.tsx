import Popover from "@cloudscape-design/components/popover";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import type { StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";
import type { TableProps } from "@cloudscape-design/components/table";

import { useNow } from "~/app/now";
import { Time } from "~/app/parts/Time";
import type { DeviceRow, DeviceSort } from "~/ipc";

/** A nucleus tells its status at least once in 24 hours by default; an hour more for clocks and networks. */
const OVERDUE_MILLIS = 25 * 3_600_000;

const WORDS: Record<string, readonly [type: StatusIndicatorProps.Type, word: string]> = {
  HEALTHY: ["success", "Healthy"],
  UNHEALTHY: ["error", "Unhealthy"],
};

const GONE = "The device is not in the newest listing: it is no core device any more, or this identity may not see it.";

const OVERDUE =
  "Nothing was heard of this device for more than a day, though by default a nucleus tells its status every 24 hours. " +
  "The status is its last one; the device may be off or without a network. A deployment waits for it.";

function Status({ row }: { row: DeviceRow }) {
  const now = useNow();
  const overdue = row.lastStatusAt !== null && now - row.lastStatusAt > OVERDUE_MILLIS;
  if (!row.gone && row.status === null) return <>–</>;
  const [type, word] = row.gone ? (["warning", "Gone"] as const) : (WORDS[row.status ?? ""] ?? (["info", row.status] as const));
  if (!row.gone && !overdue) return <StatusIndicator type={type}>{word}</StatusIndicator>;
  return (
    <Popover dismissButton={false} position="top" size="medium" triggerType="text" content={row.gone ? GONE : OVERDUE}>
      <StatusIndicator type={row.gone ? type : "stopped"}>{row.gone ? word : `Was ${word?.toLowerCase()}`}</StatusIndicator>
    </Popover>
  );
}

/** What the listing does not tell; empty while it is being read. */
function Nucleus({ row }: { row: DeviceRow }) {
  if (row.nucleus === null) return <>–</>;
  return <>{row.runtime === "aws_nucleus_lite" ? `${row.nucleus} (lite)` : row.nucleus}</>;
}

function ThingGroups({ names }: { names: readonly string[] }) {
  if (names.length === 0) return <>–</>;
  const text = names.join(", ");
  return (
    <span className="cut" title={text}>
      {text}
    </span>
  );
}

const sortable: Record<DeviceSort, string> = {
  thingName: "thingName",
  status: "status",
  lastStatusAt: "lastStatusAt",
  platform: "platform",
  architecture: "architecture",
  nucleus: "nucleus",
};

export const columns: TableProps.ColumnDefinition<DeviceRow>[] = [
  {
    id: "thingName",
    header: "Thing name",
    cell: (row) => <b>{row.thingName}</b>,
    sortingField: sortable.thingName,
    width: 180,
    minWidth: 140,
    isRowHeader: true,
  },
  {
    id: "status",
    header: "Status",
    cell: (row) => <Status row={row} />,
    sortingField: sortable.status,
    width: 140,
    minWidth: 120,
  },
  {
    id: "lastStatusAt",
    header: "Last status",
    cell: (row) => <Time millis={row.lastStatusAt} />,
    sortingField: sortable.lastStatusAt,
    width: 135,
    minWidth: 110,
  },
  {
    id: "platform",
    header: "Platform",
    cell: (row) => row.platform ?? "–",
    sortingField: sortable.platform,
    width: 120,
    minWidth: 100,
  },
  {
    id: "architecture",
    header: "Architecture",
    cell: (row) => row.architecture ?? "–",
    sortingField: sortable.architecture,
    width: 120,
    minWidth: 100,
  },
  {
    id: "nucleus",
    header: "Nucleus",
    cell: (row) => <Nucleus row={row} />,
    sortingField: sortable.nucleus,
    width: 115,
    minWidth: 90,
  },
  { id: "thingGroups", header: "Thing groups", cell: (row) => <ThingGroups names={row.thingGroups} />, minWidth: 125 },
];
