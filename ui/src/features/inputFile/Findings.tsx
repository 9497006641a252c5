import Header from "@cloudscape-design/components/header";
import Pagination from "@cloudscape-design/components/pagination";
import Table from "@cloudscape-design/components/table";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { count } from "~/app/format";
import { ProblemAlert } from "~/app/parts/ProblemAlert";
import { ipc, keys } from "~/ipc";
import type { FileSummary, Finding } from "~/ipc";

const PAGE = 10;

/** All findings, by line: what is wrong, and the service's own words where it would refuse. */
export function Findings({ summary }: { summary: FileSummary }) {
  const [page, setPage] = useState(1);
  const offset = (page - 1) * PAGE;
  const findings = useQuery({
    queryKey: [...keys.findings(offset, PAGE), summary.sha256],
    queryFn: () => ipc.fileFindings(offset, PAGE),
    placeholderData: keepPreviousData,
  });
  if (findings.error) return <ProblemAlert error={findings.error} retry={() => void findings.refetch()} />;
  const total = findings.data?.total ?? summary.findings;
  const pages = Math.max(1, Math.ceil(total / PAGE));
  return (
    <Table<Finding>
      data-testid="file-findings"
      variant="container"
      items={findings.data?.rows ?? []}
      loading={findings.isPending}
      loadingText="Reading the findings"
      wrapLines
      header={
        <Header
          variant="h2"
          counter={`(${count(total)})`}
          description={`${count(summary.refusals)} of them would be refused by the service`}
        >
          Findings
        </Header>
      }
      pagination={
        pages > 1 && (
          <Pagination
            currentPageIndex={page}
            pagesCount={pages}
            onChange={({ detail }) => setPage(detail.currentPageIndex)}
          />
        )
      }
      columnDefinitions={[
        { id: "line", header: "Line", cell: ({ line }) => (line === 0 ? "whole file" : count(line)), width: 100 },
        { id: "message", header: "What is wrong, and what to do", cell: ({ message }) => message, minWidth: 260 },
        {
          id: "service",
          header: "In the service's words",
          cell: ({ serviceMessage }) =>
            serviceMessage === null ? "would not be refused" : <span className="mono wrap">{serviceMessage}</span>,
          minWidth: 220,
        },
      ]}
      ariaLabels={{ tableLabel: "Findings in the input file" }}
    />
  );
}
