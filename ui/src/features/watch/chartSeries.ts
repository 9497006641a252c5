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

/** Times without readings, as the engine marks them where they end, and the one that lasts until now. */
export function gapsOf(samples: readonly Sample[], blindUntil: number | null): Gap[] {
  const gaps = samples.flatMap((sample, at) => {
    const before = samples[at - 1];
    return sample.gap && before !== undefined ? [{ from: before.at, to: sample.at }] : [];
  });
  const last = samples.at(-1)?.at;
  if (blindUntil !== null && last !== undefined && blindUntil > last) gaps.push({ from: last, to: blindUntil });
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
    // A gap too short to have an inside has no room for the block.
    if (!begins || ended === undefined || ended.to - ended.from <= 2) return here;
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
