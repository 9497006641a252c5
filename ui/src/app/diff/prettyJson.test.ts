import { expect, test } from "vitest";

import { prettyJson } from "./prettyJson";

test("each value has a line, as JSON.stringify would write it", () => {
  const value = { a: 1, b: { c: [true, null, "x, y: {z}"], d: {} }, e: [], f: 'a "quoted" \\ text' };
  expect(prettyJson(JSON.stringify(value))).toBe(JSON.stringify(value, null, 2));
  expect(prettyJson(JSON.stringify(value, null, 7))).toBe(JSON.stringify(value, null, 2));
});

test("digits stay as they are", () => {
  expect(prettyJson('{"id":12345678901234567890,"x":1.50}')).toBe('{\n  "id": 12345678901234567890,\n  "x": 1.50\n}');
});

test("what is no JSON loses nothing but white space", () => {
  expect(prettyJson('{"a":').replace(/\s/g, "")).toBe('{"a":');
  expect(prettyJson('}"')).toContain('"');
});
