import { type RefObject, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";

import { type FleetLayout, type View, clampView, layOut, panned, wholeView, zoomed } from "./fleetLayout";

/** A turn of the wheel that is one step of the zoom, in pixels as browsers count them. */
const WHEEL_STEP = 50;
/** Pixels of a line, where the wheel counts lines. */
const LINE = 16;

export type ChangeView = (change: (layout: FleetLayout, view: View) => View) => void;

export interface FleetView {
  frame: RefObject<HTMLDivElement | null>;
  layout: FleetLayout;
  view: View;
  change: ChangeView;
  /** Whether the map has a width yet. */
  measured: boolean;
}

/** Where the cells lie for the width at hand, and which part of them is seen. */
export function useFleetView(count: number): FleetView {
  const frame = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  const [kept, setKept] = useState<View | null>(null);

  useLayoutEffect(() => {
    const element = frame.current;
    if (element === null) return;
    const measure = () => setWidth(element.clientWidth);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const layout = useMemo(() => layOut(count, width), [count, width]);
  // A window that was made wider may have larger cells by itself.
  const view = useMemo(
    () => (kept === null || kept.pitch <= layout.pitch ? wholeView(layout) : clampView(layout, kept)),
    [kept, layout],
  );
  const change = useCallback<ChangeView>(
    (next) =>
      setKept((present) =>
        next(layout, present === null || present.pitch <= layout.pitch ? wholeView(layout) : clampView(layout, present)),
      ),
    [layout],
  );
  useWheel(frame, view.pitch > layout.pitch, change);
  return { frame, layout, view, change, measured: width > 0 };
}

/**
 * Ctrl or ⌘ with the wheel zooms; without, it moves a map that is zoomed. Over a map that shows the whole fleet the
 * wheel is left to the page, which else could not be scrolled past it.
 */
function useWheel(frame: RefObject<HTMLDivElement | null>, zoomedIn: boolean, change: ChangeView): void {
  const turned = useRef(0);
  useEffect(() => {
    const element = frame.current;
    if (element === null) return;
    const wheel = (event: WheelEvent) => {
      const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE : 1;
      if (!event.ctrlKey && !event.metaKey) {
        if (!zoomedIn) return;
        event.preventDefault();
        const [x, y] = event.shiftKey ? [event.deltaY, event.deltaX] : [event.deltaX, event.deltaY];
        change((layout, view) => panned(layout, view, x * unit, y * unit));
        return;
      }
      event.preventDefault();
      turned.current += event.deltaY * unit;
      const steps = -Math.trunc(turned.current / WHEEL_STEP);
      if (steps === 0) return;
      turned.current = 0;
      const box = element.getBoundingClientRect();
      change((layout, view) => zoomed(layout, view, steps, event.clientX - box.left, event.clientY - box.top));
    };
    // React listens passively, and then the page would zoom as well.
    element.addEventListener("wheel", wheel, { passive: false });
    return () => element.removeEventListener("wheel", wheel);
  }, [frame, zoomedIn, change]);
}
