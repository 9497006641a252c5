import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";

import type { Generation } from "~/ipc";
import { seriousFindings } from "~/testing/axe";
import { fakeIpc } from "~/testing/fakeIpc";
import type { Answers } from "~/testing/fakeIpc";
import { accountConnection, appStatus, deviceDraft, draft, draftFile, problem, sandboxConnection } from "~/testing/fixtures";
import { renderPart } from "~/testing/render";

import { ConnectStep } from "./ConnectStep";

const profiles = [
  { name: "plant", region: "eu-central-1", endpoint: null, source: "sso" },
  { name: "lab", region: "us-east-1", endpoint: "https://lab.example:4566", source: "keys" },
];

test("the sandbox is connected with scenario, fleet size, seed and speed", async () => {
  const ipc = fakeIpc({ appStatus: () => appStatus({ connection: null, last: null }), connect: () => sandboxConnection });
  const { user } = renderPart(<ConnectStep />);
  await user.click(await screen.findByRole("radio", { name: /Cores that are off/ }));
  const size = screen.getByRole("textbox", { name: "Fleet size" });
  await user.clear(size);
  await user.type(size, "20");
  await user.click(screen.getByTestId("connect-submit"));
  await waitFor(() => expect(ipc.callsOf("connect")).toHaveLength(1));
  expect(ipc.callsOf("connect")[0]).toEqual([{ kind: "sandbox", scenario: "offline", groups: 20, seed: 7, speed: 60 }]);
});

test("a fleet size that cannot be is named and not sent", async () => {
  const ipc = fakeIpc({ appStatus: () => appStatus({ connection: null, last: null }) });
  const { user } = renderPart(<ConnectStep />);
  const size = await screen.findByRole("textbox", { name: "Fleet size" });
  await user.clear(size);
  await user.type(size, "900000");
  await user.click(screen.getByTestId("connect-submit"));
  expect(await screen.findByText("A whole number from 1 to 700,000.")).toBeVisible();
  expect(ipc.callsOf("connect")).toHaveLength(0);
});

test("a profile brings its Region and endpoint", async () => {
  const ipc = fakeIpc({
    appStatus: () => appStatus({ connection: null, last: null }),
    profilesList: () => profiles,
    connect: () => accountConnection,
  });
  const { user } = renderPart(<ConnectStep />);
  await user.click(await screen.findByRole("radio", { name: /An AWS account/ }));
  await user.click(screen.getByRole("button", { name: /Profile/ }));
  await user.click(await screen.findByText("lab"));
  expect(screen.getByRole("textbox", { name: "Endpoint" })).toHaveValue("https://lab.example:4566");
  await user.click(screen.getByTestId("connect-submit"));
  await waitFor(() => expect(ipc.callsOf("connect")).toHaveLength(1));
  expect(ipc.callsOf("connect")[0]).toEqual([
    { kind: "account", profile: "lab", region: "us-east-1", endpoint: "https://lab.example:4566" },
  ]);
});

test("a refusal is shown with its remedy, the service's words and a way to try again", async () => {
  const ipc = fakeIpc({
    appStatus: () => appStatus({ connection: null }),
    connect: () => {
      throw problem("credentials_expired", "The credentials of this profile have ended.", {
        hint: "Sign in again with aws sso login, then connect.",
        detail: "ExpiredToken: The security token included in the request is expired",
        requestId: "a1b2",
      });
    },
  });
  const { user, container } = renderPart(<ConnectStep />);
  await user.click(await screen.findByTestId("connect-submit"));
  const alert = await screen.findByTestId("connect-problem");
  expect(alert).toHaveTextContent("The credentials of this profile have ended.");
  expect(alert).toHaveTextContent("Sign in again with aws sso login");
  expect(alert).toHaveTextContent("ExpiredToken");
  expect(alert).toHaveTextContent("a1b2");
  await user.click(screen.getByRole("button", { name: "Try again" }));
  await waitFor(() => expect(ipc.callsOf("connect")).toHaveLength(2));
  expect(await seriousFindings(container)).toEqual([]);
});

