import { count } from "~/app/format";
import { FIRST_CONCURRENCY, type PlanV2, type Way } from "~/ipc";

export const WAYS: Record<Way, string> = {
  direct: "Overseed itself, one call a device",
  step_functions: "AWS Step Functions, a Distributed Map",
  thing_group: "One deployment to a thing group",
};

/** Rate, abort and timeout, or how many at once: in a line. */
export function settingsOf({ way, job, concurrency }: PlanV2): string {
  if (way === "direct") return "Five calls a second at most";
  if (way === "step_functions") return `${count(concurrency ?? FIRST_CONCURRENCY)} devices at once to begin with`;
  const rollout = job?.jobExecutionsRolloutConfig;
  const growing = rollout?.exponentialRate;
  const most = rollout?.maximumPerMinute;
  const aborts = job?.abortConfig?.criteriaList ?? [];
  const minutes = job?.timeoutConfig?.inProgressTimeoutInMinutes;
  const parts = [
    growing
      ? `from ${count(growing.baseRatePerMinute)} a minute, ${growing.incrementFactor} times each step`
      : most
        ? `${count(most)} devices a minute at most`
        : "as fast as AWS IoT does",
    ...aborts.map(
      ({ failureType, thresholdPercentage, minNumberOfExecutedThings }) =>
        `cancelled at ${thresholdPercentage} % ${failureType === "ALL" ? "failures" : failureType.toLowerCase().replace("_", " ")} once ${count(minNumberOfExecutedThings)} have it`,
    ),
    ...(minutes ? [`${count(minutes)} min for each device`] : []),
  ];
  return parts.join("; ");
}
