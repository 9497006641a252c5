import ProgressBar from "@cloudscape-design/components/progress-bar";
import StatusIndicator from "@cloudscape-design/components/status-indicator";

import { count, duration } from "~/app/format";
import type { Job } from "~/ipc";

import { CancelJob } from "./CancelJob";

interface Props {
  job: Job;
  /** What is counted: "groups", "bytes", … or how to write an amount of it. */
  units: string | ((amount: number) => string);
}

/** Long work in a line: what it does, how far it is, how fast, how long yet, and a way to cancel. */
export function JobLine({ job, units }: Props) {
  const amount = typeof units === "string" ? (value: number) => `${count(value)} ${units}` : units;
  const bare = typeof units === "string" ? count : units;
  const done = job.total === null ? amount(job.done) : `${bare(job.done)} of ${amount(job.total)}`;
  const rate = job.rate === null || job.rate === 0 ? null : `${bare(Math.round(job.rate))} a second`;
  const left = job.eta === null ? null : `about ${duration(job.eta)} left`;
  const text = [done, rate, left].filter(Boolean).join(" · ");
  const percent = job.total ? Math.min(100, Math.round((100 * job.done) / job.total)) : null;
  return (
    <div className="job-line" data-testid={`job-${job.kind}`}>
      <div className="job-words">
        <StatusIndicator type="in-progress">{job.stage || "Working"}</StatusIndicator> · {text}
      </div>
      {percent !== null && (
        <div className="job-bar">
          <ProgressBar value={percent} ariaLabel={job.stage || "Progress"} variant="standalone" />
        </div>
      )}
      <CancelJob kind={job.kind} />
    </div>
  );
}
