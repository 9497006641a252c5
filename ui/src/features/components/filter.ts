import type { PropertyFilterProps } from "@cloudscape-design/components/property-filter";

import { TEXT, TIME, TIMES, TIMES_LABEL, WORD, optionsOf } from "~/app/inventory/filter";
import type { Filter } from "~/ipc";

/** What devices can be told apart by within a plan. */
export const deviceProperties: PropertyFilterProps.FilteringProperty[] = [
  { key: "thingName", propertyLabel: "Thing name", groupValuesLabel: "Thing names", operators: TEXT, defaultOperator: ":" },
  { key: "thingGroup", propertyLabel: "Thing group", groupValuesLabel: "Thing groups", operators: TEXT, defaultOperator: "=" },
  { key: "platform", propertyLabel: "Platform", groupValuesLabel: "Platforms", operators: TEXT, defaultOperator: "=" },
  {
    key: "architecture",
    propertyLabel: "Architecture",
    groupValuesLabel: "Architectures",
    operators: TEXT,
    defaultOperator: "=",
  },
  { key: "nucleus", propertyLabel: "Nucleus", groupValuesLabel: "Nucleus versions", operators: TEXT, defaultOperator: "^" },
  { key: "status", propertyLabel: "Status", groupValuesLabel: "Statuses", operators: WORD },
  {
    key: "lastStatusAt",
    propertyLabel: "Last status",
    groupValuesLabel: TIMES_LABEL,
    operators: TIME,
    defaultOperator: ">",
  },
];

export const deviceOptions: PropertyFilterProps.FilteringOption[] = [
  ...optionsOf("platform", ["linux", "windows"]),
  ...optionsOf("architecture", ["amd64", "aarch64", "arm", "x86"]),
  ...optionsOf("status", ["HEALTHY", "UNHEALTHY"]),
  ...optionsOf("lastStatusAt", TIMES),
];

export function labelOf(property: string | null): string {
  const label = deviceProperties.find(({ key }) => key === property)?.propertyLabel;
  return label?.toLowerCase() ?? property ?? "anything";
}

/** The engine's filter as Cloudscape's query. */
export function queryOf({ operation, tokens }: Filter): PropertyFilterProps.Query {
  return {
    operation,
    tokens: tokens.map(({ property, operator, value }) => ({ propertyKey: property ?? undefined, operator, value })),
  };
}
