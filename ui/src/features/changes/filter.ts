import type { DeviceOutcome, PlannedDevicesQuery } from "~/ipc";

/** Which devices are shown. */
export interface DeviceFilter {
  outcome: DeviceOutcome | null;
  /** The number of an outcome that devices share. */
  group: number | null;
  withFindings: boolean;
  text: string;
}

export const ALL_DEVICES: DeviceFilter = { outcome: null, group: null, withFindings: false, text: "" };

export const PAGE = 20;

export function isFiltered({ outcome, group, withFindings, text }: DeviceFilter): boolean {
  return outcome !== null || group !== null || withFindings || text !== "";
}

export function queryOf(filter: DeviceFilter, page: number): PlannedDevicesQuery {
  return { ...filter, offset: (page - 1) * PAGE, limit: PAGE };
}
