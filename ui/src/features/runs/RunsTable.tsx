import { useCollection } from "@cloudscape-design/collection-hooks";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import Pagination from "@cloudscape-design/components/pagination";
import PropertyFilter from "@cloudscape-design/components/property-filter";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "react-router";

import { useFlash } from "~/app/flash";
import { count, counted } from "~/app/format";
import { RunsProblem } from "~/app/parts/RunsProblem";
import { useNotConnected } from "~/app/connection";
import { ipc, keys } from "~/ipc";

import { NotConnected } from "./NotConnected";
import { runColumns } from "./columns";
import { FILTER_PROPERTIES, searchable } from "./filter";

const REFRESH_MILLIS = 5000;
const PAGE = 20;

function Empty() {
  const navigate = useNavigate();
  return (
    <Box textAlign="center" padding="l" data-testid="runs-empty">
      <SpaceBetween size="s">
        <Box variant="h3">No runs yet</Box>
        <Box color="text-body-secondary">A run begins when a plan is started, here or from the command line.</Box>
        <Button onClick={() => void navigate("/new")}>New deployment</Button>
      </SpaceBetween>
    </Box>
  );
}

function NoMatch({ onClear }: { onClear: () => void }) {
  return (
    <Box textAlign="center" padding="m">
      <SpaceBetween size="xs">
        <Box color="text-body-secondary">No run matches.</Box>
        <Button onClick={onClear}>Clear filters</Button>
      </SpaceBetween>
    </Box>
  );
}

/** The runs of this computer, newest first; those of other connections are for reading. */
export function RunsTable() {
  const client = useQueryClient();
  const alone = useNotConnected();
  const navigate = useNavigate();
  const { problem } = useFlash();
  const runs = useQuery({ queryKey: keys.runsList, queryFn: () => ipc.runsList(), refetchInterval: REFRESH_MILLIS });
  const resume = useMutation({
    mutationFn: (run: string) => ipc.runResume(run),
    onSuccess: (snapshot) => {
      client.setQueryData(keys.run(snapshot.row.id), snapshot);
      void navigate(`/runs/${encodeURIComponent(snapshot.row.id)}`);
    },
    onError: (error) => problem(error),
  });
  const rows = searchable(runs.data ?? []);
  const { items, collectionProps, propertyFilterProps, paginationProps, filteredItemsCount, actions } = useCollection(
    rows,
    {
      propertyFiltering: { filteringProperties: FILTER_PROPERTIES },
      pagination: { pageSize: PAGE },
      sorting: {},
      selection: { trackBy: "id", keepSelection: true },
    },
  );
  const chosen = collectionProps.selectedItems ?? [];
  // The older one is compared from, whichever was selected first.
  const [a, b] = [...chosen].sort((one, other) => one.startedAt - other.startedAt);
  const two = chosen.length === 2 && a !== undefined && b !== undefined;
  const open = (run: string) => void navigate(`/runs/${encodeURIComponent(run)}`);
  const compare = () => {
    if (two) void navigate(`/runs/compare?a=${encodeURIComponent(a.id)}&b=${encodeURIComponent(b.id)}`);
  };
  return (
    <SpaceBetween size="m">
      {alone && runs.data !== undefined && <NotConnected />}
      {runs.isError && <RunsProblem error={runs.error} retry={() => void runs.refetch()} />}
      <Table
        {...collectionProps}
        data-testid="runs-table"
        selectionType="multi"
        header={
          <Header
            variant="h2"
            counter={runs.data ? `(${count(runs.data.length)})` : undefined}
            actions={
              <Button
                disabled={!two}
                disabledReason="Select two runs to see what changed from the one to the other"
                onClick={compare}
                data-testid="runs-compare"
              >
                Compare
              </Button>
            }
          >
            Runs of this computer
          </Header>
        }
        items={runs.isError && runs.data === undefined ? [] : items}
        loading={runs.isPending}
        loadingText="Reading the runs"
        empty={
          runs.isError ? (
            <Box textAlign="center" color="text-body-secondary">
              The runs could not be read.
            </Box>
          ) : rows.length === 0 ? (
            <Empty />
          ) : (
            <NoMatch onClear={() => actions.setPropertyFiltering({ tokens: [], operation: "and" })} />
          )
        }
        wrapLines
        enableKeyboardNavigation
        trackBy="id"
        ariaLabels={{
          tableLabel: "Runs",
          selectionGroupLabel: "Runs to compare",
          allItemsSelectionLabel: () => "Select all runs of this page",
          itemSelectionLabel: (_, run) => `Select ${run.name || run.id}`,
        }}
        columnDefinitions={runColumns({
          open,
          resume: (run) => resume.mutate(run),
          resuming: resume.isPending ? resume.variables : null,
        })}
        filter={
          <PropertyFilter
            {...propertyFilterProps}
            filteringPlaceholder="Find runs"
            filteringAriaLabel="Find runs"
            countText={counted(filteredItemsCount ?? 0, "match", "matches")}
          />
        }
        pagination={<Pagination {...paginationProps} />}
      />
    </SpaceBetween>
  );
}
