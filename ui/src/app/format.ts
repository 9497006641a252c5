const number = new Intl.NumberFormat("en");

/** 9874 → "9,874". */
export function count(value: number): string {
  return number.format(value);
}

/** "1 group", "9,874 groups". */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** Decimal units, as the service's limits are read: 52800 → "52.8 kB". */
export function bytes(value: number): string {
  if (value < 1000) return `${value} B`;
  const [unit, size] = value < 1e6 ? (["kB", 1e3] as const) : value < 1e9 ? (["MB", 1e6] as const) : (["GB", 1e9] as const);
  const scaled = value / size;
  const digits = scaled < 10 ? 2 : scaled < 100 ? 1 : 0;
  // Rounded down: what is below a limit must not look as if it had reached it.
  return `${(Math.floor(scaled * 10 ** digits) / 10 ** digits).toFixed(digits)} ${unit}`;
}

const steps = [
  [60, "second"],
  [60, "minute"],
  [24, "hour"],
  [30.4, "day"],
  [12, "month"],
] as const;

/** How long ago (or ahead) something lies, in the largest whole unit: "2 minutes ago", "in 3 hours". */
export function ago(millis: number, now: number): string {
  const seconds = Math.round(Math.abs(now - millis) / 1000);
  if (seconds < 10) return millis <= now ? "just now" : "now";
  let value = seconds;
  let unit = "year";
  for (const [size, name] of steps) {
    if (value < size) {
      unit = name;
      break;
    }
    value /= size;
  }
  const whole = Math.floor(value);
  const text = `${whole} ${unit}${whole === 1 ? "" : "s"}`;
  return millis <= now ? `${text} ago` : `in ${text}`;
}

/** Seconds as "45 s", "3 min", "2 h 10 min". */
export function duration(seconds: number): string {
  if (seconds < 90) return `${Math.max(0, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Local date and time: "21 Nov 2026, 10:42". */
export function localTime(millis: number): string {
  return new Date(millis).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" });
}

/** The same in UTC, to the second. */
export function utcTime(millis: number): string {
  return `${new Date(millis).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}
