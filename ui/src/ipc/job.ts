import { useEffect, useEffectEvent, useState } from "react";

import { commands } from "./bindings";
import type { Job, JobKind } from "./bindings";
import { watch } from "./watch";

/**
 * The newest job of a kind, as it goes; `null` while there has been none. `started` attaches anew whenever it
 * changes, so a job that this screen has just begun is seen even if there was none to watch before.
 */
export function useJob(kind: JobKind, started: unknown = null, onEnd?: (job: Job) => void): Job | null {
  const [job, setJob] = useState<Job | null>(null);
  const ended = useEffectEvent((last: Job) => onEnd?.(last));
  useEffect(() => {
    let atWork = false;
    return watch<Job>(
      (channel) => commands.jobWatch(kind, channel),
      (next) => {
        setJob(next);
        if (atWork && next.state !== "running") ended(next);
        atWork = next.state === "running";
      },
    );
  }, [kind, started]);
  return job;
}
