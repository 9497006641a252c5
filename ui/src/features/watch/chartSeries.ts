import type { AreaChartProps } from "@cloudscape-design/components/area-chart";
import { count } from "~/app/format";
import { STATE_LOOKS, countOf } from "~/app/states";
import type { Sample, TargetState } from "~/ipc";

/** From the ground up: what is certain at the bottom. Waiting is the room above. */
const STACK: readonly TargetState[] = ["succeeded", "failed", "unknown", "in_progress", "submitted"];
const UNREAD = "#8c8c94";

/** A time without readings, both ends in milliseconds. */
export interface Gap {
  from: number;
  to: number;
}

/** Readings lie further apart than this only when something kept us from reading. */
export function gapLimit(samples: readonly Sample[]): number {
  const steps = samples
    .slice(1)
    .map((sample, at) => sample.at - (samples[at]?.at ?? sample.at))
    .sort((a, b) => a - b);
  const median = steps[Math.floor(steps.length / 2)] ?? 0;
  return Math.max(60_000, median * 4);
}

/** Gaps between samples, and the one that lasts until now. */
export function gapsOf(samples: readonly Sample[], blindUntil: number | null): Gap[] {
  const limit = gapLimit(samples);
  const gaps: Gap[] = [];
  samples.forEach((sample, at) => {
    const next = samples[at + 1]?.at ?? blindUntil;
    const open = samples[at + 1] === undefined && blindUntil !== null;
    if (next !== null && next !== undefined && (next - sample.at > limit || (open && next > sample.at))) {
      gaps.push({ from: sample.at, to: next });
    }
  });
  return gaps;
}

type Series = AreaChartProps.Series<Date>;

function inside(gaps: readonly Gap[], at: number): boolean {
  return gaps.some((gap) => at > gap.from && at < gap.to);
}

/**
 * The series of the chart. Where nothing was read the states fall away and a grey block stands in their place,
 * as high as the last reading: a straight line there would claim what nobody saw.
 */
export function seriesOf(samples: readonly Sample[], gaps: readonly Gap[]): Series[] {
  const readings = samples.flatMap((sample) => {
    const begins = gaps.some((gap) => gap.from === sample.at);
    const ended = gaps.find((gap) => gap.from === sample.at);
    const here = [{ at: sample.at, sample, unread: 0 }];
    if (!begins || ended === undefined) return here;
    const height = STACK.reduce((sum, state) => sum + countOf(sample.counts, state), 0);
    return [
      ...here,
      { at: ended.from + 1, sample: null, unread: height },
      { at: ended.to - 1, sample: null, unread: height },
    ];
  });
  // The chart takes points of two series for the same time only if they share the very same Date.
  const points = readings.map(({ at, ...point }) => ({ x: new Date(at), ...point }));
  const series: Series[] = STACK.filter(
    (state) => state === "succeeded" || samples.some((sample) => countOf(sample.counts, state) > 0),
  ).map((state) => ({
    type: "area",
    title: STATE_LOOKS[state].label,
    color: STATE_LOOKS[state].light,
    data: points.map(({ x, sample }) => ({ x, y: sample === null ? 0 : countOf(sample.counts, state) })),
    valueFormatter: (value: number, x: Date) => (inside(gaps, x.getTime()) ? "–" : count(value)),
  }));
  if (gaps.length > 0) {
    series.push({
      type: "area",
      title: "Not read",
      color: UNREAD,
      data: points.map(({ x, unread }) => ({ x, y: unread })),
      valueFormatter: (_value: number, x: Date) => (inside(gaps, x.getTime()) ? "no reading" : "–"),
    });
  }
  return series;
}
