import type { AbortCriteria, AbortFailure, DeviceDraft, IotJobConfiguration, RolloutConfig } from "~/ipc";

/** The settings of the ways as they are typed: what is no number yet is kept as well. */
export interface AbortForm {
  failure: AbortFailure;
  percent: string;
  least: string;
}

export interface RolloutForm {
  /** Items of the state machine at once; empty for what is proposed. */
  concurrency: string;
  rate: "any" | "constant" | "growing";
  perMinute: string;
  base: string;
  factor: string;
  growAfter: "notified" | "succeeded";
  growCount: string;
  aborts: AbortForm[];
  timeout: string;
}

const MOST_CONCURRENCY = 10_000;
/** Devices a minute, and minutes of a week (AWS IoT Jobs: limits of job configurations). */
const MOST_PER_MINUTE = 1_000;
const MOST_MINUTES = 10_080;
const MOST_COUNT = 2_147_483_647;

export function formOf({ concurrency, job }: Pick<DeviceDraft, "concurrency" | "job">): RolloutForm {
  const rollout = job?.jobExecutionsRolloutConfig;
  const growing = rollout?.exponentialRate;
  const after = growing?.rateIncreaseCriteria;
  const succeeded = after?.numberOfSucceededThings ?? null;
  return {
    concurrency: concurrency === null ? "" : String(concurrency),
    rate: growing ? "growing" : rollout?.maximumPerMinute ? "constant" : "any",
    perMinute: String(rollout?.maximumPerMinute ?? 100),
    base: String(growing?.baseRatePerMinute ?? 10),
    factor: String(growing?.incrementFactor ?? 2),
    growAfter: succeeded === null ? "notified" : "succeeded",
    growCount: String(succeeded ?? after?.numberOfNotifiedThings ?? 50),
    aborts: (job?.abortConfig?.criteriaList ?? []).map((one) => ({
      failure: one.failureType,
      percent: String(one.thresholdPercentage),
      least: String(one.minNumberOfExecutedThings),
    })),
    timeout: String(job?.timeoutConfig?.inProgressTimeoutInMinutes ?? ""),
  };
}

function wholeFault(text: string, most: number): string | null {
  const fine = /^\d+$/.test(text.trim()) && Number(text) >= 1 && Number(text) <= most;
  return fine ? null : `A whole number, 1 to ${most.toLocaleString("en")}.`;
}

export function concurrencyFault({ concurrency }: RolloutForm): string | null {
  return concurrency.trim() === "" ? null : wholeFault(concurrency, MOST_CONCURRENCY);
}

export function perMinuteFault(text: string): string | null {
  return wholeFault(text, MOST_PER_MINUTE);
}

/** With one decimal, as the service takes it. */
export function factorFault(text: string): string | null {
  const fine = /^\d(\.\d)?$/.test(text.trim()) && Number(text) > 1 && Number(text) <= 5;
  return fine ? null : "From 1.1 to 5, with one decimal.";
}

export function countFault(text: string): string | null {
  return /^\d+$/.test(text.trim()) && Number(text) >= 1 && Number(text) <= MOST_COUNT ? null : "A whole number, from 1.";
}

export function percentFault(text: string): string | null {
  const fine = /^\d{1,3}(\.\d{1,2})?$/.test(text.trim()) && Number(text) > 0 && Number(text) <= 100;
  return fine ? null : "Above 0, at most 100, two decimals.";
}

export function timeoutFault({ timeout }: RolloutForm): string | null {
  return timeout.trim() === "" ? null : wholeFault(timeout, MOST_MINUTES);
}

/** How many entries of the job have to be mended. */
export function jobFaults(form: RolloutForm): number {
  const rate =
    form.rate === "constant"
      ? [perMinuteFault(form.perMinute)]
      : form.rate === "growing"
        ? [perMinuteFault(form.base), factorFault(form.factor), countFault(form.growCount), perMinuteFault(form.perMinute)]
        : [];
  const aborts = form.aborts.flatMap(({ percent, least }) => [percentFault(percent), countFault(least)]);
  return [...rate, ...aborts, timeoutFault(form)].filter((fault) => fault !== null).length;
}

function rolloutOf(form: RolloutForm): RolloutConfig | null {
  if (form.rate === "any") return null;
  if (form.rate === "constant") return { maximumPerMinute: Number(form.perMinute) };
  const after = Number(form.growCount);
  return {
    maximumPerMinute: Number(form.perMinute),
    exponentialRate: {
      baseRatePerMinute: Number(form.base),
      incrementFactor: Number(form.factor),
      rateIncreaseCriteria:
        form.growAfter === "notified" ? { numberOfNotifiedThings: after } : { numberOfSucceededThings: after },
    },
  };
}

function criterionOf({ failure, percent, least }: AbortForm): AbortCriteria {
  return {
    action: "CANCEL",
    failureType: failure,
    minNumberOfExecutedThings: Number(least),
    thresholdPercentage: Number(percent),
  };
}

/** The job of a form without faults; nothing where the service's own ways are left as they are. */
export function jobOf(form: RolloutForm): IotJobConfiguration | null {
  const rollout = rolloutOf(form);
  const minutes = form.timeout.trim();
  if (rollout === null && form.aborts.length === 0 && minutes === "") return null;
  return {
    ...(form.aborts.length > 0 && { abortConfig: { criteriaList: form.aborts.map(criterionOf) } }),
    ...(rollout !== null && { jobExecutionsRolloutConfig: rollout }),
    ...(minutes !== "" && { timeoutConfig: { inProgressTimeoutInMinutes: Number(minutes) } }),
  };
}

/** What was typed and cannot be stored yet, by plan, so that it is still there when the step is shown again. */
let typed: { plan: string; form: RolloutForm } | null = null;

export function typedBefore(plan: string): RolloutForm | null {
  return typed?.plan === plan ? typed.form : null;
}

export function keepTyped(plan: string, form: RolloutForm): void {
  typed = jobFaults(form) > 0 || concurrencyFault(form) !== null ? { plan, form } : null;
}
