import Box from "@cloudscape-design/components/box";
import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";
import Header from "@cloudscape-design/components/header";
import Pagination from "@cloudscape-design/components/pagination";
import Table from "@cloudscape-design/components/table";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { count } from "~/app/format";
import { short } from "~/app/figures";
import { ProblemAlert } from "~/app/parts/ProblemAlert";
import { StateLabel } from "~/app/StateLabel";
import { type Cause, type RunRow, ipc, keys } from "~/ipc";

import { coreLogCommands } from "./sentence";

const PAGE = 8;

/** The groups of one cause: where each stands in the file, how it fared before, how to read its core's log. */
export function CauseTargets({ row, cause }: { row: RunRow; cause: Cause }) {
  const [page, setPage] = useState(1);
  const asked = { state: null, cause: cause.key, text: "", offset: (page - 1) * PAGE, limit: PAGE };
  const query = useQuery({
    queryKey: keys.runTargets(row.id, asked),
    queryFn: () => ipc.runTargets(row.id, asked),
    placeholderData: keepPreviousData,
  });
  if (query.isError) return <ProblemAlert error={query.error} retry={() => void query.refetch()} />;
  const matches = query.data?.matches ?? cause.targets;
  return (
    <Table
      variant="embedded"
      data-testid="cause-targets"
      header={
        <Header variant="h3" counter={`(${count(matches)})`}>
          Groups
        </Header>
      }
      items={query.data?.rows ?? []}
      trackBy="target"
      loading={query.isPending}
      loadingText="Reading the groups"
      wrapLines
      enableKeyboardNavigation
      ariaLabels={{ tableLabel: `Groups: ${cause.title}` }}
      pagination={
        matches > PAGE ? (
          <Pagination
            currentPageIndex={page}
            pagesCount={Math.ceil(matches / PAGE)}
            onChange={({ detail }) => setPage(detail.currentPageIndex)}
            ariaLabels={{ paginationLabel: "Groups" }}
          />
        ) : undefined
      }
      empty={
        <Box textAlign="center" color="text-body-secondary">
          No group has this cause any more.
        </Box>
      }
      columnDefinitions={[
        {
          id: "target",
          header: "Group",
          isRowHeader: true,
          cell: (target) => (
            <span className="wrap" title={target.target}>
              {target.name ?? short(target.target, 18)}
            </span>
          ),
        },
        { id: "line", header: "Line", cell: (target) => count(target.line), width: 80 },
        {
          id: "deployment",
          header: "Deployment",
          width: 150,
          cell: (target) =>
            target.deployment === null ? (
              <Box color="text-body-secondary">none</Box>
            ) : (
              <CopyToClipboard
                variant="inline"
                textToCopy={target.deployment}
                textToDisplay={short(target.deployment)}
                copyButtonAriaLabel={`Copy the deployment of ${target.name ?? target.target}`}
                copySuccessText="Copied"
                copyErrorText="Not copied"
              />
            ),
        },
        {
          id: "before",
          header: "Before this run",
          width: 150,
          cell: (target) =>
            target.before === null ? (
              <Box color="text-body-secondary">not seen</Box>
            ) : (
              <StateLabel state={target.before} />
            ),
        },
        {
          id: "log",
          header: "Core log",
          width: 115,
          cell: (target) => (
            <CopyToClipboard
              variant="icon"
              textToCopy={coreLogCommands(target.name ?? target.target, target.deployment, row)}
              copyButtonAriaLabel={`Copy the commands that read the core log of ${target.name ?? target.target}`}
              copySuccessText="Commands copied"
              copyErrorText="Not copied"
            />
          ),
        },
      ]}
    />
  );
}