test("the last connection is offered again", async () => {
  fakeIpc({
    appStatus: () =>
      appStatus({ connection: null, last: { kind: "sandbox", scenario: "well", groups: 42, seed: 9, speed: 600 } }),
  });
  renderPart(<ConnectStep />);
  expect(await screen.findByRole("textbox", { name: "Fleet size" })).toHaveValue("42");
  expect(screen.getByRole("radio", { name: /All well/ })).toBeChecked();
});

function connected(generation: Generation, more: Answers = {}) {
  return fakeIpc({
    appStatus: () => appStatus({ connection: accountConnection, last: accountConnection.request }),
    profilesList: () => profiles,
    generationGet: () => generation,
    generationSet: (chosen) => chosen,
    draftGet: () => draft(),
    deviceDraftGet: () => deviceDraft(),
    ...more,
  });
}

test("a connection says who and where, and asks what to deploy to", async () => {
  const ipc = connected("v2");
  const { container, user } = renderPart(<ConnectStep />);
  expect(await screen.findByText(accountConnection.identity)).toBeVisible();
  const devices = await screen.findByRole("radio", { name: /Core devices/ });
  await waitFor(() => expect(devices).toBeChecked());
  expect(screen.queryByTestId("v1-ended")).toBeNull();
  expect(screen.queryByTestId("draft-v1")).toBeNull();
  expect(screen.queryByTestId("draft-v2")).toBeNull();
  await user.click(screen.getByTestId("generation-v1"));
  expect(screen.getByRole("radio", { name: /Groups/ })).toBeChecked();
  expect(await screen.findByTestId("v1-ended")).toHaveTextContent("7 October 2026");
  expect(ipc.callsOf("generationSet")).toEqual([["v1"]]);
  expect(await seriousFindings(container)).toEqual([]);
});

test("a choice that cannot be stored is taken back", async () => {
  connected("v1", {
    generationSet: () => {
      throw problem("store_failed", "The store could not be written.");
    },
  });
  const { user } = renderPart(<ConnectStep />);
  const groups = await screen.findByRole("radio", { name: /Groups/ });
  await waitFor(() => expect(groups).toBeChecked());
  await user.click(screen.getByTestId("generation-v2"));
  await waitFor(() => expect(groups).toBeChecked());
});

test("drafts of both generations wait, each with what there is in it", async () => {
  const ipc = connected("v2", {
    draftGet: () => draft({ step: "file", selected: 498, file: draftFile() }),
    deviceDraftGet: () =>
      deviceDraft({
        step: "components",
        selected: 1,
        fixed: {
          from: { kind: "retry", run: "7f3c0a52" },
          name: "",
          targets: 1,
          documents: 1,
          leftOut: [],
          leftOutTotal: 0,
          sha256: "5".repeat(64),
        },
      }),
    deviceDraftReset: () => deviceDraft(),
  });
  const { container, user } = renderPart(<ConnectStep />);
  const groups = await screen.findByTestId("draft-v1");
  expect(groups).toHaveTextContent("A draft for groups is waiting here, last at Input file");
  expect(groups).toHaveTextContent("498 groups selected, an input file of 498 records.");
  const devices = await screen.findByTestId("draft-v2");
  expect(devices).toHaveTextContent("A draft for core devices is waiting here, last at Components");
  expect(devices).toHaveTextContent("1 core device selected, 1 document of an earlier run.");
  expect(await seriousFindings(container)).toEqual([]);
  await user.click(within(groups).getByTestId("draft-continue"));
  await waitFor(() => expect(ipc.callsOf("generationSet")).toEqual([["v1"]]));
  await user.click(within(devices).getByTestId("draft-reset"));
  await waitFor(() => expect(screen.queryByTestId("draft-v2")).toBeNull());
  expect(ipc.callsOf("draftReset")).toEqual([]);
});
