import type { PropertyFilterProps } from "@cloudscape-design/components/property-filter";

import { runWord } from "~/app/states";
import type { RunRow } from "~/ipc";

/** A run with the words by which people look for it. */
export type SearchableRun = RunRow & { word: string; place: string };

export function searchable(row: RunRow): SearchableRun {
  return { ...row, word: runWord(row.state, row.counts).label, place: row.sandbox === null ? "Account" : "Sandbox" };
}

const TEXT = [":", "!:", "=", "!="] as const;

export const FILTER_PROPERTIES: (PropertyFilterProps.FilteringProperty & { key: keyof SearchableRun })[] = [
  { key: "name", propertyLabel: "Name", groupValuesLabel: "Names", operators: TEXT },
  { key: "word", propertyLabel: "State", groupValuesLabel: "States", operators: TEXT },
  { key: "account", propertyLabel: "Account", groupValuesLabel: "Accounts", operators: TEXT },
  { key: "region", propertyLabel: "Region", groupValuesLabel: "Regions", operators: TEXT },
  { key: "place", propertyLabel: "Where", groupValuesLabel: "Places", operators: TEXT },
  { key: "id", propertyLabel: "Run id", groupValuesLabel: "Run ids", operators: TEXT },
];
