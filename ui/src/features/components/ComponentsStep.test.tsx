import { screen, waitFor, within } from "@testing-library/react";
import type { UserEvent } from "@testing-library/user-event";
import { expect, test } from "vitest";

import type { DeviceDraftChange, Layer } from "~/ipc";
import { seriousFindings } from "~/testing/axe";
import type { FakeIpc } from "~/testing/fakeIpc";
import { deviceDraft } from "~/testing/fixtures";
import { renderPart } from "~/testing/render";

import { ComponentsStep } from "./ComponentsStep";
import { draftRows, shell } from "./componentFixtures";
import { componentsStep } from "./step";

/** Pasted, as key by key would take long; braces would be keys. */
async function put(user: UserEvent, testId: string, text: string) {
  const field = await screen.findByTestId(testId);
  await user.click(field.querySelector("textarea, input") ?? field);
  await user.keyboard("{Control>}a{/Control}");
  await user.paste(text);
}

function layersOf(ipc: FakeIpc): Layer[] | null | undefined {
  return (ipc.callsOf("deviceDraftSet").at(-1)?.[0] as DeviceDraftChange | undefined)?.layers;
}

async function add(user: UserEvent, name: string, version?: string) {
  await user.click(await screen.findByTestId("layer-1-add"));
  await put(user, "component-name", name);
  if (version) await put(user, "component-version", version);
  await user.click(screen.getByTestId("component-save"));
}

test("components of the account and of AWS are added, each pinned to a version", async () => {
  const ipc = shell();
  const { user, container } = renderPart(<ComponentsStep />);
  expect(await screen.findByText("No component is named. What is not named stays as it is on each device.")).toBeVisible();
  await user.click(screen.getByTestId("layer-1-add"));
  await put(user, "component-name", "com.ml.consumer");
  // The latest version is proposed.
  await waitFor(() => expect(screen.getByTestId("component-version").querySelector("input")).toHaveValue("1.0.0"));
  expect(await seriousFindings(document.body)).toEqual([]);
  await user.click(screen.getByTestId("component-save"));
  await add(user, "aws.greengrass.Cli", "2.9.0");
  await waitFor(() =>
    expect(layersOf(ipc)).toEqual([
      {
        of: { kind: "all" },
        intent: {
          components: {
            "aws.greengrass.Cli": { change: "set", version: "2.9.0" },
            "com.ml.consumer": { change: "set", version: "1.0.0" },
          },
        },
      },
    ]),
  );
  expect(await screen.findByText("2.9.0")).toBeVisible();
  expect(await seriousFindings(container)).toEqual([]);
});

test("a configuration that is no JSON is not taken, and its place is named", async () => {
  const ipc = shell();
  const { user } = renderPart(<ComponentsStep />);
  await user.click(await screen.findByTestId("layer-1-add"));
  await put(user, "component-name", "com.ml.consumer");
  await put(user, "component-merge", '{\n  "a": 1\n  "b": 2\n}');
  expect(await screen.findByText('Line 3, column 3: a comma or a closing brace is missing before "b".')).toBeVisible();
  await user.click(screen.getByTestId("component-save"));
  expect(screen.getByRole("dialog")).toBeVisible();
  expect(ipc.callsOf("deviceDraftSet")).toEqual([]);
});

test("values beside Parameters are put below it", async () => {
  const ipc = shell();
  const { user } = renderPart(<ComponentsStep />);
  await user.click(await screen.findByTestId("layer-1-add"));
  await put(user, "component-name", "EdgeImpulseLinuxServiceComponent");
  await put(user, "component-merge", '{"device_name":"{thingName}"}');
  await user.click(await screen.findByTestId("component-wrap"));
  await user.click(screen.getByTestId("component-save"));
  await waitFor(() => {
    const set = layersOf(ipc)?.[0]?.intent?.components?.EdgeImpulseLinuxServiceComponent;
    expect(set?.change === "set" && JSON.parse(set.merge ?? "")).toEqual({ Parameters: { device_name: "{thingName}" } });
  });
});

test("the default configuration can be begun with", async () => {
  shell();
  const { user } = renderPart(<ComponentsStep />);
  await user.click(await screen.findByTestId("layer-1-add"));
  await put(user, "component-name", "com.ml.consumer");
  await user.click(await screen.findByTestId("component-take-defaults"));
  expect(screen.getByTestId("component-merge").querySelector("textarea")).toHaveValue(
    '{\n  "Parameters": {\n    "device_name": "x"\n  }\n}',
  );
});

test("a component is taken off by an explicit choice", async () => {
  const ipc = shell();
  const { user } = renderPart(<ComponentsStep />);
  await user.click(await screen.findByRole("button", { name: "More for this part: For all devices" }));
  await user.click(await screen.findByText("Take a component off…"));
  expect(await screen.findByText(/Nothing else takes a component off/)).toBeVisible();
  await put(user, "component-name", "com.ml.xgboost");
  await user.click(screen.getByTestId("component-save"));
  await waitFor(() => expect(layersOf(ipc)?.[0]?.intent?.components).toEqual({ "com.ml.xgboost": { change: "remove" } }));
  expect(await screen.findByText("is taken off")).toBeVisible();
});

