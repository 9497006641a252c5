import { TARGET_STATES } from "~/app/states";
import type { Counts, TargetState, Wave } from "~/ipc";
import type { FleetLayout } from "./fleetLayout";

export interface Cell {
  column: number;
  row: number;
}

/** A rectangle of cells, from the one it was begun at to the one it reaches. `columns` of the map it was drawn on. */
export interface Selection {
  columns: number;
  anchor: Cell;
  head: Cell;
}

/** Targets by their positions in the plan, in order, and what they are. */
export interface Picked {
  indices: readonly number[];
  /** Such as `the 12 groups selected in the map`. */
  words: string;
}

export function cellOf(index: number, columns: number): Cell {
  return { column: index % columns, row: Math.floor(index / columns) };
}

/** First and last column and row, all included. */
export function boundsOf({ anchor, head }: Selection) {
  return {
    left: Math.min(anchor.column, head.column),
    right: Math.max(anchor.column, head.column),
    top: Math.min(anchor.row, head.row),
    bottom: Math.max(anchor.row, head.row),
  };
}

/** Positions in the plan of the selected cells, in order; only those in one of the states, where some are given. */
export function indicesOf(selection: Selection, fleet: string, states?: readonly TargetState[]): number[] {
  const { left, right, top, bottom } = boundsOf(selection);
  const wanted = new Set(states?.map((state) => TARGET_STATES.indexOf(state)));
  const found: number[] = [];
  for (let row = top; row <= bottom; row += 1) {
    const start = row * selection.columns;
    const end = Math.min(fleet.length - 1, start + right);
    for (let index = start + left; index <= end; index += 1) {
      if (states === undefined || wanted.has(fleet.charCodeAt(index) - 48)) found.push(index);
    }
  }
  return found;
}

const FIELDS = ["waiting", "submitted", "inProgress", "succeeded", "failed", "unknown"] as const;

/** How many cells of a part of the fleet are in which state. */
export function countsOf(fleet: string, indices: Iterable<number>): Counts {
  const counts: Counts = { waiting: 0, submitted: 0, inProgress: 0, succeeded: 0, failed: 0, unknown: 0 };
  for (const index of indices) {
    const field = FIELDS[fleet.charCodeAt(index) - 48];
    if (field !== undefined) counts[field] += 1;
  }
  return counts;
}

/** A part of the fleet in the order of the plan: positions from, to (not included), and the states in it. */
export interface Part {
  from: number;
  to: number;
  counts: Counts;
}

/** The fleet in at most 20 parts of a round size, for a table that says where in it something sits. */
export function partsOf(fleet: string): Part[] {
  const least = Math.max(1, fleet.length / 20);
  const power = 10 ** Math.floor(Math.log10(least));
  const size = [1, 2, 5, 10].map((step) => Math.ceil(step * power)).find((step) => step >= least) ?? fleet.length;
  return Array.from({ length: Math.ceil(fleet.length / size) }, (_, part) => {
    const [from, to] = [part * size, Math.min(fleet.length, (part + 1) * size)];
    return { from, to, counts: countsOf(fleet, between(from, to)) };
  });
}

/** Positions from one to another, which is not included. */
export function* between(from: number, to: number): Generator<number> {
  for (let index = from; index < to; index += 1) yield index;
}

/** The cell that a key leads to, or nothing for any other key. */
export function moved(key: string, index: number, count: number, { columns, rows }: FleetLayout, ctrl: boolean): number | null {
  const step = (by: number) => Math.min(Math.max(0, index + by), count - 1);
  const start = index - (index % columns);
  switch (key) {
    case "ArrowRight":
      return step(1);
    case "ArrowLeft":
      return step(-1);
    case "ArrowDown":
      return index + columns < count ? index + columns : index;
    case "ArrowUp":
      return index >= columns ? index - columns : index;
    case "PageDown":
      return step(columns * Math.ceil(rows / 10));
    case "PageUp":
      return step(-columns * Math.ceil(rows / 10));
    case "Home":
      return ctrl ? 0 : start;
    case "End":
      return ctrl ? count - 1 : Math.min(count - 1, start + columns - 1);
    default:
      return null;
  }
}

/** The next cell in this state after (or before) another, going round at the end. */
export function nextOf(fleet: string, state: TargetState, index: number, back: boolean): number | null {
  const digit = String(TARGET_STATES.indexOf(state));
  const at = back
    ? (index > 0 ? fleet.lastIndexOf(digit, index - 1) : -1)
    : fleet.indexOf(digit, index + 1);
  const found = at >= 0 ? at : back ? fleet.lastIndexOf(digit) : fleet.indexOf(digit);
  return found >= 0 ? found : null;
}

/** Of these positions, those whose wave has not begun: waves lie one after the other in the plan. */
export function skippable(indices: readonly number[], waves: readonly Wave[]): number[] {
  const open: { from: number; to: number }[] = [];
  let from = 0;
  for (const { state, targets } of waves) {
    if (state === "waiting") open.push({ from, to: from + targets });
    from += targets;
  }
  return indices.filter((index) => open.some((range) => index >= range.from && index < range.to));
}
