import { expect, test } from "vitest";

import { lineIn } from "./lineIn";

test("each form in which the service names a line is understood", () => {
  for (const words of [
    "InvalidInputFile: Missing GroupId at line number: 7",
    "InvalidInputFile: Invalid deployment type at line number : 7. Only valid type is 'NewDeployment'.",
    "Line 7 is too long in S3 File. Valid line is less than 256 chars.",
    "Failed to parse input file at line number: 7",
  ]) {
    expect(lineIn(words), words).toBe(7);
  }
});

test("other words name no line", () => {
  expect(lineIn("The bulk deployment was stopped.")).toBeNull();
  expect(lineIn("rotterdam-line-0007 is offline 3 times")).toBeNull();
  expect(lineIn("at line number: 0")).toBeNull();
});
