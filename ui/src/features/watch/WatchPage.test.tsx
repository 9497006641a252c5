import { act, screen, waitFor, within } from "@testing-library/react";
import { Route, Routes } from "react-router";
import { expect, test } from "vitest";

import type { RunSnapshot } from "~/ipc";
import { seriousFindings } from "~/testing/axe";
import { type Answers, fakeIpc } from "~/testing/fakeIpc";
import { problem } from "~/testing/fixtures";
import { renderPart } from "~/testing/render";
import {
  STARTED,
  causes,
  changeLog,
  counts,
  finished,
  runRow,
  samples,
  snapshot,
  targetRow,
  wave,
} from "~/testing/runFixtures";

import { WatchPage } from "./WatchPage";

function watching(shown: RunSnapshot, more: Answers = {}) {
  const ipc = fakeIpc({
    runGet: () => shown,
    runWatch: () => 1,
    watchEnd: () => null,
    runSamples: () => samples(30),
    runFleet: () => "3".repeat(500),
    runCauses: () => causes,
    runChanges: () => changeLog,
    runTargets: (_run, query) => ({
      rows: [targetRow(query.state ? { state: query.state } : { state: "succeeded", message: null })],
      matches: query.state === "failed" ? 412 : 10_000,
    }),
    ...more,
  });
  const view = renderPart(
    <Routes>
      <Route path="/runs/:id" element={<WatchPage />} />
      <Route path="*" element={<p>elsewhere</p>} />
    </Routes>,
    "/runs/7f3c0a52",
  );
  return { ...view, ipc };
}

const tick = (text: RegExp | string) => screen.findByText(text);

test("the five figures say what they count", async () => {
  const { container } = watching(snapshot());
  const figures = await screen.findByTestId("watch-figures");
  expect(figures).toHaveTextContent("Bulk deploymentRunningIts deployments are being createdAttempted");
  expect(figures).toHaveTextContent("Attempted6,668of 10,000 records · 21 invalid · 7 retries");
  expect(figures).toHaveTextContent("Succeeded5,41892 % of those ended");
  await waitFor(() => expect(figures).toHaveTextContent("Failed4123 causes"));
  expect(figures).toHaveTextContent("Time left≈ 3 min18.9 a second · 3 to 4 min");
  expect(screen.getByTestId("watch-age")).toHaveTextContent(/^read \d+ s ago$/);
  await screen.findByTestId("fleet-map");
  expect(await seriousFindings(container)).toEqual([]);
});

test("of several waves, the present one is named", async () => {
  watching(snapshot({ waves: [wave({ state: "judged" }), wave({ number: 2 }), wave({ number: 3, state: "waiting" })] }));
  expect(await screen.findByTestId("watch-figures")).toHaveTextContent("wave 2 of 3");
});

test("the map has a name in words, and its legend counts all six states", async () => {
  watching(snapshot());
  expect(
    await screen.findByRole("img", { name: /Map of 500 targets.*5,418 succeeded, 412 failed, 61 unknown/ }),
  ).toBeVisible();
  const legend = screen.getByRole("group", { name: "Legend, 10,000 targets" });
  expect(
    within(legend)
      .getAllByRole("button")
      .map((button) => button.textContent),
  ).toEqual(["Succeeded 5,418", "Failed 412", "Unknown 61", "In progress 533", "Submitted 244", "Waiting 3,332"]);
});

test("the legend narrows the table to one state", async () => {
  const { user, ipc } = watching(snapshot());
  await user.click(await screen.findByRole("button", { name: "Unknown 61" }));
  await waitFor(() =>
    expect(ipc.callsOf("runTargets").some(([, query]) => (query as { state: string }).state === "unknown")).toBe(true),
  );
  expect(screen.getByRole("button", { name: "Unknown 61" })).toHaveAttribute("aria-pressed", "true");
  expect(screen.getByRole("tab", { name: "All groups" })).toHaveAttribute("aria-selected", "true");
});

test("failed groups come with the service's words", async () => {
  watching(snapshot());
  expect(await tick(/Greengrass is not authorized to assume the Service Role/)).toBeVisible();
  expect(screen.getByRole("tab", { name: "Failed (412)" })).toHaveAttribute("aria-selected", "true");
});

