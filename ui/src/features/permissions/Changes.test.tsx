import { screen, within } from "@testing-library/react";
import { expect, test } from "vitest";

import type { PermissionChange } from "~/ipc";
import { seriousFindings } from "~/testing/axe";
import { problem } from "~/testing/fixtures";
import { permissionChange, permissions } from "~/testing/planFixtures";

import { bundles } from "~/app/permissions/bundles";
import { checking } from "./checking";

const text = (lines: number) => Array.from({ length: lines }, (_, at) => `  "group ${at}"`).join("\n");

/** Twenty managed policies, each created and attached. */
function twenty(): PermissionChange[] {
  return Array.from({ length: 20 }, (_, at) => at + 1).flatMap((number) => [
    permissionChange(`create-${number}`, {
      title: `Create the managed policy Overseed-R-${number}`,
      operation: "iam:CreatePolicy",
      after: text(80),
      size: 6100,
      limit: 6144,
    }),
    permissionChange(`attach-${number}`, { operation: "iam:AttachRolePolicy" }),
  ]);
}

test("calls about the same policy are one thing to read", () => {
  const ids = ["role", "delete-version-2-v1", "version-2", "attach-2", "policy", "detach-13", "delete-13", "delete-policy"];
  const found = bundles([
    ...ids.map((id) => permissionChange(id, /^(?:version|delete)-\d/.test(id) ? { before: "x" } : {})),
    permissionChange("bucket"),
  ]);
  expect(found.map(({ id, calls }) => [id, calls.length])).toEqual([
    ["role", 1],
    ["version-2", 3],
    ["policy", 1],
    ["delete-13", 2],
    ["delete-policy", 1],
    ["bucket", 1],
  ]);
});

test("of twenty policies only the first is compared before another is opened", async () => {
  const { user, container } = checking({ permissionsCheck: () => permissions({ changes: twenty() }) });
  const second = await screen.findByTestId("permission-change-create-2");
  expect(screen.getAllByRole("region", { name: /lines added/ })).toHaveLength(1);
  expect(screen.getByRole("button", { name: "Apply 40 changes" })).toBeEnabled();
  const head = within(second).getByRole("button", { name: /Create the managed policy Overseed-R-2/ });
  expect(second).toHaveTextContent(
    "iam:CreatePolicy, iam:AttachRolePolicy · nothing there now · 6,100 of 6,144 characters",
  );
  await user.click(head);
  expect(within(second).getByRole("region", { name: /80 lines added, 0 removed/ })).toBeVisible();
  expect(second.querySelectorAll("ins")).toHaveLength(24);
  await user.click(within(second).getByRole("button", { name: "Show all 80 lines" }));
  expect(second.querySelectorAll("ins")).toHaveLength(80);
  expect(await seriousFindings(container)).toEqual([]);
});

test("all can be opened and closed at once", async () => {
  const { user } = checking({ permissionsCheck: () => permissions({ changes: twenty() }) });
  await user.click(await screen.findByTestId("permissions-open-all"));
  expect(screen.getAllByRole("region", { name: /lines added/ })).toHaveLength(20);
  await user.click(screen.getByTestId("permissions-open-all"));
  expect(screen.queryAllByRole("region", { name: /lines added/ })).toHaveLength(0);
});

test("a requirement leads to the change that mends it", async () => {
  const deploy = permissions().requirements.map((one) => (one.change === null ? one : { ...one, change: "attach-7" }));
  const { user } = checking({
    permissionsCheck: () => permissions({ changes: twenty(), requirements: deploy }),
  });
  await user.click(await screen.findByText("Attach managed policies", { selector: "[aria-label*='deploy each'] *, [aria-label*='deploy each']" }));
  const seventh = screen.getByTestId("permission-change-create-7");
  expect(within(seventh).getByRole("region", { name: /80 lines added/ })).toBeVisible();
  expect(seventh).toHaveFocus();
});

test("a change without a document is one line, and what goes away is shown as it is", async () => {
  checking({
    permissionsCheck: () =>
      permissions({
        changes: [
          permissionChange("attach-1", { title: "Attach Overseed-R-1", operation: "iam:AttachRolePolicy" }),
          permissionChange("delete-policy", {
            title: "Delete the inline policy",
            operation: "iam:DeleteRolePolicy",
            before: text(3),
          }),
        ],
      }),
  });
  const line = await screen.findByTestId("permission-change-attach-1");
  expect(line).toHaveTextContent("Attach Overseed-R-1 iam:AttachRolePolicy");
  expect(within(line).queryByRole("button")).not.toBeInTheDocument();
  const gone = screen.getByTestId("permission-change-delete-policy");
  expect(gone).toHaveTextContent("iam:DeleteRolePolicy · goes away");
  expect(within(gone).getByRole("region", { name: /0 lines added, 3 removed/ })).toBeVisible();
});

test("after a failure in the middle each call says whether it was made", async () => {
  const half = twenty().slice(0, 6);
  const refused = problem("throttled", "AWS asks for patience", { requestId: "r-3" });
  const outcomes = half.map(
    (change, at): PermissionChange => ({
      ...change,
      outcome:
        at < 3 ? { kind: "done", requestId: `r-${at}` } : at === 3 ? { kind: "failed", problem: refused } : null,
    }),
  );
  const { user, container } = checking({
    permissionsCheck: () => permissions({ changes: half }),
    permissionsApply: () => permissions({ changes: outcomes }),
  });
  await user.click(await screen.findByRole("button", { name: "Apply 6 changes" }));
  const alert = await screen.findByTestId("permissions-failed");
  expect(alert).toHaveTextContent("1 change could not be applied");
  expect(alert).toHaveTextContent("3 changes before it are applied. 2 changes after it were not tried. Applying again goes on");
  expect(screen.getByTestId("permission-change-create-1")).toHaveTextContent("Applied · requests r-0, r-1");
  const second = screen.getByTestId("permission-change-create-2");
  expect(second).toHaveTextContent("iam:CreatePolicy: Applied · request r-2");
  expect(second).toHaveTextContent("iam:AttachRolePolicy: Not applied");
  expect(second).toHaveTextContent("AWS asks for patience");
  expect(screen.getByTestId("permission-change-create-3")).toHaveTextContent("iam:CreatePolicy: Not tried");
  expect(await seriousFindings(container)).toEqual([]);
});

test("applied changes stay on the screen with their requests, and a new role’s delay is told", async () => {
  const create = permissionChange("role", { title: "Create the role", operation: "iam:CreateRole", after: text(9) });
  const whole = permissions().requirements.map((one) => ({ ...one, now: "yes" as const, change: null }));
  const { user } = checking({
    permissionsCheck: () => permissions({ changes: [create], exists: false }),
    permissionsApply: () =>
      permissions({ changes: [{ ...create, outcome: { kind: "done", requestId: "r-9" } }], requirements: whole }),
  });
  await user.click(await screen.findByRole("button", { name: "Apply 1 change" }));
  expect(await screen.findByTestId("permissions-applied")).toHaveTextContent("the start waits for that by itself");
  expect(screen.getByTestId("permission-change-role")).toHaveTextContent("Applied · request r-9");
  expect(screen.getByRole("button", { name: "Nothing to apply" })).toBeDisabled();
});
