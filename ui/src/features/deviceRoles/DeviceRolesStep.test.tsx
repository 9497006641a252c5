import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";

import { seriousFindings } from "~/testing/axe";
import { devicePermissions } from "~/testing/deviceFixtures";
import { type Answers, fakeIpc } from "~/testing/fakeIpc";
import { appStatus, deviceDraft, problem } from "~/testing/fixtures";
import { mayI } from "~/testing/planFixtures";
import { renderPart } from "~/testing/render";

import { DeviceRolesStep } from "./DeviceRolesStep";
import { stateOf } from "./roleWords";
import { deviceRolesStep } from "./step";

function checking(more: Answers = {}) {
  let stored = deviceDraft({ selected: 960 });
  const ipc = fakeIpc({
    appStatus: () => appStatus(),
    deviceDraftGet: () => stored,
    deviceDraftSet: (change) => {
      const told = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
      return (stored = { ...stored, ...told });
    },
    rolesList: () => [],
    devicePermissionsCheck: () => devicePermissions(),
    jobWatch: () => 1,
    watchEnd: () => null,
    jobCancel: () => null,
    ...more,
  });
  return { ...renderPart(<DeviceRolesStep />), ipc };
}

const applied = () => ({
  ...devicePermissions(),
  roles: devicePermissions().roles.map((role) => ({
    ...role,
    requirements: role.requirements.map((one) => ({ ...one, now: "yes" as const })),
    changes: role.changes.map((one) => ({ ...one, outcome: { kind: "done" as const, requestId: "r-1" } })),
  })),
});

test("both roles are told: what has to be true, what is needed and why, now beside proposed", async () => {
  const { user, container } = checking();
  const device = await screen.findByTestId("roles-device");
  expect(screen.getByTestId("roles-state-device")).toHaveTextContent("To be changed");
  expect(within(device).getByText("1 of 1 is missing")).toBeVisible();
  expect(screen.getByTestId("roles-broad")).toHaveTextContent("AmazonS3FullAccess: It allows s3:* on all buckets.");
  expect(within(device).getByTestId("permission-change-device-policy")).toBeInTheDocument();
  expect(within(screen.getByTestId("roles-engine")).getByTestId("permission-change-engine-policy")).toBeInTheDocument();
  await user.click(within(device).getByRole("button", { name: /What it needs, and why/ }));
  expect(within(device).getByRole("grid", { name: "What the devices’ role needs" })).toHaveTextContent(
    "arn:aws:s3:::plant-artifacts/com.ml.xgboost/1.0.0/model.zip for com.ml.xgboost /Manifests/0/Artifacts/0/URI",
  );
  expect(screen.getByRole("button", { name: "Apply 3 changes" })).toBeEnabled();
  expect(await seriousFindings(container)).toEqual([]);
});

test("all changes of both roles are applied at once, and what was done stays on the screen", async () => {
  const { user, ipc } = checking({ devicePermissionsApply: applied });
  await user.click(await screen.findByRole("button", { name: "Apply 3 changes" }));
  expect(await screen.findByTestId("permissions-applied")).toHaveTextContent("3 changes applied");
  expect(screen.getByTestId("roles-state-engine")).toHaveTextContent("Applied");
  expect(screen.getByTestId("permission-change-engine-role")).toHaveTextContent("Applied · request r-1");
  expect(ipc.callsOf("devicePermissionsApply")).toHaveLength(1);
});

test("a requirement leads to the change of its own role", async () => {
  const { user } = checking();
  await user.click(await screen.findByRole("button", { name: /show the change for: Devices may fetch the artifacts/ }));
  expect(screen.getByTestId("permission-change-device-policy")).toHaveFocus();
});

test("wishes are kept, and the roles are looked at anew", async () => {
  const { user, ipc } = checking();
  await screen.findByTestId("roles-device");
  const before = ipc.callsOf("devicePermissionsCheck").length;
  await user.click(screen.getByRole("checkbox", { name: /Send logs to CloudWatch/ }));
  await waitFor(() =>
    expect(ipc.callsOf("deviceDraftSet").at(-1)).toEqual([
      { wishes: { reach: "artifacts", logs: true, kinesisVideo: false } },
    ]),
  );
  await waitFor(() => expect(ipc.callsOf("devicePermissionsCheck").length).toBeGreaterThan(before));
  await user.click(screen.getByRole("radio", { name: /Whatever lies beside them/ }));
  await waitFor(() =>
    expect(ipc.callsOf("deviceDraftSet").at(-1)).toEqual([
      { wishes: { reach: "versions", logs: true, kinesisVideo: false } },
    ]),
  );
});

test("another role is looked at once it has been chosen", async () => {
  const { user, ipc } = checking();
  const name = await screen.findByRole("combobox", { name: "The devices’ role (token exchange role)" });
  await screen.findByTestId("roles-device");
  await user.clear(name);
  await user.type(name, "PlantDevices");
  expect(screen.getByTestId("permissions-apply")).toBeDisabled();
  await user.keyboard("{Enter}");
  await waitFor(() => expect(ipc.callsOf("deviceDraftSet").at(-1)).toEqual([{ deviceRole: "PlantDevices" }]));
  await waitFor(() => expect(screen.getByTestId("permissions-apply")).toBeEnabled());
  expect(await deviceRolesStep.unfinished?.()).toBeNull();
});

test("what the caller may not is said before anything is tried, and texts are handed over", async () => {
  const { user, ipc } = checking({
    devicePermissionsCheck: () =>
      devicePermissions({ calls: [mayI("iam:CreateRole", { state: "no", detail: "No policy allows it." })] }),
    devicePermissionsHandOver: (form) => `a text as ${form}`,
  });
  expect(await screen.findByTestId("permissions-refused")).toHaveTextContent("No policy allows it.");
  await user.click(screen.getByRole("button", { name: "Hand over as" }));
  await user.click(await screen.findByRole("menuitem", { name: "CloudFormation template" }));
  expect(await screen.findByTestId("permissions-text")).toHaveTextContent("a text as cloudformation");
  expect(ipc.callsOf("devicePermissionsHandOver")).toEqual([["cloudformation"]]);
});

test("a check that fails says why and leads back", async () => {
  checking({
    devicePermissionsCheck: () => {
      throw problem("nothing_selected", "No core device is selected");
    },
  });
  expect(await screen.findByTestId("permissions-problem")).toHaveTextContent("No core device is selected");
  expect(screen.getByRole("button", { name: "Go to Changes" })).toBeVisible();
});

test("the state of a role in a word", () => {
  const [device, engine] = applied().roles;
  const now = devicePermissions().roles[0];
  if (!device || !engine || !now) throw new Error("two roles are expected");
  expect(stateOf(now).label).toBe("To be changed");
  expect(stateOf(device).label).toBe("Applied");
  expect(stateOf({ ...device, changes: [] }).label).toBe("Suffices");
  expect(stateOf({ ...now, changes: [] }).label).toBe("Lacks something");
});