test("AWS’s words take one line, each once on hover, and a click opens all of the group", async () => {
  const id = "8c1d7a60-3e0a-4d1b-8e72-99b1f1b7c0de";
  const message = `Deployment ${id} needs a Greengrass Core.`;
  const { user } = watching(snapshot(), {
    runTargets: () => ({
      rows: [targetRow({ code: "GG-303", message, details: [`GG-303: ${message}`, message, "Another word."] })],
      matches: 1,
    }),
  });
  const said = await screen.findByRole("button", { name: "GG-303: Deployment 8c1d7a60… needs a Greengrass Core." });
  expect(said).toHaveAttribute("title", `GG-303: ${message}\nAnother word.`);
  await user.click(said);
  const dialog = await screen.findByTestId("target");
  expect(dialog).toHaveTextContent(`GG-303: ${message}`);
  expect(dialog).toHaveTextContent("Another word.");
});

test("being blind says since when and why", async () => {
  const since = Date.now() - 240_000;
  const { container } = watching(
    snapshot({
      blind: { since, problem: problem("network_unreachable", "There is no network", { hint: "Check the network." }) },
    }),
  );
  const alert = await screen.findByTestId("watch-blind");
  expect(alert).toHaveTextContent("No reading for 4 min");
  expect(alert).toHaveTextContent("There is no network");
  expect(alert).toHaveTextContent("Check the network.");
  expect(await seriousFindings(container)).toEqual([]);
});

test("a run on hold says why and is resumed", async () => {
  const { user, ipc } = watching(
    snapshot({
      row: runRow({ state: "hold", driven: false }),
      problem: problem("assume_role", "Greengrass cannot assume the execution role"),
    }),
    { runResume: () => snapshot() },
  );
  expect(await screen.findByTestId("watch-hold")).toHaveTextContent("Greengrass cannot assume the execution role");
  await user.click(screen.getByTestId("watch-resume"));
  await waitFor(() => expect(screen.queryByTestId("watch-hold")).not.toBeInTheDocument());
  expect(ipc.callsOf("runResume")).toEqual([["7f3c0a52"]]);
});

test("a run that no process drives says so", async () => {
  watching(snapshot({ row: runRow({ driven: false }) }));
  expect(await screen.findByTestId("watch-undriven")).toHaveTextContent("No process drives this run");
});

test("a failed run keeps the service's words", async () => {
  watching(
    snapshot({
      row: runRow({ state: "failed", endedAt: STARTED + 1000, driven: false }),
      problem: problem("bad_request", "The bulk deployment failed", {
        detail: "InvalidInputFile: Missing GroupId at line number: 7",
      }),
      waves: [wave({ bulkStatus: "Failed", errors: ["InvalidInputFile: Missing GroupId at line number: 7"] })],
    }),
  );
  expect(await screen.findByTestId("watch-failed")).toHaveTextContent("The bulk deployment failed");
  expect(screen.getByTestId("watch-waves")).toHaveTextContent("InvalidInputFile: Missing GroupId at line number: 7");
  expect(screen.queryByTestId("watch-stop")).not.toBeInTheDocument();
});

test("what does not add up at the end is said", async () => {
  watching({ ...finished(counts({ succeeded: 9997, unknown: 3 })), discrepancies: ["3 records have no report."] });
  expect(await screen.findByTestId("watch-discrepancies")).toHaveTextContent("3 records have no report.");
  expect(screen.getByTestId("watch-figures")).toHaveTextContent("Took14 min");
});

test("a run of another connection is for reading only", async () => {
  watching(snapshot({ row: runRow({ here: false, driven: false }) }));
  expect(await screen.findByTestId("watch-elsewhere")).toHaveTextContent("connect there");
  expect(screen.queryByTestId("watch-stop")).not.toBeInTheDocument();
  expect(screen.queryByTestId("watch-resume")).not.toBeInTheDocument();
});

test("stopping asks first, and says that nothing is rolled back or cancelled", async () => {
  const { user, ipc } = watching(snapshot(), { runStop: () => snapshot({ row: runRow({ state: "stopping" }) }) });
  await user.click(await screen.findByTestId("watch-stop"));
  const dialog = await screen.findByRole("dialog", { name: "Stop this run?" });
  expect(dialog).toHaveTextContent("A stop neither rolls back nor cancels");
  expect(ipc.callsOf("runStop")).toEqual([]);
  await user.click(screen.getByTestId("watch-stop-confirm"));
  await waitFor(() => expect(screen.getByTestId("watch-stop")).toHaveTextContent("Stopping…"));
});

