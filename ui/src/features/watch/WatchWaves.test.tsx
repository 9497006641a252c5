import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { Route, Routes } from "react-router";
import { expect, test, vi } from "vitest";

import type { RunSnapshot } from "~/ipc";
import { seriousFindings } from "~/testing/axe";
import { type Answers, fakeIpc } from "~/testing/fakeIpc";
import { inWaves, problem } from "~/testing/fixtures";
import { renderPart } from "~/testing/render";
import { STARTED, causes, counts, runRow, samples, snapshot, targetRow, wave } from "~/testing/runFixtures";

import { WatchPage } from "./WatchPage";

const first = wave({
  state: "judged",
  bulkStatus: "Completed",
  targets: 5,
  counts: counts({ succeeded: 5 }),
  verdict: { verdict: "go_on" },
});
const second = wave({ number: 2, targets: 50, counts: counts({ succeeded: 20, failed: 1, inProgress: 29 }) });
const third = wave({
  number: 3,
  state: "waiting",
  targets: 445,
  counts: counts({ waiting: 445 }),
  bulkDeployment: null,
  bulkStatus: null,
  startedAt: null,
});

function run(more: Partial<RunSnapshot> = {}): RunSnapshot {
  return snapshot({
    row: runRow({ counts: counts({ succeeded: 25, failed: 1, inProgress: 29, waiting: 445 }) }),
    rollout: inWaves,
    waves: [first, second, third],
    ...more,
  });
}

const held = run({
  row: runRow({ state: "hold", driven: false, counts: counts({ succeeded: 45, failed: 10, waiting: 445 }) }),
  hold: "gate",
  problem: problem("gate_exceeded", "Wave 2 is over its gate, so the next one waits for you", { hint: "See the causes." }),
  waves: [
    first,
    {
      ...second,
      state: "judged",
      counts: counts({ succeeded: 40, failed: 10 }),
      verdict: { verdict: "hold", reason: "In this wave 10 of 50 groups failed; at most 5 % may." },
    },
    third,
  ],
});

function watching(shown: RunSnapshot, more: Answers = {}, address = "/runs/7f3c0a52") {
  const ipc = fakeIpc({
    runGet: () => shown,
    runWatch: () => 1,
    watchEnd: () => null,
    runSamples: () => samples(30),
    runFleet: () => "3".repeat(55) + "0".repeat(445),
    runCauses: () => causes,
    runChanges: () => [],
    runTargets: (_run, { offset = 0, limit = 20 }) => ({
      rows: Array.from({ length: limit }, (_, at) => targetRow({ target: `target-${offset + at}`, name: null })),
      matches: 500,
    }),
    ...more,
  });
  const view = renderPart(
    <Routes>
      <Route path="/runs/:id" element={<WatchPage />} />
      <Route path="*" element={<p>elsewhere</p>} />
    </Routes>,
    address,
  );
  return { ...view, ipc };
}

test("the timeline says of each wave how it goes, and how far it is from its gate", async () => {
  const { container } = watching(run());
  const timeline = await screen.findByTestId("watch-waves");
  expect(within(timeline).getAllByRole("listitem")).toHaveLength(3);
  expect(screen.getByTestId("wave-1")).toHaveTextContent("Wave 15 groupsPassed");
  expect(screen.getByTestId("wave-2")).toHaveTextContent("1 failed or unknown, at most 2 (5 %)");
  expect(screen.getByTestId("wave-2")).toHaveAttribute("aria-current", "step");
  expect(screen.getByTestId("wave-3")).toHaveTextContent("445 groupsWaiting");
  expect(screen.getByRole("meter", { name: "Failed of all waves" })).toHaveAttribute("aria-valuemax", "25");
  expect(
    screen.getByText("When more than 5 % of a wave or more than 25 groups in all failed or are unknown, the run holds for you."),
  ).toBeVisible();
  expect(screen.getByTestId("watch-figures")).toHaveTextContent("wave 2 of 3");
  expect(screen.getByTestId("watch-figures")).toHaveTextContent("limit 25");
  expect(await seriousFindings(container)).toEqual([]);
});

test("a wave that settles says until when", async () => {
  const until = new Date(2026, 9, 12, 11, 20).getTime();
  const settling = { ...second, state: "settling" as const, settleUntil: until };
  watching(run({ waves: [first, settling, third] }));
  expect(await screen.findByTestId("wave-2")).toHaveTextContent(/Settles until .*11:20 at most/);
});

test("a wave's details are one press away", async () => {
  const { user } = watching(run());
  await user.click(within(await screen.findByTestId("wave-2")).getByRole("button", { name: /Wave 2/ }));
  expect(await screen.findByText("s3://overseed-demo-000000000000/overseed/7f3c0a52/wave-001.jsonl")).toBeVisible();
});

