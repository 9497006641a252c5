import Button from "@cloudscape-design/components/button";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import type { TableProps } from "@cloudscape-design/components/table";

import { Mono } from "~/app/parts/Mono";
import type { VersionRow } from "~/ipc";

function Choice({ row }: { row: VersionRow }) {
  if (row.problem !== null) {
    return (
      <>
        <StatusIndicator type="error">Cannot be used</StatusIndicator>
        <div>{row.problem}</div>
      </>
    );
  }
  if (row.choice === "previous") return <StatusIndicator type="info">Previous</StatusIndicator>;
  if (row.version === row.latestVersion) return <StatusIndicator type="success">Latest</StatusIndicator>;
  return <StatusIndicator type="info">Chosen, not the latest</StatusIndicator>;
}

export function columnsWith(choose: (row: VersionRow) => void): TableProps.ColumnDefinition<VersionRow>[] {
  return [
    { id: "name", header: "Name", cell: ({ name }) => <b>{name}</b>, isRowHeader: true, width: 230, minWidth: 140 },
    { id: "id", header: "Group ID", cell: ({ id }) => <Mono cut>{id}</Mono>, width: 140, minWidth: 100 },
    { id: "version", header: "Version to deploy", cell: ({ version }) => <Mono cut>{version}</Mono>, width: 170, minWidth: 120 },
    { id: "choice", header: "Which one", cell: (row) => <Choice row={row} />, minWidth: 160, width: 210 },
    {
      id: "choose",
      header: "Change",
      minWidth: 100,
      cell: (row) => (
        <Button
          variant="inline-link"
          ariaLabel={`Choose the version of ${row.name}`}
          onClick={() => choose(row)}
          data-testid={`versions-choose-${row.id}`}
        >
          Choose
        </Button>
      ),
    },
  ];
}
