import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import Pagination from "@cloudscape-design/components/pagination";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table, { type TableProps } from "@cloudscape-design/components/table";
import TextFilter from "@cloudscape-design/components/text-filter";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { ProblemAlert } from "~/app/parts/ProblemAlert";
import { StateLabel } from "~/app/StateLabel";
import { Words } from "~/app/Words";
import { short } from "~/app/figures";
import { count, counted } from "~/app/format";
import { STATES_FOR_READING, STATE_LOOKS } from "~/app/states";
import { type TargetRow, type TargetState, ipc, keys } from "~/ipc";
import { useThrottled } from "./useRun";

const PAGE = 20;
/** Greengrass begins with two ids and names the reason behind them. */
const SAID = 260;
const ANY = { value: "", label: "All states" };
const CHOICES = [ANY, ...STATES_FOR_READING.map((state) => ({ value: state, label: STATE_LOOKS[state].label }))];

function Said({ row }: { row: TargetRow }) {
  if (row.message === null && row.details.length === 0) return <Box color="text-body-secondary">–</Box>;
  const message = row.message !== null && row.code !== null ? `${row.code}: ${row.message}` : row.message;
  // A detail often repeats the message, with its code or without.
  const said = new Set([row.message, message]);
  return (
    <SpaceBetween size="xxs">
      {message !== null && (
        <Words mono upTo={SAID}>
          {message}
        </Words>
      )}
      {row.details
        .filter((detail) => !said.has(detail))
        .map((detail) => (
          <Words key={detail} mono upTo={SAID}>
            {detail}
          </Words>
        ))}
    </SpaceBetween>
  );
}

const COLUMNS: TableProps.ColumnDefinition<TargetRow>[] = [
  { id: "line", header: "Line", cell: (row) => count(row.line), width: 90 },
  {
    id: "target",
    header: "Group",
    isRowHeader: true,
    width: 230,
    cell: (row) => (
      <>
        {row.name !== null && <div className="wrap">{row.name}</div>}
        <span className="mono secondary" title={row.target}>
          {row.name === null ? row.target : short(row.target, 18)}
        </span>
      </>
    ),
  },
  {
    id: "version",
    header: "Version",
    width: 120,
    cell: (row) => (
      <span className="mono" title={row.version}>
        {short(row.version)}
      </span>
    ),
  },
  { id: "state", header: "State", cell: (row) => <StateLabel state={row.state} />, width: 140 },
  { id: "said", header: "In the service’s words", cell: (row) => <Said row={row} />, minWidth: 260 },
];

export interface TargetsFilter {
  state: TargetState | null;
  text: string;
}

interface TargetsTableProps {
  run: string;
  total: number;
  filter: TargetsFilter;
  onFilter: (filter: TargetsFilter) => void;
}

/** The targets in the order of the input file, page by page: the words to the map's picture. */
export function TargetsTable({ run, total, filter, onFilter }: TargetsTableProps) {
  const text = useThrottled(filter.text, 250);
  // A page belongs to its filter: another filter begins at page 1 without an effect.
  const scope = `${filter.state ?? ""} ${text}`;
  const [place, setPlace] = useState({ scope, page: 1 });
  const page = place.scope === scope ? place.page : 1;
  const asked = { state: filter.state, cause: null, text, offset: (page - 1) * PAGE, limit: PAGE };
  const query = useQuery({
    queryKey: keys.runTargets(run, asked),
    queryFn: () => ipc.runTargets(run, asked),
    placeholderData: keepPreviousData,
  });
  const matches = query.data?.matches ?? 0;
  const filtered = filter.state !== null || filter.text !== "";
  const clear = () => onFilter({ state: null, text: "" });
  if (query.isError) return <ProblemAlert error={query.error} retry={() => void query.refetch()} />;
  return (
    <Table
      variant="embedded"
      data-testid="targets-table"
      header={
        <Header variant="h3" counter={filtered ? `(${count(matches)} of ${count(total)})` : `(${count(total)})`}>
          Targets
        </Header>
      }
      items={query.data?.rows ?? []}
      trackBy="target"
      columnDefinitions={COLUMNS}
      loading={query.isPending}
      loadingText="Reading the targets"
      wrapLines
      enableKeyboardNavigation
      ariaLabels={{ tableLabel: "Targets" }}
      filter={
        <div className="targets-filter">
          <Select
            selectedOption={CHOICES.find((choice) => choice.value === filter.state) ?? ANY}
            options={CHOICES}
            onChange={({ detail }) =>
              onFilter({
                ...filter,
                state: STATES_FOR_READING.find((state) => state === detail.selectedOption.value) ?? null,
              })
            }
            ariaLabel="State"
            data-testid="targets-state"
          />
          <TextFilter
            filteringText={filter.text}
            filteringPlaceholder="Find by id, name or message"
            filteringAriaLabel="Find targets"
            countText={filtered ? counted(matches, "match", "matches") : ""}
            onChange={({ detail }) => onFilter({ ...filter, text: detail.filteringText })}
          />
        </div>
      }
      pagination={
        <Pagination
          currentPageIndex={page}
          pagesCount={Math.max(1, Math.ceil(matches / PAGE))}
          onChange={({ detail }) => setPlace({ scope, page: detail.currentPageIndex })}
          ariaLabels={{ paginationLabel: "Targets" }}
        />
      }
      empty={
        <Box textAlign="center" padding="m">
          <SpaceBetween size="xs">
            <Box color="text-body-secondary">
              {filter.state === "failed" && filter.text === "" ? "No group has failed." : "No target matches."}
            </Box>
            {filtered && <Button onClick={clear}>Show all targets</Button>}
          </SpaceBetween>
        </Box>
      }
    />
  );
}
