import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";

import type { VersionRow, VersionsPage } from "~/ipc";
import { seriousFindings } from "~/testing/axe";
import { fakeIpc } from "~/testing/fakeIpc";
import type { Answers } from "~/testing/fakeIpc";
import { job, problem } from "~/testing/fixtures";
import { renderPart } from "~/testing/render";

import { VersionsStep } from "./VersionsStep";
import { versionsStep } from "./step";

const rows: VersionRow[] = [
  { id: "g1", name: "rotterdam-1", version: "v2", latestVersion: "v2", choice: "latest", problem: null },
  { id: "g2", name: "ulsan-2", version: "v1", latestVersion: "v2", choice: "previous", problem: null },
  { id: "g3", name: "gdansk-3", version: "v9", latestVersion: "v2", choice: "chosen", problem: "The version has vanished" },
];

const page = (more: Partial<VersionsPage> = {}): VersionsPage => ({
  rows,
  matches: 3,
  total: 3,
  notLatest: 2,
  problems: 1,
  ...more,
});

function shell(more: Answers = {}) {
  return fakeIpc({
    versionsPage: () => page(),
    versionsReset: () => null,
    groupVersions: () => [
      { version: "v2", createdAt: 1_700_000_000_000, latest: true, chosen: true },
      { version: "v1", createdAt: 1_600_000_000_000, latest: false, chosen: false },
    ],
    versionsCompare: () => [{ definition: "function", before: "arn:a:b/functions/f/versions/1", after: null }],
    versionChoose: () => null,
    jobWatch: () => 1,
    watchEnd: () => null,
    jobCancel: () => null,
    ...more,
  });
}

test("each selected group is shown with its version and which one it is", async () => {
  shell();
  const { container } = renderPart(<VersionsStep />);
  expect(await screen.findByText("rotterdam-1")).toBeVisible();
  expect(screen.getByText("Latest")).toBeVisible();
  expect(screen.getByText("Previous")).toBeVisible();
  expect(screen.getByText("The version has vanished")).toBeVisible();
  expect(screen.getByText("1 get the latest version, 2 another one")).toBeVisible();
  expect(screen.getByText("1 version cannot be used")).toBeVisible();
  expect(await seriousFindings(container)).toEqual([]);
});

test("a version is chosen for one group, after seeing what differs", async () => {
  const ipc = shell();
  const { user } = renderPart(<VersionsStep />);
  await user.click(await screen.findByTestId("versions-choose-g1"));
  const dialog = await screen.findByRole("dialog");
  await user.click(await within(dialog).findByRole("radio", { name: "Version v1" }));
  expect(await within(dialog).findByText("Functions")).toBeVisible();
  expect(ipc.callsOf("versionsCompare")).toEqual([["g1", "v2", "v1"]]);
  expect(await seriousFindings(document.body)).toEqual([]);
  await user.click(within(dialog).getByTestId("versions-choose-submit"));
  await waitFor(() => expect(ipc.callsOf("versionChoose")).toEqual([["g1", "v1"]]));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
});

test("choosing the latest is stored as the latest, not as its id", async () => {
  const ipc = shell();
  const { user } = renderPart(<VersionsStep />);
  await user.click(await screen.findByTestId("versions-choose-g2"));
  await user.click(await screen.findByRole("radio", { name: "Version v2" }));
  await user.click(screen.getByTestId("versions-choose-submit"));
  await waitFor(() => expect(ipc.callsOf("versionChoose")).toEqual([["g2", null]]));
});

test("the previous version for all is read with progress and can be cancelled", async () => {
  let begins = () => undefined as void;
  const ipc = shell({
    versionsChoosePrevious: () => {
      begins();
      return new Promise(() => undefined);
    },
    jobWatch: (kind, channel) => {
      begins = () => channel.onmessage(job(kind, { stage: "Reading versions", done: 40, total: 400, rate: 10, eta: 36 }));
      return 1;
    },
  });
  const { user } = renderPart(<VersionsStep />);
  await screen.findByText("rotterdam-1");
  await user.click(screen.getByTestId("versions-previous"));
  expect(await screen.findByText(/40 of 400 groups · 10 a second · about 36 s left/)).toBeVisible();
  await user.click(screen.getByTestId("job-cancel-versions"));
  await waitFor(() => expect(ipc.callsOf("jobCancel")).toEqual([["versions"]]));
});

test("the latest for all needs one call", async () => {
  const ipc = shell();
  const { user } = renderPart(<VersionsStep />);
  await screen.findByText("rotterdam-1");
  await user.click(screen.getByTestId("versions-latest"));
  await waitFor(() => expect(ipc.callsOf("versionsReset")).toHaveLength(1));
});

test("nothing selected, nothing found and nothing readable each say so", async () => {
  const ipc = shell({ versionsPage: () => page({ rows: [], matches: 0, total: 0, notLatest: 0, problems: 0 }) });
  const first = renderPart(<VersionsStep />);
  expect(await screen.findByText("No group is selected")).toBeVisible();
  first.unmount();
  ipc.answer({ versionsPage: () => page({ rows: [], matches: 0 }) });
  const second = renderPart(<VersionsStep />);
  expect(await screen.findByText("No matches")).toBeVisible();
  second.unmount();
  ipc.answer({
    versionsPage: () => {
      throw problem("store_failed", "The store could not be read.");
    },
  });
  renderPart(<VersionsStep />);
  expect(await screen.findByText("The store could not be read.")).toBeVisible();
});

test("the step is finished when every version can be used", async () => {
  const ipc = shell();
  expect(await versionsStep.unfinished?.()).toContain("1 version cannot be used");
  ipc.answer({ versionsPage: () => page({ problems: 0 }) });
  expect(await versionsStep.unfinished?.()).toBeNull();
});
