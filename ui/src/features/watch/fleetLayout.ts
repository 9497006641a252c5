/** How the fleet's cells lie: `pitch` pixels from cell to cell, of which `gap` stay empty. */
export interface FleetLayout {
  pitch: number;
  gap: number;
  columns: number;
  rows: number;
  width: number;
  height: number;
}

const PITCHES = [16, 14, 12, 10, 8, 7, 6, 5, 4, 3, 2, 1] as const;
const GOOD_HEIGHT = 170;

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
  return { pitch, gap: pitch >= 4 ? 1 : 0, columns, rows, width: columns * pitch, height: rows * pitch };
}

/** The target's position in the plan under a point of the map, if there is one. */
export function indexAt(layout: FleetLayout, count: number, x: number, y: number): number | null {
  if (x < 0 || y < 0) return null;
  const column = Math.floor(x / layout.pitch);
  const row = Math.floor(y / layout.pitch);
  if (column >= layout.columns || row >= layout.rows) return null;
  const index = row * layout.columns + column;
  return index < count ? index : null;
}
