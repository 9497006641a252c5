import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";

import type { Job, Made, Undone } from "~/ipc";
import { seriousFindings } from "~/testing/axe";
import { job, problem } from "~/testing/fixtures";
import { permissions } from "~/testing/planFixtures";

import { checking } from "./checking";

const made: Made[] = [
  { title: "Put the inline policy", operation: "iam:PutRolePolicy", at: Date.now() - 60_000 },
  { title: "Create the role R", operation: "iam:CreateRole", at: Date.now() - 61_000 },
];

const back: Undone[] = [
  { title: "Put the inline policy", operations: ["iam:DeleteRolePolicy"], outcome: { kind: "done", requestId: "r-1" } },
  { title: "Create the role R", operations: [], outcome: { kind: "done", requestId: null } },
];

test("undo asks first, lists what is taken back, and checks again", async () => {
  const { user, ipc, baseElement } = checking({
    permissionsCheck: () => permissions({ made }),
    permissionsUndo: () => back,
  });
  const section = await screen.findByTestId("permissions-made");
  expect(section).toHaveTextContent("Made for this plan (2)");
  await user.click(within(section).getByRole("button", { name: /Made for this plan/ }));
  const table = within(section).getByRole("grid", { name: "Made for this plan" });
  expect(table).toHaveTextContent("Create the role Riam:CreateRole1 minute ago");
  await user.click(screen.getByTestId("permissions-undo"));
  expect(ipc.callsOf("permissionsUndo")).toHaveLength(0);
  const list = screen.getByRole("list", { name: "What is taken back" });
  expect(within(list).getAllByRole("listitem")).toHaveLength(2);
  expect(await seriousFindings(baseElement)).toEqual([]);
  ipc.answer({ permissionsCheck: () => permissions() });
  await user.click(screen.getByTestId("permissions-undo-confirm"));
  const result = await screen.findByTestId("permissions-undone");
  expect(result).toHaveTextContent("2 changes taken back");
  expect(result).toHaveTextContent("Put the inline policy (iam:DeleteRolePolicy · request r-1)");
  expect(result).toHaveTextContent("Create the role R (nothing of it was left)");
  await waitFor(() => expect(ipc.callsOf("permissionsCheck")).toHaveLength(2));
  await waitFor(() => expect(screen.queryByTestId("permissions-made")).not.toBeInTheDocument());
});

test("what somebody has changed since is left and said, and what came before it was not tried", async () => {
  const changed = problem("conflict", "It was changed since, so it is left as it is");
  const { user, container } = checking({
    permissionsCheck: () => permissions({ made }),
    permissionsUndo: () => [
      { title: "Put the inline policy", operations: [], outcome: { kind: "failed", problem: changed } },
      { title: "Create the role R", operations: [], outcome: null },
    ],
  });
  await user.click(await screen.findByTestId("permissions-undo"));
  await user.click(screen.getByTestId("permissions-undo-confirm"));
  const result = await screen.findByTestId("permissions-undone");
  expect(result).toHaveTextContent("0 of 2 changes taken back");
  expect(result).toHaveTextContent("Left as it is: Put the inline policy");
  expect(result).toHaveTextContent("It was changed since");
  expect(result).toHaveTextContent("Not tried: Create the role R");
  expect(await seriousFindings(container)).toEqual([]);
});

test("an undo that is refused says why, and nothing else is lost", async () => {
  const { user } = checking({
    permissionsCheck: () => permissions({ made }),
    permissionsUndo: () => {
      throw problem("conflict", "The plan's run has not ended, and needs these permissions");
    },
  });
  await user.click(await screen.findByTestId("permissions-undo"));
  await user.click(screen.getByTestId("permissions-undo-confirm"));
  expect(await screen.findByTestId("permissions-undo-problem")).toHaveTextContent("The plan's run has not ended");
  expect(screen.getByTestId("permissions-made")).toBeVisible();
});

/** A shell whose job of permissions is told to whoever watches it. */
function watched(now: Job | null) {
  const channels: { onmessage: (job: Job) => void }[] = [];
  return {
    tell: (next: Job) => channels.forEach((channel) => channel.onmessage(next)),
    jobWatch: (_kind: unknown, channel: unknown) => {
      const heard = channel as { onmessage: (job: Job) => void };
      channels.push(heard);
      if (now) setTimeout(() => heard.onmessage(now));
      return channels.length;
    },
  };
}

test("waiting for a new role is shown as waiting, and can be cancelled", async () => {
  const waiting = job("permissions", { stage: "Waiting until AWS sees the new role everywhere" });
  const { jobWatch } = watched(waiting);
  const { user, ipc } = checking({ jobWatch, permissionsApply: () => new Promise(() => undefined) });
  const line = await screen.findByTestId("job-permissions");
  expect(line).toHaveTextContent("Waiting until AWS sees the new role everywhere");
  expect(screen.queryByRole("alert")).not.toBeInTheDocument();
  expect(screen.getByTestId("permissions-apply")).toBeDisabled();
  await user.click(screen.getByTestId("job-cancel-permissions"));
  expect(ipc.callsOf("jobCancel")).toEqual([["permissions"]]);
});

test("work that an earlier visit began is waited for, and then looked at", async () => {
  const { jobWatch, tell } = watched(job("permissions", { stage: "Applying changes", done: 1, total: 4 }));
  const { ipc } = checking({ jobWatch });
  expect(await screen.findByTestId("job-permissions")).toHaveTextContent("1 of 4");
  await waitFor(() => expect(ipc.callsOf("permissionsCheck")).toHaveLength(1));
  tell(job("permissions", { state: "finished", done: 4, total: 4 }));
  await waitFor(() => expect(ipc.callsOf("permissionsCheck")).toHaveLength(2));
  await waitFor(() => expect(screen.queryByTestId("job-permissions")).not.toBeInTheDocument());
});
