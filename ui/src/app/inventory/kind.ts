import type { PropertyFilterProps } from "@cloudscape-design/components/property-filter";
import type { TableProps } from "@cloudscape-design/components/table";
import type { QueryKey } from "@tanstack/react-query";

import type { Filter, ImportReport, JobKind, Problem, Selection } from "~/ipc";

/** Asks for one page of targets. */
export interface InventoryQuery<Sort extends string> {
  filter: Filter;
  sort: Sort;
  descending: boolean;
  offset: number;
  limit: number;
}

export interface InventoryPage<Row> {
  rows: Row[];
  matches: number;
  matchesUnselected: number;
  selected: number;
  total: number;
}

/** How complete and how old an inventory is. */
export interface Standing {
  total: number;
  listedAt: number | null;
  partial: boolean;
  selected: number;
  /** Selected, but not to be deployed to any more. */
  stale: number;
}

/** A change of the selection; `some` by the keys of rows. */
export type Change =
  | { kind: "some"; keys: string[]; selected: boolean }
  | { kind: "matching"; filter: Filter; selected: boolean }
  | { kind: "clear" }
  | { kind: "undo" };

/** What the two kinds of targets have different: their words, columns and commands. */
export interface TargetKind<Row extends { selected: boolean }, Sort extends string> {
  /** The beginning of test ids, and of what is remembered of the table's looks. */
  name: string;
  one: string;
  many: string;
  /** The table's heading. */
  title: string;
  keyOf: (row: Row) => string;
  nameOf: (row: Row) => string;
  /** Whether it can be selected. */
  selectable: (row: Row) => boolean;
  columns: readonly TableProps.ColumnDefinition<Row>[];
  /** Columns that are not shown until somebody wants them. */
  hidden: readonly string[];
  firstSort: Sort;
  filteringProperties: readonly PropertyFilterProps.FilteringProperty[];
  filteringOptions: readonly PropertyFilterProps.FilteringOption[];
  filteringPlaceholder: string;
  /** The property that holds what `keyOf` answers. */
  keyProperty: string;
  /** Selected ones that cannot be deployed to any more. */
  staleFilter: Filter;
  /** Why these are selected no longer to any use, after their number. */
  staleWords: string;
  /** An empty account, in a sentence. */
  noneWords: string;
  import: { label: string; description: string; placeholder: string };
  job: JobKind;
  /** All queries of the inventory begin with it. */
  key: QueryKey;
  /** What else rests on the inventory or the selection. */
  dependent: readonly QueryKey[];
  standing: () => Promise<Standing>;
  /** Lists anew; answers why what is listed beside the targets was refused, where it was. */
  refresh: () => Promise<Problem | null>;
  page: (query: InventoryQuery<Sort>) => Promise<InventoryPage<Row>>;
  select: (change: Change) => Promise<Selection>;
  importText: (text: string) => Promise<ImportReport>;
  importFile: () => Promise<ImportReport | null>;
}

/** Keys of an inventory's queries. */
export const standingKey = (key: QueryKey): QueryKey => [...key, "status"];
export const undoKey = (key: QueryKey): QueryKey => [...key, "undo"];
export const pageKey = <Sort extends string>(key: QueryKey, query: InventoryQuery<Sort>): QueryKey => [...key, "page", query];
