import { screen, waitFor, within } from "@testing-library/react";
import { Route, Routes } from "react-router";
import { expect, test } from "vitest";

import type { RunSnapshot } from "~/ipc";
import { seriousFindings } from "~/testing/axe";
import { type Answers, fakeIpc } from "~/testing/fakeIpc";
import { draft, problem } from "~/testing/fixtures";
import { renderPart } from "~/testing/render";
import { causes, counts, finished, runRow, snapshot, targetRow } from "~/testing/runFixtures";

import { CausesPage } from "./CausesPage";
import { coreLogCommands, sentence } from "./sentence";

const ended = finished(counts({ succeeded: 9500, failed: 412, unknown: 88 }));

function telling(shown: RunSnapshot, more: Answers = {}) {
  const ipc = fakeIpc({
    runGet: () => shown,
    runWatch: () => 1,
    watchEnd: () => null,
    runCauses: () => causes,
    runTargets: () => ({ rows: [targetRow()], matches: 286 }),
    ...more,
  });
  const view = renderPart(
    <Routes>
      <Route path="/runs/:id/causes" element={<CausesPage />} />
      <Route path="*" element={<p>elsewhere</p>} />
    </Routes>,
    "/runs/7f3c0a52/causes",
  );
  return { ...view, ipc };
}

test("a sentence says it all", () => {
  expect(sentence(ended.row, causes)).toBe(
    "500 of 10,000 groups did not succeed, for 3 reasons; AWS gave no reason for 88 of them",
  );
  expect(sentence(snapshot().row, causes)).toMatch(/^So far 473 of 5,891 groups that ended did not succeed/);
  expect(sentence(runRow({ state: "finished", counts: counts({ succeeded: 20 }) }), [])).toBe(
    "All 20 groups succeeded",
  );
  expect(sentence(runRow({ counts: counts({ waiting: 20 }) }), [])).toBe("No group has ended yet");
});

test("causes come with their count, their share and the service's words", async () => {
  const { container } = telling(ended);
  const table = await screen.findByTestId("causes-table");
  const rows = within(table).getAllByRole("row").slice(1);
  expect(rows).toHaveLength(3);
  expect(rows[0]).toHaveTextContent("286");
  expect(rows[0]).toHaveTextContent("57.2 %");
  expect(rows[0]).toHaveTextContent("400: Greengrass is not authorized to assume the Service Role");
  expect(rows[2]).toHaveTextContent("Not in the catalogue");
  expect(screen.getByTestId("causes-sentence")).toHaveTextContent("500 of 10,000 groups did not succeed");
  await screen.findByText("rotterdam-line-0001");
  expect(await seriousFindings(container)).toEqual([]);
});

test("a long message is cut, and whole on demand", async () => {
  const { user } = telling(ended);
  const table = within(await screen.findByTestId("causes-table"));
  expect(table.queryByText(/groups\/953a64a1-d2d0-4b1c-9a55-2f0f7c1f0a11/)).not.toBeInTheDocument();
  await user.click(table.getByRole("button", { name: "Whole text" }));
  expect(table.getByText(/groups\/953a64a1-d2d0-4b1c-9a55-2f0f7c1f0a11/)).toBeVisible();
});

test("a cause is explained: meaning, remedies, source, and its groups", async () => {
  const { user } = telling(ended);
  const detail = await screen.findByTestId("cause-detail");
  expect(detail).toHaveTextContent("Greengrass has no usable service role in this Region");
  expect(detail).toHaveTextContent("Troubleshooting AWS IoT Greengrass");
  expect(within(detail).getAllByRole("listitem").length).toBeGreaterThanOrEqual(2);
  const row = (await within(detail).findByText("rotterdam-line-0001")).closest("tr");
  expect(row).toHaveTextContent("2,014");
  expect(row).toHaveTextContent("Succeeded");
  await user.click(screen.getByRole("radio", { name: "widget frobnicated beyond repair" }));
  expect(screen.getByTestId("cause-detail")).toHaveTextContent("The catalogue does not know this message");
});

test("a cause of permissions leads to the step that mends it", async () => {
  const { user } = telling(ended);
  await user.click(await screen.findByRole("radio", { name: "The role may not deploy the group" }));
  await user.click(screen.getByTestId("cause-permissions"));
  expect(screen.getByTestId("place")).toHaveTextContent("/new/permissions");
});

test("retrying one cause makes a draft of just its groups, after asking", async () => {
  const { user, ipc } = telling(ended, { retryFailed: () => draft({ step: "versions", selected: 286 }) });
  await user.click(await screen.findByRole("button", { name: "Retry these 286…" }));
  expect(await screen.findByRole("dialog")).toHaveTextContent("Nothing is deployed until you start the new plan.");
  expect(ipc.callsOf("retryFailed")).toEqual([]);
  await user.click(screen.getByTestId("retry-confirm"));
  await waitFor(() => expect(screen.getByTestId("place")).toHaveTextContent("/new/versions"));
  expect(ipc.callsOf("retryFailed")).toEqual([["7f3c0a52", "00000000000000a1"]]);
});

test("retrying all leaves the cause out", async () => {
  const { user, ipc } = telling(ended, { retryFailed: () => draft({ step: "versions" }) });
  await user.click(await screen.findByRole("button", { name: "Retry all 412…" }));
  await user.click(await screen.findByTestId("retry-confirm"));
  await waitFor(() => expect(ipc.callsOf("retryFailed")).toEqual([["7f3c0a52", null]]));
});

test("a run without failures is told so", async () => {
  const { container } = telling(finished(counts({ succeeded: 500 })), { runCauses: () => [] });
  expect(await screen.findByTestId("causes-none")).toHaveTextContent("All 500 groups succeeded");
  expect(screen.queryByTestId("causes-retry-all")).not.toBeInTheDocument();
  expect(await seriousFindings(container)).toEqual([]);
});

test("a run of another connection cannot be retried from here", async () => {
  telling({ ...ended, row: { ...ended.row, here: false } });
  await screen.findByTestId("cause-detail");
  expect(screen.queryByTestId("causes-retry-all")).not.toBeInTheDocument();
  expect(screen.queryByTestId("cause-retry")).not.toBeInTheDocument();
});

test("causes that cannot be read say why", async () => {
  const { user, ipc } = telling(ended, {
    runCauses: () => {
      throw problem("store_failed", "The store cannot be read");
    },
  });
  expect(await screen.findByText("The store cannot be read")).toBeVisible();
  ipc.answer({ runCauses: () => causes });
  await user.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByTestId("causes-table")).toBeVisible();
});

test("the commands for the core log name system and user logs, and quote what they search for", () => {
  const text = coreLogCommands("line-1", "8c1d'7a60", runRow());
  expect(text).toContain("sudo tail -n 200 /greengrass/ggc/var/log/system/runtime.log");
  expect(text).toContain("/greengrass/ggc/var/log/user/eu-west-1/000000000000/");
  expect(text).toContain(`grep -F '8c1d'\\''7a60'`);
  expect(coreLogCommands("line-1", null, runRow())).not.toContain("grep");
});
