import { screen, waitFor, within } from "@testing-library/react";
import { Route, Routes } from "react-router";
import { expect, test } from "vitest";

import { type Answers, fakeIpc } from "~/testing/fakeIpc";
import { renderPart } from "~/testing/render";
import { causes, runRow, samples, snapshot, targetRow, wave } from "~/testing/runFixtures";

import { dimmedBut, palette } from "./fleetPaint";
import { WatchPage } from "./WatchPage";

function watching(asked: string, more: Answers = {}) {
  const shown = snapshot();
  const ipc = fakeIpc({
    runGet: () => shown,
    runWatch: () => 1,
    watchEnd: () => null,
    runSamples: () => samples(5),
    runFleet: () => "345345",
    runCauses: () => causes,
    runTargets: () => ({ rows: [targetRow()], matches: 1 }),
    runCausePositions: () => [0, 1],
    targetHistory: () => [],
    ...more,
  });
  const page = (
    <Routes>
      <Route path="/runs/:id" element={<WatchPage />} />
      <Route path="*" element={<p>elsewhere</p>} />
    </Routes>
  );
  return { ...renderPart(page, `/runs/${shown.row.id}${asked}`), ipc };
}

test("an address that names a cause shows just its groups, until somebody wants all", async () => {
  const { user, ipc } = watching("?cause=00000000000000a2");
  const only = await screen.findByTestId("targets-picked");
  expect(only).toHaveTextContent("Only the 2 groups of the cause “The role may not deploy the group”");
  expect(ipc.callsOf("runCausePositions")).toEqual([["7f3c0a52", "00000000000000a2"]]);
  await user.click(within(only).getByRole("button", { name: "Show all groups" }));
  await waitFor(() => expect(screen.queryByTestId("targets-picked")).not.toBeInTheDocument());
  expect(screen.getByTestId("place").textContent).toBe("/runs/7f3c0a52");
});

test("a group leads to its cause", async () => {
  const { user } = watching(`?target=${targetRow().target}`);
  await user.click(await screen.findByRole("button", { name: "Open rotterdam-line-0001" }));
  await user.click(await screen.findByTestId("target-cause"));
  expect(screen.getByTestId("place")).toHaveTextContent("/runs/7f3c0a52/causes?cause=00000000000000a1");
});

test("a line that the service complains of leads to its group", async () => {
  const broken = snapshot({
    row: runRow({ state: "failed", driven: false }),
    waves: [
      wave({ state: "judged", targets: 5 }),
      wave({
        number: 2,
        targets: 10,
        bulkStatus: "Failed",
        errors: ["InvalidInputFile: Missing GroupId at line number: 7"],
      }),
    ],
  });
  const { user, ipc } = watching("", {
    runGet: () => broken,
    runTargets: (_run, { offset }) => ({ rows: offset === 11 ? [targetRow({ line: 7, wave: 2 })] : [], matches: 1 }),
  });
  await user.click(await screen.findByRole("button", { name: "Show line 7" }));
  await waitFor(() =>
    expect(screen.getByTestId("place").textContent).toBe(`/runs/7f3c0a52?target=${targetRow().target}`),
  );
  expect(ipc.callsOf("runTargets")).toContainEqual([
    "7f3c0a52",
    { state: null, cause: null, text: "", offset: 11, limit: 4 },
  ]);
});

test("cells that are not meant keep the tint of their state", () => {
  const colours = palette({ dark: false, highlight: null });
  const drawn = dimmedBut("345", [1]);
  const colourAt = (index: number) => colours[drawn.charCodeAt(index) - 48] ?? 0;
  expect(colourAt(1)).toBe(colours[4]);
  expect(colourAt(0) & 0xffffff).toBe((colours[3] ?? 0) & 0xffffff);
  expect(colourAt(0) >>> 24).toBeLessThan((colours[3] ?? 0) >>> 24);
});
