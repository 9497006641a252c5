import { expect, test } from "vitest";

import type { RecipeFinding } from "~/ipc";

import { gathered } from "./gathered";

function finding(code: RecipeFinding["code"], line: number): RecipeFinding {
  return {
    code,
    severity: "error",
    component: "com.example.Hello",
    path: `/Manifests/0/Artifacts/${line}`,
    line,
    message: `Line ${line}`,
    remedy: "Add the file.",
    secret: null,
  };
}

test("many findings of one kind stand in one row, none of them is lost, and the others keep their places", () => {
  const all = [
    finding("missing_artifact", 1),
    finding("docker_option_after_image", 2),
    finding("missing_artifact", 3),
    finding("missing_artifact", 4),
  ];
  const rows = gathered(all);
  expect(rows.map(({ line, more }) => [line, more.map((other) => other.line)])).toEqual([
    [1, [3, 4]],
    [2, []],
  ]);
});

test("two of one kind are shown as they are", () => {
  const rows = gathered([finding("missing_artifact", 1), finding("missing_artifact", 2)]);
  expect(rows.map(({ line, more }) => [line, more.length])).toEqual([
    [1, 0],
    [2, 0],
  ]);
});
