import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

import { STATE_LOOKS, TARGET_STATES } from "./states";

test("chart, map and swatches have the same colours in both themes", () => {
  const [light = "", dark = ""] = readFileSync("src/app/states.css", "utf8").split(".awsui-dark-mode {");
  const colour = (css: string, state: string) => new RegExp(`--state-${state}: (#\\w+);`).exec(css)?.[1];
  for (const state of TARGET_STATES) {
    expect(colour(light, state)).toBe(STATE_LOOKS[state].light);
    expect(colour(dark, state) ?? colour(light, state)).toBe(STATE_LOOKS[state].dark);
  }
});
