import Header from "@cloudscape-design/components/header";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import type { StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";
import Table from "@cloudscape-design/components/table";

import { bytes, count } from "~/app/format";
import { Mono } from "~/app/parts/Mono";
import type { ArtifactFile, ComponentCheck, ObjectStanding } from "~/ipc";

const STATES: Record<ObjectStanding, readonly [StatusIndicatorProps.Type, string]> = {
  missing: ["error", "Neither file nor object"],
  to_upload: ["pending", "To be uploaded"],
  same: ["success", "There, the same bytes"],
  differs: ["warning", "There, with other bytes"],
  in_place: ["success", "There"],
  unknown: ["info", "Cannot be looked at"],
};

interface Row extends ArtifactFile {
  uri: string;
  state: ObjectStanding;
}

function rowsOf({ recipe, objects }: ComponentCheck): Row[] {
  return recipe.artifacts.map((file) => {
    const uri = `s3://${file.artifact.bucket}/${file.artifact.key}`;
    return { ...file, uri, state: objects.find((object) => object.uri === uri)?.state ?? "unknown" };
  });
}

/** A recipe's artifacts: where they are to be, the files that stand for them, and what is there. */
export function ArtifactsTable({ check }: { check: ComponentCheck }) {
  const rows = rowsOf(check);
  if (rows.length === 0) return null;
  return (
    <Table
      data-testid="publish-artifacts-table"
      variant="embedded"
      items={rows}
      trackBy="uri"
      wrapLines
      header={
        <Header variant="h3" counter={`(${count(rows.length)})`}>
          Artifacts in S3
        </Header>
      }
      columnDefinitions={[
        {
          id: "uri",
          header: "Object",
          cell: ({ uri }) => (
            <span className="wrap">
              <Mono>{uri}</Mono>
            </span>
          ),
        },
        {
          id: "file",
          header: "File",
          cell: ({ path, artifact }) => (path === null ? "–" : <span title={path}>{artifact.fileName}</span>),
          width: 220,
        },
        { id: "bytes", header: "Size", cell: (row) => (row.bytes === null ? "–" : bytes(row.bytes)), width: 100 },
        {
          id: "state",
          header: "In S3",
          cell: ({ state }) => <StatusIndicator type={STATES[state][0]}>{STATES[state][1]}</StatusIndicator>,
          width: 210,
        },
      ]}
      ariaLabels={{ tableLabel: "Artifacts of the recipe" }}
    />
  );
}
