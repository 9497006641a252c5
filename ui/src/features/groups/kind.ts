import type { TargetKind } from "~/app/inventory/kind";
import { ipc, keys } from "~/ipc";
import type { GroupRow, GroupSort } from "~/ipc";

import { columns } from "./columns";
import { filteringOptions, filteringProperties } from "./filter";

/** Groups of Greengrass V1, as targets. */
export const groups: TargetKind<GroupRow, GroupSort> = {
  name: "groups",
  one: "group",
  many: "groups",
  title: "All groups",
  keyOf: ({ id }) => id,
  nameOf: ({ name }) => name,
  selectable: ({ deployable }) => deployable === "yes",
  columns,
  hidden: ["createdAt"],
  firstSort: "name",
  filteringProperties,
  filteringOptions,
  filteringPlaceholder: "Find groups by name, ID, version or time",
  keyProperty: "id",
  staleFilter: {
    operation: "and",
    tokens: [
      { property: "selected", operator: "=", value: "yes" },
      { property: "deployable", operator: "=", value: "no" },
    ],
  },
  staleWords: "",
  noneWords: "This account has no Greengrass groups in this Region, as far as was listed.",
  import: {
    label: "Ids or names",
    description:
      "One in a line, or CSV with a version after each id, or the lines of an input file. They are added to the selection.",
    placeholder: "rotterdam-line-0001\n953a64a1-d2d0-4b1c-9a55-2f0f7c1f0a11,5e359af7-61c1-4c0e-8f0d-0d6f3f6f2a01",
  },
  job: "groups",
  key: keys.groups,
  dependent: [keys.versions, keys.draft, keys.file, keys.permissions, keys.review],
  standing: async () => {
    const { groups: total, listedAt, partial, selected, selectedNotDeployable } = await ipc.groupsStatus();
    return { total, listedAt, partial, selected, stale: selectedNotDeployable };
  },
  refresh: async () => {
    await ipc.groupsRefresh();
    return null;
  },
  page: (query) => ipc.groupsPage(query),
  select: (change) =>
    ipc.groupsSelect(change.kind === "some" ? { kind: "groups", ids: change.keys, selected: change.selected } : change),
  importText: (text) => ipc.groupsImportText(text),
  importFile: () => ipc.groupsImportFile(),
};
