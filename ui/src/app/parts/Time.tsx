import { ago, localTime, utcTime } from "~/app/format";
import { useNow } from "~/app/now";

/** A point in time: how long ago, with local time and UTC on demand (pointer or screen reader). */
export function Time({ millis, as = "ago" }: { millis: number | null; as?: "ago" | "local" }) {
  const now = useNow();
  if (millis === null) return <>–</>;
  return (
    <time dateTime={new Date(millis).toISOString()} title={`${localTime(millis)} local · ${utcTime(millis)}`}>
      {as === "ago" ? ago(millis, now) : localTime(millis)}
    </time>
  );
}
