import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { useState } from "react";
import { beforeEach, expect, test, vi } from "vitest";

import type { TargetState, Wave } from "~/ipc";
import { seriousFindings } from "~/testing/axe";
import { fakeIpc } from "~/testing/fakeIpc";
import { renderPart } from "~/testing/render";
import { counts, targetRow, wave } from "~/testing/runFixtures";

import { FleetPanel } from "./FleetPanel";
import { TargetsTable } from "./TargetsTable";
import { NO_FILTER, type TargetsFilter } from "./useTargets";

/** 500 groups in rows of 50 cells of 16 pixels: every 50th has failed. */
const FLEET = ("4" + "3".repeat(49)).repeat(10);

const onSkip = vi.fn();
const onRetry = vi.fn();
const onTarget = vi.fn();

function Panel({ waves }: { waves: Wave[] }) {
  const [filter, setFilter] = useState<TargetsFilter>(NO_FILTER);
  const [highlight, setHighlight] = useState<TargetState | null>(null);
  return (
    <>
      <FleetPanel
        run="7f3c0a52"
        counts={counts({ succeeded: 490, failed: 10 })}
        waves={waves}
        marked={null}
        onRetry={onRetry}
        retrying={false}
        highlight={highlight}
        onHighlight={setHighlight}
        onPick={onTarget}
        onShow={(picked) => setFilter({ ...NO_FILTER, picked })}
        onSkip={onSkip}
      />
      <TargetsTable run="7f3c0a52" total={500} waves={1} filter={filter} onFilter={setFilter} onTarget={onTarget} acts={{ toCome: [] }} />
    </>
  );
}

async function shown(waves = [wave({ targets: 500 })]) {
  fakeIpc({
    runFleet: () => FLEET,
    runTargets: (_run, { offset = 0, limit = 20, text }) => ({
      rows: Array.from({ length: limit }, (_, at) =>
        targetRow({
          line: offset + at + 1,
          target: `target-${offset + at}`,
          name: `line-${offset + at}`,
          state: FLEET[offset + at] === "4" ? "failed" : "succeeded",
          message: FLEET[offset + at] === "4" ? "The core is off." : null,
        }),
      ),
      matches: text === "" ? 500 : 1,
    }),
  });
  const view = renderPart(<Panel waves={waves} />);
  return { ...view, map: await screen.findByTestId("fleet-map") };
}

beforeEach(() => {
  vi.clearAllMocks();
  vi.spyOn(HTMLElement.prototype, "clientWidth", "get").mockReturnValue(800);
});

test("pointing at a cell shows its group beside it, with the state at once", async () => {
  const { map, container } = await shown();
  fireEvent.pointerMove(map, { clientX: 5, clientY: 20 });
  expect(screen.getByTestId("fleet-tip")).toHaveTextContent("Failed");
  await waitFor(() => expect(screen.getByTestId("fleet-tip")).toHaveTextContent("line-50"));
  expect(screen.getByTestId("fleet-tip")).toHaveTextContent("wave 1, line 51");
  expect(screen.getByTestId("fleet-tip")).toHaveTextContent("The core is off.");
  expect(await seriousFindings(container)).toEqual([]);
  fireEvent.pointerLeave(map);
  expect(screen.queryByTestId("fleet-tip")).not.toBeInTheDocument();
});

test("a click opens the group", async () => {
  const { map } = await shown();
  fireEvent.pointerDown(map, { clientX: 40, clientY: 5, button: 0 });
  fireEvent.pointerUp(map, { clientX: 41, clientY: 5 });
  await waitFor(() => expect(onTarget).toHaveBeenCalledWith("target-2"));
});

test("a rectangle selects, says what it holds, and shows just these groups", async () => {
  const { map, user, container } = await shown();
  fireEvent.pointerDown(map, { clientX: 2, clientY: 2, button: 0 });
  fireEvent.pointerMove(map, { clientX: 40, clientY: 40 });
  fireEvent.pointerUp(map, { clientX: 40, clientY: 40 });
  expect(screen.getByTestId("fleet-selected")).toHaveTextContent("9 groups selected: 6 succeeded, 3 failed");
  await user.click(screen.getByTestId("fleet-show"));
  expect(await screen.findByTestId("targets-picked")).toHaveTextContent("Only the 9 groups selected in the map");
  const table = screen.getByTestId("targets-table");
  await waitFor(() => expect(within(table).getByText("line-102")).toBeVisible());
  await user.click(within(table).getByRole("button", { name: "Open line-102" }));
  expect(onTarget).toHaveBeenCalledWith("target-102");
  expect(within(table).getByText("line-50")).toBeVisible();
  expect(within(table).queryByText("line-3")).not.toBeInTheDocument();
  expect(within(table).getByText("(9 of 500)")).toBeVisible();
  expect(await seriousFindings(container)).toEqual([]);
  await user.click(within(table).getByRole("button", { name: "Show all groups" }));
  expect(screen.queryByTestId("targets-picked")).not.toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Clear" }));
  expect(screen.queryByTestId("fleet-selected")).not.toBeInTheDocument();
});

