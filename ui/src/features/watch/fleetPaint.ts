import { STATE_LOOKS, TARGET_STATES } from "~/app/states";
import type { TargetState } from "~/ipc";
import type { FleetLayout } from "./fleetLayout";

/** Of all other states only a tint is left while one is highlighted. */
const DIMMED = 0.22;

export interface Paint {
  dark: boolean;
  highlight: TargetState | null;
  /** Device pixels a pixel of the layout. */
  scale: number;
}

/** A colour as the 32 bits of a little-endian RGBA pixel. */
function pixel(hex: string, alpha: number): number {
  const value = Number.parseInt(hex.slice(1), 16);
  const [red, green, blue] = [(value >> 16) & 255, (value >> 8) & 255, value & 255];
  return ((Math.round(alpha * 255) << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

function palette({ dark, highlight }: Paint): Uint32Array {
  return Uint32Array.from(TARGET_STATES, (state) => {
    const look = STATE_LOOKS[state];
    return pixel(dark ? look.dark : look.light, highlight === null || highlight === state ? 1 : DIMMED);
  });
}

/** Whether a large cell leaves this pixel out, as a mark: a stroke through failed cells, a hole in unknown ones. */
function marked(state: number, x: number, y: number, size: number): boolean {
  if (state === 4) return Math.abs(x - y) < size / 8;
  if (state === 5) return Math.abs(x - size / 2 + 0.5) < size / 6 && Math.abs(y - size / 2 + 0.5) < size / 6;
  return false;
}

/** Pixels of the whole map, one digit of `fleet` a cell. */
export function paintFleet(fleet: string, layout: FleetLayout, paint: Paint): Uint32Array {
  const { pitch, gap, columns } = layout;
  const width = Math.round(layout.width * paint.scale);
  const height = Math.round(layout.height * paint.scale);
  const pixels = new Uint32Array(width * height);
  const colours = palette(paint);
  const withMarks = pitch >= 7;
  for (let index = 0; index < fleet.length; index += 1) {
    const state = fleet.charCodeAt(index) - 48;
    const colour = colours[state];
    if (colour === undefined) continue;
    const left = Math.round((index % columns) * pitch * paint.scale);
    const top = Math.round(Math.floor(index / columns) * pitch * paint.scale);
    const size = Math.max(1, Math.round((pitch - gap) * paint.scale));
    for (let y = 0; y < size; y += 1) {
      const row = (top + y) * width + left;
      for (let x = 0; x < size; x += 1) {
        if (!(withMarks && marked(state, x, y, size))) pixels[row + x] = colour;
      }
    }
  }
  return pixels;
}
