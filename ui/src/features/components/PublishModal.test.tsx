import { screen, waitFor, within } from "@testing-library/react";
import type { UserEvent } from "@testing-library/user-event";
import { expect, test } from "vitest";

import type { PublishRequest, RecipeFinding } from "~/ipc";
import { seriousFindings } from "~/testing/axe";
import type { FakeIpc } from "~/testing/fakeIpc";
import { job, problem } from "~/testing/fixtures";
import { renderPart } from "~/testing/render";

import { ComponentsStep } from "./ComponentsStep";
import { componentCheck, published, shell } from "./componentFixtures";

const RECIPE = `ComponentName: com.ml.consumer
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

const missingSecret: RecipeFinding = {
  ...finding,
  code: "missing_secret",
  severity: "warning",
  message: "There is no secret EI_API_KEY in this Region.",
  secret: { id: "EI_API_KEY", key: "ei_api_key", path: "/Parameters/ei_sm_secret_id" },
};

const artifact = {
  artifact: { bucket: "plant", key: "consumer.py", fileName: "consumer.py", paths: [] },
  path: "/files/consumer.py",
  bytes: 2100,
};

async function open(user: UserEvent) {
  await user.click(await screen.findByTestId("component-publish"));
  return screen.findByRole("dialog");
}

async function put(user: UserEvent, testId: string, text: string) {
  const field = await screen.findByTestId(testId);
  await user.click(field.querySelector("textarea, input") ?? field);
  await user.keyboard("{Control>}a{/Control}");
  await user.paste(text);
}

function lastOf(ipc: FakeIpc, command: "componentCheck" | "componentPublish"): PublishRequest {
  return ipc.callsOf(command).at(-1)?.[0] as PublishRequest;
}

/** A check that finds the stand-in until a bucket is given, and files once there is a folder. */
function checked(request: PublishRequest) {
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

test("a recipe is opened, its stand-in replaced, its files chosen, and published into the first part", async () => {
  const ipc = shell(
    {},
    {
      recipeOpen: () => ({ path: "/files/consumer.yaml", text: RECIPE }),
      artifactsChoose: () => "/files",
      componentCheck: checked,
      componentPublish: () => published,
    },
  );
  const { user } = renderPart(<ComponentsStep />);
  const dialog = await open(user);
  expect(within(dialog).getByText("Open a recipe, or paste one.")).toBeVisible();
  await user.click(screen.getByTestId("publish-open"));
  // The finding has its line, its place, its words and its remedy.
  expect(await screen.findByText("mys3repo123987 is a stand-in for a bucket.")).toBeVisible();
  expect(screen.getByText("line 5")).toBeVisible();
  expect(screen.getByTitle("/Manifests/0/Artifacts/0/URI")).toBeVisible();
  expect(screen.getByText("Put your own bucket in its place.")).toBeVisible();
  expect(screen.getByText("Takes the place of mys3repo123987 in the recipe.")).toBeVisible();
  expect(screen.getByTestId("publish-submit")).toBeDisabled();
  await put(user, "file-bucket", "plant");
  await user.click(screen.getByTestId("publish-artifacts"));
  expect(await screen.findByText("To be uploaded")).toBeVisible();
  expect(screen.getByText("2.10 kB")).toBeVisible();
  await waitFor(() => expect(screen.getByTestId("publish-submit")).toBeEnabled());
  expect(await seriousFindings(document.body)).toEqual([]);
  await user.click(screen.getByTestId("publish-submit"));
  expect(await screen.findByTestId("publish-done")).toBeVisible();
  expect(lastOf(ipc, "componentPublish")).toEqual({
    recipe: RECIPE,
    changes: { buckets: {}, bucket: "plant", version: null, artifactVersions: false, configuration: null },
    artifacts: "/files",
    overwrite: false,
  });
  await user.click(screen.getByTestId("publish-add-1"));
  await waitFor(() =>
    expect(ipc.callsOf("deviceDraftSet").at(-1)).toEqual([
      {
        layers: [{ of: { kind: "all" }, intent: { components: { "com.ml.consumer": { change: "set", version: "1.0.0" } } } }],
      },
    ]),
  );
  expect(await screen.findByText("Added: For all devices")).toBeVisible();
  // The next recipe begins with the same bucket and folder.
  await user.click(screen.getByTestId("publish-next"));
  expect(screen.getByTestId("publish-recipe").querySelector("textarea")).toHaveValue("");
  expect(screen.getByTestId("file-bucket").querySelector("input")).toHaveValue("plant");
});

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

test("what was typed is there again when the dialog is opened again", async () => {
  shell({}, { componentCheck: () => componentCheck() });
  const { user } = renderPart(<ComponentsStep />);
  const dialog = await open(user);
  await put(user, "publish-recipe", RECIPE);
  await user.click(within(dialog).getByText("Close"));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  await open(user);
  expect(screen.getByTestId("publish-recipe").querySelector("textarea")).toHaveValue(RECIPE);
});

test("what is no recipe, and what AWS refuses, is told with its remedy", async () => {
  const ipc = shell(
    {},
    {
      componentCheck: () => {
        throw problem("file_invalid", "This is no recipe", { hint: "A recipe is one JSON or YAML object." });
      },
      componentPublish: () => {
        throw problem("bad_request", "AWS could not make com.ml.consumer 1.0.0 deployable", { hint: "Upload the artifact." });
      },
    },
  );
  const { user } = renderPart(<ComponentsStep />);
  await open(user);
  await put(user, "publish-recipe", "nonsense");
  expect(await screen.findByText("A recipe is one JSON or YAML object.")).toBeVisible();
  ipc.answer({ componentCheck: () => componentCheck() });
  await put(user, "publish-recipe", RECIPE);
  await waitFor(() => expect(screen.getByTestId("publish-submit")).toBeEnabled());
  await user.click(screen.getByTestId("publish-submit"));
  expect(await screen.findByText("Upload the artifact.")).toBeVisible();
});

test("publishing shows how far it is and can be cancelled", async () => {
  let tell: ((stage: string) => void) | null = null;
  const ipc = shell(
    {},
    {
      componentCheck: () => componentCheck(),
      componentPublish: () => {
        tell?.("Uploading consumer.py");
        return new Promise(() => undefined);
      },
      jobCancel: () => null,
      jobWatch: (kind, channel) => {
        if (kind === "publish") tell = (stage) => channel.onmessage(job(kind, { stage, done: 40, total: 100 }));
        return 1;
      },
    },
  );
  const { user } = renderPart(<ComponentsStep />);
  await open(user);
  await put(user, "publish-recipe", RECIPE);
  await waitFor(() => expect(screen.getByTestId("publish-submit")).toBeEnabled());
  await user.click(screen.getByTestId("publish-submit"));
  expect(await screen.findByText("Uploading consumer.py")).toBeVisible();
  await user.click(screen.getByTestId("job-cancel-publish"));
  await waitFor(() => expect(ipc.callsOf("jobCancel")).toEqual([["publish"]]));
});

test("a secret that is missing warns, is made from a file that the shell reads, and is looked for again", async () => {
  let there = false;
  const ipc = shell(
    {},
    {
      componentCheck: () => componentCheck({}, { findings: there ? [] : [missingSecret] }),
      secretCreate: () => null,
    },
  );
  const { user } = renderPart(<ComponentsStep />);
  await open(user);
  await put(user, "publish-recipe", RECIPE);
  await screen.findByTestId("publish-secret-EI_API_KEY");
  // AWS does not look for it: the version can be published all the same.
  await waitFor(() => expect(screen.getByTestId("publish-submit")).toBeEnabled());
  expect(await seriousFindings(document.body)).toEqual([]);
  await user.click(screen.getByTestId("publish-secret-EI_API_KEY"));
  await waitFor(() => expect(ipc.callsOf("secretCreate")).toEqual([[{ name: "EI_API_KEY", key: "ei_api_key" }]]));
  // What is wrong with a file is told without a word of it.
  ipc.answer({
    secretCreate: () => {
      throw problem("file_invalid", "/files/key.json cannot be a secret's value. It is no JSON: see line 1, column 1.");
    },
  });
  await user.click(screen.getByTestId("publish-secret-EI_API_KEY"));
  expect(await screen.findByText(/It is no JSON: see line 1, column 1/)).toBeVisible();
  ipc.answer({
    secretCreate: () => {
      there = true;
      return { name: "EI_API_KEY", arn: "arn:aws:secretsmanager:eu-west-1:000000000000:secret:EI_API_KEY-a1B2c3" };
    },
  });
  await user.click(screen.getByTestId("publish-secret-EI_API_KEY"));
  await waitFor(() => expect(screen.queryByTestId("publish-secret-EI_API_KEY")).toBeNull());
});
