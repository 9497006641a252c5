import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";

import { seriousFindings } from "~/testing/axe";
import { choices, permissions } from "~/testing/planFixtures";

import { checking } from "./checking";

const few = choices({
  inline: { fits: true, policies: 1, size: 3412, detail: "Names each group." },
  managed: { fits: true, policies: 1, size: 3412, detail: "Names each group, in managed policies." },
});

test("each way says how many policies it takes, how long they are, and why it does not fit", async () => {
  const { container } = checking();
  const tiles = await screen.findByRole("radiogroup", { name: "How the groups are packed" });
  expect(within(tiles).getByRole("radio", { name: /^Automatic/ })).toBeChecked();
  expect(tiles).toHaveTextContent("The first that fits: now a wildcard.");
  expect(tiles).toHaveTextContent("Does not fitThe 498 groups one by one take 51,020 characters");
  expect(within(tiles).getByRole("radio", { name: /^One inline policy/ })).toBeDisabled();
  expect(tiles).toHaveTextContent("1 policy · 412 of 10,240 charactersThe role may then deploy to every group");
  expect(await seriousFindings(container)).toEqual([]);
});

test("where one policy suffices the choice is there, but folded", async () => {
  const { user } = checking({
    permissionsCheck: () => permissions({ choices: few, packing: "inline", widened: null }),
  });
  const section = await screen.findByTestId("permissions-ways");
  const head = within(section).getByRole("button", { name: /How the role is allowed/ });
  expect(head).toHaveAttribute("aria-expanded", "false");
  expect(section).toHaveTextContent(
    "Automatic: one inline policy, 3,412 of 10,240 characters; the role’s own policy lets it read the input file",
  );
  await user.click(head);
  expect(head).toHaveAttribute("aria-expanded", "true");
});

test("where others let the role deploy only reading is chosen", async () => {
  const { user } = checking({ permissionsCheck: () => permissions({ choices: [], packing: null, widened: null }) });
  const section = await screen.findByTestId("permissions-ways");
  expect(section).toHaveTextContent("Other policies let it deploy to each group; the role’s own policy lets it read the input file");
  await user.click(within(section).getByRole("button", { name: /How the role is allowed/ }));
  expect(screen.queryByTestId("permissions-pack")).toBeNull();
  expect(within(section).getByRole("radio", { name: /^By the bucket’s policy/ })).toBeVisible();
});

test("another way is stored and looked at again, without the screen going blank", async () => {
  const { user, ipc } = checking({
    permissionsCheck: () => permissions({ choices: few, packing: "inline" }),
  });
  const section = await screen.findByTestId("permissions-ways");
  await user.click(within(section).getByRole("button", { name: /How the role is allowed/ }));
  let answer = () => {};
  ipc.answer({
    permissionsCheck: () =>
      new Promise((done) => {
        answer = () => done(permissions({ choices: few, pack: "managed", packing: "managed" }));
      }),
  });
  await user.click(screen.getByRole("radio", { name: /^Managed policies/ }));
  await waitFor(() => expect(ipc.callsOf("draftSet")).toContainEqual([{ pack: "managed" }]));
  await waitFor(() => expect(ipc.callsOf("permissionsCheck")).toHaveLength(2));
  expect(screen.getByText("Greengrass may assume the role")).toBeVisible();
  expect(screen.getByTestId("permissions-apply")).toBeDisabled();
  answer();
  await waitFor(() => expect(screen.getByTestId("permissions-apply")).toBeEnabled());
  expect(screen.getByTestId("permissions-ways")).toHaveTextContent("Chosen: managed policies");
});

test("the bucket’s policy can let the role read instead", async () => {
  const { user, ipc } = checking();
  await user.click(await screen.findByRole("radio", { name: /^By the bucket’s policy/ }));
  await waitFor(() => expect(ipc.callsOf("draftSet")).toContainEqual([{ readBy: "bucket" }]));
  await waitFor(() => expect(ipc.callsOf("permissionsCheck")).toHaveLength(2));
  expect(screen.getByTestId("permissions-ways")).toHaveTextContent("the bucket’s policy lets it read the input file");
});

test("a way that does not fit any more is shown as chosen, with the reason", async () => {
  const { container } = checking(
    { permissionsCheck: () => permissions({ pack: "inline", packing: null, changes: [], widened: null }) },
    { pack: "inline" },
  );
  const tiles = await screen.findByRole("radiogroup", { name: "How the groups are packed" });
  expect(within(tiles).getByRole("radio", { name: /^One inline policy/ })).toBeChecked();
  expect(screen.getByText(/Choose one that fits, or another role/)).toBeVisible();
  expect(screen.queryByTestId("permissions-suffices")).not.toBeInTheDocument();
  expect(await seriousFindings(container)).toEqual([]);
});
