import Header from "@cloudscape-design/components/header";
import Pagination from "@cloudscape-design/components/pagination";
import Table from "@cloudscape-design/components/table";
import { useState } from "react";

import { count } from "~/app/format";
import { Mono } from "~/app/parts/Mono";
import type { DraftRows } from "~/ipc";

const PAGE = 10;

/** What was found in rows, by line. */
export function RowFindings({ rows: { findings, findingsTotal, sha256 } }: { rows: DraftRows }) {
  const [page, setPage] = useState({ of: sha256, at: 1 });
  const at = page.of === sha256 ? page.at : 1;
  const pages = Math.max(1, Math.ceil(findings.length / PAGE));
  return (
    <Table
      data-testid="rows-findings"
      variant="embedded"
      wrapLines
      items={findings.slice((at - 1) * PAGE, at * PAGE)}
      header={
        <Header
          variant="h3"
          counter={
            findings.length < findingsTotal
              ? `(first ${count(findings.length)} of ${count(findingsTotal)})`
              : `(${count(findingsTotal)})`
          }
        >
          Findings
        </Header>
      }
      pagination={
        pages > 1 && (
          <Pagination
            currentPageIndex={at}
            pagesCount={pages}
            onChange={({ detail }) => setPage({ of: sha256, at: detail.currentPageIndex })}
          />
        )
      }
      columnDefinitions={[
        { id: "line", header: "Line", cell: ({ line }) => (line === 0 ? "whole" : count(line)), width: 90 },
        { id: "column", header: "Column", cell: ({ column }) => (column === null ? "–" : <Mono cut>{column}</Mono>), width: 220 },
        { id: "message", header: "What is wrong, and what to do", cell: ({ message }) => message },
      ]}
      ariaLabels={{ tableLabel: "Findings in the rows" }}
    />
  );
}
