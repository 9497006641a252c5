import { useCollection } from "@cloudscape-design/collection-hooks";
import Badge from "@cloudscape-design/components/badge";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Pagination from "@cloudscape-design/components/pagination";
import Table from "@cloudscape-design/components/table";
import TextFilter from "@cloudscape-design/components/text-filter";

import { share } from "~/app/figures";
import { count, counted } from "~/app/format";
import { Words } from "~/app/Words";
import type { Cause } from "~/ipc";

const PAGE = 8;

function Share({ part, whole }: { part: number; whole: number }) {
  return (
    <>
      <div>{count(part)}</div>
      <div className="share">
        <div className="share-bar" aria-hidden="true">
          <span style={{ inlineSize: `${whole === 0 ? 0 : (part / whole) * 100}%` }} />
        </div>
        <span className="share-text">{share(part, whole)}</span>
      </div>
    </>
  );
}

function ServiceWords({ cause }: { cause: Cause }) {
  const words = [cause.code, cause.message].filter((part) => part !== null && part !== "").join(": ");
  return words === "" ? (
    <Box color="text-body-secondary">AWS has said nothing about them</Box>
  ) : (
    <Words mono>{words}</Words>
  );
}

interface CauseListProps {
  causes: readonly Cause[];
  /** Groups that did not succeed. */
  failures: number;
  selected: Cause | undefined;
  onSelect: (cause: Cause) => void;
}

/** The causes, largest first, each with its share and the service's own words. */
export function CauseList({ causes, failures, selected, onSelect }: CauseListProps) {
  const { items, filterProps, filteredItemsCount, paginationProps, collectionProps, actions } = useCollection(causes, {
    filtering: { fields: ["title", "message", "code"], noMatch: "No cause matches." },
    pagination: { pageSize: PAGE },
    sorting: {},
  });
  return (
    <Table
      {...collectionProps}
      data-testid="causes-table"
      items={items}
      trackBy="key"
      selectionType="single"
      selectedItems={selected === undefined ? [] : [selected]}
      onSelectionChange={({ detail }) => {
        const cause = detail.selectedItems[0];
        if (cause !== undefined) onSelect(cause);
      }}
      onRowClick={({ detail }) => onSelect(detail.item)}
      wrapLines
      enableKeyboardNavigation
      ariaLabels={{
        tableLabel: "Causes",
        selectionGroupLabel: "Show a cause",
        itemSelectionLabel: (_, cause) => cause.title,
      }}
      filter={
        causes.length > PAGE ? (
          <TextFilter
            {...filterProps}
            filteringPlaceholder="Find causes"
            filteringAriaLabel="Find causes"
            countText={counted(filteredItemsCount ?? 0, "match", "matches")}
          />
        ) : undefined
      }
      pagination={causes.length > PAGE ? <Pagination {...paginationProps} /> : undefined}
      empty={
        <Box textAlign="center" padding="m">
          No cause matches. <Button onClick={() => actions.setFiltering("")}>Clear the filter</Button>
        </Box>
      }
      columnDefinitions={[
        {
          id: "title",
          header: "Cause",
          isRowHeader: true,
          width: 300,
          sortingField: "title",
          cell: (cause) => (
            <>
              <Box fontWeight="bold">
                <span className="wrap">{cause.title}</span>
              </Box>
              {cause.permissions && <Badge color="severity-medium">Permissions</Badge>}
              {cause.means === null && <Badge>Not in the catalogue</Badge>}
            </>
          ),
        },
        {
          id: "targets",
          header: "Groups",
          width: 190,
          sortingField: "targets",
          cell: (cause) => <Share part={cause.targets} whole={failures} />,
        },
        {
          id: "words",
          header: "In the service’s words",
          minWidth: 300,
          cell: (cause) => <ServiceWords cause={cause} />,
        },
      ]}
    />
  );
}
