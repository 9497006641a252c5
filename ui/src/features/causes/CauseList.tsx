import { useCollection } from "@cloudscape-design/collection-hooks";
import Badge from "@cloudscape-design/components/badge";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Pagination from "@cloudscape-design/components/pagination";
import Table from "@cloudscape-design/components/table";
import TextFilter from "@cloudscape-design/components/text-filter";

import { share } from "~/app/figures";
import { count, counted } from "~/app/format";
import { useRunWords } from "~/app/RunWords";
import type { Cause } from "~/ipc";

import { wordsOf } from "./sentence";

const PAGE = 7;

/** Title, the beginning of the service's words in one line (all of them are in the detail), and how many targets it has. */
function Named({ cause, failures }: { cause: Cause; failures: number }) {
  const words = wordsOf(cause);
  const part = failures === 0 ? 0 : cause.targets / failures;
  return (
    <div className="cause">
      <Box fontWeight="bold">
        <span className="wrap">{cause.title}</span>
      </Box>
      <span className="cause-count">
        <strong>{count(cause.targets)}</strong>{" "}
        {failures > 0 && <span className="secondary">{share(cause.targets, failures)}</span>}
      </span>
      <div className="cause-words mono" title={words}>
        {words || "AWS has said nothing about them"}
      </div>
      <div className="share-bar" aria-hidden="true">
        <span style={{ inlineSize: `${part * 100}%` }} />
      </div>
      {(cause.permissions || cause.means === null) && (
        <div className="cause-badges">
          {cause.permissions && <Badge color="severity-medium">Permissions</Badge>}
          {cause.means === null && <Badge>Not in the catalogue</Badge>}
        </div>
      )}
    </div>
  );
}

interface CauseListProps {
  causes: readonly Cause[];
  /** Targets that did not succeed. */
  failures: number;
  selected: Cause | undefined;
  onSelect: (cause: Cause) => void;
}

/** The causes, largest first, each with its share and the beginning of the service's own words. */
export function CauseList({ causes, failures, selected, onSelect }: CauseListProps) {
  const { items, filterProps, filteredItemsCount, paginationProps, collectionProps, actions } = useCollection(causes, {
    filtering: { fields: ["title", "message", "code"], noMatch: "No cause matches." },
    pagination: { pageSize: PAGE },
  });
  const words = useRunWords();
  const many = causes.length > PAGE;
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
        many ? (
          <TextFilter
            {...filterProps}
            filteringPlaceholder="Find causes"
            filteringAriaLabel="Find causes"
            countText={counted(filteredItemsCount ?? 0, "match", "matches")}
          />
        ) : undefined
      }
      pagination={many ? <Pagination {...paginationProps} /> : undefined}
      empty={
        <Box textAlign="center" padding="m">
          No cause matches. <Button onClick={() => actions.setFiltering("")}>Clear the filter</Button>
        </Box>
      }
      columnDefinitions={[
        {
          id: "cause",
          header: `Cause, and how many ${words.many} it has`,
          isRowHeader: true,
          cell: (cause) => <Named cause={cause} failures={failures} />,
        },
      ]}
    />
  );
}
