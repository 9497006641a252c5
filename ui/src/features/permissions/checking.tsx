import type { Draft } from "~/ipc";
import { type Answers, fakeIpc } from "~/testing/fakeIpc";
import { appStatus, draft } from "~/testing/fixtures";
import { permissions } from "~/testing/planFixtures";
import { renderPart } from "~/testing/render";

import { PermissionsStep } from "./PermissionsStep";

export const role = "OverseedBulk-eu-west-1";

/** The step for its tests: a draft that keeps what is chosen, two roles, and a role that lacks one policy. */
export function checking(more: Answers = {}, chosen: Partial<Draft> = {}) {
  let stored = draft({ role, step: "permissions", ...chosen });
  const ipc = fakeIpc({
    appStatus: () => appStatus(),
    draftGet: () => stored,
    draftSet: (change) =>
      (stored = {
        ...stored,
        role: change.role ?? stored.role,
        pack: change.pack ?? stored.pack,
        readBy: change.readBy ?? stored.readBy,
      }),
    rolesList: () => [
      { name: role, arn: `arn:aws:iam::000000000000:role/${role}`, trusted: true },
      { name: "Older", arn: "arn:aws:iam::000000000000:role/Older", trusted: false },
    ],
    permissionsCheck: () => permissions({ pack: stored.pack, readBy: stored.readBy }),
    jobWatch: () => 1,
    watchEnd: () => null,
    jobCancel: () => null,
    ...more,
  });
  return { ...renderPart(<PermissionsStep />), ipc };
}
