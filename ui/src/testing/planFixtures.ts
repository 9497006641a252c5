import type { MayI, PackingChoice, PermissionChange, Permissions, Review } from "~/ipc";

import { draft, draftFile, waveFile } from "./fixtures";

const STATEMENT = (resource: string) => `{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "Deploy",
      "Effect": "Allow",
      "Action": "greengrass:CreateDeployment",
      "Resource": "${resource}"
    }
  ]
}`;

/** 498 groups: too many for anything but a wildcard. */
export function choices(more: Partial<Record<PackingChoice["packing"], Partial<PackingChoice>>> = {}): PackingChoice[] {
  return [
    {
      packing: "inline",
      fits: false,
      policies: 0,
      size: 51_020,
      room: 10_240,
      detail: "The 498 groups one by one take 51,020 characters, and 10,240 are left for inline policies of this role.",
      ...more.inline,
    },
    {
      packing: "managed",
      fits: false,
      policies: 0,
      size: 51_020,
      room: 22_528,
      detail: "The role can be given 2 more managed policies of 6,144 each.",
      ...more.managed,
    },
    {
      packing: "wildcard",
      fits: true,
      policies: 1,
      size: 412,
      room: 10_240,
      detail: "The role may then deploy to every group of account 000000000000 in eu-west-1.",
      ...more.wildcard,
    },
  ];
}

export function mayI(action: string, more: Partial<MayI> = {}): MayI {
  return {
    action,
    resource: "arn:aws:iam::000000000000:role/OverseedBulk-eu-west-1",
    state: "yes",
    detail: "Allowed, by simulation of your policies.",
    ...more,
  };
}

export function permissionChange(id: string, more: Partial<PermissionChange> = {}): PermissionChange {
  return {
    id,
    title: `The change ${id}`,
    operation: "iam:PutRolePolicy",
    before: null,
    after: null,
    size: 0,
    limit: 0,
    outcome: null,
    ...more,
  };
}

export function permissions(more: Partial<Permissions> = {}): Permissions {
  return {
    role: "OverseedBulk-eu-west-1",
    roleArn: "arn:aws:iam::000000000000:role/OverseedBulk-eu-west-1",
    exists: true,
    requirements: [
      { id: "role", title: "The execution role exists", now: "yes", detail: "OverseedBulk-eu-west-1", change: null },
      {
        id: "trust",
        title: "Greengrass may assume the role",
        now: "yes",
        detail: "Trusted, for this account only",
        change: null,
      },
      {
        id: "deploy",
        title: "The role may deploy each selected group",
        now: "not_yet",
        detail: "498 of 498 groups are missing",
        change: "policy",
      },
      {
        id: "read",
        title: "The role may read the input file",
        now: "not_yet",
        detail: "s3:GetObject on the plan’s prefix",
        change: "policy",
      },
      {
        id: "pass",
        title: "You may pass the role",
        now: "not_checked",
        detail: "You may not ask IAM to simulate (AccessDenied)",
        change: null,
      },
      {
        id: "start",
        title: "You may start bulk deployments",
        now: "yes",
        detail: "Simulated as user/dana",
        change: null,
      },
    ],
    changes: [
      {
        id: "policy",
        title: "Put the inline policy OverseedBulkDeployment",
        operation: "iam:PutRolePolicy",
        before: STATEMENT("arn:aws:greengrass:eu-west-1:000000000000:/greengrass/groups/4d1f0c55"),
        after: STATEMENT("arn:aws:greengrass:eu-west-1:000000000000:/greengrass/groups/*"),
        size: 412,
        limit: 10_240,
        outcome: null,
      },
    ],
    pack: "auto",
    packing: "wildcard",
    choices: choices(),
    readBy: "role",
    warnings: [],
    calls: [mayI("iam:PutRolePolicy"), mayI("iam:PassRole", { state: "not_checked", detail: "AccessDenied" })],
    made: [],
    widened:
      "498 groups do not fit into one policy by name, so the role may deploy every group of account 000000000000 in eu-west-1.",
    ...more,
  };
}

export const granted = permissions({
  requirements: permissions().requirements.map((one) => ({ ...one, now: "yes", change: null })),
  changes: [],
});

export function review(more: Partial<Review> = {}): Review {
  return {
    draft: draft({
      step: "review",
      name: "Firmware 4.2 to all lines",
      selected: 498,
      role: "OverseedBulk-eu-west-1",
      file: draftFile(),
    }),
    targets: 498,
    waves: [waveFile(1, { targets: 498, bytes: 70_716, by: "all groups" })],
    inputFileUri: "s3://overseed-demo-000000000000/overseed/7f3c0a52/wave-001.jsonl",
    roleArn: "arn:aws:iam::000000000000:role/OverseedBulk-eu-west-1",
    checks: [
      {
        id: "connection",
        title: "The credentials are valid",
        state: "pass",
        detail: "user/dana, without an end",
        step: "connect",
      },
      {
        id: "file",
        title: "The input file has no refusals",
        state: "pass",
        detail: "498 records, 70.7 kB",
        step: "file",
      },
      {
        id: "service_role",
        title: "The account has a Greengrass service role",
        state: "pass",
        detail: "arn:aws:iam::000000000000:role/GreengrassServiceRole",
        step: null,
      },
      {
        id: "cores",
        title: "Each group has exactly one core",
        state: "warn",
        detail: "50 of 498 looked at; all have one",
        step: "groups",
      },
      {
        id: "pass",
        title: "You may pass the role",
        state: "not_checked",
        detail: "You may not ask IAM to simulate",
        step: "permissions",
      },
    ],
    other: null,
    ready: true,
    ...more,
  };
}
