import { expect, test } from "vitest";

import { ago, bytes, count, counted, duration, utcTime } from "./format";

test("numbers are grouped and their nouns agree", () => {
  expect(count(9874)).toBe("9,874");
  expect([counted(1, "group"), counted(0, "group"), counted(1200, "match", "matches")]).toEqual([
    "1 group",
    "0 groups",
    "1,200 matches",
  ]);
});

test("sizes are decimal, as the service's limits are", () => {
  expect([bytes(999), bytes(1000), bytes(70_716), bytes(99_999_999)]).toEqual(["999 B", "1.00 kB", "70.7 kB", "99.9 MB"]);
});

test("ages and times to come are told in their largest unit", () => {
  const now = Date.UTC(2026, 10, 21);
  const at = (seconds: number) => ago(now - seconds * 1000, now);
  expect([at(3), at(45), at(125), at(7200), at(86_400 * 3), at(86_400 * 400), at(-3700)]).toEqual([
    "just now",
    "45 seconds ago",
    "2 minutes ago",
    "2 hours ago",
    "3 days ago",
    "1 year ago",
    "in 1 hour",
  ]);
  expect([duration(45), duration(180), duration(7800)]).toEqual(["45 s", "3 min", "2 h 10 min"]);
  expect(utcTime(now)).toBe("2026-11-21 00:00:00 UTC");
});
