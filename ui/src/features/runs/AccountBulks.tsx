import { useCollection } from "@cloudscape-design/collection-hooks";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Link from "@cloudscape-design/components/link";
import Pagination from "@cloudscape-design/components/pagination";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";
import TextFilter from "@cloudscape-design/components/text-filter";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "react-router";

import { short } from "~/app/figures";
import { count, counted } from "~/app/format";
import { LineHeader } from "~/app/parts/LineHeader";
import { ProblemAlert } from "~/app/parts/ProblemAlert";
import { RunsProblem } from "~/app/parts/RunsProblem";
import { Time } from "~/app/parts/Time";
import { Working } from "~/app/parts/Working";
import { ipc, keys, useJob } from "~/ipc";

import { OpenById } from "./OpenById";

const PAGE = 20;

/** The account's bulk deployments, found by listing: those of runs of this computer, and those made elsewhere. */
export function AccountBulks() {
  const client = useQueryClient();
  const navigate = useNavigate();
  const bulks = useQuery({ queryKey: keys.bulkList, queryFn: () => ipc.bulkList() });
  const open = useMutation({
    mutationFn: (id: string) => ipc.bulkOpen(id),
    onSuccess: (snapshot) => {
      client.setQueryData(keys.run(snapshot.row.id), snapshot);
      void client.invalidateQueries({ queryKey: keys.runsList });
      void navigate(`/runs/${encodeURIComponent(snapshot.row.id)}`);
    },
  });
  const listing = useJob("bulk_list", bulks.fetchStatus);
  const opening = useJob("bulk_open", open.submittedAt);
  const { items, collectionProps, filterProps, filteredItemsCount, paginationProps, actions } = useCollection(
    bulks.data ?? [],
    {
      filtering: { fields: ["id", "arn", "run"] },
      pagination: { pageSize: PAGE },
      sorting: {},
    },
  );
  return (
    <SpaceBetween size="m">
      {bulks.isError && <RunsProblem error={bulks.error} retry={() => void bulks.refetch()} />}
      {open.error && <ProblemAlert error={open.error} testId="bulk-problem" />}
      <Table
        {...collectionProps}
        data-testid="bulks-table"
        header={
          <LineHeader
            counter={bulks.data ? `(${count(bulks.data.length)})` : undefined}
            line={
              bulks.isFetching && listing?.state === "running" ? (
                <Working job={listing} />
              ) : open.isPending && opening?.state === "running" ? (
                <Working job={opening} />
              ) : (
                <Box color="text-body-secondary">
                  Whoever started them: the status, groups and causes of each can be read from its reports.
                </Box>
              )
            }
            actions={
              <SpaceBetween direction="horizontal" size="xs" alignItems="center">
                <OpenById busy={open.isPending} onOpen={(id) => open.mutate(id)} />
                <Button
                  iconName="refresh"
                  ariaLabel="List again"
                  loading={bulks.isFetching}
                  onClick={() => void bulks.refetch()}
                />
              </SpaceBetween>
            }
          >
            Bulk deployments of the account
          </LineHeader>
        }
        items={items}
        trackBy="id"
        loading={bulks.isPending}
        loadingText="Listing the bulk deployments"
        wrapLines
        enableKeyboardNavigation
        ariaLabels={{ tableLabel: "Bulk deployments of the account" }}
        empty={
          <Box textAlign="center" padding="m" color="text-body-secondary">
            {(bulks.data?.length ?? 0) === 0 ? (
              "The account has no bulk deployment in this Region."
            ) : (
              <>
                No bulk deployment matches. <Button onClick={() => actions.setFiltering("")}>Clear the filter</Button>
              </>
            )}
          </Box>
        }
        filter={
          <TextFilter
            {...filterProps}
            filteringPlaceholder="Find by id"
            filteringAriaLabel="Find bulk deployments"
            countText={counted(filteredItemsCount ?? 0, "match", "matches")}
          />
        }
        pagination={<Pagination {...paginationProps} />}
        columnDefinitions={[
          {
            id: "id",
            header: "Bulk deployment",
            isRowHeader: true,
            cell: (bulk) => (
              <span className="mono" title={bulk.arn}>
                {bulk.id}
              </span>
            ),
          },
          {
            id: "created",
            header: "Created",
            width: 190,
            sortingField: "createdAt",
            cell: (bulk) => <Time millis={bulk.createdAt} as="local" />,
          },
          {
            id: "run",
            header: "Run of this computer",
            width: 220,
            cell: (bulk) =>
              bulk.run === null ? (
                <Box color="text-body-secondary">made elsewhere</Box>
              ) : (
                <Link
                  href={`#/runs/${encodeURIComponent(bulk.run)}`}
                  onFollow={(event) => {
                    event.preventDefault();
                    if (bulk.run !== null) void navigate(`/runs/${encodeURIComponent(bulk.run)}`);
                  }}
                >
                  {short(bulk.run, 18)}
                </Link>
              ),
          },
          {
            id: "open",
            header: "Read",
            width: 120,
            cell: (bulk) => (
              <Button
                variant="inline-link"
                loading={open.isPending && open.variables === bulk.id}
                ariaLabel={`Read ${bulk.id}`}
                onClick={() => open.mutate(bulk.id)}
                data-testid={`bulk-open-${bulk.id}`}
              >
                Read
              </Button>
            ),
          },
        ]}
      />
    </SpaceBetween>
  );
}
