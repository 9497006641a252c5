import { screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";

import type { Settings } from "~/ipc";
import { seriousFindings } from "~/testing/axe";
import { type Answers, fakeIpc } from "~/testing/fakeIpc";
import { appStatus, problem } from "~/testing/fixtures";
import { renderPart } from "~/testing/render";

import { SettingsPage } from "./SettingsPage";

const settings: Settings = { theme: "system", density: "compact", keepAwake: true, notify: true };

function setting(more: Answers = {}) {
  const ipc = fakeIpc({
    appStatus: () => appStatus(),
    settingsGet: () => settings,
    settingsSet: (next) => next,
    ...more,
  });
  return { ...renderPart(<SettingsPage />, "/settings"), ipc };
}

test("what is set is shown, with data folder, version and licence", async () => {
  const { container } = setting();
  expect(await screen.findByRole("checkbox", { name: "Keep the computer awake" })).toBeChecked();
  expect(screen.getByText("/data")).toBeVisible();
  expect(screen.getByTestId("settings-about")).toHaveTextContent("Overseed 0.1.0");
  expect(screen.getByTestId("settings-about")).toHaveTextContent("MIT OR Apache-2.0");
  expect(await seriousFindings(container)).toEqual([]);
});

test("each setting is stored with the others as they are", async () => {
  const { user, ipc } = setting();
  await user.click(await screen.findByRole("button", { name: "Dark" }));
  await waitFor(() => expect(ipc.callsOf("settingsSet")).toEqual([[{ ...settings, theme: "dark" }]]));
  await user.click(screen.getByRole("button", { name: "Comfortable" }));
  await user.click(screen.getByRole("checkbox", { name: "Keep the computer awake" }));
  await user.click(screen.getByRole("checkbox", { name: "Show desktop notifications" }));
  await waitFor(() =>
    expect(ipc.callsOf("settingsSet").at(-1)).toEqual([
      { theme: "dark", density: "comfortable", keepAwake: false, notify: false },
    ]),
  );
});

test("a setting that cannot be stored is taken back", async () => {
  const { user } = setting({
    settingsSet: () => {
      throw problem("store_failed", "The disk is full");
    },
  });
  const toggle = await screen.findByRole("checkbox", { name: "Keep the computer awake" });
  await user.click(toggle);
  await waitFor(() => expect(toggle).toBeChecked());
});

test("a diagnostics bundle says where it went; a dismissed dialog says nothing", async () => {
  const { user, ipc } = setting({ diagnosticsExport: () => null });
  await user.click(await screen.findByTestId("settings-diagnostics"));
  await waitFor(() => expect(ipc.callsOf("diagnosticsExport")).toHaveLength(1));
  expect(screen.queryByText(/Saved as/)).not.toBeInTheDocument();
  ipc.answer({ diagnosticsExport: () => "/home/dana/overseed-diagnostics.zip" });
  await user.click(screen.getByTestId("settings-diagnostics"));
  expect(await screen.findByText("Saved as /home/dana/overseed-diagnostics.zip")).toBeVisible();
});

test("a bundle that cannot be written says why", async () => {
  const { user } = setting({
    diagnosticsExport: () => {
      throw problem("file_unreadable", "The folder cannot be written");
    },
  });
  await user.click(await screen.findByTestId("settings-diagnostics"));
  expect(await screen.findByText("The folder cannot be written")).toBeVisible();
});
