import Button from "@cloudscape-design/components/button";
import StatusIndicator from "@cloudscape-design/components/status-indicator";

import { useFlash } from "~/app/flash";
import { count } from "~/app/format";
import { type Job, ipc } from "~/ipc";

import { JobLine } from "./JobLine";

/** Work whose stages are mostly not counted: what it does, how far where that is known, and a way to cancel. */
export function Working({ job }: { job: Job }) {
  const flash = useFlash();
  if (job.total !== null) return <JobLine job={job} units={count} />;
  return (
    <div className="job-line" data-testid={`job-${job.kind}`}>
      <StatusIndicator type="in-progress">{job.stage || "Working"}</StatusIndicator>
      <Button
        variant="inline-link"
        formAction="none"
        onClick={() => void ipc.jobCancel(job.kind).catch((error: unknown) => flash.problem(error))}
        data-testid={`job-cancel-${job.kind}`}
      >
        Cancel
      </Button>
    </div>
  );
}
