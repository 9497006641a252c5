import { type RefObject, useEffect, useMemo, useRef } from "react";

import { useDark } from "~/app/useDark";
import type { TargetState } from "~/ipc";

import type { FleetView } from "./useFleetView";
import { type Surface, paintChanges, paintView, palette } from "./fleetPaint";

interface Painted {
  image: ImageData;
  surface: Surface;
  fleet: string;
  /** What the picture depends on besides the fleet. */
  layout: FleetView["layout"];
  view: FleetView["view"];
  colours: Uint32Array;
}

/** Above this many pixels a second one each way costs memory and shows nothing more. */
const FINE_PIXELS = 400_000;

/** Keeps the canvas as the fleet is; as long as only states change, only their cells are painted again. */
export function useFleetCanvas(fleet: string, shown: FleetView, highlight: TargetState | null): RefObject<HTMLCanvasElement | null> {
  const canvas = useRef<HTMLCanvasElement>(null);
  const painted = useRef<Painted | null>(null);
  const dark = useDark();
  const colours = useMemo(() => palette({ dark, highlight }), [dark, highlight]);
  const { layout, view, measured } = shown;

  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext("2d");
    if (!element || !context || !measured || fleet === "") return;
    const last = painted.current;
    if (
      last !== null &&
      last.layout === layout &&
      last.view === view &&
      last.colours === colours &&
      last.fleet.length === fleet.length
    ) {
      const band = paintChanges(last.fleet, fleet, layout, view, colours, last.surface);
      last.fleet = fleet;
      if (band !== null) context.putImageData(last.image, 0, 0, 0, band.from, last.surface.width, band.to - band.from);
      return;
    }
    const scale = layout.width * layout.height > FINE_PIXELS ? 1 : window.devicePixelRatio || 1;
    const [width, height] = [Math.round(layout.width * scale), Math.round(layout.height * scale)];
    const fits = last !== null && last.surface.width === width && last.surface.height === height;
    if (!fits) {
      element.width = width;
      element.height = height;
    }
    const image = fits ? last.image : context.createImageData(width, height);
    const surface = fits
      ? { ...last.surface, scale }
      : { pixels: new Uint32Array(image.data.buffer), width, height, scale };
    paintView(fleet, layout, view, colours, surface);
    context.putImageData(image, 0, 0);
    painted.current = { image, surface, fleet, layout, view, colours };
  }, [fleet, layout, view, measured, colours]);

  return canvas;
}
