import { act, screen, waitFor, within } from "@testing-library/react";
import { useMemo } from "react";
import { expect, test, vi } from "vitest";

import { WizardContext } from "~/app/wizard";
import type { DeviceReview } from "~/ipc";
import { seriousFindings } from "~/testing/axe";
import { deviceReview } from "~/testing/deviceFixtures";
import { type Answers, fakeIpc } from "~/testing/fakeIpc";
import { accountConnection, appStatus, deviceDraft, inWaves, problem, waveFile } from "~/testing/fixtures";
import { renderPart } from "~/testing/render";
import { runRow, snapshot } from "~/testing/runFixtures";

import { DeviceReviewStep } from "./DeviceReviewStep";
import { settingsOf } from "./wayWords";

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
      <DeviceReviewStep />
    </WizardContext>
  );
}

function reviewing(more: Partial<DeviceReview> = {}, answers: Answers = {}) {
  const ipc = fakeIpc({
    appStatus: () => appStatus(),
    generationGet: () => "v2",
    deviceDraftGet: () => deviceDraft(),
    deviceReview: () => deviceReview(more),
    runsList: () => [],
    jobWatch: () => 1,
    watchEnd: () => null,
    ...answers,
  });
  return { ...renderPart(<Wizard />), ipc };
}

test("the whole plan is told: where, how many, by what, which files and which documents", async () => {
  const { container } = reviewing();
  const plan = await screen.findByTestId("review-plan");
  expect(plan).toHaveTextContent("Sandbox 000000000000, eu-west-1");
  expect(plan).toHaveTextContent("960 devices, in one wave");
  expect(plan).toHaveTextContent("AWS Step Functions, a Distributed Map");
  expect(plan).toHaveTextContent("20 devices at once to begin with");
  expect(plan).toHaveTextContent("s3://plant-rollouts/overseed");
  expect(plan).toHaveTextContent("role/OverseedStepFunctions");
  expect(screen.getByTestId("wave-files")).toHaveTextContent("overseed/7f3c0a52/wave-001.jsonl");
  const documents = screen.getByTestId("review-documents");
  expect(documents).toHaveTextContent("Different documents (2)");
  expect(documents).toHaveTextContent("com.ml.xgboost 1.0.0");
  expect(screen.getByText("Ready to start, with 1 warning.")).toBeVisible();
  expect(await seriousFindings(container)).toEqual([]);
});

test("without a state machine nothing is said of bucket, role and keys", async () => {
  reviewing({ v2: { way: "direct" } });
  const plan = await screen.findByTestId("review-plan");
  expect(plan).toHaveTextContent("Overseed itself, one call a device");
  expect(plan).not.toHaveTextContent("Bucket");
  expect(screen.getByTestId("wave-files")).not.toHaveTextContent("wave-001.jsonl");
});

test("starting asks first, naming number, account and Region, then shows the run", async () => {
  const { user, ipc } = reviewing({}, {
    appStatus: () => appStatus({ connection: accountConnection }),
    deviceRunStart: () => snapshot({ row: runRow({ id: "0c4e81d2", generation: "v2" }) }),
  });
  await screen.findByText(/Ready to start/);
  await act(async () => submit?.());
  const dialog = await screen.findByRole("dialog", { name: "Start deploying to 960 devices?" });
  expect(dialog).toHaveTextContent("960 devices in the AWS account 123456789012, Region eu-central-1, get new deployments at once.");
  expect(dialog).toHaveTextContent("It goes on in AWS when Overseed is closed.");
  await user.click(within(dialog).getByRole("button", { name: "Start" }));
  await waitFor(() => expect(screen.getByTestId("place")).toHaveTextContent("/runs/0c4e81d2"));
  expect(ipc.callsOf("deviceRunStart")).toHaveLength(1);
});

test("a refused start stays in its dialog with the words", async () => {
  const { user } = reviewing({}, {
    deviceRunStart: () => {
      throw problem("preflight_failed", "Not started: 1 of 9 checks failed");
    },
  });
  await screen.findByText(/Ready to start/);
  await act(async () => submit?.());
  const dialog = await screen.findByRole("dialog");
  await user.click(within(dialog).getByRole("button", { name: "Start" }));
  expect(await within(dialog).findByText("Not started: 1 of 9 checks failed")).toBeVisible();
});

