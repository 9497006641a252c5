import { screen, within } from "@testing-library/react";
import { expect, test } from "vitest";

import { seriousFindings } from "~/testing/axe";
import { mayI, permissions } from "~/testing/planFixtures";

import { checking } from "./checking";
import { inWords } from "~/app/permissions/MayITable";

const some = (yes: number, no: number, unknown: number) => [
  ...Array.from({ length: yes }, (_, at) => mayI(`iam:Yes${at}`)),
  ...Array.from({ length: no }, (_, at) => mayI(`iam:No${at}`, { state: "no" })),
  ...Array.from({ length: unknown }, (_, at) => mayI(`iam:Unknown${at}`, { state: "not_checked" })),
];

test("the caller’s rights in words", () => {
  expect(inWords(some(14, 0, 0))).toBe("You may make all 14 calls");
  expect(inWords(some(12, 0, 2))).toBe("You may make 12 of 14 calls; 2 not checked");
  expect(inWords(some(11, 1, 2))).toBe("You may make 11 of 14 calls; 1 refused, 2 not checked");
  expect(inWords(some(0, 0, 3))).toBe("None of 3 calls could be checked; AWS will say at the call");
});

test("a change that the caller may not make is said where it would be applied", async () => {
  const calls = [mayI("iam:PassRole"), mayI("iam:PutRolePolicy", { state: "no", detail: "No policy allows it." })];
  const { container } = checking({ permissionsCheck: () => permissions({ calls }) });
  const said = await screen.findByTestId("permissions-refused");
  expect(said).toHaveTextContent("iam:PutRolePolicy on arn:aws:iam::000000000000:role/OverseedBulk-eu-west-1: No policy");
  expect(said).toHaveTextContent("Hand them over");
  // A simulation may be wrong: whoever knows better can still try.
  expect(screen.getByRole("button", { name: "Apply 1 change" })).toBeEnabled();
  const table = screen.getByRole("grid", { name: "Your own rights" });
  const rows = within(table).getAllByRole("row");
  expect(rows[1]).toHaveTextContent("iam:PutRolePolicyNo");
  expect(rows[2]).toHaveTextContent("iam:PassRoleYes");
  expect(await seriousFindings(container)).toEqual([]);
});

test("a refusal that has nothing to do with the changes is no reason to hand them over", async () => {
  const calls = [mayI("iam:PassRole", { state: "no" })];
  checking({ permissionsCheck: () => permissions({ calls }) });
  expect(await screen.findByTestId("permissions-may-i")).toHaveTextContent("You may make 0 of 1 call; 1 refused");
  expect(screen.queryByTestId("permissions-refused")).not.toBeInTheDocument();
});
