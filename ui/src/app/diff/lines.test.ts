import { expect, test } from "vitest";

import { compare, first, fold, inWords, pairs } from "./lines";

const text = (length: number, from = 0) => Array.from({ length }, (_, at) => `line ${at + from}`).join("\n");

test("both texts can be put together again from the comparison", () => {
  const before = text(20);
  const after = text(20).replace("line 7", "another").replace("line 19", "line 19\nlast");
  const lines = compare(before, after);
  const side = (gone: string) =>
    lines
      .filter(({ kind }) => kind !== gone)
      .map((line) => line.text)
      .join("\n");
  expect(side("added")).toBe(before);
  expect(side("removed")).toBe(after);
});

test("where nothing is now, everything is added", () => {
  expect(compare("", text(3)).map(({ kind }) => kind)).toEqual(["added", "added", "added"]);
});

test("a missing newline at the end is no difference", () => {
  expect(compare("a\n", "a").every(({ kind }) => kind === "same")).toBe(true);
});

test("unchanged lines far from a change are folded, three around it stay", () => {
  const pieces = fold(compare(text(40), text(40).replace("line 20", "another")));
  expect(pieces.map(({ kind, lines }) => [kind, lines.length])).toEqual([
    ["fold", 17],
    ["lines", 8],
    ["fold", 16],
  ]);
});

test("folding loses no line", () => {
  const lines = compare(text(60), text(60).replace("line 9", "x").replace("line 50", "y"));
  expect(fold(lines).flatMap((piece) => piece.lines)).toEqual(lines);
});

test("of a long text the first lines are kept, folds not counted", () => {
  const pieces = first(fold(compare("", text(1000))), 60);
  expect(pieces.flatMap((piece) => piece.lines)).toHaveLength(60);
});

test("the comparison in words", () => {
  expect(inWords(compare("a\nb\n", "a\nc\nd\n"))).toBe("2 lines added, 1 removed");
});

test("side by side no line is lost, and what replaces stands beside what it replaces", () => {
  const lines = compare("a\nb\nc\nd\n", "a\nB\nc\nd\ne\n");
  const side = pairs(lines);
  expect(side.map(({ now, proposed }) => [now?.text ?? null, proposed?.text ?? null])).toEqual([
    ["a", "a"],
    ["b", "B"],
    ["c", "c"],
    ["d", "d"],
    [null, "e"],
  ]);
});
