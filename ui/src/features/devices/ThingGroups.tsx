import Button from "@cloudscape-design/components/button";
import Pagination from "@cloudscape-design/components/pagination";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import Table from "@cloudscape-design/components/table";
import TextFilter from "@cloudscape-design/components/text-filter";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useDeferredValue, useState } from "react";

import { count, counted } from "~/app/format";
import { InventoryEmpty } from "~/app/inventory/InventoryEmpty";
import type { useInventory } from "~/app/inventory/useInventory";
import { JobLine } from "~/app/parts/JobLine";
import { LineHeader } from "~/app/parts/LineHeader";
import { ProblemAlert } from "~/app/parts/ProblemAlert";
import { Time } from "~/app/parts/Time";
import { ipc, keys } from "~/ipc";

import { thingGroupColumns } from "./thingGroupColumns";
import { useMembers } from "./useMembers";

const PAGE = 20;

interface Props {
  inventory: ReturnType<typeof useInventory>;
  /** Shows the devices of a group in the other view. */
  onShow: (group: string) => void;
}

/** The account's thing groups: who is in them, and selecting all of one. */
export function ThingGroups({ inventory, onShow }: Props) {
  const [typed, setTyped] = useState("");
  const [page, setPage] = useState(1);
  const text = useDeferredValue(typed.trim());
  const offset = (page - 1) * PAGE;
  const groups = useQuery({
    queryKey: keys.thingGroupsPage(text, offset, PAGE),
    queryFn: () => ipc.thingGroupsPage(text, offset, PAGE),
    placeholderData: keepPreviousData,
  });
  const members = useMembers(onShow);
  const matches = groups.data?.matches ?? 0;
  const pages = Math.max(1, Math.ceil(matches / PAGE));
  const find = (next: string) => {
    setTyped(next);
    setPage(1);
  };

  return (
    <SpaceBetween size="m">
      {groups.error && <ProblemAlert error={groups.error} retry={() => void groups.refetch()} />}
      {inventory.beside && (
        <ProblemAlert error={inventory.beside} retry={() => inventory.refresh.mutate()} testId="thing-groups-problem" />
      )}
      <Table
        data-testid="thing-groups-table"
        variant="container"
        items={groups.data?.rows ?? []}
        columnDefinitions={thingGroupColumns(members)}
        trackBy="name"
        resizableColumns
        loading={groups.isPending && !groups.error}
        loadingText="Reading the thing groups"
        empty={
          <InventoryEmpty
            one="thing group"
            many="thing groups"
            none="This account has no thing groups in this Region, as far as was listed."
            failed={groups.isError || inventory.beside !== null}
            filtered={text !== "" && (groups.data?.total ?? 0) > 0}
            listing={inventory.listing}
            onClearFilter={() => find("")}
            onList={() => inventory.refresh.mutate()}
          />
        }
        ariaLabels={{ tableLabel: "Thing groups" }}
        renderAriaLive={({ firstIndex, lastIndex }) =>
          `Thing groups ${offset + firstIndex} to ${offset + lastIndex} of ${matches}`
        }
        header={
          <LineHeader
            counter={groups.data && `(${count(groups.data.total)})`}
            line={<Line inventory={inventory} members={members} />}
            actions={
              <Button
                iconName="refresh"
                ariaLabel="List the thing groups again"
                loading={inventory.listing}
                onClick={() => inventory.refresh.mutate()}
                data-testid="thing-groups-refresh"
              />
            }
          >
            Thing groups
          </LineHeader>
        }
        filter={
          <TextFilter
            filteringText={typed}
            onChange={({ detail }) => find(detail.filteringText)}
            filteringPlaceholder="Find thing groups by name"
            filteringAriaLabel="Find thing groups"
            countText={text === "" ? undefined : counted(matches, "match", "matches")}
            data-testid="thing-groups-filter"
          />
        }
        pagination={
          <Pagination
            currentPageIndex={Math.min(page, pages)}
            pagesCount={pages}
            onChange={({ detail }) => setPage(detail.currentPageIndex)}
          />
        }
      />
    </SpaceBetween>
  );
}

/** What goes on, otherwise how old the list is. */
function Line({ inventory, members }: { inventory: Props["inventory"]; members: ReturnType<typeof useMembers> }) {
  if (inventory.job) return <JobLine job={inventory.job} units="listed" />;
  if (members.job) return <JobLine job={members.job} units="things" />;
  if (members.at) return <StatusIndicator type="in-progress">Reading who is in {members.at}</StatusIndicator>;
  const listedAt = inventory.status.data?.listedAt ?? null;
  if (listedAt === null) return <>Not listed yet</>;
  return (
    <>
      <span>
        Listed <Time millis={listedAt} />
      </span>
      {members.selected && <StatusIndicator type="success">{members.selected}</StatusIndicator>}
    </>
  );
}
