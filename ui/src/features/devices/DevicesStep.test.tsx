import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";

import type { DeviceInventory, DeviceRow, DevicesPage, ThingGroupRow } from "~/ipc";
import { seriousFindings } from "~/testing/axe";
import { fakeIpc } from "~/testing/fakeIpc";
import type { Answers, FakeIpc } from "~/testing/fakeIpc";
import { job, problem } from "~/testing/fixtures";
import { renderPart } from "~/testing/render";

import { DevicesStep } from "./DevicesStep";
import { devicesStep } from "./step";

const HOUR = 3_600_000;

function row(thingName: string, more: Partial<DeviceRow> = {}): DeviceRow {
  return {
    thingName,
    status: "HEALTHY",
    lastStatusAt: Date.now() - 2 * HOUR,
    platform: "linux",
    architecture: "aarch64",
    runtime: "aws_nucleus_classic",
    nucleus: null,
    thingGroups: [],
    readAt: null,
    gone: false,
    selected: false,
    ...more,
  };
}

const rows = [
  row("gw-1"),
  row("gw-2", { status: "UNHEALTHY", selected: true }),
  row("gw-3", { lastStatusAt: Date.now() - 72 * HOUR }),
  row("gw-4", { gone: true }),
];

const page = (more: Partial<DevicesPage> = {}): DevicesPage => ({
  rows,
  matches: 1200,
  matchesUnselected: 1100,
  selected: 1,
  total: 1300,
  ...more,
});

const inventory = (more: Partial<DeviceInventory> = {}): DeviceInventory => ({
  devices: 1300,
  thingGroups: 2,
  listedAt: Date.now() - 120_000,
  partial: false,
  selected: 1,
  selectedGone: 0,
  thingGroupsProblem: null,
  ...more,
});

const group = (name: string, more: Partial<ThingGroupRow> = {}): ThingGroupRow => ({
  name,
  arn: `arn:aws:iot:eu-west-1:000000000000:thinggroup/${name}`,
  things: null,
  devices: null,
  readAt: null,
  ...more,
});

function shell(more: Answers = {}) {
  return fakeIpc({
    devicesStatus: () => inventory(),
    devicesPage: () => page(),
    devicesRead: (names) =>
      rows
        .filter(({ thingName }) => names.includes(thingName))
        .map((one) => ({ ...one, nucleus: "2.13.0", thingGroups: ["line-a", "plant"], readAt: 1 })),
    devicesSelect: () => ({ selected: 1101, leftOut: 0, canUndo: true }),
    thingGroupsPage: () => ({ rows: [group("line-a"), group("line-b")], matches: 2, total: 2 }),
    jobWatch: () => 1,
    watchEnd: () => null,
    jobCancel: () => null,
    ...more,
  });
}

/** What was changed in the selection, without the questions whether there is a change to take back. */
function changes(ipc: FakeIpc): unknown[][] {
  return ipc.callsOf("devicesSelect").filter(([change]) => (change as { names?: string[] }).names?.length !== 0);
}

test("devices are shown with status, platform and what is read of them one by one", async () => {
  const ipc = shell();
  const { container } = renderPart(<DevicesStep />);
  expect(await screen.findByText("gw-1")).toBeVisible();
  expect(screen.getByText("(1 of 1,300 selected)")).toBeVisible();
  expect(screen.getByText("2 minutes ago")).toBeVisible();
  expect(screen.getByText("Unhealthy")).toBeVisible();
  expect(screen.getByText("Was healthy")).toBeVisible();
  expect(screen.getByText("Gone")).toBeVisible();
  expect((await screen.findAllByText("2.13.0"))[0]).toBeVisible();
  expect(screen.getAllByText("line-a, plant")).toHaveLength(3);
  expect(ipc.callsOf("devicesRead")).toEqual([[["gw-1", "gw-2", "gw-3"]]]);
  expect(screen.getByRole("checkbox", { name: "gw-4 cannot be deployed" })).toBeDisabled();
  expect(await seriousFindings(container)).toEqual([]);
});

