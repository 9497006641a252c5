import Header from "@cloudscape-design/components/header";
import Table from "@cloudscape-design/components/table";

import { bytes, count } from "~/app/format";
import { Mono } from "~/app/parts/Mono";
import { Status } from "~/app/parts/Status";
import type { Word } from "~/app/states";
import type { ArtifactFile, ComponentCheck, ObjectStanding } from "~/ipc";

const STATES: Record<ObjectStanding, Word> = {
  missing: { type: "error", label: "Neither file nor object" },
  to_upload: { type: "pending", label: "To be uploaded" },
  same: { type: "success", label: "There, the same bytes" },
  differs: { type: "warning", label: "There, with other bytes" },
  in_place: { type: "success", label: "There" },
  unknown: { type: "info", label: "Cannot be looked at" },
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
          cell: ({ state }) => <Status word={STATES[state]} />,
          width: 220,
        },
      ]}
      ariaLabels={{ tableLabel: "Artifacts of the recipe" }}
    />
  );
}
