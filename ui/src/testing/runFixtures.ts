import type { Cause, ChangeRow, Counts, RunRow, RunSnapshot, Sample, TargetRow, Wave } from "~/ipc";

import { inOneGo, sandboxConnection } from "./fixtures";

export const STARTED = Date.UTC(2026, 9, 12, 10, 42, 0);

export function counts(more: Partial<Counts> = {}): Counts {
  return { waiting: 0, submitted: 0, inProgress: 0, succeeded: 0, failed: 0, unknown: 0, ...more };
}

export const halfway = counts({
  waiting: 3332,
  submitted: 244,
  inProgress: 533,
  succeeded: 5418,
  failed: 412,
  unknown: 61,
});

export function runRow(more: Partial<RunRow> = {}): RunRow {
  return {
    id: "7f3c0a52",
    name: "Firmware 4.2 to all lines",
    generation: "v1",
    state: "running",
    counts: halfway,
    startedAt: STARTED,
    endedAt: null,
    account: sandboxConnection.account,
    region: sandboxConnection.region,
    sandbox: sandboxConnection.sandbox,
    here: true,
    driven: true,
    foreign: false,
    parent: null,
    ...more,
  };
}

export function wave(more: Partial<Wave> = {}): Wave {
  return {
    number: 1,
    state: "running",
    targets: 10_000,
    counts: halfway,
    inputFileUri: "s3://overseed-demo-000000000000/overseed/7f3c0a52/wave-001.jsonl",
    sha256: "91ac5f0e7d3b2a6c8e1f4d5b7a9c0e2f3b6d8a1c4e7f9b2d5a8c1e4f7b0d3a6c",
    bulkDeployment: "0d3f9c1e-6f53-4b6e-9b1a-7d2c55aa0e10",
    bulkStatus: "Running",
    recordsProcessed: 6668,
    invalidInputRecords: 21,
    retryAttempts: 7,
    errors: [],
    startedAt: STARTED,
    endedAt: null,
    settleUntil: null,
    verdict: null,
    skipped: 0,
    thingGroup: null,
    job: null,
    ...more,
  };
}

export function snapshot(more: Partial<RunSnapshot> = {}): RunSnapshot {
  return {
    row: runRow(),
    startedBy: "arn:aws:sts::000000000000:assumed-role/DeployEngineer/dana",
    stage: "",
    problem: null,
    hold: null,
    pausing: false,
    rollout: inOneGo,
    roleArn: "arn:aws:iam::000000000000:role/OverseedBulk-eu-west-1",
    settleMinutes: 30,
    waves: [wave()],
    readAt: Date.now() - 4000,
    blind: null,
    rate: 18.9,
    eta: [150, 210],
    discrepancies: [],
    v2: null,
    ...more,
  };
}

/** A run of core devices, by Step Functions. */
export function deviceRun(more: Partial<RunSnapshot> = {}, row: Partial<RunRow> = {}): RunSnapshot {
  return snapshot({
    row: runRow({ generation: "v2", name: "Press agent 1.4", ...row }),
    v2: { way: "step_functions", beginsWith: 5, atOnce: null, cancelling: false, leftBehind: [] },
    waves: [
      wave({
        bulkDeployment: "arn:aws:states:eu-west-1:000000000000:execution:overseed-7f3c0a52-1:overseed-7f3c0a52-1",
        invalidInputRecords: 3,
        retryAttempts: 0,
      }),
    ],
    ...more,
  });
}

/** A core device that failed, as it tells. */
export function deviceRow(more: Partial<TargetRow> = {}): TargetRow {
  return targetRow({
    target: "press-0007",
    name: null,
    version: "5a1c09".padEnd(64, "0"),
    code: "IO_WRITE_ERROR",
    message: "FAILED_ROLLBACK_NOT_REQUESTED: com.example.Press could not be written",
    details: [
      "Error codes: DEPLOYMENT_FAILURE > ARTIFACT_DOWNLOAD_ERROR > IO_ERROR > IO_WRITE_ERROR",
      "Error types: DEVICE_ERROR",
      "Status: TIMED_OUT",
    ],
    ...more,
  });
}