test("a refusal of what is read one by one is said beside the list, which stays", async () => {
  const ipc = shell({
    devicesRead: () => {
      throw problem("access_denied", "The identity may not call greengrass:GetCoreDevice.");
    },
  });
  const { user } = renderPart(<DevicesStep />);
  expect(await screen.findByText(/not read: The identity may not call/)).toBeVisible();
  expect(screen.getByText("gw-1")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Read them again" }));
  await waitFor(() => expect(ipc.callsOf("devicesRead")).toHaveLength(2));
});

test("a row is selected by its thing name, all that match by the filter", async () => {
  const ipc = shell();
  const { user } = renderPart(<DevicesStep />);
  await user.click(await screen.findByRole("checkbox", { name: "Select gw-1" }));
  await waitFor(() => expect(changes(ipc)).toEqual([[{ kind: "devices", names: ["gw-1"], selected: true }]]));
  await user.type(screen.getByRole("combobox", { name: "Find core devices" }), "gw-");
  await user.click(await screen.findByText('Use: "gw-"'));
  await user.click(await screen.findByRole("button", { name: "Select all 1,100 matching" }));
  await waitFor(() =>
    expect(changes(ipc).at(-1)).toMatchObject([
      { kind: "matching", selected: true, filter: { tokens: [{ property: null, operator: ":", value: "gw-" }] } },
    ]),
  );
});

test("an account that was never listed is listed at once, with progress and cancel", async () => {
  let listed: (value: DeviceInventory) => void = () => undefined;
  const ipc = shell({
    devicesStatus: () => inventory({ devices: 0, listedAt: null, selected: 0 }),
    devicesPage: () => page({ rows: [], matches: 0, matchesUnselected: 0, selected: 0, total: 0 }),
    devicesRefresh: () => new Promise((resolve) => (listed = resolve)),
    jobWatch: (kind, channel) => {
      if (kind === "devices") channel.onmessage(job(kind, { stage: "Listing core devices", done: 4200, rate: 1312 }));
      return 1;
    },
  });
  const { user } = renderPart(<DevicesStep />);
  expect(await screen.findByText(/4,200 core devices · 1,312 a second/)).toBeVisible();
  await user.click(screen.getByTestId("job-cancel-devices"));
  await waitFor(() => expect(ipc.callsOf("jobCancel")).toEqual([["devices"]]));
  expect(ipc.callsOf("devicesRead")).toEqual([]);
  listed(inventory());
});

test("an account without core devices says so", async () => {
  shell({ devicesPage: () => page({ rows: [], matches: 0, matchesUnselected: 0, selected: 0, total: 0 }) });
  renderPart(<DevicesStep />);
  expect(await screen.findByText("This account has no Greengrass core devices in this Region, as far as was listed.")).toBeVisible();
});

test("a thing group is read, its devices selected, and their number told", async () => {
  const ipc = shell({ thingGroupRead: (name) => group(name, { things: 14, devices: 12, readAt: 1 }) });
  const { user, container } = renderPart(<DevicesStep />);
  await user.click(await screen.findByRole("tab", { name: "Thing groups" }));
  const table = within(await screen.findByTestId("thing-groups-table"));
  expect(await table.findByText("line-a")).toBeVisible();
  await user.click(table.getByRole("button", { name: "Select the core devices of line-a" }));
  await waitFor(() =>
    expect(changes(ipc)).toEqual([
      [
        {
          kind: "matching",
          filter: { operation: "and", tokens: [{ property: "thingGroup", operator: "=", value: "line-a" }] },
          selected: true,
        },
      ],
    ]),
  );
  expect(ipc.callsOf("thingGroupRead")).toEqual([["line-a"]]);
  expect(await screen.findByText("12 core devices of line-a selected, 1,101 in all")).toBeVisible();
  expect(await seriousFindings(container)).toEqual([]);
});

test("the devices of a thing group are shown by the filter, which says what it can find", async () => {
  const ipc = shell({ thingGroupRead: (name) => group(name, { things: 14, devices: 12, readAt: 1 }) });
  const { user } = renderPart(<DevicesStep />);
  await user.click(await screen.findByRole("tab", { name: "Thing groups" }));
  await user.click(await screen.findByRole("button", { name: "Show the core devices of line-b" }));
  await waitFor(() =>
    expect(ipc.callsOf("devicesPage").at(-1)).toMatchObject([
      { filter: { tokens: [{ property: "thingGroup", operator: "=", value: "line-b" }] } },
    ]),
  );
  expect(await screen.findByTestId("devices-table")).toBeVisible();
  expect(await screen.findByText(/finds only devices that were read/)).toBeVisible();
});

test("thing groups are found by name; without a match the search can be cleared", async () => {
  const ipc = shell();
  const { user } = renderPart(<DevicesStep />);
  await user.click(await screen.findByRole("tab", { name: "Thing groups" }));
  await screen.findByText("line-a");
  ipc.answer({ thingGroupsPage: () => ({ rows: [], matches: 0, total: 2 }) });
  await user.type(screen.getByRole("searchbox", { name: "Find thing groups" }), "nobody");
  await user.click(await screen.findByRole("button", { name: "Clear the filter" }));
  await waitFor(() => expect(ipc.callsOf("thingGroupsPage").at(-1)).toEqual(["", 0, 20]));
});

test("thing groups that may not be listed say why, though the devices could be", async () => {
  const refused = problem("access_denied", "The identity may not call iot:ListThingGroups.");
  shell({
    devicesRefresh: () => inventory({ thingGroups: 0, thingGroupsProblem: refused }),
    thingGroupsPage: () => ({ rows: [], matches: 0, total: 0 }),
  });
  const { user } = renderPart(<DevicesStep />);
  await user.click(await screen.findByTestId("devices-refresh"));
  await user.click(await screen.findByRole("tab", { name: "Thing groups" }));
  expect(await screen.findByTestId("thing-groups-problem")).toHaveTextContent("iot:ListThingGroups");
});

test("selected devices that have gone can be deselected at once", async () => {
  const ipc = shell({ devicesStatus: () => inventory({ selectedGone: 3 }) });
  const { user } = renderPart(<DevicesStep />);
  await user.click(await screen.findByTestId("devices-drop-stale"));
  await waitFor(() => expect(changes(ipc)[0]).toMatchObject([{ kind: "matching", selected: false }]));
});

test("the address can name a device to show", async () => {
  const ipc = shell();
  renderPart(<DevicesStep />, "/new/devices?find=gw-3");
  await waitFor(() =>
    expect(ipc.callsOf("devicesPage").at(-1)).toMatchObject([
      { filter: { tokens: [{ property: "thingName", operator: "=", value: "gw-3" }] } },
    ]),
  );
});

test("the step is finished when devices are selected and none of them has gone", async () => {
  const ipc = shell({ devicesStatus: () => inventory({ selected: 0 }) });
  expect(await devicesStep.unfinished?.()).toBe("Select at least one core device to deploy to.");
  ipc.answer({ devicesStatus: () => inventory({ selected: 9, selectedGone: 1 }) });
  expect(await devicesStep.unfinished?.()).toContain("1 selected core device is not in the newest listing");
  ipc.answer({ devicesStatus: () => inventory({ selected: 9 }) });
  expect(await devicesStep.unfinished?.()).toBeNull();
});
