import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";

import { formOf as wavesFormOf, keepTyped as keepWaves } from "~/app/waveForm/wavesForm";
import type { DeviceDraft, DeviceDraftChange, DevicePreview, IotJobConfiguration } from "~/ipc";
import { seriousFindings } from "~/testing/axe";
import { devicePreview } from "~/testing/deviceFixtures";
import { type Answers, fakeIpc } from "~/testing/fakeIpc";
import { appStatus, deviceDraft, inOneGo } from "~/testing/fixtures";
import { renderPart } from "~/testing/render";

import { RolloutStep } from "./RolloutStep";
import {
  concurrencyFault,
  countFault,
  factorFault,
  formOf,
  jobFaults,
  jobOf,
  keepTyped,
  percentFault,
  timeoutFault,
} from "./jobForm";
import { rolloutStep } from "./step";
import { machineCost, proposedWay } from "./ways";

const PLAN = deviceDraft().plan;

function shown(draft: Partial<DeviceDraft> = {}, preview: Partial<DevicePreview> = {}, more: Answers = {}) {
  let stored = deviceDraft({ selected: 960, ...draft });
  const ipc = fakeIpc({
    appStatus: () => appStatus(),
    deviceDraftGet: () => stored,
    deviceDraftSet: (change) => {
      const told = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
      return (stored = { ...stored, ...told });
    },
    devicePlanPreview: () => devicePreview({ way: stored.way ?? "step_functions", ...preview }),
    bucketsList: () => [{ name: "plant-rollouts", region: "eu-west-1" }],
    bucketCheck: (name) => ({ name, region: "eu-west-1", encryption: "SSE-S3", problems: [] }),
    jobWatch: () => 1,
    watchEnd: () => null,
    ...more,
  });
  return { ...renderPart(<RolloutStep />), ipc };
}

beforeEach(() => {
  keepTyped(PLAN, formOf({ concurrency: null, job: null }));
  keepWaves(PLAN, wavesFormOf(inOneGo));
});

test("for many devices Step Functions is proposed, with what it costs and what it needs", async () => {
  const { container } = shown();
  const machine = await screen.findByRole("radio", { name: /AWS Step Functions \(proposed\)/ });
  expect(machine).toBeChecked();
  expect(screen.getByText(/Here at least about \$0.19, more the longer devices take/)).toBeVisible();
  expect(screen.getByText("As proposed for 960 devices; it follows the plan until you choose.")).toBeVisible();
  expect(screen.getByRole("radio", { name: /One thing group/ })).toBeDisabled();
  expect(screen.getByText("The devices get different documents, and a thing group has one for all.")).toBeVisible();
  expect(await rolloutStep.unfinished?.()).toBe("Choose a bucket for the state machine’s files.");
  expect(await seriousFindings(container)).toEqual([]);
});

test("another way is chosen, and the proposal is taken back", async () => {
  const { user, ipc } = shown();
  await user.click(await screen.findByRole("radio", { name: /Overseed itself/ }));
  await waitFor(() => expect(ipc.callsOf("deviceDraftSet").at(-1)).toEqual([{ way: "direct" }]));
  expect(screen.queryByTestId("rollout-role")).not.toBeInTheDocument();
  expect(await rolloutStep.unfinished?.()).toBeNull();
  await user.click(screen.getByTestId("rollout-proposed"));
  await waitFor(() => expect(ipc.callsOf("deviceDraftSet").at(-1)).toEqual([{ way: null }]));
  expect(await screen.findByTestId("rollout-role")).toBeVisible();
});

test("a thing group’s job is told its rate, its abort and its timeout", async () => {
  const { user, ipc } = shown({ way: "thing_group" }, { oneOutcome: true });
  await user.click(await screen.findByRole("radio", { name: "Slowly first, then faster" }));
  await user.click(screen.getByRole("button", { name: "Add an abort" }));
  const percent = screen.getByRole("textbox", { name: "Percent of abort 1" });
  await user.clear(percent);
  await user.type(percent, "x");
  expect(screen.getByText("Above 0, at most 100, two decimals.")).toBeVisible();
  expect(screen.getByTestId("rollout-faults")).toHaveTextContent("1 entry has to be mended first");
  expect(await rolloutStep.unfinished?.()).toBe("Mend the settings of the thing group’s job.");
  await user.clear(percent);
  await user.type(percent, "2.5");
  await user.type(screen.getByRole("textbox", { name: "Minutes for each device" }), "20");
  await waitFor(() =>
    expect((ipc.callsOf("deviceDraftSet").at(-1)?.[0] as DeviceDraftChange).job).toEqual({
      abortConfig: {
        criteriaList: [
          { action: "CANCEL", failureType: "ALL", minNumberOfExecutedThings: 10, thresholdPercentage: 2.5 },
        ],
      },
      jobExecutionsRolloutConfig: {
        maximumPerMinute: 100,
        exponentialRate: {
          baseRatePerMinute: 10,
          incrementFactor: 2,
          rateIncreaseCriteria: { numberOfNotifiedThings: 50 },
        },
      },
      timeoutConfig: { inProgressTimeoutInMinutes: 20 },
    } satisfies IotJobConfiguration),
  );
  expect(await rolloutStep.unfinished?.()).toBeNull();
});

