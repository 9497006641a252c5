import { act, screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";

import type { RunSnapshot } from "~/ipc";
import { seriousFindings } from "~/testing/axe";
import { fakeIpc } from "~/testing/fakeIpc";
import type { Answers } from "~/testing/fakeIpc";
import { accountConnection, appStatus, deviceDraft, draft, problem } from "~/testing/fixtures";
import { renderApp } from "~/testing/render";
import { finished, snapshot } from "~/testing/runFixtures";

const inventory = { groups: 1, listedAt: 1, partial: false, selected: 0, selectedNotDeployable: 0 };

function shell(more: Answers = {}) {
  return fakeIpc({
    appStatus: () => appStatus(),
    settingsGet: () => ({ theme: "light", density: "compact", keepAwake: true, notify: true }),
    runsList: () => [],
    profilesList: () => [],
    generationGet: () => "v1",
    generationSet: (generation) => generation,
    deviceDraftGet: () => deviceDraft(),
    deviceDraftSet: () => deviceDraft(),
    draftGet: () => draft({ step: "groups" }),
    draftSet: () => draft({ step: "groups" }),
    groupsStatus: () => inventory,
    groupsPage: () => ({ rows: [], matches: 0, matchesUnselected: 0, selected: 0, total: 0 }),
    versionsPage: () => ({ rows: [], matches: 0, total: 0, notLatest: 0, problems: 0 }),
    jobWatch: () => 1,
    watchEnd: () => null,
    commandText: () => "aws greengrass list-groups",
    ...more,
  });
}

test("the sandbox is unmistakable on every screen", async () => {
  shell();
  const { container } = renderApp("/new");
  expect((await screen.findAllByText("SANDBOX · 000000000000 · eu-west-1"))[0]).toBeVisible();
  expect(screen.getByTestId("top-bar")).toHaveClass("sandbox");
  expect(await screen.findByTestId("step-groups")).toBeVisible();
  expect(document.title).toBe("New deployment · Overseed");
  expect(await seriousFindings(container)).toEqual([]);
});

test("an account is named with its identity and looks like no sandbox", async () => {
  shell({ appStatus: () => appStatus({ connection: accountConnection, last: accountConnection.request }) });
  renderApp("/new/connect");
  expect((await screen.findAllByText("assumed-role/DeployEngineer/dana · 123456789012 · eu-central-1"))[0]).toBeVisible();
  expect(screen.getByTestId("top-bar")).not.toHaveClass("sandbox");
});

test("without a connection every step leads to Connect, and Next says why", async () => {
  shell({ appStatus: () => appStatus({ connection: null, last: null }) });
  const { user } = renderApp("/new/versions");
  expect(await screen.findByTestId("step-connect")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Next" }));
  expect(await screen.findByText("Connect to an account or to the sandbox first.")).toBeVisible();
});

test("the wizard goes on where the draft was left, and keeps where it is", async () => {
  const ipc = shell({ draftGet: () => draft({ step: "versions", selected: 2 }) });
  const { user } = renderApp("/new");
  expect(await screen.findByTestId("step-versions")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Previous" }));
  expect(await screen.findByTestId("step-groups")).toBeVisible();
  await waitFor(() => expect(ipc.callsOf("draftSet").at(-1)).toEqual([{ step: "groups" }]));
});

test("the steps are those of the generation, which is chosen in Connect", async () => {
  const ipc = shell();
  const { user } = renderApp("/new/connect");
  await user.click(await screen.findByTestId("generation-v2"));
  // The rail is there twice: beside the step, and folded above it for narrow windows.
  const rail = () => screen.getAllByRole("navigation", { name: "Steps" })[0];
  await waitFor(() => expect(rail()).toHaveTextContent("Devices"));
  expect(rail()).not.toHaveTextContent("Groups");
  expect(ipc.callsOf("generationSet")).toEqual([["v2"]]);
  expect(screen.getByTestId("step-connect")).toBeVisible();
});

test("a link to a step of the other generation leads there", async () => {
  const ipc = shell({ generationGet: () => "v2" });
  renderApp("/new/groups");
  expect(await screen.findByTestId("step-groups")).toBeVisible();
  expect(ipc.callsOf("generationSet")).toEqual([["v1"]]);
});

test("a step that is not finished says so on Next, and lets go when it is", async () => {
  const ipc = shell();
  const { user } = renderApp("/new/groups");
  await screen.findByTestId("step-groups");
  await user.click(screen.getByRole("button", { name: "Next" }));
  expect(await screen.findByText("Select at least one group to deploy to.")).toBeVisible();
  ipc.answer({ groupsStatus: () => ({ ...inventory, selected: 1 }) });
  await user.click(screen.getByRole("button", { name: "Next" }));
  expect(await screen.findByTestId("step-versions")).toBeVisible();
  expect(screen.queryByText("Select at least one group to deploy to.")).toBeNull();
});

test("a step whose check is refused shows the refusal and stays", async () => {
  const ipc = shell();
  const { user } = renderApp("/new/groups");
  await screen.findByTestId("step-groups");
  ipc.answer({
    groupsStatus: () => {
      throw problem("store_failed", "The store could not be read.", { detail: "database is locked" });
    },
  });
  await user.click(screen.getByRole("button", { name: "Next" }));
  expect((await screen.findAllByText("The store could not be read."))[0]).toBeVisible();
  expect(screen.getByTestId("step-groups")).toBeVisible();
});

test("each step explains itself and can be copied as AWS CLI", async () => {
  const ipc = shell();
  const { user } = renderApp("/new/groups");
  await user.click(await screen.findByRole("button", { name: "Info about Groups" }));
  expect(await screen.findByText("Create bulk deployments for groups")).toBeVisible();
  await user.click(screen.getByTestId("command-text-groups"));
  expect(await screen.findByLabelText("AWS CLI commands")).toHaveTextContent("aws greengrass list-groups");
  expect(ipc.callsOf("commandText")).toEqual([["groups", null]]);
});

test("a failed start of the app is a message with a retry, not an empty window", async () => {
  const ipc = shell({
    appStatus: () => {
      throw problem("store_newer", "The store was written by a newer version of Overseed.");
    },
  });
  const { user } = renderApp("/new");
  expect(await screen.findByText("The store was written by a newer version of Overseed.")).toBeVisible();
  ipc.answer({ appStatus: () => appStatus() });
  await user.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByTestId("step-groups")).toBeVisible();
});

test("the navigation's count of runs at work follows the run that is watched", async () => {
  let tell: ((snapshot: RunSnapshot) => void) | undefined;
  const going = snapshot();
  const ipc = shell({
    runsList: () => [going.row],
    runGet: () => going,
    runWatch: (_run, channel) => {
      tell = (next) => channel.onmessage(next);
      tell(going);
      return 1;
    },
    runSamples: () => [],
    runFleet: () => "3",
    runCauses: () => [],
    runTargets: () => ({ rows: [], matches: 0 }),
  });
  renderApp(`/runs/${going.row.id}`);
  const navigation = await screen.findByRole("navigation", { name: "Side navigation" });
  await waitFor(() => expect(navigation).toHaveTextContent("Runs1"));
  const ended = finished(going.row.counts);
  ipc.answer({ runsList: () => [ended.row], runGet: () => ended });
  act(() => tell?.(ended));
  await waitFor(() => expect(navigation).not.toHaveTextContent("Runs1"));
});

test("a change of screen takes the keyboard along", async () => {
  shell();
  const { user } = renderApp("/runs");
  await user.click(await screen.findByRole("link", { name: "New deployment" }));
  await waitFor(() => expect(document.title).toBe("New deployment · Overseed"));
  expect(document.activeElement).toHaveClass("screen");
});
