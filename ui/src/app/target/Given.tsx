import Box from "@cloudscape-design/components/box";
import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";

import { short } from "~/app/figures";
import { count } from "~/app/format";
import { ProblemAlert } from "~/app/parts/ProblemAlert";
import { Words } from "~/app/Words";
import type { GivenBefore, GivenComponent, TargetDocuments } from "~/ipc";

const BEFORE: Record<GivenBefore, string> = {
  unknown: "What the device had before is not known.",
  nothing: "The device had no deployment before.",
  document: "",
};

function Versions({ given: { version, before }, known }: { given: GivenComponent; known: boolean }) {
  if (version === null) return <Box color="text-status-warning">removed, was {before ?? "–"}</Box>;
  if (!known || before === version) return <span className="mono">{version}</span>;
  return (
    <span className="mono">
      {before ?? "new"} → <strong>{version}</strong>
    </span>
  );
}

function Configuration({ given: { merge, reset, version } }: { given: GivenComponent }) {
  if (version === null || (merge === null && reset.length === 0)) return <Box color="text-body-secondary">–</Box>;
  return (
    <SpaceBetween size="xxs">
      {reset.length > 0 && <span>resets {reset.map((path) => path || "all").join(", ")}</span>}
      {merge !== null && (
        <Words mono upTo={160}>
          {merge}
        </Words>
      )}
    </SpaceBetween>
  );
}

interface GivenProps {
  documents: TargetDocuments | undefined;
  error: unknown;
  onRetry: () => void;
}

/** What a device gets by the run, component by component, beside what it had when the plan was made. */
export function Given({ documents, error, onRetry }: GivenProps) {
  if (error) return <ProblemAlert error={error} retry={onRetry} />;
  const known = documents?.before === "document";
  return (
    <Table
      variant="embedded"
      data-testid="target-components"
      header={
        <Header
          variant="h3"
          counter={documents ? `(${count(documents.components.length)})` : undefined}
          description={
            documents && (
              <>
                {documents.name !== null && `${documents.name} · `}document{" "}
                <CopyToClipboard
                  variant="inline"
                  textToCopy={documents.hash}
                  textToDisplay={short(documents.hash, 16)}
                  copyButtonAriaLabel="Copy the document’s hash"
                  copySuccessText="Copied"
                  copyErrorText="Not copied"
                />{" "}
                {BEFORE[documents.before]}
              </>
            )
          }
        >
          Components
        </Header>
      }
      items={documents?.components ?? []}
      trackBy="component"
      loading={documents === undefined}
      loadingText="Reading the document"
      wrapLines
      contentDensity="compact"
      ariaLabels={{ tableLabel: "Components of the deployment" }}
      empty={<Box textAlign="center">The deployment has no component.</Box>}
      columnDefinitions={[
        {
          id: "component",
          header: "Component",
          isRowHeader: true,
          cell: ({ component }) => <span className="wrap">{component}</span>,
        },
        { id: "version", header: "Version", width: 190, cell: (given) => <Versions given={given} known={known} /> },
        { id: "configuration", header: "Configuration", cell: (given) => <Configuration given={given} /> },
      ]}
    />
  );
}
