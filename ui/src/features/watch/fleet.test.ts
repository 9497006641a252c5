import { expect, test } from "vitest";

import { type View, indexAt, layOut, panned, revealing, wholeView, zoomed } from "./fleetLayout";
import { type Surface, paintChanges, paintView, palette } from "./fleetPaint";

const LIGHT = palette({ dark: false, highlight: null });

function surface(layout: ReturnType<typeof layOut>, scale = 1): Surface {
  const [width, height] = [Math.round(layout.width * scale), Math.round(layout.height * scale)];
  return { pixels: new Uint32Array(width * height), width, height, scale };
}

function painted(fleet: string, layout: ReturnType<typeof layOut>, colours = LIGHT, view: View = wholeView(layout)): Surface {
  const on = surface(layout);
  paintView(fleet, layout, view, colours, on);
  return on;
}

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
  const at = (x: number, y: number) => indexAt(layout, wholeView(layout), 500, x, y);
  expect(at(0, 0)).toBe(0);
  expect(at(pitch * 3 + 1, pitch * 2 + 1)).toBe(2 * columns + 3);
  expect(at(layout.width - 1, layout.height - 1)).toBe(500 % columns === 0 ? 499 : null);
  expect(at(-1, 0)).toBeNull();
});

test("zooming keeps what lies under the pointer, and zooming out ends with the whole fleet", () => {
  const layout = layOut(700_000, 1012);
  const at = (view: View) => indexAt(layout, view, 700_000, 400, 300);
  let view = wholeView(layout);
  const before = at(view);
  for (let step = 0; step < 5; step += 1) view = zoomed(layout, view, 1, 400, 300);
  expect(view.pitch).toBe(6);
  expect(at(view)).toBe(before);
  expect(zoomed(layout, view, -20, 400, 300)).toEqual(wholeView(layout));
});

test("a view never goes over the fleet's edges", () => {
  const layout = layOut(10_000, 1012);
  const near = zoomed(layout, wholeView(layout), 3, 0, 0);
  expect(panned(layout, near, -50, -50)).toEqual(near);
  const far = panned(layout, near, 1e9, 1e9);
  expect(far.left).toBe(layout.columns * near.pitch - layout.width);
  expect(far.top).toBe(layout.rows * near.pitch - layout.height);
});

test("a cell out of view is scrolled to, and one in view moves nothing", () => {
  const layout = layOut(10_000, 1012);
  const near = zoomed(layout, wholeView(layout), 3, 0, 0);
  const shown = revealing(layout, near, 9_999);
  const { column, row } = { column: 9_999 % layout.columns, row: Math.floor(9_999 / layout.columns) };
  expect(indexAt(layout, shown, 10_000, column * near.pitch - shown.left, row * near.pitch - shown.top)).toBe(9_999);
  expect(revealing(layout, shown, 9_999)).toEqual(shown);
});

test("each state has a colour of its own, waiting another one in the dark", () => {
  const layout = layOut(6, 6 * 16);
  const colours = (dark: boolean) => {
    const { pixels } = painted("012345", layout, palette({ dark, highlight: null }));
    return Array.from({ length: 6 }, (_, at) => pixels[at * layout.pitch + 1]);
  };
  expect(new Set(colours(false)).size).toBe(6);
  expect(colours(false)[3]).toBe(colours(true)[3]);
  expect(colours(false)[0]).not.toBe(colours(true)[0]);
});

test("succeeded is painted in exactly its colour, as little-endian RGBA", () => {
  expect(painted("3", layOut(1, 16)).pixels[0]).toBe(0xff97a52e);
});

test("large failed cells carry a stroke, so that they are not told by colour alone", () => {
  const layout = layOut(2, 32);
  const { pixels } = painted("43", layout);
  const at = (x: number, y: number) => pixels[y * layout.width + x];
  expect(at(5, 5)).toBe(0);
  expect(at(layout.pitch + 5, 5)).not.toBe(0);
});

test("highlighting one state dims the others", () => {
  const alpha = (state: "failed" | "succeeded") =>
    (painted("3", layOut(1, 16), palette({ dark: false, highlight: state })).pixels[0] ?? 0) >>> 24;
  expect(alpha("succeeded")).toBe(255);
  expect(alpha("failed")).toBeLessThan(100);
});

test.each([1, 2, 5])("painting just what changed comes to the same as painting all, zoomed by %i steps", (steps) => {
  const layout = layOut(30_000, 1012);
  const view = zoomed(layout, wholeView(layout), steps - 1, 300, 60);
  const before = "1".repeat(30_000);
  const cells = Array.from(before, (state, at) => (at % 97 === 0 ? "4" : at % 31 === 0 ? "5" : state));
  const after = cells.join("");
  const on = painted(before, layout, LIGHT, view);
  const band = paintChanges(before, after, layout, view, LIGHT, on);
  expect(band).not.toBeNull();
  expect(on.pixels).toEqual(painted(after, layout, LIGHT, view).pixels);
});

test("what changed is told by its rows, and nothing where nothing in view has changed", () => {
  const layout = layOut(500, 800);
  const before = "1".repeat(500);
  const on = painted(before, layout);
  const view = wholeView(layout);
  expect(paintChanges(before, before, layout, view, LIGHT, on)).toBeNull();
  const at = layout.columns * 3;
  const after = `${before.slice(0, at)}3${before.slice(at + 1)}`;
  const band = paintChanges(before, after, layout, view, LIGHT, on);
  expect(band).toEqual({ from: 3 * layout.pitch, to: 4 * layout.pitch - 1 });
});

test("of 700,000 cells at one pixel each none is lost", () => {
  const layout = layOut(700_000, 1012);
  const { pixels } = painted("3".repeat(700_000), layout);
  expect(pixels.reduce((sum, pixel) => sum + (pixel === 0xff97a52e ? 1 : 0), 0)).toBe(700_000);
});
