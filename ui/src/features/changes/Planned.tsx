import Container from "@cloudscape-design/components/container";
import Tabs from "@cloudscape-design/components/tabs";

import { count } from "~/app/format";
import type { DevicePreview } from "~/ipc";

import { Outcomes } from "./Outcomes";
import { PlannedDevices } from "./PlannedDevices";
import { ALL_DEVICES, type DeviceFilter } from "./filter";

export interface Shown {
  tab: "devices" | "outcomes";
  filter: DeviceFilter;
  page: number;
}

export const ALL_SHOWN: Shown = { tab: "devices", filter: ALL_DEVICES, page: 1 };

interface PlannedProps {
  preview: DevicePreview;
  /** When that was made. */
  made: number;
  shown: Shown;
  onChange: (shown: Shown) => void;
}

/** The devices one by one, or gathered by what they get. */
export function Planned({ preview, made, shown, onChange }: PlannedProps) {
  const show = (filter: DeviceFilter) => onChange({ tab: "devices", filter, page: 1 });
  return (
    <Container>
      <Tabs
        activeTabId={shown.tab}
        onChange={({ detail }) => onChange({ ...shown, tab: detail.activeTabId === "outcomes" ? "outcomes" : "devices" })}
        ariaLabel="Devices or outcomes"
        tabs={[
          {
            id: "devices",
            label: `Devices (${count(preview.devices)})`,
            content: (
              <PlannedDevices
                made={made}
                filter={shown.filter}
                page={shown.page}
                onFilter={show}
                onPage={(page) => onChange({ ...shown, page })}
              />
            ),
          },
          {
            id: "outcomes",
            label: `Different outcomes (${count(preview.outcomes)})`,
            content: <Outcomes made={made} onShowDevices={(group) => show({ ...ALL_DEVICES, group })} />,
          },
        ]}
      />
    </Container>
  );
}
