import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";

import type { DeviceDraft, DevicePreview, PlannedDevicesQuery } from "~/ipc";
import { seriousFindings } from "~/testing/axe";
import { devicePreview, everyChange, plannedDevice, presentStatus } from "~/testing/deviceFixtures";
import { type Answers, fakeIpc } from "~/testing/fakeIpc";
import { appStatus, deviceDraft, problem } from "~/testing/fixtures";
import { renderPart } from "~/testing/render";

import { ChangesStep } from "./ChangesStep";
import { changesStep } from "./step";
import { inALine, isRefused, tally } from "./words";

function shown(preview: Partial<DevicePreview> = {}, more: Answers = {}, draft: Partial<DeviceDraft> = {}) {
  let stored = deviceDraft({ selected: 1_000, ...draft });
  const ipc = fakeIpc({
    appStatus: () => appStatus(),
    deviceDraftGet: () => stored,
    deviceDraftSet: (change) => (stored = { ...stored, unchangedToo: change.unchangedToo ?? stored.unchangedToo }),
    devicePresentStatus: () => presentStatus(),
    devicePlanPreview: () => devicePreview(preview),
    devicePlanDevices: () => ({ rows: [plannedDevice("line-7"), plannedDevice("line-8")], matches: 2 }),
    devicePlanOutcomes: () => ({ total: 0, rows: [] }),
    jobWatch: () => 1,
    watchEnd: () => null,
    jobCancel: () => null,
    ...more,
  });
  return { ...renderPart(<ChangesStep />), ipc };
}

test("at a glance: how many change, what changes for how many, removals first, and what was found", async () => {
  const { container, ipc } = shown();
  expect(await screen.findByTestId("changes-sum-changed")).toHaveTextContent("957");
  expect(screen.getByText("(960 of 1,000 get a deployment)")).toBeVisible();
  const rows = within(screen.getByTestId("changes-totals")).getAllByRole("row").slice(1);
  expect(rows.map((row) => row.textContent)).toEqual([
    expect.stringContaining("Removedcom.old.agent0.9.0 → none5"),
    expect.stringContaining("Addedcom.ml.consumernone → 1.0.0957"),
    expect.stringContaining("Versioncom.ml.xgboost1.1.0 → 1.0.0 an earlier version12"),
    expect.stringContaining("Policies"),
  ]);
  expect(screen.getByText("1 removal among them: those components are taken off.")).toBeVisible();
  expect(screen.getByTestId("changes-findings")).toHaveTextContent("To know4The nucleus is not among the components.");
  expect(screen.getByText(/12 devices have none of their own yet/)).toBeVisible();
  // All is read: nothing is asked of AWS for looking.
  expect(ipc.callsOf("devicePresentRead")).toEqual([]);
  expect(await seriousFindings(container)).toEqual([]);
});

test("what is missing is read by itself once, and planned afterwards", async () => {
  let read = 400;
  const { ipc } = shown({}, {
    devicePresentStatus: () => presentStatus({ read }),
    devicePresentRead: () => {
      read = 1_000;
      return presentStatus();
    },
  });
  expect(await screen.findByTestId("changes-sum-changed")).toBeVisible();
  expect(ipc.callsOf("devicePresentRead")).toEqual([[false]]);
});

test("reading that was cancelled goes on by hand, and what is not read keeps the step unfinished", async () => {
  const { user, ipc } = shown(
    { unread: 600, changed: 400, unchanged: 0, again: 0 },
    {
      devicePresentStatus: () => presentStatus({ read: 400 }),
      devicePresentRead: () => {
        throw problem("cancelled", "Cancelled");
      },
    },
  );
  await user.click(await screen.findByTestId("changes-read"));
  await waitFor(() => expect(ipc.callsOf("devicePresentRead")).toEqual([[false], [false]]));
  expect(screen.getByTestId("changes-sum-unread")).toHaveTextContent("600");
  expect(await changesStep.unfinished?.()).toBe(
    "The present deployments of 600 devices are not read yet. Read the rest first.",
  );
});