test("a pause asks first, says what goes on, and can be taken back", async () => {
  const { user, ipc } = watching(run(), { runPause: () => run({ pausing: true }), runContinue: () => run() });
  await user.click(await screen.findByTestId("watch-pause"));
  const dialog = await screen.findByRole("dialog", { name: "Pause between waves?" });
  expect(dialog).toHaveTextContent("Wave 2 goes on to its end: a bulk deployment that was started cannot be paused.");
  expect(ipc.callsOf("runPause")).toEqual([]);
  await user.click(screen.getByTestId("watch-pause-confirm"));
  await waitFor(() => expect(screen.getByTestId("watch-figures")).toHaveTextContent("pauses before wave 3"));
  await user.click(screen.getByTestId("watch-unpause"));
  await waitFor(() => expect(screen.getByTestId("watch-pause")).toBeVisible());
  expect(ipc.callsOf("runContinue")).toEqual([["7f3c0a52"]]);
});

test("with the last wave under way there is nothing to pause", async () => {
  watching(run({ waves: [first, { ...second, state: "judged" }, { ...third, state: "running" }] }));
  expect(await screen.findByTestId("watch-pause")).toHaveAttribute("aria-disabled", "true");
});

test("a gate that holds says why, what to do, and goes on only when asked", async () => {
  const { user, ipc, container } = watching(held, { runContinue: () => run() });
  const banner = await screen.findByTestId("watch-hold");
  expect(banner).toHaveTextContent("The gate holds the run after wave 2");
  expect(banner).toHaveTextContent("Wave 2 is over its gate");
  expect(banner).toHaveTextContent("1 wave with 445 groups to come.");
  expect(screen.getByTestId("wave-2")).toHaveTextContent("In this wave 10 of 50 groups failed; at most 5 % may.");
  expect(screen.getByTestId("watch-figures")).toHaveTextContent("Held by the gate before wave 3");
  await within(banner).findByRole("button", { name: "3 causes" });
  expect(await seriousFindings(container)).toEqual([]);
  await user.click(screen.getByTestId("watch-continue"));
  const dialog = await screen.findByRole("dialog", { name: "Go on with the next wave?" });
  expect(dialog).toHaveTextContent("Wave 3 is started now, with 445 groups.");
  expect(dialog).toHaveTextContent("In this wave 10 of 50 groups failed");
  await user.click(screen.getByTestId("watch-continue-confirm"));
  await waitFor(() => expect(screen.queryByTestId("watch-hold")).not.toBeInTheDocument());
  expect(ipc.callsOf("runContinue")).toEqual([["7f3c0a52"]]);
});

test.each([
  ["paused", "The run is paused"],
  ["between_waves", "Wave 2 is done; the next one waits for you"],
] as const)("a hold because it is %s is told as such", async (hold, words) => {
  watching({ ...held, hold, problem: null });
  expect(await screen.findByTestId("watch-hold")).toHaveTextContent(words);
  expect(screen.getByTestId("watch-continue")).toBeVisible();
});

test("an abort says what its gate said", async () => {
  const row = runRow({ state: "stopped", driven: false, endedAt: STARTED + 60_000, counts: held.row.counts });
  watching({ ...held, row, hold: null });
  expect(await screen.findByTestId("watch-aborted")).toHaveTextContent("Wave 2 is over its gate");
  expect(screen.queryByTestId("watch-pause")).not.toBeInTheDocument();
});

test("a stop between waves says that the waves to come are not started", async () => {
  const { user } = watching(held);
  await user.click(await screen.findByTestId("watch-stop"));
  const dialog = await screen.findByRole("dialog", { name: "Stop this run?" });
  expect(dialog).toHaveTextContent("1 wave with 445 groups will not be started");
  expect(dialog).not.toHaveTextContent("AWS is asked to stop");
});

test("groups selected in the map are left out of waves to come after asking", async () => {
  vi.spyOn(HTMLElement.prototype, "clientWidth", "get").mockReturnValue(800);
  const { user, ipc } = watching(run(), { runSkip: () => run({ waves: [first, second, { ...third, skipped: 2 }] }) });
  const map = await screen.findByTestId("fleet-map");
  fireEvent.pointerDown(map, { clientX: 2, clientY: 34, button: 0 });
  fireEvent.pointerMove(map, { clientX: 20, clientY: 34 });
  fireEvent.pointerUp(map, { clientX: 20, clientY: 34 });
  await user.click(screen.getByTestId("fleet-skip"));
  const dialog = await screen.findByRole("dialog", { name: "Leave out 2 groups?" });
  expect(dialog).toHaveTextContent("They stay waiting");
  await user.click(screen.getByTestId("watch-skip-confirm"));
  await waitFor(() => expect(screen.getByTestId("wave-3")).toHaveTextContent("445 groups, 2 left out"));
  expect(ipc.callsOf("runSkip")).toEqual([["7f3c0a52", ["target-100", "target-101"]]]);
});

