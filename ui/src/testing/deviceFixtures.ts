import type { DevicePermissions, DevicePreview, DeviceReview, DocumentDiff, PlannedDevice, PresentStatus } from "~/ipc";

import { deviceDraft, summary, waveFile } from "./fixtures";
import { mayI, permissionChange } from "./planFixtures";

/** 1,000 devices whose present deployments are all read. */
export function presentStatus(more: Partial<PresentStatus> = {}): PresentStatus {
  return { devices: 1_000, read: 1_000, without: 12, unreadable: 0, oldestAt: Date.now() - 180_000, ...more };
}

export function devicePreview(more: Partial<DevicePreview> = {}): DevicePreview {
  return {
    devices: 1_000,
    gone: 0,
    unread: 0,
    unreadable: 0,
    refused: 0,
    unchanged: 40,
    again: 3,
    changed: 957,
    withFindings: 4,
    targets: 960,
    outcomes: 2,
    changes: [
      { kind: "added", component: "com.ml.consumer", from: null, to: "1.0.0", direction: null, targets: 957 },
      { kind: "version", component: "com.ml.xgboost", from: "1.1.0", to: "1.0.0", direction: "down", targets: 12 },
      { kind: "removed", component: "com.old.agent", from: "0.9.0", to: null, direction: null, targets: 5 },
      { kind: "policies", component: null, from: null, to: null, direction: null, targets: 957 },
    ],
    findings: [
      {
        code: "nucleus_not_pinned",
        component: null,
        targets: 4,
        first: 17,
        message: "The nucleus is not among the components.",
      },
    ],
    layerFindings: [],
    unmatchedRows: 0,
    fixed: null,
    way: "step_functions",
    oneOutcome: false,
    contradictOwn: 0,
    ...more,
  };
}

/** One of everything that can change. */
export const everyChange: DocumentDiff = {
  changes: [
    {
      kind: "component_added",
      component: "com.ml.consumer",
      version: "1.0.0",
      merge: '{"topic":"plant/line-7"}',
      reset: [],
      runWith: null,
    },
    {
      kind: "merge_changed",
      component: "com.ml.xgboost",
      before: '{"port":8080,"workers":2}',
      after: '{"port":8080,"workers":4}',
    },
    { kind: "version_changed", component: "com.ml.xgboost", from: "1.1.0", to: "1.0.0", direction: "down" },
    { kind: "component_removed", component: "com.old.agent", version: "0.9.0" },
    { kind: "policy_changed", policy: "failure_handling", before: "DO_NOTHING", after: "ROLLBACK" },
    { kind: "policy_changed", policy: "update_timeout", before: "60", after: "90" },
  ],
  kept: ["aws.greengrass.Cli", "aws.greengrass.Nucleus"],
};

export function plannedDevice(thingName: string, more: Partial<PlannedDevice> = {}): PlannedDevice {
  return {
    thingName,
    outcome: "changed",
    group: 0,
    fixed: false,
    deployment: "9d1c3a44-0000-4000-8000-000000000001",
    deploymentStatus: "COMPLETED",
    readAt: Date.now() - 180_000,
    diff: everyChange,
    findings: [],
    bytes: 1_240,
    ...more,
  };
}

export function deviceReview(more: Partial<DeviceReview> = {}): DeviceReview {
  const document = {
    hash: "aa".repeat(32),
    targets: 900,
    example: "line-1",
    components: { "com.ml.consumer": "1.0.0", "com.ml.xgboost": "1.0.0" },
    deploymentName: "Vision 2.1",
    policies: null,
  };
  return {
    draft: deviceDraft({ step: "review", name: "Vision 2.1", selected: 1_000, bucket: "plant-rollouts" }),
    targets: 960,
    file: summary({ records: 960, lines: 960, bytes: 1_190_400 }),
    waves: [waveFile(1, { targets: 960, bytes: 1_190_400, by: "all devices" })],
    waveFindings: [],
    findings: [],
    documentsTotal: 2,
    documents: [document, { ...document, hash: "bb".repeat(32), targets: 60, example: "line-41" }],
    v2: { way: "step_functions", concurrency: 20 },
    roleArn: "arn:aws:iam::000000000000:role/OverseedStepFunctions",
    checks: [
      { id: "devices", title: "Core devices are selected", state: "pass", detail: "1,000 selected.", step: "devices" },
      { id: "nucleus", title: "The nucleus is pinned", state: "warn", detail: "On 4 devices it is not.", step: "changes" },
    ],
    others: [],
    ready: true,
    ...more,
  };
}

/** What lets the state machine make deployments is missing; the devices' role only lacks a statement. */
export function devicePermissions(more: Partial<DevicePermissions> = {}): DevicePermissions {
  return {
    roles: [
      {
        kind: "device",
        role: "GreengrassV2TokenExchangeRole",
        roleArn: "arn:aws:iam::000000000000:role/GreengrassV2TokenExchangeRole",
        exists: true,
        grants: [
          {
            sid: "OverseedArtifacts",
            actions: ["s3:GetObject"],
            resources: [
              {
                arn: "arn:aws:s3:::plant-artifacts/com.ml.xgboost/1.0.0/model.zip",
                component: "com.ml.xgboost",
                path: "/Manifests/0/Artifacts/0/URI",
              },
            ],
            reason: "Devices fetch the components' artifacts.",
          },
        ],
        requirements: [
          { id: "role", title: "The role exists", now: "yes", detail: "GreengrassV2TokenExchangeRole", change: null },
          {
            id: "OverseedArtifacts",
            title: "Devices may fetch the artifacts",
            now: "not_yet",
            detail: "1 of 1 is missing",
            change: "policy",
          },
        ],
        changes: [
          permissionChange("policy", { title: "Put the inline policy OverseedDevices", after: '{\n  "Version": "2012-10-17"\n}' }),
        ],
        widened: null,
        broad: [{ policy: "AmazonS3FullAccess", arn: "arn:aws:iam::aws:policy/AmazonS3FullAccess", notes: ["It allows s3:* on all buckets."] }],
      },
      {
        kind: "engine",
        role: "OverseedStepFunctions",
        roleArn: "arn:aws:iam::000000000000:role/OverseedStepFunctions",
        exists: false,
        grants: [],
        requirements: [{ id: "role", title: "The role exists", now: "not_yet", detail: "There is none.", change: "role" }],
        changes: [
          permissionChange("role", { title: "Create the role", operation: "iam:CreateRole", after: "{}" }),
          permissionChange("policy", { title: "Put the inline policy OverseedStates", after: "{}" }),
        ],
        widened: null,
        broad: [],
      },
    ],
    caller: [{ id: "pass", title: "You may pass the role", now: "yes", detail: "Simulated", change: null }],
    warnings: [],
    calls: [mayI("iam:PutRolePolicy"), mayI("iam:CreateRole")],
    made: [],
    ...more,
  };
}