test("the keyboard goes from cell to cell, says where it is, selects and picks", async () => {
  const { map, user } = await shown();
  map.focus();
  await user.keyboard("{ArrowRight}{ArrowRight}{ArrowDown}");
  await waitFor(() => expect(screen.getByTestId("fleet-tip")).toHaveTextContent("line-52"));
  expect(screen.getAllByText(/Wave 1, line 53 · line-52 · Succeeded/).length).toBeGreaterThan(0);
  await user.keyboard("{Shift>}{ArrowRight}{ArrowDown}{/Shift}");
  expect(screen.getByTestId("fleet-selected")).toHaveTextContent("4 groups selected: 4 succeeded");
  await user.keyboard("{Escape}n");
  expect(screen.queryByTestId("fleet-selected")).not.toBeInTheDocument();
  await waitFor(() => expect(screen.getByTestId("fleet-tip")).toHaveTextContent("line-150"));
  await user.keyboard("{Enter}");
  await waitFor(() => expect(onTarget).toHaveBeenCalledWith("target-150"));
});

test("zooming moves nothing else, and the whole fleet is one press away", async () => {
  const { map, user } = await shown();
  const whole = screen.getByRole("button", { name: "Show the whole fleet" });
  expect(whole).toBeDisabled();
  const { width, height } = map.style;
  await user.click(screen.getByRole("button", { name: "Zoom in" }));
  expect(whole).toBeEnabled();
  expect([map.style.width, map.style.height]).toEqual([width, height]);
  fireEvent.wheel(map, { ctrlKey: true, deltaY: -200 });
  map.focus();
  await user.keyboard("0");
  expect(whole).toBeDisabled();
});

test("the wheel alone is left to the page while the whole fleet is shown", async () => {
  const { map, user } = await shown();
  const turn = () => fireEvent.wheel(map, { deltaY: 100 });
  expect(turn()).toBe(true);
  await user.click(screen.getByRole("button", { name: "Zoom in" }));
  expect(turn()).toBe(false);
});

test("the fleet can be read as a table, and a part of it shown", async () => {
  const { user, container } = await shown();
  await user.click(screen.getByRole("button", { name: "Table" }));
  const table = await screen.findByTestId("fleet-table");
  expect(within(table).getAllByRole("row")).toHaveLength(11);
  expect(table).toHaveTextContent("51 to 100");
  expect(await seriousFindings(container)).toEqual([]);
  await user.click(within(table).getByRole("button", { name: "Show groups 51 to 100" }));
  expect(await screen.findByTestId("targets-picked")).toHaveTextContent("Only 50 groups from 51 to 100");
  await waitFor(() => expect(screen.getByTestId("targets-table")).toHaveTextContent("line-50"));
});

test("of a selection, groups of waves to come can be left out, and those that failed retried", async () => {
  const { map, user } = await shown([
    wave({ state: "judged", targets: 60 }),
    wave({ number: 2, state: "waiting", targets: 440 }),
  ]);
  const draw = (to: number) => {
    fireEvent.pointerDown(map, { clientX: 2, clientY: 2, button: 0 });
    fireEvent.pointerMove(map, { clientX: 40, clientY: to });
    fireEvent.pointerUp(map, { clientX: 40, clientY: to });
  };
  draw(6);
  expect(screen.getByTestId("fleet-skip")).toHaveAttribute("aria-disabled", "true");
  draw(40);
  await user.click(screen.getByRole("button", { name: "Leave out 3…" }));
  expect(onSkip).toHaveBeenCalledWith([100, 101, 102]);
  await user.click(screen.getByRole("button", { name: "Retry 3…" }));
  expect(onRetry).toHaveBeenCalledWith([0, 50, 100]);
});
