import { STATE_LOOKS, TARGET_STATES } from "~/app/states";
import type { TargetState } from "~/ipc";
import { type FleetLayout, type View, gapOf } from "./fleetLayout";

/** Of all other states only a tint is left while one is highlighted. */
const DIMMED = 0.22;
/** From this size on cells carry marks besides their colour. */
const MARKED = 7;

export interface Paint {
  dark: boolean;
  highlight: TargetState | null;
}

/** What is painted on: device pixels as little-endian RGBA, `scale` of them for a CSS pixel. */
export interface Surface {
  pixels: Uint32Array;
  width: number;
  height: number;
  scale: number;
}

/** Rows of device pixels, the end not included. */
export interface Band {
  from: number;
  to: number;
}

/** A colour as the 32 bits of a little-endian RGBA pixel. */
function pixel(hex: string, alpha: number): number {
  const value = Number.parseInt(hex.slice(1), 16);
  const [red, green, blue] = [(value >> 16) & 255, (value >> 8) & 255, value & 255];
  return ((Math.round(alpha * 255) << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

/** The colours of the digits: first those of the states, then the same as a tint, for cells that are not meant. */
export function palette({ dark, highlight }: Paint): Uint32Array {
  const colour = (state: TargetState, alpha: number) => {
    const look = STATE_LOOKS[state];
    return pixel(dark ? look.dark : look.light, alpha);
  };
  const meant = (state: TargetState) => (highlight === null || highlight === state ? 1 : DIMMED);
  return Uint32Array.from([
    ...TARGET_STATES.map((state) => colour(state, meant(state))),
    ...TARGET_STATES.map((state) => colour(state, DIMMED)),
  ]);
}

/** The fleet as it is drawn when only these positions are meant: all other digits are moved to the tints. */
export function dimmedBut(fleet: string, positions: readonly number[]): string {
  const codes = new Uint8Array(fleet.length);
  for (let index = 0; index < fleet.length; index += 1) codes[index] = fleet.charCodeAt(index) + TARGET_STATES.length;
  for (const position of positions) {
    if (position < fleet.length) codes[position] = fleet.charCodeAt(position);
  }
  return new TextDecoder("ascii").decode(codes);
}

/** Whether a large cell leaves this pixel out, as a mark: a stroke through failed cells, a hole in unknown ones. */
function marked(state: number, x: number, y: number, size: number): boolean {
  if (state === 4) return Math.abs(x - y) < size / 8;
  if (state === 5) return Math.abs(x - size / 2 + 0.5) < size / 6 && Math.abs(y - size / 2 + 0.5) < size / 6;
  return false;
}

/** Paints one cell where it is in view. */
function paintCell(index: number, state: number, colour: number, layout: FleetLayout, view: View, on: Surface): Band {
  const left = Math.round(((index % layout.columns) * view.pitch - view.left) * on.scale);
  const top = Math.round((Math.floor(index / layout.columns) * view.pitch - view.top) * on.scale);
  const size = Math.max(1, Math.round((view.pitch - gapOf(view.pitch)) * on.scale));
  const withMarks = view.pitch >= MARKED && state >= 4;
  const band = { from: Math.max(0, top), to: Math.min(on.height, top + size) };
  const [first, last] = [Math.max(0, left), Math.min(on.width, left + size)];
  for (let y = band.from; y < band.to; y += 1) {
    if (!withMarks) {
      if (first < last) on.pixels.fill(colour, y * on.width + first, y * on.width + last);
      continue;
    }
    for (let x = first; x < last; x += 1) {
      on.pixels[y * on.width + x] = marked(state, x - left, y - top, size) ? 0 : colour;
    }
  }
  return band;
}

/** The rows of cells that are in view, the end not included. */
function rowsInView(layout: FleetLayout, view: View): Band {
  const from = Math.floor(view.top / view.pitch);
  return { from, to: Math.min(layout.rows, Math.ceil((view.top + layout.height) / view.pitch)) };
}

/** Paints all that is in view: no more cells than there are pixels, whatever the size of the fleet. */
export function paintView(fleet: string, layout: FleetLayout, view: View, colours: Uint32Array, on: Surface): void {
  on.pixels.fill(0);
  const rows = rowsInView(layout, view);
  const from = Math.floor(view.left / view.pitch);
  const to = Math.min(layout.columns, Math.ceil((view.left + layout.width) / view.pitch));
  // Cells of one device pixel are most of a large fleet; they need no geometry.
  const single = view.pitch === 1 && on.scale === 1;
  for (let row = rows.from; row < rows.to; row += 1) {
    const start = row * layout.columns;
    const end = Math.min(fleet.length, start + to);
    for (let index = start + from; index < end; index += 1) {
      const state = fleet.charCodeAt(index) - 48;
      const colour = colours[state];
      if (colour === undefined) continue;
      if (single) on.pixels[(row - view.top) * on.width + (index - start - view.left)] = colour;
      else paintCell(index, state, colour, layout, view, on);
    }
  }
}

/**
 * Paints just the cells in view that differ from the fleet as it was painted before. Answers the rows of pixels that
 * have changed, or nothing.
 */
export function paintChanges(
  before: string,
  fleet: string,
  layout: FleetLayout,
  view: View,
  colours: Uint32Array,
  on: Surface,
): Band | null {
  const rows = rowsInView(layout, view);
  const end = Math.min(fleet.length, rows.to * layout.columns);
  let changed: Band | null = null;
  for (let index = rows.from * layout.columns; index < end; index += 1) {
    const code = fleet.charCodeAt(index);
    if (code === before.charCodeAt(index)) continue;
    const colour = colours[code - 48];
    if (colour === undefined) continue;
    const band = paintCell(index, code - 48, colour, layout, view, on);
    changed = changed === null ? band : { from: Math.min(changed.from, band.from), to: Math.max(changed.to, band.to) };
  }
  return changed !== null && changed.from < changed.to ? changed : null;
}
