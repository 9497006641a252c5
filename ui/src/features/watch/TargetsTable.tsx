import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import Pagination from "@cloudscape-design/components/pagination";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";
import TextFilter from "@cloudscape-design/components/text-filter";
import { useState } from "react";

import { count, counted } from "~/app/format";
import { ProblemAlert } from "~/app/parts/ProblemAlert";
import { STATES_FOR_READING, STATE_LOOKS } from "~/app/states";
import { targetWordsOf, useRunGeneration } from "~/app/RunWords";
import { type TargetWords, firstUpper } from "~/app/targetWords";
import type { TargetRow } from "~/ipc";

import { type RowActs, TargetActs } from "./TargetActs";
import { targetColumns } from "./targetColumns";
import { NO_FILTER, type TargetsFilter, useTargets } from "./useTargets";

const ANY = { value: "", label: "All states" };
const CHOICES = [ANY, ...STATES_FOR_READING.map((state) => ({ value: state, label: STATE_LOOKS[state].label }))];

interface FilterProps {
  words: TargetWords;
  /** What there is to find in. */
  within: string;
  filter: TargetsFilter;
  countText: string;
  onFilter: (filter: TargetsFilter) => void;
}

function Filter({ words, within, filter, countText, onFilter }: FilterProps) {
  if (filter.picked !== null) {
    return (
      <div className="targets-picked" data-testid="targets-picked">
        <span>Only {filter.picked.words}</span>
        <Button onClick={() => onFilter(NO_FILTER)}>Show all {words.many}</Button>
      </div>
    );
  }
  return (
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
        filteringPlaceholder={`Find by ${within}`}
        filteringAriaLabel={`Find ${words.many}`}
        countText={countText}
        onChange={({ detail }) => onFilter({ ...filter, text: detail.filteringText })}
      />
    </div>
  );
}

interface TargetsTableProps {
  run: string;
  total: number;
  /** How many waves the run has. */
  waves: number;
  filter: TargetsFilter;
  onFilter: (filter: TargetsFilter) => void;
  /** Everything about one target. */
  onTarget: (target: string) => void;
  acts: RowActs;
}

/** The targets in the order of the plan, page by page: the words to the map's picture. */
export function TargetsTable({ run, total, waves, filter, onFilter, onTarget, acts }: TargetsTableProps) {
  const { query, rows, matches, page, pages, toPage } = useTargets(run, filter);
  const generation = useRunGeneration();
  const words = targetWordsOf(generation);
  const title = firstUpper(words.many);
  const [chosen, setChosen] = useState<readonly TargetRow[]>([]);
  // Of those on the page, as they are by now.
  const selected = chosen.map((one) => rows.find(({ target }) => target === one.target) ?? one);
  const filtered = filter.state !== null || filter.text !== "" || filter.picked !== null;
  if (query.isError) return <ProblemAlert error={query.error} retry={() => void query.refetch()} />;
  return (
    <Table
      variant="embedded"
      data-testid="targets-table"
      header={
        <Header
          variant="h3"
          counter={filtered ? `(${count(matches)} of ${count(total)})` : `(${count(total)})`}
          actions={<TargetActs selected={selected} acts={acts} />}
        >
          {title}
        </Header>
      }
      items={rows}
      trackBy="target"
      columnDefinitions={targetColumns(waves, generation, onTarget)}
      loading={query.isPending}
      loadingText={`Reading the ${words.many}`}
      enableKeyboardNavigation
      selectionType={acts.onRetry || acts.onSkip ? "multi" : undefined}
      selectedItems={selected}
      onSelectionChange={({ detail }) => setChosen(detail.selectedItems)}
      ariaLabels={{
        tableLabel: title,
        selectionGroupLabel: `${title} to act on`,
        allItemsSelectionLabel: () => "Select all of this page",
        itemSelectionLabel: (_, row) => `Select ${row.name ?? row.target}`,
      }}
      filter={
        <Filter
          words={words}
          within={generation === "v2" ? "thing name or message" : "id, name or message"}
          filter={filter}
          onFilter={onFilter}
          countText={filtered ? counted(matches, "match", "matches") : ""}
        />
      }
      pagination={
        <Pagination
          currentPageIndex={page}
          pagesCount={pages}
          onChange={({ detail }) => toPage(detail.currentPageIndex)}
          ariaLabels={{ paginationLabel: title }}
        />
      }
      empty={
        <Box textAlign="center" padding="m">
          <SpaceBetween size="xs">
            <Box color="text-body-secondary">
              {filter.state === "failed" && filter.text === "" ? `No ${words.one} has failed.` : `No ${words.one} matches.`}
            </Box>
            {filtered && <Button onClick={() => onFilter(NO_FILTER)}>Show all {words.many}</Button>}
          </SpaceBetween>
        </Box>
      }
    />
  );
}