test("a thing group that was chosen and will not do any more says so and keeps the step", async () => {
  shown({ way: "thing_group" }, { oneOutcome: true, contradictOwn: 12 });
  expect((await screen.findAllByText(/12 of the devices have a deployment of their own/))[0]).toBeVisible();
  expect(await rolloutStep.unfinished?.()).toBe("A thing group will not do for this plan. Choose another way.");
});

test("the state machine’s settings are kept, and a number that is none is not", async () => {
  const { user, ipc } = shown({ bucket: "plant-rollouts" });
  const number = await screen.findByTestId("rollout-concurrency");
  const input = within(number).getByRole("textbox");
  await user.type(input, "x");
  expect(await screen.findByText("A whole number, 1 to 10,000.")).toBeVisible();
  expect(await rolloutStep.unfinished?.()).toBe("Mend the number of devices at once.");
  await user.clear(input);
  await user.type(input, "20");
  await waitFor(() => expect(ipc.callsOf("deviceDraftSet").at(-1)?.[0]).toMatchObject({ concurrency: 20 }));
  expect(await rolloutStep.unfinished?.()).toBeNull();
});

test("waves are of devices", async () => {
  const { user, ipc } = shown();
  await user.click(await screen.findByRole("button", { name: /^Waves/ }));
  await user.click(screen.getByRole("radio", { name: /In waves/ }));
  expect(screen.getByText("Which devices come first")).toBeVisible();
  expect(screen.getByText(/960 devices are cut into these waves/)).toBeVisible();
  await waitFor(() =>
    expect((ipc.callsOf("deviceDraftSet").at(-1)?.[0] as DeviceDraftChange).waves?.cuts).toEqual([
      { by: "count", targets: 5 },
      { by: "percent", percent: 10 },
    ]),
  );
});

test("a form becomes the job that it was made of", () => {
  const job: IotJobConfiguration = {
    abortConfig: {
      criteriaList: [
        { action: "CANCEL", failureType: "TIMED_OUT", minNumberOfExecutedThings: 5, thresholdPercentage: 10 },
      ],
    },
    jobExecutionsRolloutConfig: { maximumPerMinute: 60 },
  };
  expect(jobOf(formOf({ concurrency: null, job }))).toEqual(job);
  expect(jobOf(formOf({ concurrency: null, job: null }))).toBeNull();
});

test("limits are those of the service", () => {
  expect([factorFault("1"), factorFault("1.1"), factorFault("5"), factorFault("2.55")].map((fault) => fault === null)).toEqual([
    false,
    true,
    true,
    false,
  ]);
  expect([percentFault("0"), percentFault("0.01"), percentFault("100.5")].map((fault) => fault === null)).toEqual([
    false,
    true,
    false,
  ]);
  const form = formOf({ concurrency: null, job: null });
  expect(countFault("0")).not.toBeNull();
  expect(concurrencyFault({ ...form, concurrency: "10001" })).not.toBeNull();
  expect(timeoutFault({ ...form, timeout: "10081" })).not.toBeNull();
  expect(jobFaults({ ...form, rate: "constant", perMinute: "1001" })).toBe(1);
});

test("up to 200 devices Overseed itself is proposed", () => {
  expect(proposedWay(200)).toBe("direct");
  expect(proposedWay(201)).toBe("step_functions");
  expect(machineCost(10)).toBe("less than $0.01");
  expect(machineCost(1_000)).toBe("at least about $0.20");
});

test("a settle time that is none is kept as it was typed, and has to be mended before the next step", async () => {
  const { user } = shown({ way: "direct" }, { way: "direct" });
  const settle = await screen.findByRole("textbox", { name: "Settle time in minutes" });
  await user.clear(settle);
  await user.type(settle, "-3");
  expect(await rolloutStep.unfinished?.()).toBe("Mend the settle time.");
  await user.clear(settle);
  await user.type(settle, "30");
  expect(await rolloutStep.unfinished?.()).toBeNull();
});
