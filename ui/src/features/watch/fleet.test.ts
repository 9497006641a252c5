import { expect, test } from "vitest";

import { indexAt, layOut } from "./fleetLayout";
import { paintFleet } from "./fleetPaint";

test.each([1, 20, 500, 10_000, 100_000, 700_000])(
  "a fleet of %i has a cell for each target and fits its width",
  (size) => {
    const layout = layOut(size, 1012);
    expect(layout.columns * layout.rows).toBeGreaterThanOrEqual(size);
    expect(layout.columns * (layout.rows - 1)).toBeLessThan(size);
    expect(layout.width).toBeLessThanOrEqual(1012);
  },
);

test("small fleets get large cells, and none is higher than the room for it while cells can shrink", () => {
  expect(layOut(20, 1012).pitch).toBe(16);
  expect(layOut(10_000, 1012).height).toBeLessThanOrEqual(170);
  expect(layOut(700_000, 1012).pitch).toBe(1);
});

test("a point is found in its cell, and beyond the last cell there is nothing", () => {
  const layout = layOut(500, 1012);
  const { pitch, columns } = layout;
  expect(indexAt(layout, 500, 0, 0)).toBe(0);
  expect(indexAt(layout, 500, pitch * 3 + 1, pitch * 2 + 1)).toBe(2 * columns + 3);
  expect(indexAt(layout, 500, layout.width - 1, layout.height - 1)).toBe(500 % columns === 0 ? 499 : null);
  expect(indexAt(layout, 500, -1, 0)).toBeNull();
});

test("each state has a colour of its own, waiting another one in the dark", () => {
  const layout = layOut(6, 6 * 16);
  const colours = (dark: boolean) => {
    const pixels = paintFleet("012345", layout, { dark, highlight: null, scale: 1 });
    return Array.from({ length: 6 }, (_, at) => pixels[at * layout.pitch + 1]);
  };
  expect(new Set(colours(false)).size).toBe(6);
  expect(colours(false)[3]).toBe(colours(true)[3]);
  expect(colours(false)[0]).not.toBe(colours(true)[0]);
});

test("succeeded is painted in exactly its colour, as little-endian RGBA", () => {
  const pixels = paintFleet("3", layOut(1, 16), { dark: false, highlight: null, scale: 1 });
  expect(pixels[0]).toBe(0xff97a52e);
});

test("large failed cells carry a stroke, so that they are not told by colour alone", () => {
  const layout = layOut(2, 32);
  const pixels = paintFleet("43", layout, { dark: false, highlight: null, scale: 1 });
  const at = (x: number, y: number) => pixels[y * layout.width + x];
  expect(at(5, 5)).toBe(0);
  expect(at(layout.pitch + 5, 5)).not.toBe(0);
});

test("highlighting one state dims the others", () => {
  const alpha = (state: "failed" | "succeeded") =>
    (paintFleet("3", layOut(1, 16), { dark: false, highlight: state, scale: 1 })[0] ?? 0) >>> 24;
  expect(alpha("succeeded")).toBe(255);
  expect(alpha("failed")).toBeLessThan(100);
});
