import { screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";

import { seriousFindings } from "~/testing/axe";
import { fakeIpc } from "~/testing/fakeIpc";
import { accountConnection, appStatus, draft, draftFile, problem, sandboxConnection } from "~/testing/fixtures";
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

test("a connection says who and where, that V1 has ended, and that a draft is waiting", async () => {
  fakeIpc({
    appStatus: () => appStatus({ connection: accountConnection, last: accountConnection.request }),
    profilesList: () => profiles,
    draftGet: () => draft({ step: "file", selected: 498, file: draftFile() }),
  });
  const { container } = renderPart(<ConnectStep />);
  expect(await screen.findByText(accountConnection.identity)).toBeVisible();
  expect(screen.getByTestId("v1-ended")).toHaveTextContent("7 October 2026");
  expect(await screen.findByText("A draft is waiting here, last at Input file")).toBeVisible();
  expect(await seriousFindings(container)).toEqual([]);
});
