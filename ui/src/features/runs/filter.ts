import type { PropertyFilterProps } from "@cloudscape-design/components/property-filter";

import { short } from "~/app/figures";
import { runWord } from "~/app/states";
import type { RunRow } from "~/ipc";

/** A run with the words by which people look for it; `parentName` is empty where it is made of no other. */
export type SearchableRun = RunRow & { word: string; place: string; parentName: string; greengrass: string };

/** All runs of the list: a run that is made of another one says its name, if that is still there. */
export function searchable(rows: readonly RunRow[]): SearchableRun[] {
  const names = new Map(rows.map((row) => [row.id, row.name || `run ${short(row.id)}`]));
  return rows.map((row) => ({
    ...row,
    word: runWord(row.state, row.counts).label,
    greengrass: row.generation === "v2" ? "V2" : "V1",
    place: row.sandbox === null ? "Account" : "Sandbox",
    parentName: row.parent === null ? "" : (names.get(row.parent) ?? `run ${short(row.parent)}`),
  }));
}

const TEXT = [":", "!:", "=", "!="] as const;

export const FILTER_PROPERTIES: (PropertyFilterProps.FilteringProperty & { key: keyof SearchableRun })[] = [
  { key: "name", propertyLabel: "Name", groupValuesLabel: "Names", operators: TEXT },
  { key: "word", propertyLabel: "State", groupValuesLabel: "States", operators: TEXT },
  { key: "greengrass", propertyLabel: "Greengrass", groupValuesLabel: "Generations", operators: TEXT },
  { key: "account", propertyLabel: "Account", groupValuesLabel: "Accounts", operators: TEXT },
  { key: "region", propertyLabel: "Region", groupValuesLabel: "Regions", operators: TEXT },
  { key: "place", propertyLabel: "Where", groupValuesLabel: "Places", operators: TEXT },
  { key: "parentName", propertyLabel: "Made of", groupValuesLabel: "Runs", operators: TEXT },
  { key: "id", propertyLabel: "Run id", groupValuesLabel: "Run ids", operators: TEXT },
];
