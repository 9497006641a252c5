import { expect, test } from "vitest";

import { samples } from "~/testing/runFixtures";

import { gapsOf, seriesOf } from "./chartSeries";

test("readings at their usual distance leave no gap", () => {
  expect(gapsOf(samples(30), null)).toEqual([]);
});

test("a time without readings is a gap between the two readings around it", () => {
  const read = samples(30, 12);
  expect(gapsOf(read, null)).toEqual([{ from: read[12]?.at, to: read[13]?.at }]);
});

test("being blind now is a gap that lasts until now", () => {
  const read = samples(30);
  const last = read.at(-1)?.at ?? 0;
  expect(gapsOf(read, last + 5000)).toEqual([{ from: last, to: last + 5000 }]);
});

test("in a gap no state claims a figure; the block says that nothing was read", () => {
  const read = samples(30, 12);
  const gaps = gapsOf(read, null);
  const series = seriesOf(read, gaps);
  const inGap = (gaps[0]?.from ?? 0) + 1;
  const values = series.map((one) =>
    one.type === "area" ? [one.title, one.data.find((point) => point.x.getTime() === inGap)?.y] : [],
  );
  for (const [title, value] of values) {
    if (title === "Not read") expect(value).toBeGreaterThan(0);
    else expect(value).toBe(0);
  }
  const succeeded = series[0];
  expect(succeeded?.type === "area" && succeeded.valueFormatter?.(0, new Date(inGap))).toBe("–");
});

test("all series share their points in time, as the chart demands", () => {
  const read = samples(30, 12);
  const times = seriesOf(read, gapsOf(read, null)).map((one) =>
    one.type === "area" ? one.data.map(({ x }) => x.getTime()).join() : "",
  );
  expect(new Set(times).size).toBe(1);
});

test("a state that never occurred has no series", () => {
  expect(seriesOf(samples(5), []).map(({ title }) => title)).toEqual(["Succeeded", "Failed", "In progress"]);
});

test("all series share their points of time, as the chart wants it", () => {
  const all = samples(12, 5);
  const [first, ...others] = seriesOf(all, gapsOf(all, null));
  const times = (one: typeof first): unknown[] => (one?.type === "area" ? one.data.map(({ x }) => x) : []);
  expect(others.length).toBeGreaterThan(1);
  for (const other of others) times(other).forEach((x, at) => expect(x).toBe(times(first)[at]));
});

test("the points of a gap of a moment stay in order", () => {
  const read = samples(3).map((sample, at) => ({ ...sample, at: 1_000_000 + at, gap: at === 1 }));
  const [first] = seriesOf(read, gapsOf(read, null));
  const times = first?.type === "area" ? first.data.map(({ x }) => x.getTime()) : [];
  expect(times).toEqual([1_000_000, 1_000_001, 1_000_002]);
});
