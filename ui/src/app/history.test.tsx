import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";

import type { Draft } from "~/ipc";
import { fakeIpc } from "~/testing/fakeIpc";
import { appStatus, deviceDraft, draft, draftFile } from "~/testing/fixtures";

import { App } from "./App";

/** The window on a store that keeps what it is told. */
function opened() {
  let present: Draft = draft({ step: "groups", selected: 1, file: draftFile(), bucket: "plant" });
  fakeIpc({
    appStatus: () => appStatus(),
    settingsGet: () => ({ theme: "light", density: "compact", keepAwake: true, notify: true }),
    runsList: () => [],
    generationGet: () => "v1",
    deviceDraftGet: () => deviceDraft(),
    draftGet: () => present,
    draftSet: (change) => (present = { ...present, step: change.step ?? present.step }),
    groupsStatus: () => ({ groups: 1, listedAt: 1, partial: false, selected: 1, selectedNotDeployable: 0 }),
    groupsPage: () => ({ rows: [], matches: 0, matchesUnselected: 0, selected: 1, total: 1 }),
    versionsPage: () => ({ rows: [], matches: 0, total: 1, notLatest: 0, problems: 0 }),
    profilesList: () => [],
    bucketsList: () => [],
    bucketCheck: (name) => ({ name, region: "eu-west-1", encryption: "SSE-S3", problems: [] }),
    jobWatch: () => 1,
    watchEnd: () => null,
  });
  window.location.hash = "#/new";
  render(<App />);
  return { user: userEvent.setup(), stored: () => present };
}

async function next(user: ReturnType<typeof userEvent.setup>, step: string) {
  await user.click(screen.getByRole("button", { name: "Next" }));
  await screen.findByTestId(`step-${step}`);
}

async function leave(user: ReturnType<typeof userEvent.setup>) {
  await user.click(screen.getByRole("button", { name: "Leave" }));
  await screen.findByTestId("runs-table");
}

test("the way back from another screen leads to the step that was left, whichever entry the web view lands on", async () => {
  const { user, stored } = opened();
  await screen.findByTestId("step-groups");
  await next(user, "versions");
  await next(user, "file");
  await leave(user);
  window.history.back();
  expect(await screen.findByTestId("step-file")).toBeVisible();
  await leave(user);
  window.history.go(-3);
  expect(await screen.findByTestId("step-file")).toBeVisible();
  expect(window.location.hash).toBe("#/new/file");
  await waitFor(() => expect(stored().step).toBe("file"));
});

test("the way back within the wizard leads to the step before", async () => {
  const { user } = opened();
  await screen.findByTestId("step-groups");
  await next(user, "versions");
  await next(user, "file");
  window.history.back();
  expect(await screen.findByTestId("step-versions")).toBeVisible();
  window.history.back();
  expect(await screen.findByTestId("step-groups")).toBeVisible();
});

test("Connect is come back to as well, though no draft keeps it", async () => {
  const { user } = opened();
  await screen.findByTestId("step-groups");
  await user.click(screen.getByRole("button", { name: "Previous" }));
  await screen.findByTestId("step-connect");
  await leave(user);
  window.history.go(-2);
  expect(await screen.findByTestId("step-connect")).toBeVisible();
});

test("a step that is asked for by its address is shown", async () => {
  const { user } = opened();
  await screen.findByTestId("step-groups");
  await next(user, "versions");
  await leave(user);
  window.location.hash = "#/new/groups";
  expect(await screen.findByTestId("step-groups")).toBeVisible();
});
