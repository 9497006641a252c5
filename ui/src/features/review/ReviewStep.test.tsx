import { act, screen, waitFor, within } from "@testing-library/react";
import { useMemo } from "react";
import { expect, test, vi } from "vitest";

import { WizardContext } from "~/app/wizard";
import type { Review } from "~/ipc";
import { seriousFindings } from "~/testing/axe";
import { type Answers, fakeIpc } from "~/testing/fakeIpc";
import { appStatus, accountConnection, draft, inWaves, problem, waveFile } from "~/testing/fixtures";
import { renderPart } from "~/testing/render";
import { review } from "~/testing/planFixtures";
import { runRow, snapshot } from "~/testing/runFixtures";

import { ReviewStep } from "./ReviewStep";

const goTo = vi.fn();
let submit: (() => Promise<void>) | null = null;

function Wizard() {
  const wizard = useMemo(
    () => ({
      goTo,
      clearError: () => undefined,
      setSubmit: (work: (() => Promise<void>) | null) => {
        submit = work;
      },
    }),
    [],
  );
  return (
    <WizardContext value={wizard}>
      <ReviewStep />
    </WizardContext>
  );
}

function reviewing(more: Answers = {}) {
  const ipc = fakeIpc({
    appStatus: () => appStatus(),
    draftGet: () => review().draft,
    draftSet: (change) => ({ ...review().draft, name: change.name ?? "", settleMinutes: change.settleMinutes ?? 30 }),
    review: () => review(),
    runsList: () => [],
    jobWatch: () => 1,
    watchEnd: () => null,
    jobCancel: () => null,
    ...more,
  });
  return { ...renderPart(<Wizard />), ipc };
}

const other = {
  id: "0d3f9c1e",
  status: "Running" as const,
  createdAt: new Date(Date.now() - 2.5 * 3_600_000).toISOString(),
  run: "run-7",
} satisfies Review["other"];
const failing = review({
  ready: false,
  checks: [
    {
      id: "file",
      title: "The input file has no refusals",
      state: "fail",
      detail: "Make the file again.",
      step: "file",
    },
    { id: "pass", title: "You may pass the role", state: "pass", detail: "Simulated", step: "permissions" },
  ],
});

test("the whole plan is told: where, who, how many, which file, which role", async () => {
  const { container } = reviewing();
  const plan = await screen.findByTestId("review-plan");
  await waitFor(() => expect(plan).toHaveTextContent("Sandbox 000000000000, eu-west-1"));
  expect(plan).toHaveTextContent("user/dana");
  expect(plan).toHaveTextContent("498 groups, in one wave");
  expect(plan).toHaveTextContent("498 records, 70.7 kB");
  expect(plan).toHaveTextContent("91ac5f0e7d3b2a6c8e1f");
  expect(plan).toHaveTextContent("s3://overseed-demo-000000000000/overseed/7f3c0a52/wave-001.jsonl");
  expect(plan).toHaveTextContent("role/OverseedBulk-eu-west-1");
  expect(screen.getByText("Ready to start, with 1 warning.")).toBeVisible();
  expect(await seriousFindings(container)).toEqual([]);
});

test("starting asks first, naming number, account and Region, then shows the run", async () => {
  const { user, ipc } = reviewing({ runStart: () => snapshot() });
  await screen.findByTestId("review-plan");
  await act(async () => submit?.());
  const dialog = await screen.findByRole("dialog", { name: "Start deploying to 498 groups?" });
  expect(dialog).toHaveTextContent("498 groups in the sandbox’s account 000000000000, Region eu-west-1");
  expect(ipc.callsOf("runStart")).toEqual([]);
  await user.click(screen.getByTestId("review-start-confirm"));
  await waitFor(() => expect(screen.getByTestId("place")).toHaveTextContent("/runs/7f3c0a52"));
});

test("a real account is told apart from the sandbox before the start", async () => {
  reviewing({ appStatus: () => appStatus({ connection: accountConnection }) });
  await screen.findByTestId("review-plan");
  await screen.findByText(/Account 123456789012/);
  await act(async () => submit?.());
  expect(await screen.findByText(/This changes devices in the field/)).toBeVisible();
});

test("a failed check blocks the start, is named, and leads to its step", async () => {
  const { user, ipc } = reviewing({ review: () => failing });
  expect(await screen.findByText("1 check failed: the start is blocked.")).toBeVisible();
  await expect(submit?.()).rejects.toThrow("The start is blocked by 1 failed check: The input file has no refusals.");
  expect(screen.queryByTestId("review-start-confirm")).not.toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Go to the step Input file: The input file has no refusals" }));
  expect(goTo).toHaveBeenCalledWith("file");
  expect(ipc.callsOf("runStart")).toEqual([]);
});

