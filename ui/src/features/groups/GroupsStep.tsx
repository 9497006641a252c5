import CollectionPreferences from "@cloudscape-design/components/collection-preferences";
import Pagination from "@cloudscape-design/components/pagination";
import PropertyFilter from "@cloudscape-design/components/property-filter";
import type { PropertyFilterProps } from "@cloudscape-design/components/property-filter";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";
import { useState } from "react";

import { counted } from "~/app/format";
import { ProblemAlert } from "~/app/parts/ProblemAlert";
import { useRemembered } from "~/app/remembered";
import type { GroupRow, GroupSort, GroupsQuery } from "~/ipc";

import { CONTENT_DISPLAY, LOOKS, PAGE_SIZES, columns, readLooks } from "./columns";
import { GroupsEmpty } from "./GroupsEmpty";
import { GroupsHeader } from "./GroupsHeader";
import { ImportModal } from "./ImportModal";
import { StaleSelection } from "./StaleSelection";
import { EMPTY_QUERY, filterOf, filteringOptions, filteringProperties, readQuery } from "./filter";
import { useAskedGroup, useGroupsPage, useInventory, useSelect } from "./useGroups";

export function GroupsStep() {
  const [filter, setFilter] = useRemembered<PropertyFilterProps.Query>("groups.filter", EMPTY_QUERY, readQuery);
  const [looks, setLooks] = useRemembered("groups.looks", LOOKS, readLooks);
  const [sort, setSort] = useState<{ by: GroupSort; descending: boolean }>({ by: "name", descending: false });
  const [page, setPage] = useState(1);
  const [importing, setImporting] = useState(false);
  useAskedGroup((id) => {
    setFilter({ operation: "and", tokens: [{ propertyKey: "id", operator: "=", value: id }] });
    setPage(1);
  });
  const query: GroupsQuery = {
    filter: filterOf(filter),
    sort: sort.by,
    descending: sort.descending,
    offset: (page - 1) * looks.pageSize,
    limit: looks.pageSize,
  };
  const inventory = useInventory();
  const groups = useGroupsPage(query, inventory.listing);
  const { select, canUndo, leftOut } = useSelect(query);
  const rows = groups.data?.rows ?? [];
  const matches = groups.data?.matches ?? 0;
  const pages = Math.max(1, Math.ceil(matches / looks.pageSize));
  const failed = inventory.status.error ?? groups.error;

  const changeRows = (chosen: readonly GroupRow[]) => {
    const ids = new Set(chosen.map(({ id }) => id));
    const on = rows.filter((row) => !row.selected && ids.has(row.id)).map(({ id }) => id);
    const off = rows.filter((row) => row.selected && !ids.has(row.id)).map(({ id }) => id);
    if (on.length > 0) select.mutate({ kind: "groups", ids: on, selected: true });
    if (off.length > 0) select.mutate({ kind: "groups", ids: off, selected: false });
  };

  return (
    <SpaceBetween size="m">
      {failed && (
        <ProblemAlert
          error={failed}
          retry={() => {
            void inventory.status.refetch();
            void groups.refetch();
          }}
        />
      )}
      <StaleSelection inventory={inventory.status.data} select={select} />
      <Table
        data-testid="groups-table"
        variant="container"
        items={rows}
        columnDefinitions={columns}
        columnDisplay={looks.display}
        stripedRows={looks.striped}
        trackBy="id"
        resizableColumns
        loading={groups.isPending && !groups.error}
        loadingText="Reading the groups"
        selectionType="multi"
        selectedItems={rows.filter(({ selected }) => selected)}
        isItemDisabled={({ deployable, selected }) => deployable !== "yes" && !selected}
        onSelectionChange={({ detail }) => changeRows(detail.selectedItems)}
        sortingColumn={{ sortingField: sort.by }}
        sortingDescending={sort.descending}
        onSortingChange={({ detail }) => {
          setSort({ by: detail.sortingColumn.sortingField as GroupSort, descending: detail.isDescending ?? false });
          setPage(1);
        }}
        empty={
          <GroupsEmpty
            filtered={filter.tokens.length > 0 && (groups.data?.total ?? 0) > 0}
            listing={inventory.listing}
            onClearFilter={() => setFilter(EMPTY_QUERY)}
            onList={() => inventory.refresh.mutate()}
          />
        }
        ariaLabels={{
          tableLabel: "Groups",
          selectionGroupLabel: "Selection of groups",
          allItemsSelectionLabel: () => "Select all groups of this page",
          itemSelectionLabel: (_, row) => (row.deployable === "yes" ? `Select ${row.name}` : `${row.name} cannot be deployed`),
        }}
        renderAriaLive={({ firstIndex, lastIndex }) =>
          `Groups ${query.offset + firstIndex} to ${query.offset + lastIndex} of ${matches}`
        }
        header={
          <GroupsHeader
            inventory={inventory}
            page={groups.data}
            filtered={filter.tokens.length > 0}
            canUndo={canUndo}
            leftOut={leftOut}
            busy={select.isPending}
            onSelect={select.mutate}
            onSelectMatching={() => select.mutate({ kind: "matching", filter: query.filter, selected: true })}
            onImport={() => setImporting(true)}
          />
        }
        filter={
          <PropertyFilter
            query={filter}
            onChange={({ detail }) => {
              setFilter({ operation: detail.operation, tokens: detail.tokens });
              setPage(1);
            }}
            filteringProperties={filteringProperties}
            filteringOptions={filteringOptions}
            freeTextFiltering={{ defaultOperator: ":", operators: [":", "!:", "^", "!^", "=", "!="] }}
            filteringPlaceholder="Find groups by name, ID, version or time"
            filteringAriaLabel="Find groups"
            countText={counted(matches, "match", "matches")}
            expandToViewport
            data-testid="groups-filter"
          />
        }
        pagination={
          <Pagination
            currentPageIndex={Math.min(page, pages)}
            pagesCount={pages}
            onChange={({ detail }) => setPage(detail.currentPageIndex)}
          />
        }
        preferences={
          <CollectionPreferences
            title="Preferences"
            confirmLabel="Apply"
            cancelLabel="Cancel"
            preferences={{ pageSize: looks.pageSize, contentDisplay: looks.display, stripedRows: looks.striped }}
            pageSizePreference={{ title: "Groups on a page", options: PAGE_SIZES }}
            contentDisplayPreference={CONTENT_DISPLAY}
            stripedRowsPreference={{ label: "Striped rows", description: "Shade every second row" }}
            onConfirm={({ detail }) => {
              const display = detail.contentDisplay?.map(({ id, visible }) => ({ id, visible }));
              setLooks({
                pageSize: detail.pageSize ?? LOOKS.pageSize,
                display: display ?? LOOKS.display,
                striped: detail.stripedRows ?? false,
              });
              setPage(1);
            }}
          />
        }
      />
      <ImportModal visible={importing} onDismiss={() => setImporting(false)} />
    </SpaceBetween>
  );
}
