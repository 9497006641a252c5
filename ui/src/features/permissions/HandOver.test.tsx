import { screen, waitFor, within } from "@testing-library/react";
import type { UserEvent } from "@testing-library/user-event";
import { expect, test } from "vitest";

import type { HandOver } from "~/ipc";
import { seriousFindings } from "~/testing/axe";
import { problem } from "~/testing/fixtures";

import { checking } from "./checking";

async function choose(user: UserEvent, name: string) {
  const menu = within(await screen.findByTestId("permissions-hand-over"));
  await waitFor(() => expect(menu.getByRole("button")).toBeEnabled());
  await user.click(menu.getByRole("button"));
  await user.click(await screen.findByRole("menuitem", { name }));
}

const forms: [string, HandOver][] = [
  ["JSON", "json"],
  ["AWS CLI script", "aws_cli"],
  ["CloudFormation template", "cloudformation"],
  ["Terraform configuration", "terraform"],
  ["Policy for whoever uses Overseed", "caller"],
];

test.each(forms)("%s is shown before it is copied or saved", async (name, form) => {
  const { user, ipc } = checking({ permissionsHandOver: (asked) => `the text as ${asked}` });
  await choose(user, name);
  expect(await screen.findByTestId("permissions-text")).toHaveTextContent(`the text as ${form}`);
  expect(ipc.callsOf("permissionsHandOver")).toEqual([[form]]);
  expect(screen.getByRole("button", { name: "Copy" })).toBeVisible();
});

test("it is saved where the dialog says, and the place is told", async () => {
  const { user, ipc, baseElement } = checking({
    permissionsHandOver: () => "{}",
    permissionsSave: () => "/home/dana/OverseedBulk.json",
  });
  await choose(user, "JSON");
  await user.click(await screen.findByTestId("permissions-save"));
  expect(await screen.findByText("Saved as /home/dana/OverseedBulk.json")).toBeVisible();
  expect(ipc.callsOf("permissionsSave")).toEqual([["json"]]);
  expect(await seriousFindings(baseElement)).toEqual([]);
});

test("a dismissed dialog says nothing, a full disk says why", async () => {
  const { user, ipc } = checking({ permissionsHandOver: () => "{}", permissionsSave: () => null });
  await choose(user, "JSON");
  await user.click(await screen.findByTestId("permissions-save"));
  await waitFor(() => expect(ipc.callsOf("permissionsSave")).toHaveLength(1));
  expect(screen.queryByText(/Saved as/)).not.toBeInTheDocument();
  ipc.answer({
    permissionsSave: () => {
      throw problem("file_unreadable", "The file cannot be written", { detail: "No space left on device" });
    },
  });
  await user.click(screen.getByTestId("permissions-save"));
  expect(await screen.findByTestId("permissions-save-problem")).toHaveTextContent("The file cannot be written");
});

test("what cannot be written says why", async () => {
  const { user } = checking({
    permissionsHandOver: () => {
      throw problem("policy_too_large", "The groups do not fit", { hint: "Choose another way to pack them." });
    },
  });
  await choose(user, "Terraform configuration");
  expect(await screen.findByText("Choose another way to pack them.")).toBeVisible();
});
