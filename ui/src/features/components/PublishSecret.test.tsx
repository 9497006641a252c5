import { screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";

import { seriousFindings } from "~/testing/axe";
import { problem } from "~/testing/fixtures";
import { renderPart } from "~/testing/render";

import { ComponentsStep } from "./ComponentsStep";
import { componentCheck, shell } from "./componentFixtures";
import { RECIPE, missingSecret, open, put } from "./publishFixtures";

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
