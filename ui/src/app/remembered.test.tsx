import { screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";

import { fakeIpc } from "~/testing/fakeIpc";
import { appStatus } from "~/testing/fixtures";
import { renderPart } from "~/testing/render";

import { useRemembered } from "./remembered";

const whole = (kept: unknown) => (typeof kept === "string" ? kept : null);

function Field() {
  const [text, setText] = useRemembered("field", "500", whole);
  return <input aria-label="Fleet size" value={text} onChange={({ target }) => setText(target.value)} />;
}

function inFolder(folder: string) {
  fakeIpc({ appStatus: () => appStatus({ folder }) });
  return renderPart(<Field />);
}

test("what is remembered comes back in its data folder, and in no other", async () => {
  const first = inFolder("one");
  const field = await screen.findByLabelText("Fleet size");
  await waitFor(() => expect(first.client.getQueryData(["app"])).toBeDefined());
  await first.user.clear(field);
  await first.user.type(field, "14000");
  first.unmount();

  const other = inFolder("other");
  await waitFor(() => expect(other.client.getQueryData(["app"])).toBeDefined());
  expect(screen.getByLabelText("Fleet size")).toHaveValue("500");
  other.unmount();

  inFolder("one");
  await waitFor(() => expect(screen.getByLabelText("Fleet size")).toHaveValue("14000"));
});

test("what this version cannot use is left aside", async () => {
  localStorage.setItem("overseed.one.field", "{not json");
  const { client } = inFolder("one");
  await waitFor(() => expect(client.getQueryData(["app"])).toBeDefined());
  expect(screen.getByLabelText("Fleet size")).toHaveValue("500");
});
