/** How the whole fleet's cells lie: `pitch` pixels from cell to cell, so that all of it fits the width. */
export interface FleetLayout {
  pitch: number;
  columns: number;
  rows: number;
  /** Of the map on the screen, in CSS pixels; zooming changes what is seen in it and not its size. */
  width: number;
  height: number;
}

const PITCHES = [16, 14, 12, 10, 8, 7, 6, 5, 4, 3, 2, 1] as const;
const GOOD_HEIGHT = 170;
/** Steps of the zoom, in pixels from cell to cell. */
const STEPS = [1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 32] as const;

/** The largest cells with which the whole fleet stays about a fifth of a window high; at one pixel a cell it grows. */
export function layOut(count: number, width: number): FleetLayout {
  const room = Math.max(1, Math.floor(width));
  const pitch =
    PITCHES.find((candidate) => {
      const columns = Math.max(1, Math.floor(room / candidate));
      return Math.ceil(count / columns) * candidate <= GOOD_HEIGHT;
    }) ?? 1;
  const columns = Math.max(1, Math.floor(room / pitch));
  const rows = Math.ceil(count / columns);
  return { pitch, columns, rows, width: columns * pitch, height: rows * pitch };
}

/** The part of the fleet that is seen: the size of its cells, and how far it is scrolled, in CSS pixels. */
export interface View {
  pitch: number;
  left: number;
  top: number;
}

export function wholeView(layout: FleetLayout): View {
  return { pitch: layout.pitch, left: 0, top: 0 };
}

/** Between cells of this size a line of one pixel stays empty. */
export function gapOf(pitch: number): number {
  return pitch >= 4 ? 1 : 0;
}

/** The same view without going over the fleet's edges. */
export function clampView(layout: FleetLayout, { pitch, left, top }: View): View {
  const within = (value: number, content: number, room: number) =>
    Math.round(Math.min(Math.max(0, value), Math.max(0, content - room)));
  return {
    pitch,
    left: within(left, layout.columns * pitch, layout.width),
    top: within(top, layout.rows * pitch, layout.height),
  };
}

export function panned(layout: FleetLayout, view: View, x: number, y: number): View {
  return clampView(layout, { ...view, left: view.left + x, top: view.top + y });
}

/** Larger or smaller cells by so many steps; what lies under the point stays there. */
export function zoomed(layout: FleetLayout, view: View, steps: number, x: number, y: number): View {
  const sizes = STEPS.filter((size) => size > layout.pitch);
  const all = [layout.pitch, ...sizes];
  const at = Math.min(Math.max(0, all.indexOf(view.pitch) + steps), all.length - 1);
  const pitch = all[at] ?? layout.pitch;
  const grown = pitch / view.pitch;
  return clampView(layout, { pitch, left: (view.left + x) * grown - x, top: (view.top + y) * grown - y });
}

/** Scrolled no further than it takes to see the cell. */
export function revealing(layout: FleetLayout, view: View, index: number): View {
  const x = (index % layout.columns) * view.pitch;
  const y = Math.floor(index / layout.columns) * view.pitch;
  const shown = (at: number, from: number, room: number) => Math.min(Math.max(from, at + view.pitch - room), at);
  return clampView(layout, {
    ...view,
    left: shown(x, view.left, layout.width),
    top: shown(y, view.top, layout.height),
  });
}

/** Column and row under a point of the map, also beyond the last target. */
export function cellAt(layout: FleetLayout, view: View, x: number, y: number): { column: number; row: number } {
  const limit = (value: number, most: number) => Math.min(Math.max(0, value), most - 1);
  return {
    column: limit(Math.floor((x + view.left) / view.pitch), layout.columns),
    row: limit(Math.floor((y + view.top) / view.pitch), layout.rows),
  };
}

/** The target's position in the plan under a point of the map, if there is one. */
export function indexAt(layout: FleetLayout, view: View, count: number, x: number, y: number): number | null {
  if (x < 0 || y < 0 || x >= layout.width || y >= layout.height) return null;
  const column = Math.floor((x + view.left) / view.pitch);
  const row = Math.floor((y + view.top) / view.pitch);
  if (column >= layout.columns || row >= layout.rows) return null;
  const index = row * layout.columns + column;
  return index < count ? index : null;
}
