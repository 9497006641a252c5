import type { StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";

import type { RequirementState } from "~/ipc";

export const NOW: Record<RequirementState, { label: string; type: StatusIndicatorProps.Type }> = {
  yes: { label: "Yes", type: "success" },
  not_yet: { label: "Not yet", type: "warning" },
  no: { label: "No", type: "error" },
  not_checked: { label: "Not checked", type: "info" },
};
