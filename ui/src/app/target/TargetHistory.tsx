import Box from "@cloudscape-design/components/box";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import Table from "@cloudscape-design/components/table";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "react-router";

import { short } from "~/app/figures";
import { ProblemAlert } from "~/app/parts/ProblemAlert";
import { Time } from "~/app/parts/Time";
import { targetWordsOf, useRunGeneration } from "~/app/RunWords";
import { StateLabel } from "~/app/StateLabel";
import { Words } from "~/app/Words";
import { ipc, keys } from "~/ipc";

/** How earlier runs of this computer ended for the target, newest first. */
export function TargetHistory({ run, target }: { run: string; target: string }) {
  const generation = useRunGeneration();
  const words = targetWordsOf(generation);
  const navigate = useNavigate();
  const query = useQuery({
    queryKey: keys.targetHistory(run, target),
    queryFn: () => ipc.targetHistory(run, target),
  });
  if (query.isError) return <ProblemAlert error={query.error} retry={() => void query.refetch()} />;
  return (
    <Table
      variant="embedded"
      data-testid="target-history"
      header={<Header variant="h3">Earlier runs</Header>}
      items={query.data ?? []}
      trackBy="run"
      loading={query.isPending}
      loadingText="Reading earlier runs"
      wrapLines
      contentDensity="compact"
      ariaLabels={{ tableLabel: "Earlier runs" }}
      empty={<Box color="text-body-secondary">No earlier run of this computer had this {words.one}.</Box>}
      columnDefinitions={[
        {
          id: "run",
          header: "Run",
          isRowHeader: true,
          cell: (row) => (
            <Link
              href={`#/runs/${encodeURIComponent(row.run)}`}
              onFollow={(event) => {
                event.preventDefault();
                void navigate(`/runs/${encodeURIComponent(row.run)}`);
              }}
            >
              {row.name || `Run ${short(row.run)}`}
            </Link>
          ),
        },
        { id: "at", header: "When", width: 170, cell: (row) => <Time millis={row.at} as="local" /> },
        {
          id: "version",
          header: generation === "v2" ? "Document" : "Version",
          width: 110,
          cell: (row) => (
            <span className="mono" title={row.version}>
              {short(row.version)}
            </span>
          ),
        },
        { id: "state", header: "Outcome", width: 130, cell: (row) => <StateLabel state={row.state} /> },
        {
          id: "message",
          header: "In the service’s words",
          cell: (row) => (row.message === null ? "–" : <Words mono>{row.message}</Words>),
        },
      ]}
    />
  );
}
