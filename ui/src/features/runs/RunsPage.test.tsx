import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";

import { seriousFindings } from "~/testing/axe";
import { type Answers, fakeIpc } from "~/testing/fakeIpc";
import { appStatus, problem } from "~/testing/fixtures";
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

const bulks = [
  { id: "0d3f9c1e", arn: "arn:aws:greengrass:eu-west-1:1:/greengrass/bulk/deployments/0d3f9c1e", createdAt: STARTED, run: "7f3c0a52" },
  { id: "77aa", arn: "arn:aws:greengrass:eu-west-1:1:/greengrass/bulk/deployments/77aa", createdAt: STARTED, run: null },
];

function listing(more: Answers = {}) {
  const ipc = fakeIpc({ appStatus: () => appStatus(), runsList: () => rows, jobWatch: () => 1, watchEnd: () => null, ...more });
  return { ...renderPart(<RunsPage />, "/runs"), ipc };
}

test("each run has its state, its counts in words, its time and its place", async () => {
  const { container } = listing();
  const name = await screen.findByRole("link", { name: "Plant north" });
  const row = name.closest("tr");
  expect(row).toHaveTextContent("Finished, not all succeeded");
  expect(row).toHaveTextContent("1,990 of 2,000 groups succeeded, 10 failed");
  expect(row).toHaveTextContent("took 2 h 13 min");
  expect(row).toHaveTextContent("other connection, read-only");
  expect(screen.getByRole("img", { name: "3 succeeded, 7 waiting" })).toBeVisible();
  expect(screen.getByRole("link", { name: "Canary" }).closest("tr")).toHaveTextContent("Sandbox");
  expect(await seriousFindings(container)).toEqual([]);
});

test("runs of both generations say which they are, and count what they deploy to", async () => {
  const devices = runRow({ id: "v2", name: "Press agent", generation: "v2", counts: counts({ succeeded: 9, failed: 1 }) });
  const { user } = listing({ runsList: () => [devices, ...rows] });
  const row = (await screen.findByRole("link", { name: "Press agent" })).closest("tr");
  expect(row).toHaveTextContent("9 of 10 devices succeeded, 1 failed");
  expect(row).toHaveTextContent("V2");
  await user.type(screen.getByRole("combobox", { name: "Find runs" }), "V2");
  await user.click(await screen.findByText('Use: "V2"'));
  await waitFor(() => expect(screen.queryByRole("link", { name: "Canary" })).not.toBeInTheDocument());
  expect(screen.getByRole("link", { name: "Press agent" })).toBeVisible();
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

test("without a connection the runs are there to be read, and the way to one is shown", async () => {
  const { user, container } = listing({
    appStatus: () => appStatus({ connection: null }),
    runsList: () => rows.map((row) => ({ ...row, here: false })),
  });
  expect(await screen.findByTestId("runs-not-connected")).toHaveTextContent("can be read, compared and exported");
  const row = (await screen.findByRole("link", { name: "Canary" })).closest("tr");
  expect(row).not.toHaveTextContent("other connection");
  expect(screen.queryByRole("button", { name: "Resume Canary" })).not.toBeInTheDocument();
  await user.click(screen.getByTestId("runs-connect"));
  expect(await seriousFindings(container)).toEqual([]);
  expect(screen.getByTestId("place")).toHaveTextContent("/new/connect");
});

test("a run says which one it is made of, by name while that is there", async () => {
  listing({
    runsList: () => [
      runRow({ id: "again", name: "Once more", parent: "7f3c0a52" }),
      runRow({ id: "back", name: "Back", parent: "0123456789" }),
      ...rows,
    ],
  });
  expect(await screen.findByTestId("runs-parent-again")).toHaveTextContent("made of Firmware 4.2 to all lines");
  expect(screen.getByTestId("runs-parent-back")).toHaveTextContent("made of run 01234567");
  expect(screen.queryByTestId("runs-parent-7f3c0a52")).toBeNull();
});

test("two runs are compared, the older one first, however they were selected", async () => {
  const { user } = listing({ runsList: () => [runRow({ startedAt: STARTED + 1 }), ...rows.slice(1)] });
  const compare = await screen.findByTestId("runs-compare");
  expect(compare).toHaveAttribute("aria-disabled", "true");
  await user.click(await screen.findByRole("checkbox", { name: "Select Firmware 4.2 to all lines" }));
  await user.click(screen.getByRole("checkbox", { name: "Select Canary" }));
  await user.click(compare);
  expect(screen.getByTestId("place")).toHaveTextContent("/runs/compare?a=undriven&b=7f3c0a52");
});

test("bulk deployments of the account are listed, and one made elsewhere is read", async () => {
  const { user, ipc, container } = listing({
    bulkList: () => bulks,
    bulkOpen: () => snapshot({ row: runRow({ id: "foreign-1" }) }),
  });
  await user.click(await screen.findByRole("tab", { name: "Bulk deployments of the account (V1)" }));
  expect((await screen.findByText("0d3f9c1e")).closest("tr")).toHaveTextContent("7f3c0a52");
  expect(screen.getByText("77aa").closest("tr")).toHaveTextContent("made elsewhere");
  expect(await seriousFindings(container)).toEqual([]);
  await user.click(screen.getByTestId("bulk-open-77aa"));
  await waitFor(() => expect(screen.getByTestId("place")).toHaveTextContent("/runs/foreign-1"));
  expect(ipc.callsOf("bulkOpen")).toEqual([["77aa"]]);
});

test("a bulk deployment is opened by the ARN that somebody sent; one that is not there says so", async () => {
  const { user, ipc } = listing({
    bulkList: () => [],
    bulkOpen: () => {
      throw problem("not_found", "The account has no such bulk deployment");
    },
  });
  await user.click(await screen.findByRole("tab", { name: "Bulk deployments of the account (V1)" }));
  expect(await screen.findByText("The account has no bulk deployment in this Region.")).toBeVisible();
  const field = screen.getByRole("textbox", { name: "Id or ARN of a bulk deployment" });
  await user.type(field, "arn:aws:greengrass:eu-west-1:1:/greengrass/bulk/deployments/88bb{Enter}");
  expect(await screen.findByText("The account has no such bulk deployment")).toBeVisible();
  expect(ipc.callsOf("bulkOpen")).toEqual([["88bb"]]);
});

test("old runs go only after it was said what goes", async () => {
  const { user, ipc, container } = listing({ runPrune: (days) => ({ runs: days === 30 ? 7 : 0, bytes: 12_300_000 }) });
  await user.click(await screen.findByTestId("runs-prune"));
  expect(await screen.findByText("No run that has ended is that old.")).toBeVisible();
  expect(screen.getByTestId("prune-confirm")).toBeDisabled();
  expect(await seriousFindings(container)).toEqual([]);
  const days = screen.getByRole("spinbutton", { name: "Ended more than this many days ago" });
  await user.clear(days);
  expect(screen.getByText("A whole number of days, from 1 to 36500.")).toBeVisible();
  await user.type(days, "30");
  expect(await screen.findByText("7 runs would go, 12.3 MB: targets, figures, causes and files.")).toBeVisible();
  expect(ipc.callsOf("runPrune").every(([, dry]) => dry === true)).toBe(true);
  await user.click(screen.getByRole("button", { name: "Remove 7 runs" }));
  await waitFor(() => expect(ipc.callsOf("runPrune")).toContainEqual([30, false]));
  await waitFor(() => expect(screen.queryByTestId("prune-days")).not.toBeInTheDocument());
});
