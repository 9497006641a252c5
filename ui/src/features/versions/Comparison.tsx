import Box from "@cloudscape-design/components/box";
import Header from "@cloudscape-design/components/header";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import Table from "@cloudscape-design/components/table";
import { useQuery } from "@tanstack/react-query";

import { Mono } from "~/app/parts/Mono";
import { ProblemAlert } from "~/app/parts/ProblemAlert";
import { ipc, keys } from "~/ipc";

const DEFINITIONS: Record<string, string> = {
  core: "Core",
  device: "Devices",
  function: "Functions",
  resource: "Resources",
  subscription: "Subscriptions",
  connector: "Connectors",
  logger: "Loggers",
};

/** The part of a definition version's ARN that tells it apart: definition and version. */
function short(arn: string): string {
  return arn.split("/").slice(-3).join("/");
}

/** Which definitions differ between the version chosen now and another one. */
export function Comparison({ group, before, after }: { group: string; before: string; after: string }) {
  const same = before === after;
  const differences = useQuery({
    queryKey: keys.versionsCompare(group, before, after),
    queryFn: () => ipc.versionsCompare(group, before, after),
    enabled: !same,
    // Versions never change, so neither does what differs between two of them.
    staleTime: Infinity,
  });
  return (
    <div className="comparison" data-testid="versions-comparison">
      <Header variant="h3">What differs from the version chosen now</Header>
      {same && <Box color="text-body-secondary">This is the version chosen now.</Box>}
      {!same && differences.isPending && <StatusIndicator type="loading">Comparing the two versions</StatusIndicator>}
      {differences.error && <ProblemAlert error={differences.error} retry={() => void differences.refetch()} />}
      {!same && differences.data?.length === 0 && <Box>Both point to the same definitions.</Box>}
      {!same && differences.data && differences.data.length > 0 && (
        <Table
          variant="embedded"
          items={differences.data}
          trackBy="definition"
          columnDefinitions={[
            {
              id: "definition",
              header: "Definition",
              cell: ({ definition }) => DEFINITIONS[definition] ?? definition,
              width: 130,
            },
            {
              id: "before",
              header: "Chosen now",
              cell: (row) => (row.before ? <Mono cut>{short(row.before)}</Mono> : "none"),
              width: 260,
            },
            { id: "after", header: "This one", cell: (row) => (row.after ? <Mono cut>{short(row.after)}</Mono> : "none") },
          ]}
          ariaLabels={{ tableLabel: "Definitions that differ" }}
        />
      )}
    </div>
  );
}