test("a failed check blocks the start, is named, and leads to its step", async () => {
  const { user } = reviewing({
    ready: false,
    checks: [
      {
        id: "present",
        title: "What the devices have is known",
        state: "fail",
        detail: "12 of 960 are not read.",
        step: "changes",
      },
    ],
  });
  expect(await screen.findByText("1 check failed: the start is blocked.")).toBeVisible();
  await expect(submit?.()).rejects.toMatchObject({
    problem: { message: "The start is blocked by 1 failed check: What the devices have is known." },
  });
  await user.click(screen.getByRole("button", { name: "Go to the step Changes: What the devices have is known" }));
  expect(goTo).toHaveBeenCalledWith("changes");
});

test("a secret that is missing is made right here, and the checks are made again", async () => {
  const secret = { id: "EI_API_KEY", key: "ei_api_key", path: "/Parameters/ei_sm_secret_id" };
  const check = { id: "secrets", title: "The secrets are there", state: "fail" as const, detail: "There is no EI_API_KEY.", step: "components" };
  const { user, ipc } = reviewing({ ready: false, checks: [{ ...check, secrets: [secret] }] }, { secretCreate: () => null });
  await user.click(await screen.findByRole("button", { name: "Create the secret EI_API_KEY from a file…" }));
  await waitFor(() => expect(ipc.callsOf("secretCreate")).toEqual([[{ name: "EI_API_KEY", key: "ei_api_key" }]]));
  // No file was chosen: nothing to look at again.
  const before = ipc.callsOf("deviceReview").length;
  ipc.answer({ secretCreate: () => ({ name: "EI_API_KEY", arn: "arn:aws:secretsmanager:eu-west-1:000000000000:secret:EI_API_KEY-a1B2c3" }) });
  await user.click(screen.getByTestId("review-secret-EI_API_KEY"));
  await waitFor(() => expect(ipc.callsOf("deviceReview").length).toBeGreaterThan(before));
});

test("where no plan can be made there is nothing to export, and what is wrong with requests is told", async () => {
  reviewing({
    ready: false,
    waves: [],
    documents: [],
    documentsTotal: 0,
    findings: [{ line: 3, code: "not_json", at: "/components", message: "The line is no JSON." }],
    waveFindings: ["Wave 2 has no device and is left away."],
  });
  expect(await screen.findByTestId("review-line-findings")).toHaveTextContent("Line 3 at /components: The line is no JSON.");
  expect(screen.getByTestId("review-wave-findings")).toHaveTextContent("Wave 2 has no device");
  expect(screen.getByTestId("review-export-plan")).toBeDisabled();
});

test("waves are told with their gate and the hash of each file", async () => {
  reviewing({
    draft: deviceDraft({ waves: inWaves }),
    waves: [waveFile(1), waveFile(2, { targets: 955, by: "the rest" })],
  });
  const waves = await screen.findByTestId("review-waves");
  expect(waves).toHaveTextContent("When more than 5 % of a wave or more than 25 devices in all failed or are unknown");
  expect(waves).toHaveTextContent("222222222222…");
  expect(screen.getByTestId("review-plan")).toHaveTextContent("in 2 waves, in the order of the plan");
});

test("a plan is exported where the dialog says", async () => {
  const { user, ipc } = reviewing({}, { devicePlanExport: () => "/tmp/plan.json" });
  await screen.findByText(/Ready to start/);
  await user.click(screen.getByTestId("review-export-plan"));
  await waitFor(() => expect(ipc.callsOf("devicePlanExport")).toHaveLength(1));
});

test("a review that fails says why and can be made again", async () => {
  const { user, ipc } = reviewing();
  ipc.answer({
    deviceReview: () => {
      throw problem("internal", "The disk is full");
    },
  });
  await user.click(await screen.findByTestId("review-check"));
  expect(await screen.findByTestId("review-problem")).toHaveTextContent("The disk is full");
});

test("a thing group’s job in words", () => {
  expect(
    settingsOf({
      way: "thing_group",
      job: {
        jobExecutionsRolloutConfig: { maximumPerMinute: 60 },
        abortConfig: {
          criteriaList: [
            { action: "CANCEL", failureType: "TIMED_OUT", minNumberOfExecutedThings: 10, thresholdPercentage: 5 },
          ],
        },
        timeoutConfig: { inProgressTimeoutInMinutes: 20 },
      },
    }),
  ).toBe("60 devices a minute at most; cancelled at 5 % timed out once 10 have it; 20 min for each device");
  expect(settingsOf({ way: "thing_group" })).toBe("as fast as AWS IoT does");
});
