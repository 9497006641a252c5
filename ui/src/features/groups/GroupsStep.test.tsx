import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";

import type { GroupRow, GroupsPage, Inventory } from "~/ipc";
import { seriousFindings } from "~/testing/axe";
import { fakeIpc } from "~/testing/fakeIpc";
import type { Answers, FakeIpc } from "~/testing/fakeIpc";
import { job, problem } from "~/testing/fixtures";
import { renderPart } from "~/testing/render";

import { GroupsStep } from "./GroupsStep";
import { groupsStep } from "./step";

function row(name: string, more: Partial<GroupRow> = {}): GroupRow {
  return {
    id: `id-${name}`,
    name,
    latestVersion: `v-${name}`,
    createdAt: 0,
    updatedAt: 0,
    deployable: "yes",
    selected: false,
    ...more,
  };
}

const rows = [
  row("rotterdam-1"),
  row("ulsan-2", { selected: true }),
  row("gdansk-3", { latestVersion: null, deployable: "no_version" }),
];

const page = (more: Partial<GroupsPage> = {}): GroupsPage => ({
  rows,
  matches: 1200,
  matchesUnselected: 1100,
  selected: 1,
  total: 1300,
  ...more,
});

const inventory = (more: Partial<Inventory> = {}): Inventory => ({
  groups: 1300,
  listedAt: Date.now() - 120_000,
  partial: false,
  selected: 1,
  selectedNotDeployable: 0,
  ...more,
});

function shell(more: Answers = {}) {
  return fakeIpc({
    groupsStatus: () => inventory(),
    groupsPage: () => page(),
    groupsSelect: () => ({ selected: 1101, leftOut: 5, canUndo: true }),
    jobWatch: () => 1,
    watchEnd: () => null,
    jobCancel: () => null,
    ...more,
  });
}

/** What was changed in the selection, without the questions whether there is a change to take back. */
function changes(ipc: FakeIpc): unknown[][] {
  return ipc.callsOf("groupsSelect").filter(([change]) => (change as { ids?: string[] }).ids?.length !== 0);
}

test("groups are shown with how many are selected, how old the list is, and why one cannot be deployed", async () => {
  shell();
  const { container } = renderPart(<GroupsStep />);
  expect(await screen.findByText("rotterdam-1")).toBeVisible();
  expect(screen.getByText("(1 of 1,300 selected)")).toBeVisible();
  expect(screen.getByText("2 minutes ago")).toBeVisible();
  expect(screen.getByText("No version")).toBeVisible();
  expect(screen.getByRole("checkbox", { name: "gdansk-3 cannot be deployed" })).toBeDisabled();
  expect(await seriousFindings(container)).toEqual([]);
});

test("a row is selected and deselected by its id", async () => {
  const ipc = shell();
  const { user } = renderPart(<GroupsStep />);
  await user.click(await screen.findByRole("checkbox", { name: "Select rotterdam-1" }));
  await user.click(screen.getByRole("checkbox", { name: "Select ulsan-2" }));
  await waitFor(() => expect(changes(ipc)).toHaveLength(2));
  expect(changes(ipc)).toEqual([
    [{ kind: "groups", ids: ["id-rotterdam-1"], selected: true }],
    [{ kind: "groups", ids: ["id-ulsan-2"], selected: false }],
  ]);
});

test("all that match a filter are selected by the filter, not by rows, and it can be undone", async () => {
  const ipc = shell();
  const { user } = renderPart(<GroupsStep />);
  const filter = await screen.findByRole("combobox", { name: "Find groups" });
  await user.type(filter, "lab-");
  await user.click(await screen.findByText('Use: "lab-"'));
  await waitFor(() =>
    expect(ipc.callsOf("groupsPage").at(-1)).toMatchObject([
      { filter: { tokens: [{ property: null, operator: ":", value: "lab-" }] } },
    ]),
  );
  await user.click(await screen.findByRole("button", { name: "Select all 1,100 matching" }));
  await waitFor(() => expect(changes(ipc)).toHaveLength(1));
  expect(changes(ipc)[0]).toMatchObject([
    { kind: "matching", selected: true, filter: { tokens: [{ value: "lab-" }] } },
  ]);
  expect(await screen.findByText("5 groups left out: not deployable")).toBeVisible();
  const undo = screen.getByRole("button", { name: "Undo the last change of the selection" });
  await waitFor(() => expect(undo).toBeEnabled());
  await user.click(undo);
  await waitFor(() => expect(changes(ipc).at(-1)).toEqual([{ kind: "undo" }]));
});

test("a change made before the window was opened anew can be undone", async () => {
  const ipc = shell({ groupsSelect: () => ({ selected: 1, leftOut: 0, canUndo: true }) });
  const { user } = renderPart(<GroupsStep />);
  const undo = await screen.findByRole("button", { name: "Undo the last change of the selection" });
  await waitFor(() => expect(undo).toBeEnabled());
  expect(changes(ipc)).toEqual([]);
  await user.click(undo);
  await waitFor(() => expect(changes(ipc)).toEqual([[{ kind: "undo" }]]));
});

test("where nothing was changed there is nothing to undo", async () => {
  const ipc = shell({ groupsSelect: () => ({ selected: 0, leftOut: 0, canUndo: false }) });
  renderPart(<GroupsStep />);
  await waitFor(() => expect(ipc.callsOf("groupsSelect")).toHaveLength(1));
  expect(screen.getByRole("button", { name: "Undo the last change of the selection" })).toBeDisabled();
});

