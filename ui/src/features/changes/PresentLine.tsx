import StatusIndicator from "@cloudscape-design/components/status-indicator";

import { count, counted } from "~/app/format";
import { JobLine } from "~/app/parts/JobLine";
import { Time } from "~/app/parts/Time";
import { Working } from "~/app/parts/Working";
import type { Job } from "~/ipc";

import type { Present } from "./usePresent";

/** How old the present deployments are, or how far reading them, or planning, has come. */
export function PresentLine({ present, planning }: { present: Present; planning: Job | null }) {
  const { job, reading, status } = present;
  if (job) return <JobLine job={job} units="devices" />;
  if (reading) return <StatusIndicator type="in-progress">Reading present deployments</StatusIndicator>;
  if (planning) return <Working job={planning} />;
  if (!status.data) return <StatusIndicator type="loading">Looking at what is read</StatusIndicator>;
  const { devices, read, without, oldestAt } = status.data;
  return (
    <>
      {read < devices ? (
        <StatusIndicator type="warning">
          Present deployments of {count(read)} of {counted(devices, "device")} are read
        </StatusIndicator>
      ) : (
        <span>
          Present deployments read <Time millis={oldestAt} />
        </span>
      )}
      {without > 0 && <span>{counted(without, "device has", "devices have")} none of their own yet</span>}
    </>
  );
}
