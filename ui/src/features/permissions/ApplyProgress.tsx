import Button from "@cloudscape-design/components/button";
import ProgressBar from "@cloudscape-design/components/progress-bar";

import type { Apply } from "./useApply";

/** Which change is being made; between two changes it can be ended. */
export function ApplyProgress({ apply }: { apply: Apply }) {
  if (!apply.running) return null;
  const { job } = apply;
  const total = job?.total ?? null;
  return (
    <ProgressBar
      label="Applying the changes"
      value={total === null || total === 0 ? 0 : ((job?.done ?? 0) / total) * 100}
      additionalInfo={total === null ? (job?.stage ?? "") : `${job?.stage ?? ""} · ${job?.done ?? 0} of ${total}`}
      description={<Button onClick={apply.cancel}>Cancel</Button>}
      data-testid="permissions-progress"
    />
  );
}
