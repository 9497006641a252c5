import type { PropertyFilterProps } from "@cloudscape-design/components/property-filter";

import { TEXT, TIME, TIMES, TIMES_LABEL, WORD, YES_NO, optionsOf } from "~/app/inventory/filter";
import type { Deployable } from "~/ipc";

export const filteringProperties: PropertyFilterProps.FilteringProperty[] = [
  { key: "name", propertyLabel: "Name", groupValuesLabel: "Names", operators: TEXT, defaultOperator: ":" },
  { key: "id", propertyLabel: "Group ID", groupValuesLabel: "Group IDs", operators: TEXT, defaultOperator: ":" },
  { key: "latestVersion", propertyLabel: "Latest version", groupValuesLabel: "Versions", operators: TEXT, defaultOperator: ":" },
  { key: "deployable", propertyLabel: "Deployable", groupValuesLabel: "Deployable", operators: WORD },
  { key: "selected", propertyLabel: "Selected", groupValuesLabel: "Selected", operators: WORD },
  { key: "createdAt", propertyLabel: "Created", groupValuesLabel: TIMES_LABEL, operators: TIME, defaultOperator: ">" },
  { key: "updatedAt", propertyLabel: "Last updated", groupValuesLabel: TIMES_LABEL, operators: TIME, defaultOperator: ">" },
];

export const filteringOptions: PropertyFilterProps.FilteringOption[] = [
  ...optionsOf("deployable", [...YES_NO, "no_version", "no_core", "many_cores", "gone"]),
  ...optionsOf("selected", YES_NO),
  ...optionsOf("createdAt", TIMES),
  ...optionsOf("updatedAt", TIMES),
];

/** Why a group cannot be deployed: a word for the row, and the sentence behind it. */
export const NOT_DEPLOYABLE: Record<Exclude<Deployable, "yes">, readonly [word: string, sentence: string]> = {
  no_version: ["No version", "The group has no version, so there is nothing to deploy. Create a group version first."],
  no_core: ["No core", "The latest version has no core in its core definition. Add one and create a new version."],
  many_cores: ["Several cores", "A group can be deployed to exactly one core; the latest version names more."],
  gone: ["Gone", "The group is not in the newest listing: it was deleted, or this identity may not see it any more."],
};
