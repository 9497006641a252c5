import Alert from "@cloudscape-design/components/alert";
import Header from "@cloudscape-design/components/header";
import Pagination from "@cloudscape-design/components/pagination";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";
import { useState } from "react";

import { count, counted } from "~/app/format";
import { Mono } from "~/app/parts/Mono";
import type { ImportFindingCode, ImportReport } from "~/ipc";

import type { AnyKind } from "./useInventory";

const PAGE = 10;

const WORDS: Record<ImportFindingCode, string> = {
  unknown: "Unknown",
  repeated: "Repeated",
  ambiguous: "Ambiguous name",
  not_deployable: "Not deployable",
  elsewhere: "Another account or Region",
  unreadable: "Unreadable",
};

interface Props {
  kind: AnyKind;
  report: ImportReport;
}

/** What an import came to, and each line that was not taken as it stood. */
export function ImportResult({ kind, report }: Props) {
  const [page, setPage] = useState(1);
  const { findings, findingsTotal } = report;
  const versions = report.versionsChosen > 0 ? `, ${counted(report.versionsChosen, "version")} fixed by the list` : "";
  const pages = Math.max(1, Math.ceil(findings.length / PAGE));
  return (
    <SpaceBetween size="s" data-testid={`${kind.name}-import-report`}>
      <Alert type={findingsTotal === 0 ? "success" : report.selected === 0 ? "error" : "warning"}>
        {counted(report.lines, "line")} read, {counted(report.selected, kind.one, kind.many)} selected{versions}
        {findingsTotal === 0 ? "." : `, ${counted(findingsTotal, "line")} not taken as they stood.`}
      </Alert>
      {findingsTotal > 0 && (
        <Table
          variant="embedded"
          items={findings.slice((page - 1) * PAGE, page * PAGE)}
          trackBy="line"
          wrapLines
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
                currentPageIndex={page}
                pagesCount={pages}
                onChange={({ detail }) => setPage(detail.currentPageIndex)}
              />
            )
          }
          columnDefinitions={[
            { id: "line", header: "Line", cell: ({ line }) => count(line), width: 80 },
            { id: "code", header: "Finding", cell: ({ code }) => WORDS[code], width: 140 },
            { id: "text", header: "What stands there", cell: ({ text }) => <Mono cut>{text}</Mono>, width: 200 },
            { id: "message", header: "What to do", minWidth: 280, cell: ({ message }) => <span className="wrap">{message}</span> },
          ]}
          ariaLabels={{ tableLabel: "Findings of the import" }}
        />
      )}
    </SpaceBetween>
  );
}