export function finished(of: Counts): RunSnapshot {
  const ended = STARTED + 14 * 60_000;
  return snapshot({
    row: runRow({ state: "finished", counts: of, endedAt: ended, driven: false }),
    waves: [wave({ state: "judged", bulkStatus: "Completed", counts: of, endedAt: ended })],
    rate: null,
    eta: null,
    readAt: ended,
  });
}

/** A reading every ten seconds. */
export function samples(length: number, gapAfter?: number): Sample[] {
  return Array.from({ length }, (_, at) => {
    const done = Math.round((at / Math.max(1, length - 1)) * 6000);
    const shift = gapAfter !== undefined && at > gapAfter ? 240_000 : 0;
    return {
      at: STARTED + at * 10_000 + shift,
      processed: done,
      gap: at > 0 && at - 1 === gapAfter,
      counts: counts({
        succeeded: Math.round(done * 0.85),
        failed: Math.round(done * 0.07),
        inProgress: Math.round(done * 0.08),
        waiting: 10_000 - done,
      }),
    };
  });
}

export function targetRow(more: Partial<TargetRow> = {}): TargetRow {
  return {
    position: 2013,
    target: "953a64a1-d2d0-4b1c-9a55-2f0f7c1f0a11",
    name: "rotterdam-line-0001",
    version: "5e359af7-61c1-4c0e-8f0d-0d6f3f6f2a01",
    line: 2014,
    wave: 1,
    state: "failed",
    deployment: "8c1d7a60-3e0a-4d1b-8e72-99b1f1b7c0de",
    cause: "00000000000000a1",
    code: "500",
    message: "Greengrass is not authorized to assume the Service Role associated with this account.",
    details: [],
    before: "succeeded",
    ...more,
  };
}

export const causes: Cause[] = [
  {
    key: "00000000000000a1",
    title: "Greengrass may not take the service role",
    code: "400",
    message: "Greengrass is not authorized to assume the Service Role associated with this account.",
    targets: 286,
    means: "Greengrass has no usable service role in this Region, so it cannot read the parts of these groups.",
    remedies: [
      "Look which role the account has here: aws greengrass get-service-role-for-account --region eu-west-1",
      "Associate one that greengrass.amazonaws.com may assume, then retry.",
    ],
    source: "AWS IoT Greengrass V1 Developer Guide, “Troubleshooting AWS IoT Greengrass”",
    permissions: false,
    wave: null,
    line: null,
  },
  {
    key: "00000000000000a2",
    title: "The role may not deploy the group",
    code: "AccessDenied",
    message:
      "User: arn:aws:sts::000000000000:assumed-role/OverseedBulk-eu-west-1/GreengrassBulk is not authorized to perform: greengrass:CreateDeployment on resource: arn:aws:greengrass:eu-west-1:000000000000:/greengrass/groups/953a64a1-d2d0-4b1c-9a55-2f0f7c1f0a11",
    targets: 105,
    means: "The execution role’s policies do not name these groups.",
    remedies: ["Apply the changes in the step Permissions, then retry."],
    source: "AWS IoT Greengrass V1 Developer Guide, “Create bulk deployments for groups”",
    permissions: true,
    wave: null,
    line: null,
  },
  {
    key: "00000000000000a3",
    title: "widget frobnicated beyond repair",
    code: null,
    message: "widget frobnicated beyond repair",
    targets: 21,
    means: null,
    remedies: [],
    source: null,
    permissions: false,
    wave: null,
    line: null,
  },
];

export const changeLog: ChangeRow[] = [
  {
    at: STARTED,
    operation: "greengrass:StartBulkDeployment",
    summary: "Start wave 1 with 10,000 groups",
    identity: "arn:aws:iam::000000000000:user/dana",
    outcome: "done",
    requestId: "b7c1-44",
    detail: null,
  },
  {
    at: STARTED - 60_000,
    operation: "s3:PutObject",
    summary: "Store the input file",
    identity: "arn:aws:iam::000000000000:user/dana",
    outcome: "failed",
    requestId: null,
    detail: "The connection was reset",
  },
];