test("a figure shows its devices, and findings theirs", async () => {
  const asked: PlannedDevicesQuery[] = [];
  const { user } = shown(
    { refused: 7 },
    {
      devicePlanDevices: (query) => {
        asked.push(query);
        return { rows: [plannedDevice("line-9", { outcome: "refused", group: null })], matches: 7 };
      },
    },
  );
  await user.click(await screen.findByTestId("changes-sum-refused"));
  await waitFor(() => expect(asked.at(-1)).toMatchObject({ outcome: "refused", withFindings: false, offset: 0 }));
  expect(await within(screen.getByTestId("changes-devices")).findByText("7 matches")).toBeVisible();
  await user.click(screen.getByTestId("changes-show-findings"));
  await waitFor(() => expect(asked.at(-1)).toMatchObject({ outcome: null, withFindings: true }));
  expect(await changesStep.unfinished?.()).toBe(
    "7 devices cannot be deployed. Change what is wanted of them, or take them out of the selection.",
  );
});

test("devices that cannot be deployed are left out when that is asked for, all of them", async () => {
  const names = Array.from({ length: 700 }, (_, at) => `line-${at}`);
  const { user, ipc } = shown(
    { refused: 700 },
    {
      devicePlanDevices: ({ outcome, offset = 0, limit = 0 }) => {
        const all = outcome === "refused" ? names : [];
        return { rows: all.slice(offset, offset + limit).map((name) => plannedDevice(name)), matches: all.length };
      },
      devicesSelect: () => ({ selected: 300, leftOut: 0, canUndo: true }),
    },
  );
  await user.click(await screen.findByTestId("changes-leave-out"));
  expect(ipc.callsOf("devicesSelect")).toEqual([]);
  await user.click(await screen.findByTestId("changes-leave-out-confirm"));
  await waitFor(() => expect(ipc.callsOf("devicesSelect")).toEqual([[{ kind: "devices", names, selected: false }]]));
});

test("a device opens its diff: versions, configuration, removals, policies and what stays", async () => {
  const { user, container } = shown();
  await user.click(await screen.findByTestId("changes-open-line-7"));
  const dialog = await screen.findByRole("dialog", { name: "line-7" });
  const gone = within(dialog).getByRole("region", { name: "Removed: com.old.agent" });
  expect(within(gone).getByText("com.old.agent").tagName).toBe("DEL");
  const changed = within(dialog).getByRole("region", { name: "Version: com.ml.xgboost" });
  expect(changed).toHaveTextContent("1.1.0→becomes1.0.0");
  expect(changed).toHaveTextContent("an earlier version");
  const merge = within(changed).getByRole("region", { name: /Configuration to merge of com.ml.xgboost: 1 line added, 1 removed/ });
  expect(merge.querySelector("ins")).toHaveTextContent('"workers": 4');
  expect(merge.querySelector("del")).toHaveTextContent('"workers": 2');
  const policies = within(dialog).getByRole("region", { name: "Policies" });
  expect(policies).toHaveTextContent("When a deployment fails: leave it as it is (DO_NOTHING)→becomesroll back (ROLLBACK)");
  expect(policies).toHaveTextContent("60 s→becomes90 s");
  expect(within(dialog).getByText("2 components stay as they are")).toBeVisible();
  expect(await seriousFindings(container)).toEqual([]);
  await user.click(within(dialog).getByRole("button", { name: "Next device" }));
  expect(await screen.findByRole("dialog", { name: "line-8" })).toBeVisible();
});