test("pages and order are the engine's", async () => {
  const ipc = shell();
  const { user } = renderPart(<GroupsStep />);
  await user.click(await screen.findByRole("button", { name: "Next page" }));
  await waitFor(() => expect(ipc.callsOf("groupsPage").at(-1)).toMatchObject([{ offset: 20, limit: 20 }]));
  await user.click(within(screen.getByRole("columnheader", { name: /Last updated/ })).getByText("Last updated"));
  await waitFor(() => expect(ipc.callsOf("groupsPage").at(-1)).toMatchObject([{ offset: 0, sort: "updatedAt" }]));
});

test("an account that was never listed is listed at once, with progress and cancel", async () => {
  let listed: (value: Inventory) => void = () => undefined;
  const ipc = shell({
    groupsStatus: () => inventory({ groups: 0, listedAt: null, selected: 0 }),
    groupsPage: () => page({ rows: [], matches: 0, matchesUnselected: 0, selected: 0, total: 0 }),
    groupsRefresh: () => new Promise((resolve) => (listed = resolve)),
    jobWatch: (kind, channel) => {
      channel.onmessage(job(kind, { stage: "Listing groups", done: 4200, rate: 1312 }));
      return 1;
    },
  });
  const { user } = renderPart(<GroupsStep />);
  expect(await screen.findByText(/4,200 groups · 1,312 a second/)).toBeVisible();
  await waitFor(() => expect(ipc.callsOf("groupsRefresh")).toHaveLength(1));
  await user.click(screen.getByTestId("job-cancel-groups"));
  await waitFor(() => expect(ipc.callsOf("jobCancel")).toEqual([["groups"]]));
  listed(inventory());
});

test("an empty account says so and can be listed again; a filter without matches can be cleared", async () => {
  const ipc = shell({
    groupsPage: () => page({ rows: [], matches: 0, matchesUnselected: 0, selected: 0, total: 0 }),
    groupsRefresh: () => inventory(),
  });
  const { user } = renderPart(<GroupsStep />);
  await user.click(await screen.findByRole("button", { name: "List the groups" }));
  await waitFor(() => expect(ipc.callsOf("groupsRefresh")).toHaveLength(1));
  ipc.answer({ groupsPage: () => page({ rows: [], matches: 0, matchesUnselected: 0 }) });
  await user.type(screen.getByRole("combobox", { name: "Find groups" }), "nobody");
  await user.click(await screen.findByText('Use: "nobody"'));
  await user.click(await screen.findByRole("button", { name: "Clear the filter" }));
  await waitFor(() => expect(ipc.callsOf("groupsPage").at(-1)).toMatchObject([{ filter: { tokens: [] } }]));
});

test("a listing that fails is shown with its remedy, and what there was stays", async () => {
  shell({
    groupsPage: () => {
      throw problem("store_failed", "The store could not be read.", { hint: "Close other programs that use the data folder." });
    },
  });
  renderPart(<GroupsStep />);
  expect(await screen.findByText("The store could not be read.")).toBeVisible();
  expect(screen.getByText("Close other programs that use the data folder.")).toBeVisible();
  expect(screen.getByRole("button", { name: "Try again" })).toBeVisible();
  expect(screen.getByText("The groups could not be read.")).toBeVisible();
});

test("a pasted list is taken in, and each line that was not taken is shown", async () => {
  const ipc = shell({
    groupsImportText: () => ({
      lines: 3,
      selected: 2,
      versionsChosen: 1,
      findingsTotal: 1,
      findings: [{ line: 2, text: "nobody", code: "unknown", message: "No group has this id or name." }],
    }),
  });
  const { user } = renderPart(<GroupsStep />);
  await user.click(await screen.findByTestId("groups-import"));
  const dialog = screen.getByRole("dialog");
  await user.click(within(dialog).getByRole("textbox", { name: /Ids or names/ }));
  await user.paste("rotterdam-1\nnobody\nid-3,v-2");
  await user.click(within(dialog).getByTestId("groups-import-submit"));
  const report = await screen.findByTestId("groups-import-report");
  expect(report).toHaveTextContent(
    "3 lines read, 2 groups selected, 1 version fixed by the list, 1 line not taken as they stood.",
  );
  expect(within(report).getByText("No group has this id or name.")).toBeVisible();
  expect(ipc.callsOf("groupsImportText")).toEqual([["rotterdam-1\nnobody\nid-3,v-2"]]);
  expect(await seriousFindings(document.body)).toEqual([]);
});

test("selected groups that have gone can be deselected at once", async () => {
  const ipc = shell({ groupsStatus: () => inventory({ selectedNotDeployable: 3 }) });
  const { user } = renderPart(<GroupsStep />);
  await user.click(await screen.findByTestId("groups-drop-stale"));
  await waitFor(() => expect(changes(ipc)[0]).toMatchObject([{ kind: "matching", selected: false }]));
});

test("the step is finished when something is selected that can be deployed", async () => {
  const ipc = shell({ groupsStatus: () => inventory({ selected: 0 }) });
  expect(await groupsStep.unfinished?.()).toBe("Select at least one group to deploy to.");
  ipc.answer({ groupsStatus: () => inventory({ selected: 9, selectedNotDeployable: 1 }) });
  expect(await groupsStep.unfinished?.()).toContain("1 selected group cannot be deployed any more");
  ipc.answer({ groupsStatus: () => inventory({ selected: 9 }) });
  expect(await groupsStep.unfinished?.()).toBeNull();
});
