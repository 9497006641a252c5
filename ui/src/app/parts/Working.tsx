import StatusIndicator from "@cloudscape-design/components/status-indicator";

import { count } from "~/app/format";
import type { Job } from "~/ipc";

import { CancelJob } from "./CancelJob";
import { JobLine } from "./JobLine";

/** Work whose stages are mostly not counted: what it does, how far where that is known, and a way to cancel. */
export function Working({ job }: { job: Job }) {
  if (job.total !== null) return <JobLine job={job} units={count} />;
  return (
    <div className="job-line" data-testid={`job-${job.kind}`}>
      <StatusIndicator type="in-progress">{job.stage || "Working"}</StatusIndicator>
      <CancelJob kind={job.kind} />
    </div>
  );
}
