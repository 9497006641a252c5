import Box from "@cloudscape-design/components/box";
import Header from "@cloudscape-design/components/header";
import Pagination from "@cloudscape-design/components/pagination";
import Table from "@cloudscape-design/components/table";

import { short } from "~/app/figures";
import { count } from "~/app/format";
import { StateLabel } from "~/app/StateLabel";
import { Words } from "~/app/Words";
import { targetWordsOf } from "~/app/RunWords";
import { firstUpper } from "~/app/targetWords";
import type { CompareSide, Comparison } from "~/ipc";

import { CHANGES } from "./changes";

export const PAGE = 20;

function Outcome({ side }: { side: CompareSide | null }) {
  if (side === null) return <Box color="text-body-secondary">not in it</Box>;
  const words = [side.code, side.message].filter(Boolean).join(": ");
  return (
    <>
      <StateLabel state={side.state} />
      {words !== "" && (
        <Words mono upTo={120}>
          {words}
        </Words>
      )}
    </>
  );
}

function Versions({ a, b }: { a: CompareSide | null; b: CompareSide | null }) {
  const shown = (side: CompareSide | null) => (side === null || side.version === "" ? "–" : short(side.version));
  const title = `${a?.version || "–"} → ${b?.version || "–"}`;
  const same = a !== null && b !== null && a.version === b.version;
  return (
    <span className="mono" title={title}>
      {same ? `${shown(b)} in both` : `${shown(a)} → ${shown(b)}`}
    </span>
  );
}

interface ComparedTargetsProps {
  comparison: Comparison;
  page: number;
  loading: boolean;
  onPage: (page: number) => void;
}

/** The targets of a comparison, a page at a time. */
export function ComparedTargets({ comparison, page, loading, onPage }: ComparedTargetsProps) {
  const { rows, matches } = comparison;
  const { generation } = comparison.b;
  const words = targetWordsOf(generation);
  return (
    <Table
      data-testid="compared-table"
      header={
        <Header variant="h2" counter={`(${count(matches)})`}>
          {firstUpper(words.many)}
        </Header>
      }
      items={rows}
      trackBy={(row) => `${row.change} ${row.target}`}
      wrapLines
      enableKeyboardNavigation
      ariaLabels={{ tableLabel: `${firstUpper(words.many)} of both runs` }}
      empty={
        <Box textAlign="center" padding="m" color="text-body-secondary">
          {loading ? "Comparing" : `No ${words.one} has changed so.`}
        </Box>
      }
      pagination={
        <Pagination
          currentPageIndex={page}
          pagesCount={Math.max(1, Math.ceil(matches / PAGE))}
          onChange={({ detail }) => onPage(detail.currentPageIndex)}
          ariaLabels={{ paginationLabel: firstUpper(words.many) }}
        />
      }
      columnDefinitions={[
        {
          id: "target",
          header: firstUpper(words.one),
          isRowHeader: true,
          width: 220,
          cell: (row) => (
            <>
              {row.name !== null && <div className="wrap">{row.name}</div>}
              <span className="mono secondary" title={row.target}>
                {generation === "v2" ? row.target : short(row.target, 18)}
              </span>
            </>
          ),
        },
        {
          id: "change",
          header: "Change",
          width: 150,
          cell: (row) => CHANGES.find(({ change }) => change === row.change)?.label ?? row.change,
        },
        { id: "version", header: generation === "v2" ? "Document" : "Version", width: 170, cell: (row) => <Versions a={row.a} b={row.b} /> },
        { id: "a", header: "Older", cell: (row) => <Outcome side={row.a} /> },
        { id: "b", header: "Newer", cell: (row) => <Outcome side={row.b} /> },
      ]}
    />
  );
}
