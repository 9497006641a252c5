import { screen } from "@testing-library/react";
import type { UserEvent } from "@testing-library/user-event";

import type { PublishRequest, RecipeFinding } from "~/ipc";
import type { FakeIpc } from "~/testing/fakeIpc";

import { componentCheck } from "./componentFixtures";

/** A recipe whose bucket is a stand-in. */
export const RECIPE = `ComponentName: com.ml.consumer
ComponentVersion: 1.0.0
Manifests:
  - Artifacts:
      - URI: s3://mys3repo123987/consumer.py
`;

const finding: RecipeFinding = {
  code: "placeholder_bucket",
  severity: "error",
  component: "com.ml.consumer",
  path: "/Manifests/0/Artifacts/0/URI",
  line: 5,
  message: "mys3repo123987 is a stand-in for a bucket.",
  remedy: "Put your own bucket in its place.",
  secret: null,
};

export const missingSecret: RecipeFinding = {
  ...finding,
  code: "missing_secret",
  severity: "warning",
  message: "There is no secret EI_API_KEY in this Region.",
  secret: { id: "EI_API_KEY", key: "ei_api_key", path: "/Parameters/ei_sm_secret_id" },
};

export const artifact = {
  artifact: { bucket: "plant", key: "consumer.py", fileName: "consumer.py", paths: [] },
  path: "/files/consumer.py",
  bytes: 2100,
};

export async function open(user: UserEvent) {
  await user.click(await screen.findByTestId("component-publish"));
  return screen.findByRole("dialog");
}

export async function put(user: UserEvent, testId: string, text: string) {
  const field = await screen.findByTestId(testId);
  await user.click(field.querySelector("textarea, input") ?? field);
  await user.keyboard("{Control>}a{/Control}");
  await user.paste(text);
}

export function lastOf(ipc: FakeIpc, command: "componentCheck" | "componentPublish"): PublishRequest {
  return ipc.callsOf(command).at(-1)?.[0] as PublishRequest;
}

/** A check that finds the stand-in until a bucket is given, and files once there is a folder. */
export function checked(request: PublishRequest) {
  const bucket = request.changes?.bucket;
  const version = request.changes?.version ?? "1.0.0";
  const there = { ...artifact, path: request.artifacts ? artifact.path : null };
  return componentCheck(
    { objects: [{ uri: "s3://plant/consumer.py", state: request.artifacts ? "to_upload" : "missing" }] },
    {
      version,
      recipe: request.recipe,
      placeholders: bucket ? [] : ["mys3repo123987"],
      findings: bucket ? [] : [finding],
      artifacts: bucket ? [there] : [],
      configuration: request.changes?.configuration ?? '{"Parameters":{"device_name":"x"}}',
    },
  );
}
