import Box from "@cloudscape-design/components/box";
import Header from "@cloudscape-design/components/header";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import Table from "@cloudscape-design/components/table";
import { useQuery } from "@tanstack/react-query";
import { ProblemAlert } from "~/app/parts/ProblemAlert";
import { ReportsMenu } from "~/app/parts/ReportsMenu";
import { Time } from "~/app/parts/Time";
import { arnTail } from "~/app/figures";
import { count } from "~/app/format";
import { type ChangeRow, ipc, keys } from "~/ipc";

function Outcome({ change }: { change: ChangeRow }) {
  if (change.outcome === "done") return <StatusIndicator type="success">Done</StatusIndicator>;
  if (change.outcome === "failed") {
    return (
      <>
        <StatusIndicator type="error">Failed</StatusIndicator>
        {change.detail !== null && (
          <Box fontSize="body-s">
            <span className="wrap">{change.detail}</span>
          </Box>
        )}
      </>
    );
  }
  return <StatusIndicator type="pending">Not known yet</StatusIndicator>;
}

/** Every call of this run that changed something in the account. */
export function ChangeLog({ run }: { run: string }) {
  const query = useQuery({ queryKey: keys.runChanges(run), queryFn: () => ipc.runChanges(run) });
  if (query.isError) return <ProblemAlert error={query.error} retry={() => void query.refetch()} />;
  return (
    <Table
      variant="embedded"
      data-testid="watch-changes"
      header={
        <Header
          variant="h3"
          counter={query.data ? `(${count(query.data.length)})` : undefined}
          description="Each call that changed something in the account: when, by whom, with AWS’s request id"
          actions={<ReportsMenu run={run} testid="changes-export" only={["changes_csv", "changes_json"]} />}
        >
          Change log
        </Header>
      }
      items={query.data ?? []}
      loading={query.isPending}
      loadingText="Reading the log"
      wrapLines
      enableKeyboardNavigation
      ariaLabels={{ tableLabel: "Changes in the account" }}
      empty={
        <Box textAlign="center" color="text-body-secondary">
          Nothing has been changed in the account yet.
        </Box>
      }
      columnDefinitions={[
        { id: "at", header: "When", cell: (change) => <Time millis={change.at} as="local" />, width: 190 },
        { id: "summary", header: "What", isRowHeader: true, cell: (change) => change.summary },
        { id: "operation", header: "Call", cell: (change) => <Box variant="code">{change.operation}</Box> },
        {
          id: "identity",
          header: "By",
          cell: (change) => <span title={change.identity}>{arnTail(change.identity)}</span>,
        },
        { id: "outcome", header: "Outcome", cell: (change) => <Outcome change={change} /> },
        {
          id: "request",
          header: "Request id",
          cell: (change) => <span className="mono">{change.requestId ?? "–"}</span>,
        },
      ]}
    />
  );
}
