import type { TargetKind } from "~/app/inventory/kind";
import { ipc, keys } from "~/ipc";
import type { DeviceRow, DeviceSort } from "~/ipc";

import { columns } from "./columns";
import { filteringOptions, filteringProperties } from "./filter";

/** Core devices of Greengrass V2, as targets. */
export const devices: TargetKind<DeviceRow, DeviceSort> = {
  name: "devices",
  one: "core device",
  many: "core devices",
  title: "All core devices",
  keyOf: ({ thingName }) => thingName,
  nameOf: ({ thingName }) => thingName,
  selectable: ({ gone }) => !gone,
  columns,
  hidden: ["architecture"],
  firstSort: "thingName",
  filteringProperties,
  filteringOptions,
  filteringPlaceholder: "Find core devices by name, status, platform, nucleus or thing group",
  keyProperty: "thingName",
  staleFilter: {
    operation: "and",
    tokens: [
      { property: "selected", operator: "=", value: "yes" },
      { property: "deployable", operator: "=", value: "gone" },
    ],
  },
  staleWords: "the newest listing does not have them",
  noneWords: "This account has no Greengrass core devices in this Region, as far as was listed.",
  import: {
    label: "Thing names",
    description:
      "One in a line (or its ARN), or CSV or JSON lines with a column such as thingName. They are added to the selection.",
    placeholder: "rotterdam-gw-0001\narn:aws:iot:eu-west-1:123456789012:thing/rotterdam-gw-0002",
  },
  job: "devices",
  key: keys.devices,
  dependent: [keys.deviceDraft, keys.present, keys.devicePlan, keys.devicePermissions, keys.deviceReview],
  standing: async () => {
    const { devices: total, listedAt, partial, selected, selectedGone } = await ipc.devicesStatus();
    return { total, listedAt, partial, selected, stale: selectedGone };
  },
  refresh: async () => (await ipc.devicesRefresh()).thingGroupsProblem,
  page: (query) => ipc.devicesPage(query),
  select: (change) =>
    ipc.devicesSelect(change.kind === "some" ? { kind: "devices", names: change.keys, selected: change.selected } : change),
  importText: (text) => ipc.devicesImportText(text),
  importFile: () => ipc.devicesImportFile(),
};
