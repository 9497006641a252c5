import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";

import { seriousFindings } from "~/testing/axe";
import { fakeIpc } from "~/testing/fakeIpc";
import { draft, problem } from "~/testing/fixtures";
import { granted, permissions } from "~/testing/planFixtures";

import { checking, role } from "./checking";
import { permissionsStep } from "./step";

test("each requirement is a sentence with what is so now", async () => {
  const { container } = checking();
  const table = await screen.findByTestId("permissions-requirements");
  await within(table).findByText("Greengrass may assume the role");
  expect(table).toHaveTextContent("The role may deploy each selected groupNot yet498 of 498 groups are missing");
  expect(table).toHaveTextContent("You may pass the roleNot checked");
  expect(screen.getByTestId("permissions-widened")).toHaveTextContent("may deploy every group of account 000000000000");
  expect(await seriousFindings(container)).toEqual([]);
});

test("now and proposed are compared, with the size against the limit", async () => {
  checking();
  const change = await screen.findByTestId("permission-change-policy");
  expect(change).toHaveTextContent("iam:PutRolePolicy");
  expect(change).toHaveTextContent("412 of 10,240 characters");
  expect(within(change).getByRole("region", { name: /1 line added, 1 removed/ })).toBeVisible();
  expect(change.querySelector("del")).toHaveTextContent("groups/4d1f0c55");
  expect(change.querySelector("ins")).toHaveTextContent("groups/*");
});

test("applying makes the changes, and then there is nothing left to apply", async () => {
  const { user, ipc } = checking({ permissionsApply: () => granted });
  await user.click(await screen.findByRole("button", { name: "Apply 1 change" }));
  expect(await screen.findByRole("button", { name: "Nothing to apply" })).toBeDisabled();
  expect(ipc.callsOf("permissionsApply")).toHaveLength(1);
  expect(screen.queryByTestId("permission-change-policy")).not.toBeInTheDocument();
});

test("a role that suffices says so plainly", async () => {
  const { container } = checking({
    permissionsCheck: () => ({ ...granted, packing: null, widened: null }),
  });
  expect(await screen.findByTestId("permissions-suffices")).toHaveTextContent(
    `Nothing needs to change${role} already may do all that this deployment asks of it.`,
  );
  expect(screen.queryByTestId("permissions-ways")).not.toBeInTheDocument();
  expect(screen.getByRole("button", { name: "Nothing to apply" })).toBeDisabled();
  expect(await seriousFindings(container)).toEqual([]);
});

test("what to know before applying is a warning", async () => {
  checking({ permissionsCheck: () => permissions({ warnings: ["The run Night shift works with this role."] }) });
  expect(await screen.findByTestId("permissions-warnings")).toHaveTextContent("The run Night shift works with this role.");
});

test("a change that failed keeps its reason and is applied again", async () => {
  const refused = problem("access_denied", "You may not put role policies", {
    detail: "User: viewer is not authorized to perform: iam:PutRolePolicy",
  });
  const half = permissions({
    changes: permissions().changes.map((one) => ({ ...one, outcome: { kind: "failed", problem: refused } })),
  });
  const { user, ipc, container } = checking({ permissionsApply: () => half });
  await user.click(await screen.findByRole("button", { name: "Apply 1 change" }));
  expect(await screen.findByTestId("permissions-failed")).toHaveTextContent("You may not put role policies");
  expect(screen.getByTestId("permission-change-policy")).toHaveTextContent("iam:PutRolePolicy");
  ipc.answer({ permissionsApply: () => granted });
  await user.click(screen.getByRole("button", { name: "Apply again" }));
  expect(await screen.findByRole("button", { name: "Nothing to apply" })).toBeDisabled();
  expect(await seriousFindings(container)).toEqual([]);
});

test("a check that is refused says why and can be made again", async () => {
  const { user, ipc } = checking({
    permissionsCheck: () => {
      throw problem("access_denied", "You may not read this role", { hint: "Ask for iam:GetRole." });
    },
  });
  expect(await screen.findByTestId("permissions-problem")).toHaveTextContent("Ask for iam:GetRole.");
  ipc.answer({ permissionsCheck: () => granted });
  await user.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByText("You may start bulk deployments")).toBeVisible();
});

test("without a role one is suggested, and taken into the draft", async () => {
  const { user, ipc } = checking({}, { role: "" });
  await user.click(await screen.findByTestId("permissions-role-suggested"));
  await waitFor(() => expect(ipc.callsOf("draftSet")).toContainEqual([{ role }]));
  expect(await screen.findByText("Greengrass may assume the role")).toBeVisible();
});

test("a name that IAM would refuse is said at once and not checked", async () => {
  const { user, ipc } = checking({}, { role: "" });
  const field = await screen.findByRole("combobox", { name: "Execution role" });
  await user.type(field, "not a name");
  expect(await screen.findByText("A role's name consists of letters, digits and _+=,.@- only.")).toBeVisible();
  await user.tab();
  expect(ipc.callsOf("permissionsCheck")).toEqual([]);
});

test("Next asks for a role, and lets go on where somebody else has to grant it", async () => {
  fakeIpc({ draftGet: () => draft({ role: "" }) });
  expect(await permissionsStep.unfinished?.()).toMatch(/Choose an execution role/);
  fakeIpc({ draftGet: () => draft({ role }) });
  expect(await permissionsStep.unfinished?.()).toBeNull();
});
