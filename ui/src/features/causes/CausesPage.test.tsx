import { screen, waitFor, within } from "@testing-library/react";
import { Route, Routes } from "react-router";
import { expect, test } from "vitest";

import type { RunSnapshot } from "~/ipc";
import { seriousFindings } from "~/testing/axe";
import { type Answers, fakeIpc } from "~/testing/fakeIpc";
import { appStatus, draft, problem } from "~/testing/fixtures";
import { renderPart } from "~/testing/render";
import { causes, counts, finished, runRow, snapshot, targetRow } from "~/testing/runFixtures";

import { coreLogCommands } from "~/app/target/coreLog";

import { CausesPage } from "./CausesPage";
import { sentence } from "./sentence";

const ended = finished(counts({ succeeded: 9500, failed: 412, unknown: 88 }));

function telling(shown: RunSnapshot, more: Answers = {}, asked = "") {
  const ipc = fakeIpc({
    runGet: () => shown,
    runWatch: () => 1,
    watchEnd: () => null,
    runCauses: () => causes,
    runTargets: () => ({ rows: [targetRow()], matches: 286 }),
    targetHistory: () => [],
    jobWatch: () => 1,
    appStatus: () => appStatus(),
    generationGet: () => "v1",
    ...more,
  });
  const view = renderPart(
    <Routes>
      <Route path="/runs/:id/causes" element={<CausesPage />} />
      <Route path="*" element={<p>elsewhere</p>} />
    </Routes>,
    `/runs/7f3c0a52/causes${asked}`,
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

test("the list has the beginning of a long message, the detail all of it on demand", async () => {
  const long = "so it goes on ".repeat(40);
  const lengthy = causes.map((cause) => (cause.code === "400" ? { ...cause, message: long } : cause));
  const { user } = telling(ended, { runCauses: () => lengthy });
  const detail = within(await screen.findByTestId("cause-detail"));
  await user.click(detail.getByRole("button", { name: "Whole text" }));
  expect(detail.getByText(new RegExp(`${long.trim()}`))).toBeVisible();
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

test("a cause of permissions leads to the step that mends it, with just its groups in the plan", async () => {
  const { user, ipc } = telling(ended, { runRetry: () => ({ generation: "v1", draft: draft({ step: "versions", selected: 105 }) }) });
  await user.click(await screen.findByRole("radio", { name: "The role may not deploy the group" }));
  await user.click(screen.getByTestId("cause-permissions"));
  expect(await screen.findByRole("dialog")).toHaveTextContent("The step Permissions then compares");
  await user.click(screen.getByTestId("retry-confirm"));
  await waitFor(() => expect(screen.getByTestId("place")).toHaveTextContent("/new/permissions"));
  expect(ipc.callsOf("runRetry")).toEqual([["7f3c0a52", { cause: "00000000000000a2", targets: [], states: [] }, "same"]]);
});

test("retrying one cause makes a draft of just its groups, after asking, with the version that is chosen", async () => {
  const { user, ipc } = telling(ended, { runRetry: () => ({ generation: "v1", draft: draft({ step: "versions", selected: 286 }) }) });
  await user.click(await screen.findByRole("button", { name: "Retry these 286…" }));
  expect(await screen.findByRole("dialog")).toHaveTextContent("Nothing is deployed until you start the new plan");
  expect(ipc.callsOf("runRetry")).toEqual([]);
  await user.click(screen.getByRole("radio", { name: /The latest of each group now/ }));
  await user.click(screen.getByTestId("retry-confirm"));
  await waitFor(() => expect(screen.getByTestId("place")).toHaveTextContent("/new/versions"));
  expect(ipc.callsOf("runRetry")).toEqual([["7f3c0a52", { cause: "00000000000000a1", targets: [], states: [] }, "latest"]]);
});

test("retrying all leaves the cause out", async () => {
  const { user, ipc } = telling(ended, { runRetry: () => ({ generation: "v1", draft: draft({ step: "versions" }) }) });
  await user.click(await screen.findByRole("button", { name: "Retry all 412…" }));
  await user.click(await screen.findByTestId("retry-confirm"));
  await waitFor(() =>
    expect(ipc.callsOf("runRetry")).toEqual([["7f3c0a52", { cause: null, targets: [], states: [] }, "same"]]),
  );
});

test("rows that are selected are retried by themselves", async () => {
  const { user, ipc } = telling(ended, { runRetry: () => ({ generation: "v1", draft: draft({ step: "versions" }) }) });
  expect(await screen.findByTestId("cause-retry-selected")).toBeDisabled();
  await user.click(await screen.findByRole("checkbox", { name: "Select rotterdam-line-0001" }));
  await user.click(screen.getByTestId("cause-retry-selected"));
  await user.click(await screen.findByTestId("retry-confirm"));
  await waitFor(() =>
    expect(ipc.callsOf("runRetry")).toEqual([
      ["7f3c0a52", { cause: null, targets: [targetRow().target], states: [] }, "same"],
    ]),
  );
});

test("what succeeded can be rolled back to the version before", async () => {
  const { user, ipc } = telling(ended, { runRollBack: () => ({ generation: "v1", draft: draft({ step: "versions" }) }) });
  await user.click(await screen.findByTestId("causes-roll-back"));
  const dialog = await screen.findByRole("dialog");
  expect(dialog).toHaveTextContent("Roll 9,500 groups back?");
  expect(within(dialog).queryByRole("radio")).not.toBeInTheDocument();
  await user.click(screen.getByTestId("retry-confirm"));
  await waitFor(() => expect(screen.getByTestId("place")).toHaveTextContent("/new/versions"));
  expect(ipc.callsOf("runRollBack")).toEqual([["7f3c0a52"]]);
});

test("a retry that is refused says why and asks on", async () => {
  const { user } = telling(ended, {
    runRetry: () => {
      throw problem("nothing_selected", "None of these groups is in the inventory");
    },
  });
  await user.click(await screen.findByTestId("cause-retry"));
  await user.click(await screen.findByTestId("retry-confirm"));
  expect(await screen.findByText("None of these groups is in the inventory")).toBeVisible();
  expect(screen.getByTestId("retry-confirm")).toBeEnabled();
});

test("the address names the cause and the group that are shown", async () => {
  const { container } = telling(
    ended,
    {
      targetHistory: () => [
        {
          run: "b41d",
          name: "Firmware 4.1",
          at: 1_760_000_000_000,
          version: "4b1d7a60-3e0a",
          state: "succeeded",
          deployment: null,
          cause: null,
          message: null,
        },
      ],
    },
    `?cause=00000000000000a3&target=${targetRow().target}`,
  );
  const target = within(await screen.findByTestId("target"));
  expect(await target.findByTestId("target-line")).toHaveTextContent(
    `{"GroupId":"${targetRow().target}","GroupVersionId":"${targetRow().version}","DeploymentType":"NewDeployment"}`,
  );
  expect(await target.findByRole("link", { name: "Firmware 4.1" })).toBeVisible();
  expect(screen.getByRole("radio", { name: "widget frobnicated beyond repair", hidden: true })).toBeChecked();
  expect(await seriousFindings(container)).toEqual([]);
});

test("a group is opened from its row, and leads to the map and to a retry of its own", async () => {
  const { user } = telling(ended);
  await user.click(await screen.findByRole("link", { name: "rotterdam-line-0001" }));
  const target = within(await screen.findByTestId("target"));
  expect(await target.findByText(/No earlier run of this computer/)).toBeVisible();
  await user.click(target.getByTestId("target-retry"));
  expect(await screen.findByText(/just the groups that you selected/)).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Cancel" }));
  await user.click(await screen.findByTestId("target-map"));
  expect(screen.getByTestId("place")).toHaveTextContent("/runs/7f3c0a52");
});

test("a cause leads to its groups on the map", async () => {
  const { user } = telling(ended);
  await user.click(await screen.findByTestId("cause-map"));
  expect(screen.getByTestId("place")).toHaveTextContent("/runs/7f3c0a52");
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

test("a bulk deployment that failed as a whole is a cause with the way to its line", async () => {
  const whole = {
    ...causes[0]!,
    key: "overseed:bulk-failed",
    title: "The bulk deployment failed: The input file lacks a GroupId",
    message: "InvalidInputFile: Missing GroupId at line number: 7",
    targets: 3,
    wave: 1,
    line: 7,
  };
  const failed = finished(counts({ waiting: 3 }));
  const shown = { ...failed, row: { ...failed.row, state: "failed" as const } };
  const { user } = telling(shown, {
    runCauses: () => [whole],
    runTargets: () => ({ rows: [targetRow({ line: 7, state: "waiting" })], matches: 1 }),
  });
  expect(await screen.findByTestId("causes-sentence")).toHaveTextContent(
    "A bulk deployment failed as a whole; 3 groups never attempted",
  );
  expect(screen.queryByTestId("causes-retry-all")).not.toBeInTheDocument();
  await user.click(await screen.findByTestId("cause-line"));
  await waitFor(() => expect(screen.getByTestId("place")).toHaveTextContent(`target=${targetRow().target}`));
});

test("unknown groups of an ended run get what AWS says by now", async () => {
  const late = {
    ...causes[0]!,
    key: "overseed:not-waited-for",
    title: "The answer of the core was not waited for",
    message: "",
    code: null,
    targets: 88,
  };
  const now = finished(counts({ succeeded: 9580, failed: 412, unknown: 8 }));
  let shown = ended;
  const { user, ipc } = telling(ended, {
    runCauses: () => [late],
    runGet: () => shown,
    runReadAgain: () => (shown = now),
  });
  await user.click(await screen.findByTestId("cause-read-again"));
  await waitFor(() => expect(screen.getByTestId("causes-sentence")).toHaveTextContent("420 of 10,000 groups"));
  expect(ipc.callsOf("runReadAgain")).toEqual([[ended.row.id]]);
});

test.each([
  ["overseed:not-taken", true],
  ["overseed:device-at-work", true],
  ["overseed:device-not-waited-for", true],
  ["overseed:deployment-in-doubt", true],
  ["overseed:overtaken", false],
])("core devices that are unknown for %s are asked again: %s", async (key, again) => {
  const unknown = { ...causes[0]!, key, title: "The device has not answered", message: "", code: null, targets: 88 };
  const devices = { ...ended, row: { ...ended.row, generation: "v2" as const } };
  const { user, ipc } = telling(devices, { runCauses: () => [unknown], runReadAgain: () => devices });
  await screen.findByTestId("cause-detail");
  if (!again) {
    expect(screen.queryByTestId("cause-read-again")).toBeNull();
    return;
  }
  await user.click(screen.getByRole("button", { name: "Ask the devices again" }));
  await waitFor(() => expect(ipc.callsOf("runReadAgain")).toEqual([[devices.row.id]]));
});