test("what was attempted before a stop is waited for, until somebody has waited enough", async () => {
  const settling = snapshot({
    row: runRow({ state: "stopping" }),
    waves: [wave({ state: "settling", bulkStatus: "Completed", settleUntil: Date.now() + 600_000 })],
  });
  const { user, ipc } = watching(settling, { runStop: () => settling });
  expect(await screen.findByText(/Stopped; waiting for/)).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Don’t wait any longer…" }));
  expect(await screen.findByRole("dialog", { name: "Don’t wait any longer?" })).toHaveTextContent("unknown");
  await user.click(screen.getByTestId("watch-stop-confirm"));
  await waitFor(() => expect(ipc.callsOf("runStop")).toEqual([["7f3c0a52"]]));
});

test("a refused stop stays in its dialog", async () => {
  const { user } = watching(snapshot(), {
    runStop: () => {
      throw problem("access_denied", "You may not stop bulk deployments");
    },
  });
  await user.click(await screen.findByTestId("watch-stop"));
  await user.click(await screen.findByTestId("watch-stop-confirm"));
  expect(await screen.findByText("You may not stop bulk deployments")).toBeVisible();
});

test("the change log has what was done, what failed and why", async () => {
  const { user } = watching(snapshot());
  await user.click(await screen.findByRole("tab", { name: "Change log" }));
  const log = await screen.findByTestId("watch-changes");
  await within(log).findByText("Start wave 1 with 10,000 groups");
  expect(log).toHaveTextContent("greengrass:StartBulkDeployment");
  expect(log).toHaveTextContent("b7c1-44");
  expect(log).toHaveTextContent("The connection was reset");
});

test("before the first reading everything has its place already", async () => {
  const { container } = watching(
    snapshot({
      row: runRow({ state: "preparing", counts: counts({ waiting: 500 }) }),
      stage: "Uploading the input file",
      waves: [
        wave({
          state: "waiting",
          bulkDeployment: null,
          bulkStatus: null,
          recordsProcessed: 0,
          invalidInputRecords: 0,
          retryAttempts: 0,
          counts: counts({ waiting: 500 }),
          targets: 500,
          startedAt: null,
        }),
      ],
      readAt: null,
      rate: null,
      eta: null,
    }),
    { runSamples: () => [], runCauses: () => [], runTargets: () => ({ rows: [], matches: 0 }) },
  );
  expect(await screen.findByTestId("watch-figures")).toHaveTextContent("Uploading the input file");
  expect(await tick("The chart begins with the second reading.")).toBeVisible();
  expect(await tick("No group has failed.")).toBeVisible();
  expect(screen.getByTestId("watch-figures")).toHaveTextContent("none so far");
  expect(await seriousFindings(container)).toEqual([]);
});

test("a run that cannot be read says why and can be tried again", async () => {
  const { user, ipc } = watching(snapshot(), {
    runGet: () => {
      throw problem("not_found", "There is no such run");
    },
  });
  expect(await tick("There is no such run")).toBeVisible();
  ipc.answer({ runGet: () => snapshot() });
  await user.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByTestId("watch-figures")).toBeVisible();
});

test("newer snapshots arrive by themselves", async () => {
  let tell: ((snapshot: RunSnapshot) => void) | undefined;
  watching(snapshot(), {
    runWatch: (_run, channel) => {
      tell = (next) => channel.onmessage(next);
      return 1;
    },
  });
  expect(await screen.findByTestId("watch-figures")).toHaveTextContent("Succeeded5,418");
  act(() => tell?.(snapshot({ row: runRow({ counts: counts({ succeeded: 9000, waiting: 1000 }) }) })));
  await waitFor(() => expect(screen.getByTestId("watch-figures")).toHaveTextContent("Succeeded9,000"));
});

test("news that do not arrive are said to be missing", async () => {
  watching(snapshot(), {
    runWatch: () => {
      throw problem("internal", "The watch could not be attached");
    },
  });
  expect(await tick("The watch could not be attached")).toBeVisible();
});
