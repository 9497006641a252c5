import { duration } from "./format";

const ONE_PLACE = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });

/** A rate with at most one decimal place. */
export function rate(value: number): string {
  return ONE_PLACE.format(value);
}

/** A share in percent, never rounded up to all nor down to none. */
export function share(part: number, whole: number): string {
  if (whole <= 0) return "–";
  const percent = (part / whole) * 100;
  if (part > 0 && percent < 0.1) return "< 0.1 %";
  if (part < whole && percent > 99.9) return "> 99.9 %";
  return `${ONE_PLACE.format(percent)} %`;
}

/** The beginning of a hash or an id, for places where the whole is one hover away. */
export function short(id: string, length = 8): string {
  return id.length <= length + 1 ? id : `${id.slice(0, length)}…`;
}

/** The last part of an ARN: `role/DeployEngineer` of `arn:aws:iam::1:role/DeployEngineer`. */
export function arnTail(arn: string): string {
  return arn.split(":").slice(5).join(":") || arn;
}

/** Seconds from and to: "3 to 4 min": the unit once, where both ends have the same. */
export function span(low: number, high: number): string {
  const [from, to] = [duration(low), duration(high)];
  if (from === to) return from;
  const unit = to.slice(to.lastIndexOf(" "));
  const once = from.endsWith(unit) && from.split(" ").length === 2;
  return `${once ? from.slice(0, -unit.length) : from} to ${to}`;
}
