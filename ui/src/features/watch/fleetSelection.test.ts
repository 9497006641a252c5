import { expect, test } from "vitest";

import { layOut } from "./fleetLayout";
import { cellOf, countsOf, indicesOf, moved, nextOf, partsOf } from "./fleetSelection";

const FLEET = "3343344333".repeat(5);

test("a rectangle holds its cells in the order of the plan, drawn in whichever direction", () => {
  const drawn = { columns: 10, anchor: { column: 4, row: 2 }, head: { column: 2, row: 1 } };
  expect(indicesOf(drawn, FLEET)).toEqual([12, 13, 14, 22, 23, 24]);
  expect(indicesOf({ ...drawn, anchor: drawn.head, head: drawn.anchor }, FLEET)).toEqual(indicesOf(drawn, FLEET));
});

test("of a rectangle just some states can be taken, and cells beyond the last target are none", () => {
  const all = { columns: 10, anchor: { column: 0, row: 0 }, head: { column: 9, row: 9 } };
  expect(indicesOf(all, FLEET)).toHaveLength(50);
  expect(indicesOf(all, FLEET, ["failed"])).toHaveLength(15);
  expect(indicesOf(all, FLEET, ["waiting"])).toEqual([]);
});

test("what is selected is counted by state", () => {
  expect(countsOf("001234455", [0, 1, 3, 5, 6])).toEqual({
    waiting: 2,
    submitted: 0,
    inProgress: 1,
    succeeded: 0,
    failed: 2,
    unknown: 0,
  });
});

test.each([
  [3, 3],
  [498, 10],
  [10_000, 20],
  [700_000, 14],
])("a fleet of %i is told in %i parts, which come to the whole", (size, parts) => {
  const told = partsOf("3".repeat(size));
  expect(told).toHaveLength(parts);
  expect(told.reduce((sum, { counts }) => sum + counts.succeeded, 0)).toBe(size);
  expect(told.at(-1)?.to).toBe(size);
});

test("keys lead from cell to cell and stop at the edges", () => {
  const layout = layOut(500, 800);
  const { columns } = layout;
  const go = (key: string, from: number, ctrl = false) => moved(key, from, 500, layout, ctrl);
  expect(go("ArrowRight", 0)).toBe(1);
  expect(go("ArrowLeft", 0)).toBe(0);
  expect(go("ArrowDown", 3)).toBe(3 + columns);
  expect(go("ArrowDown", 499)).toBe(499);
  expect(go("ArrowUp", 3)).toBe(3);
  expect(go("End", columns + 3)).toBe(2 * columns - 1);
  expect(go("Home", columns + 3)).toBe(columns);
  expect(go("End", 3, true)).toBe(499);
  expect(go("PageDown", 499)).toBe(499);
  expect(go("x", 3)).toBeNull();
  expect(cellOf(columns + 3, columns)).toEqual({ column: 3, row: 1 });
});

test("the next group of a state is found in both directions, going round at the end", () => {
  expect(nextOf("03030", "succeeded", 0, false)).toBe(1);
  expect(nextOf("03030", "succeeded", 3, false)).toBe(1);
  expect(nextOf("03030", "succeeded", 1, true)).toBe(3);
  expect(nextOf("03030", "failed", 1, true)).toBeNull();
});
