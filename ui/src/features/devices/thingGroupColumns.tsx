import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { TableProps } from "@cloudscape-design/components/table";

import { count } from "~/app/format";
import { Time } from "~/app/parts/Time";
import type { ThingGroupRow } from "~/ipc";

import type { useMembers } from "./useMembers";

const known = (value: number | null) => (value === null ? "–" : count(value));

export function thingGroupColumns(members: ReturnType<typeof useMembers>): TableProps.ColumnDefinition<ThingGroupRow>[] {
  return [
    {
      id: "name",
      header: "Name",
      cell: ({ name }) => <b>{name}</b>,
      width: 260,
      minWidth: 140,
      isRowHeader: true,
    },
    { id: "things", header: "Things", cell: ({ things }) => known(things), width: 100, minWidth: 80 },
    { id: "devices", header: "Core devices", cell: ({ devices }) => known(devices), width: 130, minWidth: 100 },
    {
      id: "readAt",
      header: "Members read",
      cell: ({ readAt }) => (readAt === null ? "not yet" : <Time millis={readAt} />),
      width: 150,
      minWidth: 110,
    },
    {
      id: "acts",
      header: "Its core devices",
      cell: ({ name, devices }) => {
        const busy = members.at !== null;
        return (
          <SpaceBetween direction="horizontal" size="m">
            <Button
              variant="inline-link"
              ariaLabel={`Select the core devices of ${name}`}
              disabled={busy || devices === 0}
              onClick={() => members.select(name)}
              data-testid={`thing-group-select-${name}`}
            >
              Select
            </Button>
            <Button
              variant="inline-link"
              ariaLabel={`Show the core devices of ${name}`}
              disabled={busy}
              onClick={() => members.show(name)}
              data-testid={`thing-group-show-${name}`}
            >
              Show
            </Button>
          </SpaceBetween>
        );
      },
      minWidth: 170,
    },
  ];
}
