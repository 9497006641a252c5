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
import { useHelpContent } from "~/app/help";
import { InfoLink } from "~/app/parts/InfoLink";
import { RunsProblem } from "~/app/parts/RunsProblem";
import { ipc, keys } from "~/ipc";

import { runColumns } from "./columns";
import { FILTER_PROPERTIES, searchable } from "./filter";
import { RUNS_HELP } from "./runsHelp";

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

/** All runs of this computer, newest first; those of other connections are for reading. */
export function RunsPage() {
  const client = useQueryClient();
  const navigate = useNavigate();
  const { problem } = useFlash();
  useHelpContent(RUNS_HELP);
  const runs = useQuery({ queryKey: keys.runsList, queryFn: () => ipc.runsList(), refetchInterval: REFRESH_MILLIS });
  const resume = useMutation({
    mutationFn: (run: string) => ipc.runResume(run),
    onSuccess: (snapshot) => {
      client.setQueryData(keys.run(snapshot.row.id), snapshot);
      void navigate(`/runs/${encodeURIComponent(snapshot.row.id)}`);
    },
    onError: (error) => problem(error),
  });
  const rows = (runs.data ?? []).map(searchable);
  const { items, collectionProps, propertyFilterProps, paginationProps, filteredItemsCount, actions } = useCollection(
    rows,
    {
      propertyFiltering: { filteringProperties: FILTER_PROPERTIES },
      pagination: { pageSize: PAGE },
      sorting: {},
    },
  );
  const open = (run: string) => void navigate(`/runs/${encodeURIComponent(run)}`);
  return (
    <SpaceBetween size="m">
      {runs.isError && <RunsProblem error={runs.error} retry={() => void runs.refetch()} />}
      <Table
        {...collectionProps}
        variant="full-page"
        data-testid="runs-table"
        header={
          <Header
            variant="h1"
            info={<InfoLink about="runs" />}
            counter={runs.data ? `(${count(runs.data.length)})` : undefined}
            actions={
              <Button variant="primary" onClick={() => void navigate("/new")} data-testid="runs-new">
                New deployment
              </Button>
            }
          >
            Runs
          </Header>
        }
        items={runs.isError && runs.data === undefined ? [] : items}
        loading={runs.isPending}
        loadingText="Reading the runs"
        empty={
          rows.length === 0 ? (
            <Empty />
          ) : (
            <NoMatch onClear={() => actions.setPropertyFiltering({ tokens: [], operation: "and" })} />
          )
        }
        wrapLines
        enableKeyboardNavigation
        trackBy="id"
        ariaLabels={{ tableLabel: "Runs" }}
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
