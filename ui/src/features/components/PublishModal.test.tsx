import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";

import { seriousFindings } from "~/testing/axe";
import { job, problem } from "~/testing/fixtures";
import { renderPart } from "~/testing/render";

import { ComponentsStep } from "./ComponentsStep";
import { componentCheck, published, shell } from "./componentFixtures";
import { RECIPE, checked, lastOf, open, put } from "./publishFixtures";

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