test("devices that share an outcome are shown by it", async () => {
  const asked: PlannedDevicesQuery[] = [];
  const row = {
    number: 1,
    devices: 900,
    unchanged: 0,
    bytes: 1_240,
    example: "line-1",
    document: { components: { "com.ml.consumer": { componentVersion: "1.0.0" } } },
    diff: everyChange,
  };
  const { user } = shown({}, {
    devicePlanOutcomes: () => ({ total: 2, rows: [row] }),
    devicePlanDevices: (query) => {
      asked.push(query);
      return { rows: [plannedDevice("line-1", { group: 1 })], matches: 900 };
    },
  });
  await user.click(await screen.findByRole("tab", { name: "Different outcomes (2)" }));
  await user.click(await screen.findByRole("button", { name: "Show outcome 2" }));
  const dialog = await screen.findByRole("dialog", { name: "Outcome 2: 900 devices" });
  expect(dialog).toHaveTextContent("line-1");
  await user.click(within(dialog).getByRole("button", { name: "Close" }));
  await user.click(screen.getByRole("button", { name: "Devices of outcome 2" }));
  await waitFor(() => expect(asked.at(-1)).toMatchObject({ group: 1 }));
  await user.click(screen.getByRole("button", { name: "Outcome 2 only" }));
  await waitFor(() => expect(asked.at(-1)).toMatchObject({ group: null }));
});

test("layers that are refused are said instead of figures", async () => {
  shown({ layerFindings: [{ code: "merge_not_json", component: "com.ml.xgboost", message: "The merge is no JSON." }] });
  expect(await screen.findByTestId("changes-layers-refused")).toHaveTextContent("The merge is no JSON.");
  expect(screen.queryByTestId("changes-sums")).not.toBeInTheDocument();
  expect(screen.getByRole("button", { name: "Go to Components" })).toBeVisible();
  expect(await changesStep.unfinished?.()).toContain("Mend it in the step Components");
});

test("unchanged devices are deployed to where that is wanted, and the plan is made anew", async () => {
  const { user, ipc } = shown();
  await screen.findByTestId("changes-sum-changed");
  const before = ipc.callsOf("devicePlanPreview").length;
  await user.click(screen.getByRole("checkbox", { name: /Deploy to unchanged devices/ }));
  await waitFor(() => expect(ipc.callsOf("deviceDraftSet").at(-1)).toEqual([{ unchangedToo: true }]));
  await waitFor(() => expect(ipc.callsOf("devicePlanPreview").length).toBeGreaterThan(before));
});

test("documents that are given already say where they come from, and what could not be taken over", async () => {
  shown(
    { fixed: { selected: 20, unselected: 2, others: 0 }, unmatchedRows: 3 },
    {},
    {
      fixed: {
        from: { kind: "rollBack", run: "7f3c0a52" },
        name: "Back",
        targets: 22,
        documents: 4,
        leftOut: [{ target: "line-99", why: "It had no deployment before." }],
        leftOutTotal: 5,
        sha256: "91ac",
      },
    },
  );
  const note = await screen.findByTestId("changes-fixed");
  expect(note).toHaveTextContent("22 devices get whole documents that are given already");
  expect(note).toHaveTextContent("They come from run 7f3c0a52, whose devices go back to what they had before.");
  await waitFor(() => expect(note).toHaveTextContent("2 devices of it are not selected and get nothing."));
  expect(note).toHaveTextContent("5 devices could not be taken over");
  expect(screen.getByTestId("changes-unmatched")).toHaveTextContent("3 rows are for devices that are not selected");
});

test("a plan that cannot be made says why", async () => {
  shown({}, {
    devicePlanPreview: () => {
      throw problem("invalid_input", "The filter of layer 2 cannot be read");
    },
  });
  expect(await screen.findByTestId("changes-problem")).toHaveTextContent("The filter of layer 2 cannot be read");
});

test("a diff in figures counts each component once", () => {
  expect(tally(everyChange)).toEqual({ added: 1, removed: 1, changed: 1, policies: 2, kept: 2 });
  expect(inALine(everyChange)).toBe("1 removed, 1 added, 1 changed, policies");
  expect(inALine({ changes: [], kept: [] })).toBe("nothing");
  expect(isRefused("merge_not_json")).toBe(true);
  expect(isRefused("shared_camera")).toBe(false);
});