test("policies and the deployments' name are set", async () => {
  const ipc = shell();
  const { user } = renderPart(<ComponentsStep />);
  await user.click(await screen.findByTestId("layer-1-policies"));
  await user.click(screen.getByRole("button", { name: /When the deployment fails on a device/ }));
  await user.click(await screen.findByText("Go back"));
  await user.click(screen.getByRole("button", { name: /Before a component is updated/ }));
  await user.click(await screen.findByText("Ask components"));
  await put(user, "policies-seconds", "60");
  await put(user, "policies-name", "component-deployment");
  expect(await seriousFindings(document.body)).toEqual([]);
  await user.click(screen.getByTestId("policies-save"));
  await waitFor(() =>
    expect(layersOf(ipc)?.[0]?.intent).toEqual({
      policies: {
        componentUpdatePolicy: { action: "NOTIFY_COMPONENTS", timeoutInSeconds: 60 },
        failureHandlingPolicy: "ROLLBACK",
      },
      deploymentName: "component-deployment",
    }),
  );
  expect(await screen.findByText("after a failure the device goes back (ROLLBACK)")).toBeVisible();
});

test("a part is added for devices by name, and moved", async () => {
  const ipc = shell({ layers: [{ of: { kind: "all" }, intent: { deploymentName: "all" } }] });
  const { user } = renderPart(<ComponentsStep />);
  await user.click(await screen.findByTestId("layers-add"));
  await user.click(screen.getByRole("radio", { name: /Devices by name/ }));
  await put(user, "meant-names", "press-1\npress-2, press-1");
  await user.click(screen.getByTestId("meant-save"));
  await waitFor(() => expect(layersOf(ipc)?.[1]).toEqual({ of: { kind: "named", names: ["press-1", "press-2"] }, intent: {} }));
  await user.click(await screen.findByRole("button", { name: "More for this part: For 2 devices by name" }));
  await user.click(await screen.findByText("Move up"));
  await waitFor(() => expect(layersOf(ipc)?.map(({ of }) => of?.kind)).toEqual(["named", "all"]));
});

test("a part's filter says how many devices it means", async () => {
  shell(
    {
      layers: [
        {
          of: {
            kind: "matching",
            filter: { operation: "and", tokens: [{ property: "platform", operator: "=", value: "linux" }] },
          },
          intent: {},
        },
      ],
    },
    { devicesPage: () => ({ rows: [], matches: 9, matchesUnselected: 2, selected: 12, total: 40 }) },
  );
  renderPart(<ComponentsStep />);
  expect(await screen.findByText("Where platform is linux")).toBeVisible();
  expect(await screen.findByText("7 of 12 selected devices")).toBeVisible();
});

test("the recipe and the artifacts of a version are shown", async () => {
  shell({
    layers: [{ of: { kind: "all" }, intent: { components: { "com.ml.consumer": { change: "set", version: "1.0.0" } } } }],
  });
  const { user } = renderPart(<ComponentsStep />);
  await user.click(await screen.findByText("com.ml.consumer"));
  const dialog = await screen.findByRole("dialog");
  expect(await within(dialog).findByText("s3://plant/consumer.py")).toBeVisible();
  expect(within(dialog).getByText("ComponentName: shown")).toBeVisible();
  expect(await seriousFindings(document.body)).toEqual([]);
});

test("rows are pasted, and what is wrong with them is told by line", async () => {
  const finding = {
    line: 3,
    column: "thingName",
    code: "repeated_thing",
    plan: null,
    message: "press-1 stands on line 2 already.",
  } as const;
  const rows = { ...draftRows, findings: [finding], findingsTotal: 1, refusals: 1 };
  const ipc = shell({}, { deviceRowsPaste: () => deviceDraft({ rows }) });
  const { user } = renderPart(<ComponentsStep />);
  await user.click(await screen.findByTestId("rows-paste"));
  await put(user, "rows-text", "thingName,site\npress-1,Ulsan\npress-1,Gdansk\n");
  await user.click(screen.getByTestId("rows-paste-submit"));
  expect(await screen.findByText("press-1 stands on line 2 already.")).toBeVisible();
  expect(screen.getByText("{site}")).toBeVisible();
  expect(ipc.callsOf("deviceRowsPaste")).toEqual([["thingName,site\npress-1,Ulsan\npress-1,Gdansk\n"]]);
});

test("pasted rows are discarded only after a question", async () => {
  const ipc = shell({ rows: { ...draftRows, opened: null } }, { deviceRowsClear: () => deviceDraft() });
  const { user } = renderPart(<ComponentsStep />);
  await user.click(await screen.findByTestId("rows-clear"));
  expect(screen.getByText(/have to be pasted once more/)).toBeVisible();
  expect(ipc.callsOf("deviceRowsClear")).toEqual([]);
  await user.click(screen.getByTestId("rows-discard-confirm"));
  await waitFor(() => expect(ipc.callsOf("deviceRowsClear")).toHaveLength(1));
  await waitFor(() => expect(screen.queryByTestId("rows-clear")).not.toBeInTheDocument());
});

test("the step is done when something is wanted of some device", async () => {
  shell();
  expect(await componentsStep.unfinished?.()).toContain("Say what is to change");
  shell({ layers: [{ of: { kind: "all" }, intent: { components: { a: { change: "remove" } } } }] });
  expect(await componentsStep.unfinished?.()).toBeNull();
  shell({ rows: draftRows });
  expect(await componentsStep.unfinished?.()).toBeNull();
});
