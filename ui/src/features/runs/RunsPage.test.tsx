import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";

import { seriousFindings } from "~/testing/axe";
import { type Answers, fakeIpc } from "~/testing/fakeIpc";
import { problem } from "~/testing/fixtures";
import { renderPart } from "~/testing/render";
import { STARTED, counts, runRow, snapshot } from "~/testing/runFixtures";

import { RunsPage } from "./RunsPage";

const rows = [
  runRow(),
  runRow({ id: "undriven", name: "Canary", counts: counts({ succeeded: 3, waiting: 7 }), driven: false }),
  runRow({
    id: "elsewhere",
    name: "Plant north",
    here: false,
    sandbox: null,
    account: "123456789012",
    state: "finished",
    counts: counts({ succeeded: 1990, failed: 10 }),
    endedAt: STARTED + 8_000_000,
    driven: false,
  }),
];

function listing(more: Answers = {}) {
  const ipc = fakeIpc({ runsList: () => rows, ...more });
  return { ...renderPart(<RunsPage />, "/runs"), ipc };
}

test("each run has its state, its counts in words, its time and its place", async () => {
  const { container } = listing();
  const name = await screen.findByRole("link", { name: "Plant north" });
  const row = name.closest("tr");
  expect(row).toHaveTextContent("Finished, not all succeeded");
  expect(row).toHaveTextContent("1,990 of 2,000 succeeded, 10 failed");
  expect(row).toHaveTextContent("took 2 h 13 min");
  expect(row).toHaveTextContent("other connection, read-only");
  expect(screen.getByRole("img", { name: "3 succeeded, 7 waiting" })).toBeVisible();
  expect(screen.getByRole("link", { name: "Canary" }).closest("tr")).toHaveTextContent("Sandbox");
  expect(await seriousFindings(container)).toEqual([]);
});

test("a run is opened", async () => {
  const { user } = listing();
  await user.click(await screen.findByTestId("runs-open-7f3c0a52"));
  expect(screen.getByTestId("place")).toHaveTextContent("/runs/7f3c0a52");
});

test("a run that no process drives is resumed from here", async () => {
  const { user, ipc } = listing({ runResume: () => snapshot({ row: rows[1] ?? runRow() }) });
  await user.click(await screen.findByRole("button", { name: "Resume Canary" }));
  await waitFor(() => expect(screen.getByTestId("place")).toHaveTextContent("/runs/undriven"));
  expect(ipc.callsOf("runResume")).toEqual([["undriven"]]);
});

test("runs are found by their words", async () => {
  const { user } = listing();
  await screen.findByRole("link", { name: "Canary" });
  await user.type(screen.getByRole("combobox", { name: "Find runs" }), "plant");
  await user.click(await screen.findByText('Use: "plant"'));
  await waitFor(() => expect(screen.queryByRole("link", { name: "Canary" })).not.toBeInTheDocument());
  expect(screen.getByRole("link", { name: "Plant north" })).toBeVisible();
  await user.type(screen.getByRole("combobox", { name: "Find runs" }), "nowhere");
  await user.click(await screen.findByText('Use: "nowhere"'));
  expect(await screen.findByText("No run matches.")).toBeVisible();
});

test("without runs the way to the first one is shown", async () => {
  const { user, container } = listing({ runsList: () => [] });
  const empty = within(await screen.findByTestId("runs-empty"));
  expect(await seriousFindings(container)).toEqual([]);
  await user.click(empty.getByRole("button", { name: "New deployment" }));
  expect(screen.getByTestId("place")).toHaveTextContent("/new");
});

test("a list that cannot be read says why", async () => {
  const { user, ipc } = listing({
    runsList: () => {
      throw problem("store_failed", "The store cannot be read");
    },
  });
  expect(await screen.findByText("The store cannot be read")).toBeVisible();
  ipc.answer({ runsList: () => rows });
  await user.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByRole("link", { name: "Canary" })).toBeVisible();
});

test("without a connection the way to one is shown", async () => {
  const { user, container } = listing({
    runsList: () => {
      throw problem("not_connected", "Nothing is connected");
    },
  });
  await user.click(await screen.findByTestId("runs-connect"));
  expect(await seriousFindings(container)).toEqual([]);
  expect(screen.getByTestId("place")).toHaveTextContent("/new/connect");
});
