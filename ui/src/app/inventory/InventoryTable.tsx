import CollectionPreferences from "@cloudscape-design/components/collection-preferences";
import Pagination from "@cloudscape-design/components/pagination";
import PropertyFilter from "@cloudscape-design/components/property-filter";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";
import { useState } from "react";
import type { ReactNode } from "react";

import { counted } from "~/app/format";
import { ProblemAlert } from "~/app/parts/ProblemAlert";

import { ImportModal } from "./ImportModal";
import { InventoryEmpty } from "./InventoryEmpty";
import { InventoryHeader } from "./InventoryHeader";
import { StaleSelection } from "./StaleSelection";
import { EMPTY_QUERY } from "./filter";
import type { TargetKind } from "./kind";
import { contentDisplay, looksOf, pageSizes } from "./looks";
import { useSelect } from "./useInventory";
import type { useInventory, useInventoryPage } from "./useInventory";
import type { useTableState } from "./useTableState";

interface Props<Row extends { selected: boolean }, Sort extends string> {
  kind: TargetKind<Row, Sort>;
  state: ReturnType<typeof useTableState<Row, Sort>>;
  inventory: ReturnType<typeof useInventory>;
  page: ReturnType<typeof useInventoryPage<Row, Sort>>;
  /** What else there is to say of the list. */
  note?: ReactNode;
}

/** All targets of a kind: found, ordered, selected, imported. */
export function InventoryTable<Row extends { selected: boolean }, Sort extends string>(props: Props<Row, Sort>) {
  const { kind, state, inventory, page: asked, note } = props;
  const { filter, looks, sort, query } = state;
  const [importing, setImporting] = useState(false);
  const { select, canUndo, leftOut } = useSelect(kind, query);
  const rows = asked.data?.rows ?? [];
  const matches = asked.data?.matches ?? 0;
  const pages = Math.max(1, Math.ceil(matches / looks.pageSize));
  const failed = inventory.status.error ?? asked.error;

  const changeRows = (chosen: readonly Row[]) => {
    const keys = new Set(chosen.map(kind.keyOf));
    const on = rows.filter((row) => !row.selected && keys.has(kind.keyOf(row))).map(kind.keyOf);
    const off = rows.filter((row) => row.selected && !keys.has(kind.keyOf(row))).map(kind.keyOf);
    if (on.length > 0) select.mutate({ kind: "some", keys: on, selected: true });
    if (off.length > 0) select.mutate({ kind: "some", keys: off, selected: false });
  };

  return (
    <SpaceBetween size="m">
      {failed && (
        <ProblemAlert
          error={failed}
          retry={() => {
            void inventory.status.refetch();
            void asked.refetch();
          }}
        />
      )}
      <StaleSelection kind={kind} stale={inventory.status.data?.stale ?? 0} select={select} />
      <Table
        data-testid={`${kind.name}-table`}
        variant="container"
        items={rows}
        columnDefinitions={kind.columns}
        columnDisplay={looks.display}
        stripedRows={looks.striped}
        trackBy={kind.keyOf}
        resizableColumns
        loading={asked.isPending && !asked.error}
        loadingText={`Reading the ${kind.many}`}
        selectionType="multi"
        selectedItems={rows.filter(({ selected }) => selected)}
        isItemDisabled={(row) => !kind.selectable(row) && !row.selected}
        onSelectionChange={({ detail }) => changeRows(detail.selectedItems)}
        sortingColumn={{ sortingField: sort.by }}
        sortingDescending={sort.descending}
        onSortingChange={({ detail }) =>
          state.setSort({ by: detail.sortingColumn.sortingField as Sort, descending: detail.isDescending ?? false })
        }
        empty={
          <InventoryEmpty
            one={kind.one}
            many={kind.many}
            none={kind.noneWords}
            failed={asked.isError}
            filtered={filter.tokens.length > 0 && (asked.data?.total ?? 0) > 0}
            listing={inventory.listing}
            onClearFilter={() => state.setFilter(EMPTY_QUERY)}
            onList={() => inventory.refresh.mutate()}
          />
        }
        ariaLabels={{
          tableLabel: kind.title,
          selectionGroupLabel: `Selection of ${kind.many}`,
          allItemsSelectionLabel: () => `Select all ${kind.many} of this page`,
          itemSelectionLabel: (_, row) =>
            kind.selectable(row) ? `Select ${kind.nameOf(row)}` : `${kind.nameOf(row)} cannot be deployed`,
        }}
        renderAriaLive={({ firstIndex, lastIndex }) =>
          `${kind.title}: ${query.offset + firstIndex} to ${query.offset + lastIndex} of ${matches}`
        }
        header={
          <InventoryHeader
            kind={kind}
            inventory={inventory}
            page={asked.data}
            filtered={filter.tokens.length > 0}
            canUndo={canUndo}
            leftOut={leftOut}
            busy={select.isPending}
            note={note}
            onSelect={select.mutate}
            onSelectMatching={() => select.mutate({ kind: "matching", filter: query.filter, selected: true })}
            onImport={() => setImporting(true)}
          />
        }
        filter={
          <PropertyFilter
            query={filter}
            onChange={({ detail }) => state.setFilter({ operation: detail.operation, tokens: detail.tokens })}
            filteringProperties={kind.filteringProperties}
            filteringOptions={kind.filteringOptions}
            freeTextFiltering={{ defaultOperator: ":", operators: [":", "!:", "^", "!^", "=", "!="] }}
            filteringPlaceholder={kind.filteringPlaceholder}
            filteringAriaLabel={`Find ${kind.many}`}
            countText={counted(matches, "match", "matches")}
            expandToViewport
            data-testid={`${kind.name}-filter`}
          />
        }
        pagination={
          <Pagination
            currentPageIndex={Math.min(state.page, pages)}
            pagesCount={pages}
            onChange={({ detail }) => state.setPage(detail.currentPageIndex)}
          />
        }
        preferences={
          <CollectionPreferences
            title="Preferences"
            confirmLabel="Apply"
            cancelLabel="Cancel"
            preferences={{ pageSize: looks.pageSize, contentDisplay: looks.display, stripedRows: looks.striped }}
            pageSizePreference={{ title: "Rows on a page", options: pageSizes(kind.many) }}
            contentDisplayPreference={contentDisplay(kind)}
            stripedRowsPreference={{ label: "Striped rows", description: "Shade every second row" }}
            onConfirm={({ detail }) => {
              const display = detail.contentDisplay?.map(({ id, visible }) => ({ id, visible }));
              const first = looksOf(kind);
              state.setLooks({
                pageSize: detail.pageSize ?? first.pageSize,
                display: display ?? first.display,
                striped: detail.stripedRows ?? false,
              });
            }}
          />
        }
      />
      <ImportModal kind={kind} visible={importing} onDismiss={() => setImporting(false)} />
    </SpaceBetween>
  );
}
