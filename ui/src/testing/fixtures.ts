import type { AppStatus, Connection, DeviceDraft, Draft, DraftFile, ErrorCode, FileSummary, Job, JobKind, Problem, WaveFile, Waves } from "~/ipc";

/** A refusal as it comes from the shell. */
export function problem(code: ErrorCode, message: string, more: Partial<Problem> = {}): Problem {
  return { code, message, detail: null, requestId: null, hint: null, ...more };
}

export const sandboxConnection: Connection = {
  request: { kind: "sandbox", scenario: "mixed", groups: 500, seed: 7, speed: 60 },
  partition: "aws",
  account: "000000000000",
  region: "eu-west-1",
  endpoint: "http://127.0.0.1:4599",
  identity: "arn:aws:iam::000000000000:user/dana",
  credentialsExpireAt: null,
  sandbox: "5f0c",
  v1Ended: false,
};

export const accountConnection: Connection = {
  request: { kind: "account", profile: "plant", region: "eu-central-1", endpoint: null },
  partition: "aws",
  account: "123456789012",
  region: "eu-central-1",
  endpoint: null,
  identity: "arn:aws:sts::123456789012:assumed-role/DeployEngineer/dana",
  credentialsExpireAt: Date.UTC(2099, 0, 1),
  sandbox: null,
  v1Ended: true,
};

export function appStatus(more: Partial<AppStatus> = {}): AppStatus {
  return {
    version: "0.1.0",
    dataDir: "/data",
    folder: "9b1e",
    connection: sandboxConnection,
    last: sandboxConnection.request,
    scenarios: [
      { id: "well", title: "All well", description: "Every group is deployed." },
      {
        id: "mixed",
        title: "A mix of failures",
        description: "Most groups succeed; some fail for reasons that happen in the field.",
      },
      { id: "offline", title: "Cores that are off", description: "A part of the cores does not answer and stays in progress." },
    ],
    regions: ["eu-central-1", "eu-west-1", "us-east-1"],
    ...more,
  };
}

/** One wave, and nothing between waves. */
export const inOneGo: Waves = {
  cuts: [],
  order: { by: "listed" },
  gate: { maxFailed: null, maxFailedInAll: null, then: "hold", holdAfterEach: false },
};

/** A canary, a tenth and the rest; held when more than 5 % of a wave or 25 of all have failed. */
export const inWaves: Waves = {
  cuts: [
    { by: "count", targets: 5 },
    { by: "percent", percent: 10 },
  ],
  order: { by: "listed" },
  gate: {
    maxFailed: { by: "percent", percent: 5 },
    maxFailedInAll: { by: "count", targets: 25 },
    then: "hold",
    holdAfterEach: false,
  },
};

export function waveFile(number: number, more: Partial<WaveFile> = {}): WaveFile {
  return {
    number,
    targets: 5,
    bytes: 710,
    sha256: `${number}`.repeat(64),
    key: `overseed/7f3c0a52/wave-00${number}.jsonl`,
    by: "5 groups",
    ...more,
  };
}

export function draft(more: Partial<Draft> = {}): Draft {
  return {
    plan: "7f3c0a52",
    step: "groups",
    name: "",
    selected: 0,
    bucket: "",
    prefix: "overseed",
    role: "",
    pack: "auto",
    readBy: "role",
    settleMinutes: 30,
    waves: inOneGo,
    file: null,
    upload: null,
    run: null,
    parent: null,
    ...more,
  };
}

export function deviceDraft(more: Partial<DeviceDraft> = {}): DeviceDraft {
  return {
    plan: "0c4e81d2",
    step: "devices",
    name: "",
    selected: 0,
    layers: [],
    rows: null,
    fixed: null,
    way: null,
    job: null,
    concurrency: null,
    unchangedToo: false,
    bucket: "",
    prefix: "overseed",
    role: "OverseedStepFunctions",
    deviceRole: "GreengrassV2TokenExchangeRole",
    wishes: { reach: "artifacts", logs: false, kinesisVideo: false },
    settleMinutes: 30,
    waves: inOneGo,
    run: null,
    parent: null,
    ...more,
  };
}

export function summary(more: Partial<FileSummary> = {}): FileSummary {
  return {
    records: 498,
    lines: 498,
    bytes: 70_716,
    longestLine: 142,
    sha256: "91ac5f0e7d3b2a6c8e1f4d5b7a9c0e2f3b6d8a1c4e7f9b2d5a8c1e4f7b0d3a6c",
    findings: 0,
    refusals: 0,
    ...more,
  };
}

export function draftFile(more: Partial<DraftFile> = {}): DraftFile {
  return {
    opened: null,
    summary: summary(),
    firstLines: [
      '{"GroupId":"953a64a1-d2d0-4b1c-9a55-2f0f7c1f0a11","GroupVersionId":"5e359af7-61c1-4c0e-8f0d-0d6f3f6f2a01","DeploymentType":"NewDeployment"}',
    ],
    stale: false,
    ...more,
  };
}

export function job(kind: JobKind, more: Partial<Job> = {}): Job {
  return { kind, state: "running", stage: "", done: 0, total: null, rate: null, eta: null, error: null, ...more };
}