test("a refusal stays in its dialog", async () => {
  const { user } = watching(run(), {
    runPause: () => {
      throw problem("invalid_input", "There is nothing to pause: the last wave has been started");
    },
  });
  await user.click(await screen.findByTestId("watch-pause"));
  await user.click(await screen.findByTestId("watch-pause-confirm"));
  expect(await screen.findByText(/There is nothing to pause/)).toBeVisible();
});

test("the chart says how fast, how long yet and how old, and counts its gaps", async () => {
  watching(run(), { runSamples: () => samples(30, 12) });
  const foot = await screen.findByTestId("watch-chart-foot");
  expect(foot).toHaveTextContent("18.9 attempted a second");
  expect(foot).toHaveTextContent("3 to 4 min left for the attempts");
  expect(foot).toHaveTextContent(/Figures are \d+ s old/);
  await waitFor(() => expect(foot).toHaveTextContent("1 gap, 4 min not read"));
});

test("a bulk deployment from elsewhere is read again only when asked", async () => {
  const found = snapshot({ row: runRow({ foreign: true, driven: false }) });
  const { user, ipc } = watching(found, { bulkOpen: () => ({ ...found, readAt: Date.now() }) });
  expect(await screen.findByTestId("watch-foreign")).toHaveTextContent("nothing is read by itself");
  expect(screen.queryByTestId("watch-undriven")).not.toBeInTheDocument();
  await user.click(screen.getByTestId("watch-read-again"));
  await waitFor(() => expect(ipc.callsOf("bulkOpen")).toEqual([["0d3f9c1e-6f53-4b6e-9b1a-7d2c55aa0e10"]]));
});

test("a run that retries another one leads to it", async () => {
  const { user } = watching(run({ row: runRow({ parent: "a1b2c3d4e5f6" }) }));
  await user.click(await screen.findByTestId("watch-parent"));
  expect(screen.getByTestId("place")).toHaveTextContent("/runs/a1b2c3d4e5f6");
});

test("an address that asks for a group looks for it in the table and marks the cell of just that one", async () => {
  vi.spyOn(HTMLElement.prototype, "clientWidth", "get").mockReturnValue(800);
  const answers: Answers = {
    runTargets: (_run, { text = "", target = null }) => ({
      // Its name is the beginning of another one's.
      rows: target === null ? [targetRow({ target: `${text}0`, position: 3 })] : [targetRow({ target, position: 100 })],
      matches: 1,
    }),
  };
  watching(run(), answers, "/runs/7f3c0a52?target=target-100");
  expect(await screen.findByDisplayValue("target-100")).toBeVisible();
  expect((await screen.findByTestId("fleet-marked")).style.transform).toBe("translate(0px, 32px)");
});

test("a group of the table is opened, and retried from there", async () => {
  const { user } = watching(run(), { targetHistory: () => [] });
  await user.click((await screen.findAllByRole("button", { name: "Open target-0" }))[0] ?? document.body);
  await user.click(await screen.findByTestId("target-retry"));
  expect(await screen.findByRole("dialog", { name: "Make a new plan of 1 group?" })).toBeVisible();
});

test("rows of the table are selected and left out, or retried, as far as that is possible", async () => {
  const { user, ipc, container } = watching(run(), {
    runTargets: () => ({
      rows: [
        targetRow({ target: "target-a", name: null }),
        targetRow({ target: "target-b", name: null, wave: 3, state: "waiting", message: null }),
      ],
      matches: 2,
    }),
    runSkip: () => run(),
  });
  await user.click(await screen.findByRole("checkbox", { name: "Select target-a" }));
  expect(screen.getByTestId("targets-retry")).toHaveTextContent("Retry 1…");
  expect(screen.getByTestId("targets-skip")).toHaveAttribute("aria-disabled", "true");
  await user.click(screen.getByRole("checkbox", { name: "Select target-b" }));
  expect(await seriousFindings(container)).toEqual([]);
  await user.click(screen.getByTestId("targets-skip"));
  await user.click(await screen.findByTestId("watch-skip-confirm"));
  await waitFor(() => expect(ipc.callsOf("runSkip")).toEqual([["7f3c0a52", ["target-b"]]]));
  await user.click(screen.getByTestId("targets-retry"));
  expect(await screen.findByRole("dialog", { name: "Make a new plan of 1 group?" })).toBeVisible();
});