test("a refused start stays in its dialog with the service's words", async () => {
  const { user } = reviewing({
    runStart: () => {
      throw problem("concurrent_bulk_deployment", "Another bulk deployment is running");
    },
  });
  await screen.findByTestId("review-plan");
  await act(async () => submit?.());
  await user.click(await screen.findByTestId("review-start-confirm"));
  const dialog = screen.getByRole("dialog", { name: /Start deploying/ });
  expect(await within(dialog).findByText("Another bulk deployment is running")).toBeVisible();
});

test("another bulk deployment is named, and stopping it says what a stop does not do", async () => {
  const { user, ipc, container } = reviewing({
    review: () => review({ ready: false, other }),
    otherStop: () => review(),
  });
  expect(await screen.findByTestId("review-other")).toHaveTextContent("0d3f9c1e · Running · created 2 hours ago");
  expect(await seriousFindings(container)).toEqual([]);
  await user.click(screen.getByTestId("review-other-stop"));
  expect(await screen.findByRole("dialog")).toHaveTextContent(/neither rolls back .* nor cancels/);
  await user.click(screen.getByTestId("review-other-confirm"));
  await waitFor(() => expect(screen.queryByTestId("review-other")).not.toBeInTheDocument());
  expect(ipc.callsOf("otherStop")).toEqual([["0d3f9c1e"]]);
});

test("a name is stored as it is typed, a settle time only when it is one", async () => {
  const { user, ipc } = reviewing();
  await screen.findByTestId("review-plan");
  const settle = screen.getByRole("textbox", { name: "Settle time in minutes" });
  await user.clear(settle);
  await user.type(settle, "x");
  expect(await screen.findByText("Minutes, more than 0 and at most 10,080.")).toBeVisible();
  await user.clear(settle);
  await user.type(settle, "5");
  await user.type(screen.getByRole("textbox", { name: "Name" }), "!");
  // Typed slowly these are two calls.
  const stored = () => Object.assign({}, ...(ipc.callsOf("draftSet").flat() as object[])) as object;
  await waitFor(() => expect(stored()).toMatchObject({ settleMinutes: 5, name: "Firmware 4.2 to all lines!" }));
});

test("a plan is exported and opened", async () => {
  const { user, ipc } = reviewing({ planExport: () => "/tmp/plan.json", planOpen: () => ({ generation: "v1", draft: draft({ name: "Opened" }) }) });
  await screen.findByTestId("review-plan");
  await user.click(screen.getByTestId("review-export-plan"));
  await waitFor(() => expect(ipc.callsOf("planExport")).toHaveLength(1));
  const before = ipc.callsOf("review").length;
  await user.click(screen.getByTestId("review-open-plan"));
  await waitFor(() => expect(ipc.callsOf("review").length).toBeGreaterThan(before));
});

test("a review that fails says why and can be made again", async () => {
  const { user, ipc } = reviewing({
    review: () => {
      throw problem("network_unreachable", "There is no network");
    },
  });
  expect(await screen.findByTestId("review-problem")).toHaveTextContent("There is no network");
  await expect(submit?.()).rejects.toThrow("The plan is not checked yet.");
  ipc.answer({ review: () => review() });
  await user.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByTestId("review-plan")).toBeVisible();
});

test("a plan that was started leads to its run", async () => {
  const { user } = reviewing({ runsList: () => [runRow({ id: review().draft.plan })] });
  expect(await screen.findByTestId("review-started")).toHaveTextContent("nothing is deployed twice");
  await user.click(screen.getByRole("button", { name: "Watch the run" }));
  expect(screen.getByTestId("place")).toHaveTextContent(`/runs/${review().draft.plan}`);
});

test("the plan after a started one is a new one", async () => {
  const { ipc } = reviewing({
    runsList: () => [runRow({ id: "the-one-before" })],
    review: () => review({ draft: { ...review().draft, run: "the-one-before" } }),
  });
  await screen.findByTestId("review-plan");
  await waitFor(() => expect(ipc.callsOf("runsList")).not.toEqual([]));
  expect(screen.queryByTestId("review-started")).toBeNull();
});

test("waves are told with their gate and the hash of each file, and the start says how it begins", async () => {
  const inThree = review({
    draft: { ...review().draft, waves: inWaves },
    waves: [waveFile(1), waveFile(2, { targets: 50 }), waveFile(3, { targets: 443, by: "the rest" })],
  });
  const { container } = reviewing({ review: () => inThree, draftGet: () => inThree.draft });
  const waves = await screen.findByTestId("review-waves");
  expect(screen.getByTestId("review-plan")).toHaveTextContent("498 groups, in 3 waves, in the order of the plan");
  expect(waves).toHaveTextContent("When more than 5 % of a wave or more than 25 groups in all failed or are unknown");
  expect(waves).toHaveTextContent("222222222222…");
  expect(await seriousFindings(container)).toEqual([]);
  await act(async () => submit?.());
  expect(await screen.findByRole("dialog")).toHaveTextContent("in 3 waves. The first one has 5 groups.");
});
