import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";

import type { PublishRequest } from "~/ipc";
import { renderPart } from "~/testing/render";

import { ComponentsStep } from "./ComponentsStep";
import { componentCheck, published, shell } from "./componentFixtures";
import { RECIPE, artifact, checked, lastOf, open, put } from "./publishFixtures";

test("a version that is taken is refused, with one that is free", async () => {
  const ipc = shell(
    {},
    {
      componentCheck: (request) =>
        request.changes?.version === "1.0.1"
          ? componentCheck({ versions: ["1.0.0"] }, { version: "1.0.1" })
          : componentCheck({ standing: "taken", differences: ["Manifests"], proposed: "1.0.1", versions: ["1.0.0"] }),
      componentPublish: () => published,
    },
  );
  const { user } = renderPart(<ComponentsStep />);
  await open(user);
  await put(user, "publish-recipe", RECIPE);
  expect(await screen.findByText(/What differs: Manifests/)).toBeVisible();
  expect(screen.getByTestId("publish-submit")).toBeDisabled();
  await user.click(screen.getByTestId("publish-bump"));
  await waitFor(() => expect(screen.getByTestId("publish-submit")).toHaveTextContent("Publish com.ml.consumer 1.0.1"));
  await waitFor(() => expect(screen.getByTestId("publish-submit")).toBeEnabled());
  await user.click(screen.getByTestId("publish-submit"));
  await waitFor(() => expect(lastOf(ipc, "componentPublish").changes?.version).toBe("1.0.1"));
});

test("a bucket that is no stand-in is replaced only when that is said", async () => {
  const ipc = shell(
    {},
    {
      componentCheck: (request) => {
        const bucket = request.changes?.buckets?.["ml-artifacts"] ?? "ml-artifacts";
        return componentCheck({}, { artifacts: [{ ...artifact, artifact: { ...artifact.artifact, bucket } }] });
      },
    },
  );
  const { user } = renderPart(<ComponentsStep />);
  await open(user);
  await put(user, "publish-recipe", RECIPE.replace("mys3repo123987", "ml-artifacts"));
  await put(user, "file-bucket", "plant");
  const replace = await screen.findByTestId("publish-replace-ml-artifacts");
  expect(lastOf(ipc, "componentCheck").changes?.buckets).toEqual({});
  await user.click(within(replace).getByRole("checkbox"));
  await waitFor(() => expect(lastOf(ipc, "componentCheck").changes?.buckets).toEqual({ "ml-artifacts": "plant" }));
  // It can be taken back, though the recipe as it would be published does not name it any more.
  await user.click(within(await screen.findByTestId("publish-replace-ml-artifacts")).getByRole("checkbox"));
  await waitFor(() => expect(lastOf(ipc, "componentCheck").changes?.buckets).toEqual({}));
});

test("objects with other bytes are overwritten only when that is said", async () => {
  shell({}, { componentCheck: () => componentCheck({ objects: [{ uri: "s3://plant/consumer.py", state: "differs" }] }) });
  const { user } = renderPart(<ComponentsStep />);
  await open(user);
  await put(user, "publish-recipe", RECIPE);
  expect(await screen.findByText("Objects are there with other bytes")).toBeVisible();
  expect(screen.getByTestId("publish-submit")).toBeDisabled();
  await user.click(within(screen.getByTestId("publish-overwrite")).getByRole("checkbox"));
  await waitFor(() => expect(screen.getByTestId("publish-submit")).toBeEnabled());
});

test("another default configuration is sent only while it is JSON, and not kept for another recipe", async () => {
  const ipc = shell({}, { componentCheck: checked });
  const { user } = renderPart(<ComponentsStep />);
  await open(user);
  await put(user, "publish-recipe", RECIPE);
  await user.click(await screen.findByRole("button", { name: /Default configuration/ }));
  await put(user, "publish-configuration", '{"Parameters":');
  expect(await screen.findByText(/Line 1, column 15/)).toBeVisible();
  await put(user, "publish-configuration", '{"Parameters":{"device_name":"mine"}}');
  await waitFor(() => expect(lastOf(ipc, "componentCheck").changes?.configuration).toBe('{"Parameters":{"device_name":"mine"}}'));
  expect(ipc.callsOf("componentCheck").map(([request]) => (request as PublishRequest).changes?.configuration)).not.toContain(
    '{"Parameters":',
  );
  await put(user, "publish-recipe", RECIPE.replace("com.ml.consumer", "com.ml.other"));
  await waitFor(() => expect(lastOf(ipc, "componentCheck").changes?.configuration).toBeNull());
});
