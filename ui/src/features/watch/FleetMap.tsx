import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { countsInWords } from "~/app/CountsBar";
import { useDark } from "~/app/useDark";
import { count } from "~/app/format";
import type { Counts, TargetState } from "~/ipc";
import { indexAt, layOut } from "./fleetLayout";
import { paintFleet } from "./fleetPaint";

interface FleetMapProps {
  /** One digit a target, in plan order. */
  fleet: string;
  counts: Counts;
  highlight: TargetState | null;
  onHover: (index: number | null) => void;
  onPick: (index: number) => void;
}

/** One cell a target. The table below says the same in words. */
export function FleetMap({ fleet, counts, highlight, onHover, onPick }: FleetMapProps) {
  const frame = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [width, setWidth] = useState(0);
  const dark = useDark();

  useLayoutEffect(() => {
    const element = frame.current;
    if (element === null) return;
    const measure = () => setWidth(element.clientWidth);
    measure();
    if (typeof ResizeObserver === "undefined") return;
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const layout = useMemo(() => layOut(fleet.length, width), [fleet.length, width]);

  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!canvas.current || !context || width === 0 || fleet === "") return;
    // Above 200,000 cells a second pixel each way costs memory and shows nothing more.
    const scale = fleet.length > 200_000 ? 1 : window.devicePixelRatio || 1;
    canvas.current.width = Math.round(layout.width * scale);
    canvas.current.height = Math.round(layout.height * scale);
    const pixels = paintFleet(fleet, layout, { dark, highlight, scale });
    const image = context.createImageData(canvas.current.width, canvas.current.height);
    new Uint32Array(image.data.buffer).set(pixels);
    context.putImageData(image, 0, 0);
  }, [fleet, layout, width, dark, highlight]);

  const at = (event: React.MouseEvent<HTMLCanvasElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    return indexAt(layout, fleet.length, event.clientX - box.left, event.clientY - box.top);
  };

  return (
    <div ref={frame} className="fleet-frame">
      <canvas
        ref={canvas}
        role="img"
        data-testid="fleet-map"
        aria-label={`Map of ${count(fleet.length)} targets in the order of the input file: ${countsInWords(counts)}. The table of targets below tells the same in words.`}
        style={{ width: layout.width, height: layout.height }}
        onMouseMove={(event) => onHover(at(event))}
        onMouseLeave={() => onHover(null)}
        onClick={(event) => {
          const index = at(event);
          if (index !== null) onPick(index);
        }}
      />
    </div>
  );
}
