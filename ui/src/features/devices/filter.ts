import type { PropertyFilterProps } from "@cloudscape-design/components/property-filter";

import { TEXT, TIME, TIMES, TIMES_LABEL, WORD, YES_NO, optionsOf } from "~/app/inventory/filter";
import type { Filter } from "~/ipc";

/** Properties that are only known of devices of which they were read. */
export const READ_ONE_BY_ONE = ["nucleus", "thingGroup"];

export const filteringProperties: PropertyFilterProps.FilteringProperty[] = [
  { key: "thingName", propertyLabel: "Thing name", groupValuesLabel: "Thing names", operators: TEXT, defaultOperator: ":" },
  { key: "status", propertyLabel: "Status", groupValuesLabel: "Statuses", operators: WORD },
  {
    key: "lastStatusAt",
    propertyLabel: "Last status",
    groupValuesLabel: TIMES_LABEL,
    operators: TIME,
    defaultOperator: "<",
  },
  { key: "platform", propertyLabel: "Platform", groupValuesLabel: "Platforms", operators: TEXT, defaultOperator: "=" },
  { key: "architecture", propertyLabel: "Architecture", groupValuesLabel: "Architectures", operators: TEXT, defaultOperator: "=" },
  { key: "nucleus", propertyLabel: "Nucleus", groupValuesLabel: "Versions of the nucleus", operators: TEXT, defaultOperator: "^" },
  { key: "runtime", propertyLabel: "Runtime", groupValuesLabel: "Runtimes", operators: WORD },
  { key: "thingGroup", propertyLabel: "Thing group", groupValuesLabel: "Thing groups", operators: TEXT, defaultOperator: "=" },
  { key: "deployable", propertyLabel: "Deployable", groupValuesLabel: "Deployable", operators: WORD },
  { key: "selected", propertyLabel: "Selected", groupValuesLabel: "Selected", operators: WORD },
];

export const filteringOptions: PropertyFilterProps.FilteringOption[] = [
  ...optionsOf("status", ["HEALTHY", "UNHEALTHY"]),
  ...optionsOf("lastStatusAt", TIMES),
  ...optionsOf("platform", ["linux", "windows"]),
  ...optionsOf("architecture", ["amd64", "aarch64", "arm"]),
  ...optionsOf("runtime", ["aws_nucleus_classic", "aws_nucleus_lite"]),
  ...optionsOf("deployable", [...YES_NO, "gone"]),
  ...optionsOf("selected", YES_NO),
];

/** The devices of a thing group, as far as its members were read. */
export function membersOf(group: string): Filter {
  return { operation: "and", tokens: [{ property: "thingGroup", operator: "=", value: group }] };
}
