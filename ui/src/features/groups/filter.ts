import type { PropertyFilterProps } from "@cloudscape-design/components/property-filter";

import type { Deployable, Filter } from "~/ipc";

const TEXT = [":", "!:", "=", "!=", "^", "!^"] as const;
const TIME = ["<", "<=", ">", ">="] as const;

export const filteringProperties: PropertyFilterProps.FilteringProperty[] = [
  { key: "name", propertyLabel: "Name", groupValuesLabel: "Names", operators: TEXT, defaultOperator: ":" },
  { key: "id", propertyLabel: "Group ID", groupValuesLabel: "Group IDs", operators: TEXT, defaultOperator: ":" },
  { key: "latestVersion", propertyLabel: "Latest version", groupValuesLabel: "Versions", operators: TEXT, defaultOperator: ":" },
  { key: "deployable", propertyLabel: "Deployable", groupValuesLabel: "Deployable", operators: ["=", "!="] },
  { key: "selected", propertyLabel: "Selected", groupValuesLabel: "Selected", operators: ["=", "!="] },
  {
    key: "createdAt",
    propertyLabel: "Created",
    groupValuesLabel: "Times (2026-11-21, or 7d for 7 days ago)",
    operators: TIME,
    defaultOperator: ">",
  },
  {
    key: "updatedAt",
    propertyLabel: "Last updated",
    groupValuesLabel: "Times (2026-11-21, or 7d for 7 days ago)",
    operators: TIME,
    defaultOperator: ">",
  },
];

const YES_NO = ["yes", "no"];
const TIMES = ["1h", "24h", "7d", "30d"];

export const filteringOptions: PropertyFilterProps.FilteringOption[] = [
  ...[...YES_NO, "no_version", "no_core", "many_cores", "gone"].map((value) => ({ propertyKey: "deployable", value })),
  ...YES_NO.map((value) => ({ propertyKey: "selected", value })),
  ...TIMES.flatMap((value) => [
    { propertyKey: "createdAt", value },
    { propertyKey: "updatedAt", value },
  ]),
];

export const EMPTY_QUERY: PropertyFilterProps.Query = { operation: "and", tokens: [] };

/** Cloudscape's query as the engine takes it; free text has no property. */
export function filterOf(query: PropertyFilterProps.Query): Filter {
  return {
    operation: query.operation,
    tokens: query.tokens.map(({ propertyKey, operator, value }) => ({
      property: propertyKey ?? null,
      operator,
      value: String(value),
    })),
  };
}

/** A query kept from earlier, if it is one. */
export function readQuery(kept: unknown): PropertyFilterProps.Query | null {
  if (typeof kept !== "object" || kept === null) return null;
  const { operation, tokens } = kept as Partial<PropertyFilterProps.Query>;
  const whole = (operation === "and" || operation === "or") && Array.isArray(tokens);
  return whole && tokens.every(({ operator, value }) => operator && typeof value === "string") ? { operation, tokens } : null;
}

/** Why a group cannot be deployed: a word for the row, and the sentence behind it. */
export const NOT_DEPLOYABLE: Record<Exclude<Deployable, "yes">, readonly [word: string, sentence: string]> = {
  no_version: ["No version", "The group has no version, so there is nothing to deploy. Create a group version first."],
  no_core: ["No core", "The latest version has no core in its core definition. Add one and create a new version."],
  many_cores: ["Several cores", "A group can be deployed to exactly one core; the latest version names more."],
  gone: ["Gone", "The group is not in the newest listing: it was deleted, or this identity may not see it any more."],
};

/** Selected groups that cannot be deployed any more. */
export const STALE_SELECTION: Filter = {
  operation: "and",
  tokens: [
    { property: "selected", operator: "=", value: "yes" },
    { property: "deployable", operator: "=", value: "no" },
  ],
};
