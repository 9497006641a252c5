import { useRef, useState } from "react";
import type { KeyboardEvent, PointerEvent } from "react";

import type { TargetState } from "~/ipc";

import { cellAt, indexAt, revealing, wholeView, zoomed } from "./fleetLayout";
import { type Selection, cellOf, moved, nextOf } from "./fleetSelection";
import type { FleetView } from "./useFleetView";

/** Pixels that a pointer may move in a click. */
const STILL = 4;

export interface Pointed {
  index: number;
  /** By the keyboard, and therefore to be said. */
  keys: boolean;
}

interface Wanted {
  fleet: string;
  highlight: TargetState | null;
  shown: FleetView;
  selection: Selection | null;
  onSelection: (selection: Selection | null) => void;
  onPick: (index: number) => void;
}

/** What pointer and keys do on the map: point, pick, select a rectangle, go from cell to cell, zoom. */
export function useFleetGestures({ fleet, highlight, shown, selection, onSelection, onPick }: Wanted) {
  const { layout, view, change } = shown;
  const [pointed, setPointed] = useState<Pointed | null>(null);
  const pressed = useRef<{ x: number; y: number; drawn: boolean } | null>(null);
  const cursor = useRef(0);
  const last = fleet.length - 1;

  const place = (event: PointerEvent<HTMLDivElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const point = (index: number | null, keys: boolean) =>
    setPointed((present) => {
      if (index === null) return null;
      return present?.index === index && present.keys === keys ? present : { index, keys };
    });

  const goTo = (index: number, extend: boolean) => {
    if (extend) {
      const kept = selection !== null && selection.columns === layout.columns;
      const anchor = kept ? selection.anchor : cellOf(cursor.current, layout.columns);
      onSelection({ columns: layout.columns, anchor, head: cellOf(index, layout.columns) });
    }
    cursor.current = index;
    change((of, from) => revealing(of, from, index));
    point(index, true);
  };
  const zoom = (steps: number) =>
    change((of, from) => {
      const next = zoomed(of, from, steps, of.width / 2, of.height / 2);
      return steps > 0 ? revealing(of, next, Math.min(cursor.current, last)) : next;
    });
  const find = (back: boolean) => {
    const found = nextOf(fleet, highlight ?? "failed", Math.min(cursor.current, last), back);
    if (found !== null) goTo(found, false);
  };
  const actions: Record<string, () => void> = {
    Enter: () => onPick(Math.min(cursor.current, last)),
    "+": () => zoom(1),
    "=": () => zoom(1),
    "-": () => zoom(-1),
    "0": () => change(wholeView),
    n: () => find(false),
    p: () => find(true),
    ...(selection !== null && { Escape: () => onSelection(null) }),
  };

  return {
    pointed,
    handlers: {
      onPointerDown: (event: PointerEvent<HTMLDivElement>) => {
        if (event.button !== 0) return;
        pressed.current = { ...place(event), drawn: false };
        event.currentTarget.setPointerCapture?.(event.pointerId);
      },
      onPointerMove: (event: PointerEvent<HTMLDivElement>) => {
        const { x, y } = place(event);
        const from = pressed.current;
        if (from === null || (!from.drawn && Math.hypot(x - from.x, y - from.y) < STILL)) {
          point(indexAt(layout, view, fleet.length, x, y), false);
          return;
        }
        // What a rectangle reaches is said below the map; a group beside the pointer would only hide it.
        from.drawn = true;
        point(null, false);
        const [anchor, head] = [cellAt(layout, view, from.x, from.y), cellAt(layout, view, x, y)];
        onSelection({ columns: layout.columns, anchor, head });
      },
      onPointerUp: (event: PointerEvent<HTMLDivElement>) => {
        const from = pressed.current;
        pressed.current = null;
        if (from === null || from.drawn) return;
        const { x, y } = place(event);
        const index = indexAt(layout, view, fleet.length, x, y);
        if (index === null) return;
        cursor.current = index;
        onPick(index);
      },
      onPointerCancel: () => {
        pressed.current = null;
      },
      onPointerLeave: () => point(null, false),
      // A press of the pointer focuses as well, and has pointed already.
      onFocus: () => {
        if (pressed.current === null && last >= 0) point(Math.min(cursor.current, last), true);
      },
      onBlur: () => point(null, true),
      onKeyDown: (event: KeyboardEvent<HTMLDivElement>) => {
        const ctrl = event.ctrlKey || event.metaKey;
        const next = last < 0 || event.altKey ? null : moved(event.key, Math.min(cursor.current, last), fleet.length, layout, ctrl);
        const action = ctrl || event.altKey ? undefined : actions[event.key];
        if (next !== null) goTo(next, event.shiftKey);
        else if (action !== undefined) action();
        else return;
        event.preventDefault();
      },
    },
  };
}
