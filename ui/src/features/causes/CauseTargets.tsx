import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import Pagination from "@cloudscape-design/components/pagination";
import Table, { type TableProps } from "@cloudscape-design/components/table";
import { useState } from "react";

import { short } from "~/app/figures";
import { count } from "~/app/format";
import { ProblemAlert } from "~/app/parts/ProblemAlert";
import { StateLabel } from "~/app/StateLabel";
import { logCommands } from "~/app/target/logCommands";
import { targetWordsOf } from "~/app/RunWords";
import { firstUpper } from "~/app/targetWords";
import type { Cause, RunRow, TargetRow } from "~/ipc";

import { PAGE, useCauseTargets } from "./useTold";

function columns(row: RunRow, onTarget: (target: string) => void): TableProps.ColumnDefinition<TargetRow>[] {
  const v2 = row.generation === "v2";
  return [
    {
      id: "target",
      header: firstUpper(targetWordsOf(row.generation).one),
      isRowHeader: true,
      cell: (target) => (
        <Link
          onFollow={(event) => {
            event.preventDefault();
            onTarget(target.target);
          }}
          href={`#/runs/${encodeURIComponent(row.id)}/causes?target=${encodeURIComponent(target.target)}`}
        >
          <span className="wrap" title={target.target}>
            {target.name ?? (v2 ? target.target : short(target.target, 18))}
          </span>
        </Link>
      ),
    },
    { id: "line", header: "Line", cell: ({ line }) => (line === 0 ? "–" : count(line)), width: 90 },
    {
      id: "before",
      header: "Before this run",
      width: 150,
      cell: ({ before }) =>
        before === null ? <Box color="text-body-secondary">not seen</Box> : <StateLabel state={before} />,
    },
    {
      id: "log",
      header: v2 ? "Logs" : "Core log",
      width: 100,
      cell: (target) => (
        <CopyToClipboard
          variant="icon"
          textToCopy={logCommands(row, target)}
          copyButtonAriaLabel={`Copy the commands that read the ${v2 ? "logs" : "core log"} of ${target.name ?? target.target}`}
          copySuccessText="Commands copied"
          copyErrorText="Not copied"
        />
      ),
    },
  ];
}

interface CauseTargetsProps {
  row: RunRow;
  cause: Cause;
  onRetry: (targets: string[]) => void;
  onTarget: (target: string) => void;
}

/** The targets of one cause: where each stands in the file, how it fared before, how to read its logs. */
export function CauseTargets({ row, cause, onRetry, onTarget }: CauseTargetsProps) {
  const words = targetWordsOf(row.generation);
  const [page, setPage] = useState(1);
  const [selected, setSelected] = useState<readonly TargetRow[]>([]);
  const query = useCauseTargets(row, cause, page);
  if (query.isError) return <ProblemAlert error={query.error} retry={() => void query.refetch()} />;
  const matches = query.data?.matches ?? cause.targets;
  const rows = query.data?.rows ?? [];
  return (
    <Table
      variant="embedded"
      data-testid="cause-targets"
      header={
        <Header
          variant="h3"
          counter={selected.length > 0 ? `(${count(selected.length)} of ${count(matches)})` : `(${count(matches)})`}
          actions={
            row.here && (
              <Button
                disabled={selected.length === 0}
                onClick={() => onRetry(selected.map(({ target }) => target))}
                data-testid="cause-retry-selected"
              >
                Retry selected…
              </Button>
            )
          }
        >
          {firstUpper(words.many)}
        </Header>
      }
      items={rows}
      trackBy="target"
      selectionType={row.here ? "multi" : undefined}
      selectedItems={selected}
      onSelectionChange={({ detail }) => {
        // What was selected on other pages stays.
        const here = new Set(rows.map(({ target }) => target));
        setSelected([...selected.filter(({ target }) => !here.has(target)), ...detail.selectedItems.filter(({ target }) => here.has(target))]);
      }}
      loading={query.isPending}
      loadingText={`Reading the ${words.many}`}
      wrapLines
      contentDensity="compact"
      enableKeyboardNavigation
      ariaLabels={{
        tableLabel: `${firstUpper(words.many)}: ${cause.title}`,
        selectionGroupLabel: `${firstUpper(words.many)} to retry`,
        allItemsSelectionLabel: () => `Select all ${words.many} of this page`,
        itemSelectionLabel: (_, target) => `Select ${target.name ?? target.target}`,
      }}
      pagination={
        matches > PAGE ? (
          <Pagination
            currentPageIndex={page}
            pagesCount={Math.ceil(matches / PAGE)}
            onChange={({ detail }) => setPage(detail.currentPageIndex)}
            ariaLabels={{ paginationLabel: firstUpper(words.many) }}
          />
        ) : undefined
      }
      empty={
        <Box textAlign="center" color="text-body-secondary">
          {cause.wave === null
            ? `No ${words.one} has this cause any more.`
            : `No ${words.one} was attempted: the wave failed as a whole.`}
        </Box>
      }
      columnDefinitions={columns(row, onTarget)}
    />
  );
}
