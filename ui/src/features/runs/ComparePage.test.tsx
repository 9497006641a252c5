import { screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";

import type { CompareRow, Comparison } from "~/ipc";
import { seriousFindings } from "~/testing/axe";
import { type Answers, fakeIpc } from "~/testing/fakeIpc";
import { problem } from "~/testing/fixtures";
import { renderPart } from "~/testing/render";
import { STARTED, counts, runRow } from "~/testing/runFixtures";

import { ComparePage } from "./ComparePage";

const side = { version: "5e359af7-61c1", wave: 1, line: 7, code: null, message: null };

const row: CompareRow = {
  target: "953a64a1-d2d0-4b1c-9a55-2f0f7c1f0a11",
  name: "rotterdam-line-0001",
  change: "newly_failing",
  a: { ...side, state: "succeeded" },
  b: { ...side, version: "77aa", state: "failed", code: "400", message: "no space left on device" },
};

const comparison: Comparison = {
  a: runRow({ id: "older", name: "Firmware 4.1", counts: counts({ succeeded: 100 }) }),
  b: runRow({ id: "newer", name: "Firmware 4.2", startedAt: STARTED + 1, counts: counts({ succeeded: 58, failed: 42 }) }),
  counts: { newlyFailing: 42, fixed: 3, stillFailing: 0, same: 55, unsettled: 0, onlyA: 1, onlyB: 0 },
  rows: [row],
  matches: 42,
};

function comparing(more: Answers = {}) {
  const ipc = fakeIpc({ runCompare: () => comparison, ...more });
  return { ...renderPart(<ComparePage />, "/runs/compare?a=older&b=newer"), ipc };
}

test("each change has its count, and each group both outcomes with the service's words", async () => {
  const { ipc, container } = comparing();
  expect(await screen.findByTestId("change-newly_failing")).toHaveTextContent("42");
  expect(screen.getByTestId("change-fixed")).toHaveTextContent("3");
  const shown = screen.getByText("rotterdam-line-0001").closest("tr");
  expect(shown).toHaveTextContent("Newly failing");
  expect(shown).toHaveTextContent("5e359af7… → 77aa");
  expect(shown).toHaveTextContent("400: no space left on device");
  expect(ipc.callsOf("runCompare")).toEqual([["older", "newer", { change: null, offset: 0, limit: 20 }]]);
  expect(await seriousFindings(container)).toEqual([]);
});

test("one change alone, page by page", async () => {
  const { user, ipc } = comparing();
  await user.click(await screen.findByRole("button", { name: /^Page 2/ }));
  await waitFor(() =>
    expect(ipc.callsOf("runCompare").at(-1)).toEqual(["older", "newer", { change: null, offset: 20, limit: 20 }]),
  );
  await user.click(screen.getByTestId("change-fixed"));
  await waitFor(() =>
    expect(ipc.callsOf("runCompare").at(-1)).toEqual(["older", "newer", { change: "fixed", offset: 0, limit: 20 }]),
  );
  expect(screen.getByTestId("change-fixed")).toHaveAttribute("aria-pressed", "true");
});

test("a run leads to its own screen", async () => {
  const { user } = comparing();
  await user.click(await screen.findByRole("link", { name: "Firmware 4.1" }));
  expect(screen.getByTestId("place")).toHaveTextContent("/runs/older");
});

test("runs that cannot be compared say why", async () => {
  const { user, ipc } = comparing({
    runCompare: () => {
      throw problem("not_found", "There is no run older");
    },
  });
  expect(await screen.findByText("There is no run older")).toBeVisible();
  ipc.answer({ runCompare: () => comparison });
  await user.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByTestId("compared-table")).toBeVisible();
});
