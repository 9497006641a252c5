import { expect, test } from "vitest";

import { inOneGo, inWaves } from "~/testing/fixtures";

import { allowed, gateSentences, verdictWord, wavesWords } from "./waves";

const none = inOneGo.gate;

test("a limit in percent allows whole groups only", () => {
  expect(allowed({ by: "percent", percent: 10 }, 5)).toBe(0);
  expect(allowed({ by: "percent", percent: 10 }, 50)).toBe(5);
  // 7 % of 100 is a bit less than 7 in binary.
  expect(allowed({ by: "percent", percent: 7 }, 100)).toBe(7);
  expect(allowed({ by: "count", targets: 3 }, 5)).toBe(3);
});

test("a gate is told in sentences, also one without limits and one that aborts", () => {
  expect(gateSentences(none)).toEqual(["However many fail, the next wave starts."]);
  expect(gateSentences({ ...none, holdAfterEach: true })).toEqual(["After each wave the run holds for you, however many failed."]);
  expect(gateSentences({ ...none, maxFailed: { by: "count", targets: 3 }, then: "abort", holdAfterEach: true })).toEqual([
    "When more than 3 groups of a wave failed or are unknown, the run is aborted.",
    "It holds for you after each wave as well.",
  ]);
  expect(gateSentences({ ...none, maxFailedInAll: { by: "percent", percent: 2 } })).toEqual([
    "When more than 2 % of the plan failed or are unknown, the run holds for you.",
  ]);
  expect(gateSentences({ ...none, maxFailed: { by: "percent", percent: 0 } })).toEqual([
    "When any group of a wave failed or is unknown, the run holds for you.",
  ]);
});

test("a plan in one go is one wave; several are told with their order", () => {
  expect(wavesWords(inOneGo, 1)).toBe("in one wave");
  expect(wavesWords({ ...inWaves, order: { by: "random", seed: 7 } }, 3)).toBe("in 3 waves, by chance, seed 7");
});

test("a verdict is one word", () => {
  expect(verdictWord({ verdict: "go_on" }).label).toBe("Passed");
  expect(verdictWord({ verdict: "hold", reason: "x" }).type).toBe("warning");
  expect(verdictWord({ verdict: "abort", reason: "x" }).label).toBe("Aborted");
  expect(verdictWord({ verdict: "exceeded", reason: "x" }).label).toBe("Not passed");
  expect(verdictWord({ verdict: "stopped", reason: "x" }).label).toBe("Stopped");
  expect(verdictWord({ verdict: "failed", reason: "x" }).type).toBe("error");
});
